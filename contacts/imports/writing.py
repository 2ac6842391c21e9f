"""What a run has planned, written: a handful of statements for thousands of contacts, in the order in which the verbs lock.

Twin of `contacts.actions.records`: a row leaves what `create_contact` or `edit_contact` would, with a `JobRow` as its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from contacts.imports.firms import Firm
from contacts.imports.people import Person
from contacts.imports.planning import Planner
from contacts.imports.saving import derived, follow, put_addresses, put_memberships, put_tags, save
from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.audit.actions import Entry, Target, row_of
from helpdesk.exchange import ahead
from helpdesk.exchange.rows import Result, moment, note_made, put, put_unsaved, reserve, write_results
from helpdesk.jobs.models import Job

COMPANY = "companies.company"


class Writer:
    """Writes what one chunk of the job has planned; `region` reads phone numbers."""

    def __init__(self, job: Job, region: str) -> None:
        self._job, self._region, self._now = job, region, timezone.now()
        self._moment: Any = moment(self._now)

    def write(self, plan: Planner, results: Sequence[Result]) -> None:
        firms = self._firms(plan.firms.made)
        created = [person for person in plan.touched.values() if person.is_new]
        updated = [person for person in plan.touched.values() if not person.is_new]
        refs = {person.ref: pk for person, pk in zip(created, reserve("contacts_contact", len(created)), strict=True)}
        _number(created, refs)
        _renumber(plan.touched.values(), results, refs, firms)
        ahead.go_on()
        put("contacts_contact", CONTACT_COLUMNS, map(self._contact, created))
        save(updated, self._now, self._region)
        put_addresses(created, updated)
        put_memberships(created, updated)
        put_tags(created, updated)
        follow(updated, [one for one in plan.moved if one.ref > 0], by=self._job.by)
        write_results(self._job, CONTACT, results, is_review=False)

    def _firms(self, made: Sequence[Firm]) -> Mapping[int, int]:
        """The companies to make, made; their numbers so far → their ids."""
        refs = {firm.ref: pk for firm, pk in zip(made, reserve("companies_company", len(made)), strict=True)}
        if made:
            moments = (1, self._moment, self._moment)
            rows = [(refs[one.ref], one.name, one.name_key, one.match_key, "", "", "", *moments) for one in made]
            put("companies_company", COMPANY_COLUMNS, rows)
            note_made(self._job, COMPANY, refs.values())
            named = ((Target(COMPANY, refs[firm.ref], firm.name), firm.name) for firm in made)
            entries = (Entry("company.create", target, {"name": (None, name)}) for target, name in named)
            put_unsaved([row_of(entry, self._job.by) for entry in entries])
        return refs

    def _contact(self, person: Person) -> tuple[Any, ...]:
        texts = person.texts
        activation = Contact.Activation.NEVER if person.emails else Contact.Activation.NO_EMAIL
        return (
            person.ref, texts["name"], texts["job_title"], texts["department"], texts["work_phone"],
            texts["mobile_phone"], texts["language"], texts["time_zone"], texts["address"], texts["external_id"] or None,
            texts["notes"], *derived(person, self._region).values(), person.company, "", activation.value,
            person.version, self._moment, self._moment,
        )  # fmt: skip


def _number(created: Iterable[Person], refs: Mapping[int, int]) -> None:
    for person in created:
        person.ref = refs[person.ref]


def _renumber(
    people: Iterable[Person], results: Iterable[Result], contacts: Mapping[int, int], firms: Mapping[int, int]
) -> None:
    """Ids in place of the numbers by which the plan called whoever was not made yet."""
    for result in results:
        if result.target is not None and result.target < 0:
            result.target = contacts[result.target]
    if not firms:
        return
    for person in people:
        person.company = firms.get(person.company or 0, person.company)
        person.others = [firms.get(ref, ref) for ref in person.others]
    for result in results:
        for name in {"_company", "_other_companies"} & (result.before or {}).keys():
            assert result.before is not None  # noqa: S101 (has these names)
            result.before[name] = [_real(value, firms) for value in result.before[name]]


def _real(value: Any, firms: Mapping[int, int]) -> Any:
    return [firms.get(ref, ref) for ref in value] if isinstance(value, list) else firms.get(value, value)


CONTACT_COLUMNS = (
    "id", "name", "job_title", "department", "work_phone", "mobile_phone", "language", "time_zone", "address",
    "external_id", "notes", "name_key", "work_phone_key", "mobile_phone_key", "search_text", "company_id", "verified_how",
    "activation", "version", "created_at", "updated_at",
)  # fmt: skip
COMPANY_COLUMNS = (
    "id", "name", "name_key", "match_key", "phone", "address", "notes", "version", "created_at", "updated_at",
)  # fmt: skip
