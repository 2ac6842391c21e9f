"""Doing rows of an import, trying them in a review: the doors for the jobs engine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db import connection

from contacts.actions.indexing import gathered
from contacts.imports import firms, matching
from contacts.imports.cells import Cleaner, Wish
from contacts.imports.firms import Firms
from contacts.imports.planning import Choices, Planner
from contacts.imports.saving import MOST_TOLD
from contacts.imports.writing import Writer
from contacts.notices import CONTACT
from helpdesk.exchange import ahead
from helpdesk.exchange.planning import NOTHING, Review, Shadow, forget, note_companies
from helpdesk.exchange.reading.records import Record
from helpdesk.exchange.rows import Result, write_results
from helpdesk.exchange.spellings import note_spellings
from helpdesk.jobs.kinds import Done, Row
from helpdesk.jobs.models import Job
from helpdesk.ui.house import house

BATCH = 3000 if connection.vendor == "sqlite" else 5000  # on SQLite all other writers wait as long as a chunk takes
FORGOTTEN_AT_ONCE = 4 * BATCH


def reader(job: Job) -> Callable[[Record], Wish]:
    """What takes a row of the job's file for a wish."""
    cleaner = _cleaner(job)
    return lambda record: cleaner.wish(record.number, record.cells, record.fault)


def work(job: Job, rows: Sequence[Row]) -> Done:
    """Make contacts of these rows, or change them."""
    plan, results = _planned(job, rows, NOTHING, most_told=MOST_TOLD)
    is_part = len(results) < len(rows)
    if is_part:
        ahead.drop()  # what would be read there does not come next
    with gathered(len(results)):
        Writer(job, house().phone_region).write(plan, results)
    if job.predicted:
        forget(job, FORGOTTEN_AT_ONCE)
    return Done(Counter(one.outcome for one in results), is_part=is_part)


def review(job: Job, rows: Sequence[Row]) -> Done:
    """Predict what `work` would do, having done it to all rows before these."""
    shadow = Review(job)
    plan, results = _planned(job, rows, shadow)
    ahead.go_on()
    _remember(plan, shadow)
    note_spellings(job, plan.firms.spellings)
    note_companies(job, len(plan.firms.made))
    write_results(job, CONTACT, results, is_review=True)
    return Done(Counter(one.outcome for one in results))


def choices_of(job: Job) -> Choices:
    """As ticked; what is not told is as preset."""
    told = job.params.get("choices", {})
    known = {name: bool(told[name]) for name in Choices.__dataclass_fields__ if name in told}
    return Choices(**known, answers=job.params.get("answers", {}))


def _planned(
    job: Job, rows: Sequence[Row], shadow: Shadow, *, most_told: int = sys.maxsize
) -> tuple[Planner, list[Result]]:
    choices, region, wishes = choices_of(job), house().phone_region, ahead.wishes(rows)
    sound = [wish for wish in wishes if not wish.problems]
    people = matching.look(sound, region=region, fields=set(job.params["columns"]), shadow=shadow)
    known = Firms(choices.answers, may_create=choices.create_companies)
    firms.look(known, _names(sound), people.all.values(), _homeless(sound), shadow)
    plan = Planner(people, known, _cleaner(job), choices, region=region)
    return plan, plan.plan(wishes, most_told=most_told)


def _cleaner(job: Job) -> Cleaner:
    columns, headers = job.params["columns"], job.params["outline"]["headers"]
    return Cleaner(columns, headers, region=house().phone_region, clears=choices_of(job).blank_clears)


def _names(wishes: Sequence[Wish]) -> Collection[str]:
    """Of all companies that are named."""
    return {name for wish in wishes for name in (wish.company, *wish.others) if name}


def _homeless(wishes: Sequence[Wish]) -> Collection[str]:
    """The addresses of those without a named company."""
    return [key for wish in wishes if not wish.company for key in wish.emails]


def _remember(plan: Planner, shadow: Shadow) -> None:
    region = house().phone_region
    states: dict[int, Any] = {ref: person.as_state() for ref, person in plan.touched.items()}
    keys = {key: person.ref for person in plan.touched.values() for key in person.keys(region)}
    for firm in plan.firms.made:
        states[firm.ref] = [one.as_state() for one in plan.firms.group_of(firm)]
        keys[f"n:{firm.match_key}"] = firm.ref
    shadow.keep(states, keys)
