"""An import as its page in the history tells it: how it ended, what is left of its files, which repairs belong to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse

from helpdesk.exchange import wording
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.queries import cells_of, is_unfinished
from helpdesk.exchange.sheets import SHEETS, Sheet
from helpdesk.jobs.kinds import Panel
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.progress import not_reached
from helpdesk.jobs.states import State
from helpdesk.ui.house import house
from helpdesk.users.models import User

TEMPLATE = "exchange/_import.html"
DID = ("created", "updated", "skipped")


@dataclass(frozen=True)
class Chain:
    """An import and its repairs, the first one first; `words`: their totals as if they were one."""

    jobs: Sequence[Job]
    words: str


def sheet_of(job: Job) -> Sheet | None:
    return SHEETS.get(str(job.params.get("sheet", "")))


def ended_words(job: Job) -> str:
    """How an import that ran ended, in the sentence that PRODUCT fixes; "" for one that never began."""
    if job.state == State.UNDONE:
        return wording.was_undone(job.undo_totals)
    if job.resumed_at is None or job.undo_cursor is not None:
        return ""
    missed = not_reached(job)
    return " ".join([_totals_words(job, job.totals), *([wording.not_reached(missed)] if missed else [])])


def undo_words(job: Job) -> str:
    return wording.undo_words(job.totals)


def unfinished_url(job: Job) -> str:
    """Where the wizard goes on with an import that nobody has let begin; "" for others."""
    if not is_unfinished(job) or job.state == State.CANCELLED:
        return ""
    return _url(job, "import_map" if job.state == State.DRAFT else "import_review")


def has_records(job: Job) -> bool:
    """Whether its rows can still be read: to go on with it, to download those that failed."""
    return JobFile.objects.filter(job=job, role__in=(JobFile.Role.RECORDS, JobFile.Role.SOURCE)).exists()


def titles_of(job: Job, numbers: Sequence[int]) -> Mapping[int, str]:
    """The first thing that rows of the file say of whom they are about, by the order of the fields; as long as the file is kept."""
    sheet = sheet_of(job)
    order = [field.name for field in sheet.fields()] if sheet else []
    columns = job.params.get("columns", [])
    places = sorted((order.index(name), place) for place, name in enumerate(columns) if name in order)
    return {
        number: next((cells[place] for _rank, place in places if place < len(cells) and cells[place].strip()), "")[:200]
        for number, cells in cells_of(job, numbers).items()
    }


def chain_of(job: Job) -> Chain | None:
    """The import that `job` repairs, or that is repaired by others, with all repairs of it; None where there are none."""
    first = job.params.get("first", job.pk)
    family = Job.objects.filter(Q(pk=first) | Q(params__first=first), kind=job.kind, resumed_at__isnull=False)
    jobs = list(family.order_by("pk"))
    if len(jobs) < 2:
        return None
    return Chain(jobs, _totals_words(jobs[0], _together(jobs)))


def panel(job: Job, user: User) -> Panel | None:
    """What the job's page shows of files and repairs; nothing before anything has run."""
    if job.resumed_at is None:
        return None
    may = user.may(SHEETS[job.params["sheet"]].import_permission) if job.params.get("sheet") in SHEETS else False
    files = list(job.files.order_by("role"))
    has_rows = may and job.is_final and any(file.role == JobFile.Role.RECORDS for file in files)
    failed = job.totals.get("failed", 0)
    return Panel(
        TEMPLATE,
        {
            "job": job,
            "source": next((file for file in files if file.role == JobFile.Role.SOURCE), None),
            "until": min((file.expires_at for file in files if file.expires_at), default=None),
            "has_files": bool(files),
            "failed": failed if has_rows and not job.is_undo else 0,
            "missed": not_reached(job) if has_rows else 0,
            "may_repair": may and job.is_final and failed and not job.is_undo,
            "left": job.undo_totals.get("left", 0) if job.state == State.UNDONE else 0,
            "repair_url": _url(job, "import_repair"),
            "chain": chain_of(job),
        },
    )


def expire(job: Job) -> None:
    """Let the files of an ended import go so many days from now as the settings say."""
    if job.is_final and job.finished_at:
        until = job.finished_at + timedelta(days=house().job_file_days)
        job.files.exclude(role=JobFile.Role.RESULT).update(expires_at=until)


def _url(job: Job, name: str) -> str:
    """A page of the wizard; "" where the record type has none."""
    try:
        return reverse(f"{job.params.get('sheet')}:{name}", args=[job.pk])
    except NoReverseMatch:
        return ""


def _totals_words(job: Job, totals: dict[str, int]) -> str:
    sheet = sheet_of(job)
    counts = {name: totals.get(name, 0) for name in (*DID, "failed")}
    counts["count"] = counts["created"] + counts["updated"]
    words = sheet.imported if sheet and sheet.imported else wording.imported_records
    return wording.filled(words(counts["count"]), counts)


def _together(jobs: Sequence[Job]) -> dict[str, int]:
    """A row that failed and was repaired counts once, however often it was uploaded."""
    kept = [job for job in jobs if not job.is_undo]
    totals = Counter[str]()
    for job in kept:
        totals.update({name: job.totals.get(name, 0) for name in DID})
    first = jobs[0]
    repeated = _repeated(jobs[1:])
    repaired = sum(job.totals.get(name, 0) for job in kept if job.pk != first.pk for name in DID) - repeated.total()
    failed = 0 if first.is_undo else first.totals.get("failed", 0)
    totals.subtract(repeated)
    return {**totals, "failed": max(0, failed - repaired)}


def _repeated(repairs: Sequence[Job]) -> Counter[str]:
    """What repairs of the same rows did once more, by outcome. Rows are the same that are about the same record."""
    parents = Counter(job.params.get("repairs") for job in repairs)
    if max(parents.values(), default=0) < 2:
        return Counter()
    found = _found(repairs)
    once, so_far, repeated = _once(repairs, found), Counter[int](), Counter[str]()
    for name in DID:
        counted = (so_far & once).total()
        done = sum((rows[name] for rows in found.values()), Counter[int]())
        so_far += done
        repeated[name] = done.total() - ((so_far & once).total() - counted)
    return repeated


def _found(repairs: Sequence[Job]) -> Mapping[int, Mapping[str, Counter[int]]]:
    """Of each repair, outcome → the records its rows were about, as far as another repair was about them, too."""
    jobs = [job.pk for job in repairs if not job.is_undo]
    rows = JobRow.objects.filter(job__in=jobs, outcome__in=DID, target_id__isnull=False).order_by()
    several = rows.values("target_id").annotate(jobs=Count("job", distinct=True)).filter(jobs__gt=1)
    found: dict[int, dict[str, Counter[int]]] = {job.pk: {name: Counter() for name in DID} for job in repairs}
    for job, outcome, target in rows.filter(target_id__in=several.values("target_id")).values_list(
        "job", "outcome", "target_id"
    ):
        found[job][outcome][target or 0] += 1
    return found


def _once(repairs: Sequence[Job], found: Mapping[int, Mapping[str, Counter[int]]]) -> Counter[int]:
    """How many rows were about each record: what a repair left is in its own repairs, what its siblings did is the same again."""
    children = defaultdict[int | None, list[int]](list)
    for job in repairs:
        parent = job.params.get("repairs")
        children[parent if parent in found else None].append(job.pk)

    def below(parent: int | None) -> Counter[int]:
        branches = (sum(found[pk].values(), below(pk)) for pk in children[parent])
        return reduce(or_, branches, Counter[int]())

    return below(None)
