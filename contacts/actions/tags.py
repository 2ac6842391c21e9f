"""Giving contacts tags and taking them away. Tags are a set: a change adds and removes names, it never replaces the set.

Whoever changes tags locks the contacts first and the tags then, each in one order, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from contacts.models import Contact, Tag, Tagging
from contacts.tag_names import merge, tag_key
from helpdesk.audit.actions import Entry, record_all
from helpdesk.users.actors import Actor

Contacts = Contact | QuerySet[Contact] | Iterable[Contact]
TRIES = 5


@transaction.atomic
def add_tags(contacts: Contacts, names: Iterable[str], *, by: Actor) -> list[Contact]:
    """Give them these tags, but for deleted ones. Returns those who had not all of them before."""
    people = _locked(contacts)
    standing, wanted = names_of(people), locked_tags(add=names)
    held = set(Tagging.objects.filter(contact__in=people, tag__in=wanted).values_list("contact_id", "tag_id"))
    missing = [(one.pk, tag.pk) for one in people for tag in wanted if (one.pk, tag.pk) not in held]
    Tagging.objects.bulk_create(Tagging(contact_id=person, tag_id=tag) for person, tag in missing)
    return _recorded("contact.tag", people, standing, by=by)


@transaction.atomic
def remove_tags(contacts: Contacts, names: Iterable[str], *, by: Actor) -> list[Contact]:
    """Take these tags away from them, but for deleted ones. Returns those who had one of them."""
    people = _locked(contacts)
    standing, unwanted = names_of(people), locked_tags(remove=names)
    Tagging.objects.filter(contact__in=people, tag__in=unwanted).delete()
    drop_unused(tag.pk for tag in unwanted)
    return _recorded("contact.untag", people, standing, by=by)


def put_tags(contact: Contact, wanted: Iterable[str], *, seen: Iterable[str] | None = None) -> None:
    """Make `wanted` the tags of a locked contact; of those not in `seen` (if given) what stands stays.

    A part of creating and editing, which write the record.
    """
    standing = names_of([contact])[contact.pk]
    target = merge(standing, standing if seen is None else seen, wanted)
    keys, now = {tag_key(name) for name in target}, {tag_key(name) for name in standing}
    if keys == now:
        return
    unwanted = [name for name in standing if tag_key(name) not in keys]
    tags = locked_tags(add=target, remove=unwanted)
    Tagging.objects.filter(contact=contact).exclude(tag__key__in=keys).delete()
    added = [tag for tag in tags if tag.key in keys - now]
    Tagging.objects.bulk_create(Tagging(contact=contact, tag=tag) for tag in added)
    drop_unused(tag.pk for tag in tags if tag.key not in keys)


def names_of(people: Iterable[Contact]) -> Mapping[int, list[str]]:
    """The tags of each, in the order of their keys; one query."""
    found = Tagging.objects.filter(contact__in=people).order_by("tag__key").values_list("contact_id", "tag__name")
    names: dict[int, list[str]] = defaultdict(list)
    for contact, name in found:
        names[contact].append(name)
    return names


def locked_tags(*, add: Iterable[str] = (), remove: Iterable[str] = ()) -> list[Tag]:
    """The tags of these names, those to add made where there are none; kept until the transaction ends."""
    wanted = {tag_key(name): name for name in reversed([*add])}
    keys = {*wanted, *map(tag_key, remove)}
    found: list[Tag] = []
    for _try in range(TRIES):  # one that was just dropped as unused is made anew
        found = list(Tag.objects.select_for_update(no_key=True).filter(key__in=keys).order_by("key"))
        missing = sorted(wanted.keys() - {tag.key for tag in found})
        if not missing:
            break
        Tag.objects.bulk_create((Tag(name=wanted[key], key=key) for key in missing), ignore_conflicts=True)
    return found


def drop_unused(tags: Iterable[int]) -> None:
    """Forget those of these (locked) tags that nobody has any more."""
    used = Tagging.objects.filter(tag=OuterRef("pk"))
    Tag.objects.filter(~Exists(used), pk__in=list(tags)).delete()


def _locked(contacts: Contacts) -> list[Contact]:
    ids = [contacts.pk] if isinstance(contacts, Contact) else [contact.pk for contact in contacts]
    return list(Contact.objects.filter(pk__in=ids, deleted_at=None).order_by("pk").select_for_update(no_key=True))


def _recorded(action: str, people: Collection[Contact], before: Mapping[int, list[str]], *, by: Actor) -> list[Contact]:
    after = names_of(people)
    changed = [one for one in people if before.get(one.pk, []) != after.get(one.pk, [])]
    changes = {one.pk: {"tags": (before.get(one.pk, []), after.get(one.pk, []))} for one in changed}
    record_all([Entry(action, one, changes[one.pk]) for one in changed], by=by)
    return changed
