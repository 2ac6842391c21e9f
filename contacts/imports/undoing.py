"""Taking an import of contacts back, the last row first: what people changed since stays, and is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from contacts.actions.indexing import gathered
from contacts.actions.tags import drop_unused, locked_tags
from contacts.followers import FOLLOWERS
from contacts.imports import matching, restoring
from contacts.imports.leftovers import drop_firms
from contacts.imports.people import Person
from contacts.imports.planning import Moved
from contacts.imports.restoring import Known
from contacts.imports.saving import MOST_TOLD, follow, put_addresses, put_memberships, put_tags, save
from contacts.models import Contact, Merge
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange.rows import fetch, write_undone
from helpdesk.jobs.kinds import Done
from helpdesk.jobs.models import Job, JobRow
from helpdesk.ui.house import house

GONE = gettext_noop("The contact has been deleted forever or merged into another since.")
CHANGED = gettext_noop("The contact has been changed since.")
SIGNS_IN = gettext_noop("The contact can sign in by now.")
FOLLOWED = gettext_noop("The contact has emails, notes or the like by now.")
FIELDS = ("company", "other_companies", "tags")


def undo(job: Job, rows: Sequence[JobRow]) -> Done:
    """Remove who was created and nobody has used since; give everybody else their old values, where they stand as imported."""
    work = _Undoing(job, rows)
    for row in rows:
        work.undo(row)
        if work.told >= MOST_TOLD:
            break
    with gathered(len(work.outcomes)):
        work.write()
    counts = Counter(outcome for outcome, _problems in work.outcomes.values())
    return Done(counts, is_part=len(work.outcomes) < len(rows))


class _Undoing:
    """One chunk. `outcomes`: row number → what became of it, with the problems of what was left; `told`: of how many new addresses."""

    def __init__(self, job: Job, rows: Sequence[JobRow]) -> None:
        self._job, self._rows, self._region = job, rows, house().phone_region
        ids = sorted({row.target_id for row in rows if row.target_id})
        matching.lock(ids)
        self._people = {one.ref: one for one in matching.read(ids, FIELDS)}
        self._used = _used(job, [row.target_id or 0 for row in rows if row.outcome == "created"])
        self._known = Known.of(rows, self._people)
        self._removed: dict[int, Person] = {}
        self._moved: list[Moved] = []
        self._firms: set[int] = set()
        self.told = 0
        self.outcomes: dict[int, tuple[str, list[dict[str, Any]]]] = {}

    def undo(self, row: JobRow) -> None:
        person = self._people.get(row.target_id or 0)
        if person is None or row.outcome not in ("created", "updated") or (row.outcome == "updated" and not row.before):
            self._leave(row, GONE)
        elif row.outcome == "created":
            self._remove(row, person)
        else:
            self._restore(row, person)

    def _remove(self, row: JobRow, person: Person) -> None:
        reason = self._used.get(person.ref, "")
        if reason:
            self._leave(row, reason)
        else:
            self._removed[person.ref] = person
            self._known.external.pop(person.texts["external_id"], None)
            self._firms |= _firms_of(person)
            self.outcomes[row.number] = ("removed", [])

    def _restore(self, row: JobRow, person: Person) -> None:
        old = person.primary
        person.remember()
        self._firms |= _firms_of(person)
        left = restoring.restore(person, row.before or {}, self._known)
        is_changed = len(left) < restoring.count(row.before or {})
        if is_changed:
            person.version += 1
            if (new := person.primary) != old and person.was:
                was = {**person.was.emails, **person.emails}
                self._moved.append(Moved(person.ref, was.get(old, ""), was.get(new, ""), person.version))
                self.told += person.user is not None
        self.outcomes[row.number] = ("restored" if is_changed else "left", left)

    def _leave(self, row: JobRow, reason: str) -> None:
        self.outcomes[row.number] = ("left", [{"text": reason, "params": {}}])

    def write(self) -> None:
        removed = self._removed
        kept = [one for one in self._people.values() if one.was is not None and one.ref not in removed]
        changed = [one for one in kept if one.was and one.version != one.was.version]
        _delete(removed)
        save(changed, timezone.now(), self._region)
        put_addresses([], changed)
        put_memberships([], changed)
        put_tags([], changed)
        follow(changed, [one for one in self._moved if one.ref not in removed], by=self._job.by)
        write_undone(self._job, self.outcomes)
        drop_firms(self._job, self._firms)


def _used(job: Job, ids: Collection[int]) -> Mapping[int, str]:
    """Which of these contacts, whom the job made, are more than that by now, and why.

    Whoever edits one leaves a line in the log or a row of a job; one that was taken back counts no more.
    """
    touched = AuditEntry.objects.filter(target_kind=CONTACT, target_id__in=ids, is_event=True)
    rows = JobRow.objects.filter(target_kind=CONTACT, target_id__in=ids).exclude(job=job)
    others = rows.exclude(outcome__in=("", "skipped", "failed")).exclude(undo_outcome__in=("restored", "removed"))
    why: dict[int, str] = dict.fromkeys(touched.order_by().values_list("target_id", flat=True), CHANGED)  # type: ignore[arg-type]
    why |= dict.fromkeys(others.order_by().values_list("target_id", flat=True), CHANGED)  # type: ignore[arg-type]
    why |= dict.fromkeys(Merge.objects.filter(survivor__in=ids).values_list("survivor_id", flat=True), CHANGED)
    why |= dict.fromkeys(Contact.objects.filter(merged_into__in=ids).values_list("merged_into_id", flat=True), CHANGED)
    for follower in FOLLOWERS.values():
        why |= {pk: FOLLOWED for pk, count in follower.counts(ids).items() if count}
    signed = Contact.objects.filter(pk__in=ids, user__isnull=False)
    return why | dict.fromkeys(signed.values_list("pk", flat=True), SIGNS_IN)


def _delete(people: Mapping[int, Person]) -> None:
    """For good, as if they had never been; tags that nobody has any more go with them."""
    if not people:
        return
    names = {name for one in people.values() for side in (one, one.was or one) for name in side.tags.values()}
    tags = locked_tags(remove=sorted(names))
    for table in ("contacts_tagging", "contacts_membership", "contacts_address"):
        fetch(f"DELETE FROM {table} WHERE contact_id {{among}}", [*people])  # noqa: S608 (names of ours)
    fetch("DELETE FROM contacts_contact WHERE id {among}", [*people])
    drop_unused(tag.pk for tag in tags)


def _firms_of(person: Person) -> set[int]:
    return {ref for ref in (person.company, *person.others) if ref is not None}
