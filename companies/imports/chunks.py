"""Doing rows of an import of companies, trying them in a review: the doors for the jobs engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from companies.imports import firms
from companies.imports.cells import Wish, cleaner, wish_of
from companies.imports.firms import Firm, Firms
from companies.imports.planning import Choices, Planner
from companies.models import Company
from helpdesk.exchange import ahead
from helpdesk.exchange.cleaning import Cleaner
from helpdesk.exchange.planning import NOTHING, Review, Shadow, forget
from helpdesk.exchange.reading.records import Record
from helpdesk.exchange.rows import Result, change, in_parts, moment, put, reserve, write_results
from helpdesk.exchange.spellings import note_spellings
from helpdesk.jobs.kinds import Done, Row
from helpdesk.jobs.models import Job

COMPANY = Company._meta.label_lower
BATCH = 2000
FORGOTTEN_AT_ONCE = 4 * BATCH


def reader(job: Job) -> Callable[[Record], Wish]:
    """What takes a row of the job's file for a wish."""
    found = _cleaner(job)
    return lambda record: wish_of(found, record.number, record.cells, record.fault)


def work(job: Job, rows: Sequence[Row]) -> Done:
    """Make companies of these rows, or change them."""
    plan, results = _planned(job, rows, NOTHING)
    ahead.go_on()
    _write(plan, results)
    write_results(job, COMPANY, results, is_review=False)
    if job.predicted:
        forget(job, FORGOTTEN_AT_ONCE)
    return Done(Counter(one.outcome for one in results))


def review(job: Job, rows: Sequence[Row]) -> Done:
    """Predict what `work` would do, having done it to all rows before these."""
    shadow = Review(job)
    plan, results = _planned(job, rows, shadow)
    ahead.go_on()
    _remember(plan, shadow)
    note_spellings(job, plan.firms.spellings)
    write_results(job, COMPANY, results, is_review=True)
    return Done(Counter(one.outcome for one in results))


def _planned(job: Job, rows: Sequence[Row], shadow: Shadow) -> tuple[Planner, list[Result]]:
    choices = _choices(job)
    wishes: list[Wish] = ahead.wishes(rows)
    known = Firms(choices.answers)
    firms.look(known, [wish for wish in wishes if not wish.problems], shadow)
    plan = Planner(known, _cleaner(job), choices)
    return plan, plan.plan(wishes)


def _cleaner(job: Job) -> Cleaner[Wish]:
    return cleaner(job.params["columns"], job.params["outline"]["headers"], clears=_choices(job).blank_clears)


def _choices(job: Job) -> Choices:
    """As ticked; what is not told is as preset."""
    told = job.params.get("choices", {})
    known = {name: bool(told[name]) for name in ("blank_clears", "restore_deleted") if name in told}
    return Choices(**known, answers=job.params.get("answers", {}))


def _remember(plan: Planner, shadow: Shadow) -> None:
    """Of each name all that is planned, so that whoever finds one of them finds the others, too."""
    states: dict[int, Any] = {}
    keys: dict[str, int] = {}
    for firm in plan.touched.values():
        group = [one for one in plan.firms.group_of(firm) if one.is_planned]
        states |= {one.ref: [each.as_state() for each in group] for one in group}
        keys |= dict.fromkeys(firms.planned_keys(firm), firm.ref)
    shadow.keep(states, keys)


def _write(plan: Planner, results: Sequence[Result]) -> None:
    created = [firm for firm in plan.touched.values() if firm.was is None]
    updated = [firm for firm in plan.touched.values() if firm.was is not None]
    ids = dict(zip((firm.ref for firm in created), reserve("companies_company", len(created)), strict=True))
    for firm in created:
        firm.ref = ids[firm.ref]
    for result in results:
        if result.target is not None and result.target < 0:
            result.target = ids[result.target]
    _insert(created)
    save(updated)
    _add_domains([*created, *updated])


def _insert(created: Sequence[Firm]) -> None:
    now = moment(timezone.now())
    rows = [
        (one.ref, one.name, one.name_key, one.match_key, *one.texts.values(), one.version, now, now) for one in created
    ]
    if rows:
        put("companies_company", COLUMNS, rows)


def save(firms: Sequence[Firm]) -> None:
    """Write texts, version and whether it is deleted; domains not."""
    now = moment(timezone.now())
    rows = [(one.ref, *one.texts.values(), one.version, _deleted(one), now) for one in firms]
    for part in in_parts(rows, BATCH):
        change("companies_company", CHANGED, part)


def _deleted(firm: Firm) -> Any:
    return moment(datetime.fromisoformat(firm.deleted_at)) if firm.deleted_at else None


def _add_domains(firms: Sequence[Firm]) -> None:
    """In one order for every writer: two never wait for each other in a circle."""
    new = [(one.ref, domain) for one in firms for domain in one.domains if not (one.was and domain in one.was.domains)]
    if new:
        put("companies_companydomain", ("company_id", "domain"), sorted(new, key=lambda row: row[1]))


COLUMNS = ("id", "name", "name_key", "match_key", "phone", "address", "notes", "version", "created_at", "updated_at")
CHANGED: Mapping[str, str] = {
    "phone": "text", "address": "text", "notes": "text", "version": "integer", "deleted_at": "timestamptz",
    "updated_at": "timestamptz",
}  # fmt: skip
