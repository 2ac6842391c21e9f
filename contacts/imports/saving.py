"""Known contacts changed, with all that follows an edit: thousands by a handful of statements, locked in the verbs' order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from contacts import emails as letters
from contacts.actions import progress
from contacts.actions.standing import open_or_close
from contacts.actions.tags import drop_unused, locked_tags
from contacts.imports.people import TEXTS, Person
from contacts.imports.planning import Moved
from contacts.models import Contact
from contacts.notices import CONTACT, PRIMARY_CHANGED
from contacts.phones import phone_key
from contacts.searching import search_text
from helpdesk.exchange.rows import change, fetch, moment, put, reserve
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.outbox.posting import Letter, post
from helpdesk.ui.sorting import name_key
from helpdesk.users.actors import Actor
from helpdesk.users.models import User

MOST_TOLD = 300
"""People in one chunk to whom letters go at their old and their new address: writing these takes longer than all else."""


def save(people: Sequence[Person], now: datetime, region: str) -> None:
    """Write what differs from `was`; only columns that change somewhere. The other tables: `put_…`."""
    columns = dict.fromkeys(name for person in people for name in _changed_columns(person))
    if people:
        kinds = {
            **{name: KINDS.get(name, "text") for name in columns},
            "version": "integer",
            "updated_at": "timestamptz",
        }
        at = moment(now)
        change(
            "contacts_contact", kinds, [(one.ref, *_values(one, columns, region), one.version, at) for one in people]
        )


def _values(person: Person, columns: Iterable[str], region: str) -> Iterator[Any]:
    keys = derived(person, region)
    for name in columns:
        if name in keys:
            yield keys[name]
        elif name == "company_id":
            yield person.company
        elif name == "deleted_at":
            yield moment(parse_datetime(person.deleted_at)) if person.deleted_at else None
        else:
            yield person.texts[name] or (None if name == "external_id" else "")


def follow(people: Sequence[Person], moved: Sequence[Moved], *, by: Actor) -> None:
    """What else an edit brings about: the sign-in mirrors it, links to an old address die, both addresses are told."""
    mirror([person for person in people if person.user is not None])
    if turned := [one.ref for one in people if one.was and bool(one.was.deleted_at) != bool(one.deleted_at)]:
        open_or_close(turned)
    if not moved:
        return
    ids = sorted({one.ref for one in moved})
    links.revoke(CONTACT, ids, SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)
    progress.settle(ids)
    if told := list(_letters(moved)):
        post(PRIMARY_CHANGED, told, by=by)


def _letters(moved: Iterable[Moved]) -> Iterator[Letter]:
    """To those whose sign-in works, at both addresses."""
    told = [one for one in moved if one.old and one.new]
    customers = Contact.objects.filter(verified_at__isnull=False).select_related("user")
    known = customers.in_bulk([one.ref for one in told])
    for one in told:
        if contact := known.get(one.ref):
            cause = f"{PRIMARY_CHANGED.code}:{one.ref}:{one.version}"
            yield from letters.primary_changed(contact, old=one.old, new=one.new, cause=cause)


def derived(person: Person, region: str) -> dict[str, str]:
    """The columns that follow others."""
    texts = person.texts
    phones = (texts["work_phone"], texts["mobile_phone"])
    return {
        "name_key": name_key(texts["name"]),
        "work_phone_key": phone_key(phones[0], region) if phones[0] else "",
        "mobile_phone_key": phone_key(phones[1], region) if phones[1] else "",
        "search_text": search_text(texts["name"], person.emails.values(), phones, texts["external_id"], region),
    }


def put_addresses(created: Sequence[Person], updated: Sequence[Person]) -> None:
    """New addresses claimed in the order of their keys; a contact's own stand in the order of their ids."""
    changed = [(one, one.was) for one in updated if one.was and [*one.was.emails] != [*one.emails]]
    moved = [(one, was) for one, was in changed if was.primary != one.primary]
    if old := [was.primary for _one, was in moved if was.emails]:
        fetch("UPDATE contacts_address SET is_primary = FALSE WHERE key {among}", old)
    if gone := [key for one, was in changed for key in was.emails.keys() - one.emails.keys()]:
        fetch("DELETE FROM contacts_address WHERE key {among}", gone)
    rows = [row for one in created for row in _addresses(one, {})]
    rows += [row for one, was in changed for row in _addresses(one, was.emails)]
    ids = reserve("contacts_address", len(rows))
    numbered = sorted([(*row, pk) for pk, row in zip(ids, rows, strict=True)])  # by key, which no two share
    put("contacts_address", ("key", "email", "contact_id", "is_primary", "id"), numbered)
    if back := [one.primary for one, was in moved if one.primary in was.emails]:
        fetch("UPDATE contacts_address SET is_primary = TRUE WHERE key {among}", back)


def _addresses(person: Person, was: Mapping[str, str]) -> list[tuple[str, str, int, bool]]:
    """Those that it has by now, the oldest first."""
    primary, ref, emails = person.primary, person.ref, person.emails
    return [(key, emails[key], ref, key == primary) for key in person.ages if key not in was]


def put_memberships(created: Iterable[Person], updated: Iterable[Person]) -> None:
    rows = [(one.ref, ref) for one in created for ref in one.others]
    gone: list[tuple[int, int]] = []
    for one in updated:
        if one.was and one.was.others != one.others:
            rows += [(one.ref, ref) for ref in one.others if ref not in one.was.others]
            gone += [(one.ref, ref) for ref in one.was.others if ref not in one.others]
    drop_pairs("contacts_membership", "company_id", gone)
    if rows:
        put("contacts_membership", ("contact_id", "company_id"), rows)


def put_tags(created: Iterable[Person], updated: Iterable[Person]) -> None:
    """Tags are locked after contacts and addresses, as the verbs do; one that nobody has any more goes."""
    wanted = [(one.ref, key, name) for one in created for key, name in one.tags.items()]
    unwanted: list[tuple[int, str, str]] = []
    for one in updated:
        if one.was and one.was.tags.keys() != one.tags.keys():
            wanted += [(one.ref, key, name) for key, name in one.tags.items() if key not in one.was.tags]
            unwanted += [(one.ref, key, name) for key, name in one.was.tags.items() if key not in one.tags]
    if not wanted and not unwanted:
        return
    adds, removes = ({key: name for _ref, key, name in reversed(pairs)} for pairs in (wanted, unwanted))
    ids = {tag.key: tag.pk for tag in locked_tags(add=adds.values(), remove=removes.values())}
    drop_pairs("contacts_tagging", "tag_id", [(ref, ids[key]) for ref, key, _name in unwanted])
    put("contacts_tagging", ("contact_id", "tag_id"), [(ref, ids[key]) for ref, key, _name in wanted])
    drop_unused(ids[key] for key in removes.keys() - adds.keys())


def drop_pairs(table: str, column: str, pairs: Sequence[tuple[int, int]]) -> None:
    """Delete the rows of these contacts that lead to these things."""
    by_thing: dict[int, list[int]] = {}
    for contact, thing in pairs:
        by_thing.setdefault(thing, []).append(contact)
    for thing, contacts in by_thing.items():
        fetch(f"DELETE FROM {table} WHERE {column} = %s AND contact_id {{among}}", thing, contacts)  # noqa: S608


def mirror(people: Collection[Person]) -> None:
    """Customers' sign-ins carry their name, shown address, language and zone."""
    users = User.objects.filter(role="").in_bulk([person.user for person in people if person.user])
    changed = [user for person in people if (user := users.get(person.user or 0)) and _mirrored(user, person)]
    change(
        "users_user",
        dict.fromkeys(("name", "email", "language", "time_zone"), "text"),
        [(user.pk, user.name, user.email, user.language, user.time_zone) for user in changed],
    )


def _mirrored(user: User, person: Person) -> bool:
    """Whether that made a difference."""
    texts = person.texts
    before = (user.name, user.email, user.language, user.time_zone)
    user.name, user.email = texts["name"], person.emails.get(person.primary, "")
    user.language, user.time_zone = texts["language"] or user.language, texts["time_zone"]
    return before != (user.name, user.email, user.language, user.time_zone)


def _changed_columns(person: Person) -> Iterator[str]:
    was = person.was
    if was is None:
        return
    changed = [name for name in TEXTS if was.texts[name] != person.texts[name]]
    yield from changed
    for name in changed:
        yield from FOLLOWING.get(name, ())
    if was.emails != person.emails:
        yield "search_text"
    if was.company != person.company:
        yield "company_id"
    if was.deleted_at != person.deleted_at:
        yield "deleted_at"


FOLLOWING: Mapping[str, Sequence[str]] = {
    "name": ("name_key", "search_text"),
    "work_phone": ("work_phone_key", "search_text"),
    "mobile_phone": ("mobile_phone_key", "search_text"),
    "external_id": ("search_text",),
}
KINDS = {"company_id": "bigint", "deleted_at": "timestamptz"}
