"""Tags for a whole view. What a contact got or lost stands in its row; undo takes back what is still so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy, ngettext

from contacts import bulk
from contacts.actions.tags import drop_unused, locked_tags
from contacts.acts.wording import Grouped, names, outcomes, summary
from contacts.bulk import Chunk
from contacts.models import Contact, Tag, Tagging
from contacts.notices import CONTACT
from contacts.tag_names import joined, tag_key
from helpdesk.jobs.kinds import Done, JobKind, Row
from helpdesk.jobs.models import Job, JobRow
from helpdesk.users.roles import Permission

BATCH = 5000


def add(job: Job, rows: Sequence[Row]) -> Done:
    chunk = Chunk(job, rows[0].number, rows[-1].number)
    chunk.lock()
    return Done(bulk.add_tags(chunk, [tag.pk for tag in locked_tags(add=job.params["tags"])]))


def remove(job: Job, rows: Sequence[Row]) -> Done:
    chunk = Chunk(job, rows[0].number, rows[-1].number)
    chunk.lock()
    tags = [tag.pk for tag in locked_tags(remove=job.params["tags"])]
    counts = bulk.remove_tags(chunk, tags)
    drop_unused(tags)
    return Done(counts)


def undo_add(job: Job, rows: Sequence[JobRow]) -> Done:
    """Those who still have one of the tags they got lose it."""
    changed = _changed(rows)
    held = _held(_pairs(changed, locked_tags(remove=_names(changed))))
    for tag in {tag for _person, tag in held}:
        Tagging.objects.filter(tag=tag, contact__in=[person for person, one in held if one == tag]).delete()
    drop_unused({tag for _person, tag in held})
    return _undone(job, rows, {person for person, _tag in held})


def undo_remove(job: Job, rows: Sequence[JobRow]) -> Done:
    """Those who lack one of the tags they lost get it back; one that is gone is made anew, as it was spelt."""
    changed = _changed(rows)
    pairs = _pairs(changed, locked_tags(add=_names(changed)))
    missing = pairs - _held(pairs)
    Tagging.objects.bulk_create(Tagging(contact_id=person, tag_id=tag) for person, tag in sorted(missing))
    return _undone(job, rows, {person for person, _tag in missing})


def _changed(rows: Sequence[JobRow]) -> list[tuple[int, str]]:
    """Contact and name of a tag as the act changed them: of those who are still here, locked."""
    people = Contact.objects.filter(pk__in=[row.target_id for row in rows]).order_by("pk")
    here = set(people.select_for_update(no_key=True).values_list("pk", flat=True))
    pairs = [(row.target_id or 0, name) for row in rows for name in (row.before or {}).get("tags", [])]
    return [(person, name) for person, name in pairs if person in here]


def _names(changed: Sequence[tuple[int, str]]) -> list[str]:
    return list(dict.fromkeys(name for _person, name in changed))


def _pairs(changed: Sequence[tuple[int, str]], tags: Iterable[Tag]) -> set[tuple[int, int]]:
    """Contact and tag, in whatever spelling there is of it by now; those that nobody has any more are left out."""
    ids, keys = {tag.key: tag.pk for tag in tags}, {name: tag_key(name) for name in _names(changed)}
    return {(person, ids[keys[name]]) for person, name in changed if keys[name] in ids}


def _held(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    people, tags = {person for person, _tag in pairs}, {tag for _person, tag in pairs}
    found = Tagging.objects.filter(contact__in=people, tag__in=tags).values_list("contact_id", "tag_id")
    return pairs & set(found)


def _undone(job: Job, rows: Sequence[JobRow], people: set[int]) -> Done:
    restored = [row.number for row in rows if row.target_id in people]
    mine = JobRow.objects.filter(job=job, number__in=[row.number for row in rows])
    mine.update(undo_outcome="left")
    mine.filter(number__in=restored).update(undo_outcome="restored")
    return Done(Counter(restored=len(restored), left=len(rows) - len(restored)))


def _described(job: Job) -> str:
    return joined(job.params["tags"])


def _added(count: int) -> str:
    return ngettext("%(count)s contact got tags", "%(count)s contacts got tags", count) % {"count": Grouped(count)}


def _removed(count: int) -> str:
    return ngettext("%(count)s contact lost tags", "%(count)s contacts lost tags", count) % {"count": Grouped(count)}


ADD = JobKind(
    name="contacts.add_tags", label=gettext_lazy("Add tags to contacts"), permission=Permission.CONTACT_ACT_ON_VIEW,
    target=CONTACT, work=add, undo=undo_add, batch=BATCH, action="contact.tag_many",
    outcomes=outcomes(gettext_lazy("Tagged")), describe=_described, summary=summary(_added), names=names,
)  # fmt: skip
REMOVE = JobKind(
    name="contacts.remove_tags", label=gettext_lazy("Remove tags from contacts"), permission=Permission.CONTACT_ACT_ON_VIEW,
    target=CONTACT, work=remove, undo=undo_remove, batch=BATCH, action="contact.untag_many",
    outcomes=outcomes(gettext_lazy("Tag removed")), describe=_described, summary=summary(_removed), names=names,
)  # fmt: skip
