"""Whom the rows of a chunk are about: by external id, by any email address, by phone where a row has neither.

All that the chunk may meet is read by a few queries, locked in the order of ids; what its earlier rows do, its later rows
find in the same indexes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from contacts.imports.cells import Cell, Wish
from contacts.imports.people import BEHIND_TYPED, TEXTS, Person
from helpdesk.exchange.planning import NOTHING, Shadow
from helpdesk.exchange.rows import fetch

AGENT = gettext_noop("This is the address of an agent: %(name)s. Imports leave agents alone.")
AGENT_CONTACT = gettext_noop("“%(name)s” is an agent. Imports leave agents alone.")
TWO = gettext_noop("The row points to two contacts: “%(one)s” (#%(first)s) and “%(other)s” (#%(second)s).")
TWO_BY_PHONE = gettext_noop(
    "Two contacts have this phone number: “%(one)s” (#%(first)s) and “%(other)s” (#%(second)s)."
)


class MatchError(Exception):
    """The row is about nobody who may be changed: a marked msgid, what is put into it, and which cell says so.

    `several`: who it might be about, where a phone leaves that open.
    """

    def __init__(self, text: str, cell: Cell, **params: Any) -> None:
        super().__init__(text)
        self.text, self.cell, self.params = text, cell, params
        self.several: Sequence[Person] = ()


class People:
    """Contacts by what identifies them, as they are now, and agents by their addresses.

    Whoever was merged away or forgotten is nobody. `region` reads phone numbers.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._external: dict[str, Person] = {}
        self._email: dict[str, Person] = {}
        self._phone: dict[str, list[Person]] = {}
        self.agents: dict[str, str] = {}
        self.all: dict[int, Person] = {}

    def watch_phones(self, keys: Iterable[str]) -> None:
        """The phone keys by which rows of this chunk look for somebody."""
        for key in keys:
            self._phone.setdefault(key, [])

    def add(self, person: Person) -> None:
        self.all[person.ref] = person
        self._email.update(dict.fromkeys(person.emails, person))
        if external_id := person.texts["external_id"]:
            self._external[external_id] = person
        if self._phone:
            self._add_phones(person)

    def drop(self, person: Person) -> None:
        """Take a person out before it is changed; `add` it again then."""
        self._external.pop(person.texts["external_id"], None)
        for key in person.phones(self._region) if self._phone else ():
            if key in self._phone and person in self._phone[key]:
                self._phone[key].remove(person)

    def owner_of(self, external_id: str) -> Person | None:
        return self._external.get(external_id)

    def meant_by(self, wish: Wish) -> Person | None:
        """The contact the row is about, None for a new one; MatchError where that is unclear, or an agent."""
        person = self._by_phone(wish) if wish.phone_keys else self._by_identifiers(wish)
        if person is not None and person.is_agent:
            raise MatchError(AGENT_CONTACT, self.cell_about(wish, person), name=person.texts["name"])
        return person

    def cell_about(self, wish: Wish, person: Person) -> Cell:
        """By which cell the row is about this contact, as `meant_by` finds it."""
        if person.texts["external_id"] and wish.texts.get("external_id") == person.texts["external_id"]:
            return wish.cell("external_id")
        if key := next((key for key in wish.emails if key in person.emails), ""):
            return wish.email_cell(key)
        phones = {*person.phones(self._region)}
        return next(wish.cell(field) for key, field in wish.phone_keys.items() if key in phones)

    def _by_identifiers(self, wish: Wish) -> Person | None:
        external_id = wish.texts.get("external_id")
        found = self._external.get(external_id) if external_id else None
        for key in wish.emails:
            if key in self.agents:
                raise MatchError(AGENT, wish.email_cell(key), name=self.agents[key])
            person = self._email.get(key)
            if person is not None and found is not None and person is not found:
                raise _two(TWO, wish.email_cell(key), found, person)
            found = found or person
        return found

    def _by_phone(self, wish: Wish) -> Person | None:
        """A deleted contact only where nobody else has the number: phones change hands."""
        every = {one.ref: one for key in wish.phone_keys for one in self._phone[key]}
        present = [one for one in every.values() if one.deleted_at is None]
        found = sorted(present or every.values(), key=lambda one: (one.ref < 0, abs(one.ref)))
        if len(found) > 1:
            unclear = _two(TWO_BY_PHONE, self.cell_about(wish, found[1]), *found[:2])
            unclear.several = found
            raise unclear
        return found[0] if found else None

    def _add_phones(self, person: Person) -> None:
        for key in dict.fromkeys(person.phones(self._region)):
            if key in self._phone:
                self._phone[key].append(person)


def _two(text: str, cell: Cell, one: Person, other: Person) -> MatchError:
    """Those who are not made yet are named by the row that makes them."""
    params = {"one": one.texts["name"], "other": other.texts["name"], "first": abs(one.ref), "second": abs(other.ref)}
    return MatchError(text, cell, **params)


def look(wishes: Sequence[Wish], *, region: str, fields: Collection[str], shadow: Shadow = NOTHING) -> People:
    """Everybody whom these rows may be about, locked (but for reviews) until the transaction ends.

    `fields`: those that the file gives; tags and further companies are read only for them. Who was found, and merged into
    somebody or forgotten before the lock was had, is looked for again, as the row may be about the survivor.
    """
    lost = frozenset[int]()
    while True:
        with suppress(_Lost), transaction.atomic():  # what was locked in vain is let go: all are locked in one order
            found = _found(wishes, region, fields, shadow)
            lost, before = found.lost, lost
            if shadow is NOTHING and lost != before:
                raise _Lost
            return found.people


class _Lost(Exception):
    """Somebody is not there any more who was found a moment ago."""


class _Found(NamedTuple):
    """`lost`: who was found, but is nobody by now."""

    people: People
    lost: frozenset[int]


def _found(wishes: Sequence[Wish], region: str, fields: Collection[str], shadow: Shadow) -> _Found:
    people = People(region)
    emails = list(dict.fromkeys(key for wish in wishes for key in wish.emails))
    externals = list(dict.fromkeys(wish.texts["external_id"] for wish in wishes if "external_id" in wish.texts))
    phones = list(dict.fromkeys(key for wish in wishes for key in wish.phone_keys))
    people.watch_phones(phones)
    ids = _owners(people, emails) | _by_external(externals) | _by_phones(phones)
    planned = shadow.refs([*_marked("e:", emails), *_marked("x:", externals), *_marked("p:", phones)])
    states = shadow.states(ids | set(planned.values()))
    if shadow is NOTHING:
        lock(ids)
    for person in read(ids - states.keys(), fields):
        people.add(person)
    lost = frozenset(ids - states.keys() - people.all.keys())
    for ref in sorted(states):
        people.add(Person.of_state(ref, states[ref]))
    return _Found(people, lost)


def _marked(mark: str, keys: Iterable[str]) -> list[str]:
    return [mark + key for key in keys]


def _owners(people: People, emails: Sequence[str]) -> set[int]:
    """Which contacts have these addresses; those of agents alone are noted."""
    found = fetch(_BY_EMAIL, emails) if emails else []
    people.agents = {key: name for key, contact, name in found if contact is None}
    return {contact for _key, contact, _name in found if contact is not None}


def _by_external(externals: Sequence[str]) -> set[int]:
    return {pk for (pk,) in fetch(_BY_EXTERNAL, externals)} if externals else set()


def _by_phones(keys: Sequence[str]) -> set[int]:
    numbers = [key for key in keys if BEHIND_TYPED not in key]
    typed = [key.split(BEHIND_TYPED) for key in keys if BEHIND_TYPED in key]
    found = fetch(_BY_PHONE, numbers, numbers) if numbers else []
    return {pk for (pk,) in found} | (_by_typed(typed) if typed else set())


def _by_typed(keys: Sequence[Sequence[str]]) -> set[int]:
    """Whose phone reads so: of this name, where one is given."""
    alone = {phone for phone, name in keys if not name}
    found = fetch(_BY_TYPED, alone, alone) if alone else []
    if named := [(phone, name) for phone, name in keys if name]:
        phones, names = map(set, zip(*named, strict=True))
        found += fetch(_BY_TYPED_AND_NAME, phones, phones, names)
    return {pk for (pk,) in found}


def lock(ids: Collection[int]) -> None:
    if ids and connection.vendor == "postgresql":
        fetch(_LOCK, sorted(ids))


def read(ids: Collection[int], fields: Collection[str]) -> list[Person]:
    """These contacts as they are, but for those merged or forgotten by now; further companies and tags only where `fields` may change them."""
    if not ids:
        return []
    people = {row[0]: _person(row) for row in fetch(_CONTACTS, ids)}
    ids = people.keys()
    for contact, key, email, is_primary in fetch(_EMAILS, ids):
        person = people[contact]
        person.ages.append(key)
        person.emails = {key: email, **person.emails} if is_primary else {**person.emails, key: email}
    if "company" in fields or "other_companies" in fields:
        for contact, company in fetch(_OTHERS, ids):
            people[contact].others.append(company)
    if "tags" in fields:
        for contact, key, name in fetch(_TAGS, ids):
            people[contact].tags[key] = name
    return [*people.values()]


def _person(row: tuple[Any, ...]) -> Person:
    pk, company, version, deleted_at, user, role, *texts = row
    return Person(
        ref=pk, texts=dict(zip(TEXTS, (text or "" for text in texts), strict=True)), company=company, version=version,
        deleted_at=_iso(deleted_at), user=user, is_agent=bool(role),
    )  # fmt: skip


def _iso(value: Any) -> str | None:
    """A moment as either database gives it unconverted."""
    found: datetime | None = parse_datetime(value) if isinstance(value, str) else value
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


_BY_EMAIL = """SELECT a.key, a.contact_id, u.name FROM contacts_address a
    LEFT JOIN users_user u ON u.id = a.user_id WHERE a.key {among}"""
_BY_EXTERNAL = "SELECT id FROM contacts_contact WHERE merged_into_id IS NULL AND external_id {among}"
_BY_PHONE = """SELECT id FROM contacts_contact WHERE merged_into_id IS NULL AND forgotten_at IS NULL
    AND (work_phone_key {among} OR mobile_phone_key {among})"""
_BY_TYPED = """SELECT id FROM contacts_contact WHERE merged_into_id IS NULL AND forgotten_at IS NULL
    AND (work_phone {among} OR mobile_phone {among})"""
_BY_TYPED_AND_NAME = f"{_BY_TYPED} AND name_key {{among}}"
_LOCK = "SELECT id FROM contacts_contact WHERE id {among} ORDER BY id FOR NO KEY UPDATE"
_CONTACTS = f"""SELECT c.id, c.company_id, c.version, c.deleted_at, c.user_id, u.role,
    {", ".join(f"c.{name}" for name in TEXTS)}
    FROM contacts_contact c LEFT JOIN users_user u ON u.id = c.user_id
    WHERE c.id {{among}} AND c.merged_into_id IS NULL AND c.forgotten_at IS NULL ORDER BY c.id"""  # noqa: S608
_EMAILS = "SELECT contact_id, key, email, is_primary FROM contacts_address WHERE contact_id {among} ORDER BY id"
_OTHERS = "SELECT contact_id, company_id FROM contacts_membership WHERE contact_id {among} ORDER BY id"
_TAGS = """SELECT g.contact_id, t.key, t.name FROM contacts_tagging g JOIN contacts_tag t ON t.id = g.tag_id
    WHERE g.contact_id {among} ORDER BY t.key"""
