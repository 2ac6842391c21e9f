"""Kinds of jobs of no app in particular, for the tests of the jobs themselves: they tag companies, by words in the notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection
from django.http import HttpRequest, HttpResponse

from companies.models import Company
from helpdesk.jobs import actions, kinds
from helpdesk.jobs.kinds import Done, JobKind, Row, RowError
from helpdesk.jobs.models import Job, JobRow
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Permission
from tests import factories

TARGET = "companies.company"


def work(job: Job, rows: Sequence[Row]) -> Done:
    """Append the job's word to each company's notes; one whose name is "Bad" fails, one that has the word is skipped."""
    word, counts = job.params["word"], Counter[str]()
    found = Company.objects.in_bulk([row.target_id for row in rows])
    for row in rows:
        company = found[row.target_id]
        if company.name.startswith("Bad"):
            raise RowError("“%(name)s” is bad.", name=company.name)
        outcome = "skipped" if word in company.notes else "done"
        if outcome == "done":
            Company.objects.filter(pk=company.pk).update(notes=f"{company.notes}{word}", version=company.version + 1)
        JobRow.objects.create(
            job=job, number=row.number, outcome=outcome, target_kind=TARGET, target_id=company.pk,
            before={"notes": company.notes}, after_version=company.version + 1,
        )  # fmt: skip
        counts[outcome] += 1
    return Done(counts)


def undo(job: Job, rows: Sequence[JobRow]) -> Done:
    counts = Counter[str]()
    for row in rows:
        mine = Company.objects.filter(pk=row.target_id, version=row.after_version)
        changed = mine.update(notes=(row.before or {})["notes"])
        outcome = "restored" if changed else "left"
        JobRow.objects.filter(job=job, number=row.number).update(undo_outcome=outcome)
        counts[outcome] += 1
    return Done(counts)


def in_bulk(job: Job, rows: Sequence[Row]) -> Done:
    """The same for many at once, in two statements."""
    between = {"job": job.pk, "first": rows[0].number, "last": rows[-1].number, "word": job.params["word"]}
    with connection.cursor() as cursor:
        cursor.execute(RECORD, between)
        cursor.execute(APPLY, between)
    return Done(Counter(done=len(rows)))


RECORD = """INSERT INTO jobs_jobrow (job_id, number, outcome, target_kind, target_id, after_version)
    SELECT t.job_id, t.number, 'done', 'companies.company', c.id, c.version + 1
    FROM jobs_jobtarget t JOIN companies_company c ON c.id = t.target_id
    WHERE t.job_id = %(job)s AND t.number BETWEEN %(first)s AND %(last)s"""

APPLY = """UPDATE companies_company SET notes = notes || %(word)s, version = version + 1
    WHERE id IN (SELECT target_id FROM jobs_jobtarget WHERE job_id = %(job)s AND number BETWEEN %(first)s AND %(last)s)"""


def names(ids: Sequence[int]) -> Mapping[int, str]:
    return dict(Company.objects.filter(pk__in=ids).values_list("pk", "name"))


def download(request: HttpRequest, job: Job) -> HttpResponse:
    return HttpResponse("failed rows", content_type="text/plain")


WORD = JobKind(
    name="tests.word", label="Add a word", permission=Permission.COMPANY_EDIT, work=work, undo=undo, target=TARGET,
    batch=10, names=names, describe=lambda job: f"“{job.params['word']}”", download=download,
)  # fmt: skip
SLOTTED = JobKind(
    name="tests.slotted", label="Add a word, one at a time", permission=Permission.COMPANY_EDIT, work=work, undo=undo,
    target=TARGET, slot=TARGET, batch=10, review=lambda job, rows: Done(Counter(done=len(rows))),
)  # fmt: skip
BULK = JobKind(
    name="tests.bulk", label="Add a word to many", permission=Permission.COMPANY_EDIT, work=in_bulk, target=TARGET, batch=5000
)  # fmt: skip


def register() -> None:
    for kind in (WORD, SLOTTED, BULK):
        kinds.register(kind)


def forget() -> None:
    for kind in (WORD, SLOTTED, BULK):
        kinds.KINDS.pop(kind.name, None)


def companies(count: int, *, name: str = "") -> list[Company]:
    return [factories.make_company(f"{name} {number}" if name else "") for number in range(count)]


def started(count: int = 25, *, kind: JobKind = WORD, word: str = "x", by: User | None = None) -> Job:
    """A queued job over `count` new companies."""
    made = companies(count)
    return started_over(*made, kind=kind, word=word, by=by)


def started_over(*chosen: Company, kind: JobKind = WORD, word: str = "x", by: User | None = None) -> Job:
    asked: Actor = actors.person(by) if by else actors.system("command")
    things = Company.objects.filter(pk__in=[company.pk for company in chosen])
    return actions.start(kind, things, params={"word": word}, by=asked)
