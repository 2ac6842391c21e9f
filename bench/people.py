"""Makes many contacts: names, companies and numbers as a Korean helpdesk has them. The same seed, the same people."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import islice
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.test import Client

from companies.models import Company, match_key_of
from contacts.models import Address, Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.phones import phone_key
from contacts.searching import search_text
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.ui.sorting import name_key
from helpdesk.users.models import User
from helpdesk.users.roles import Role

SEARCH_INDEX = import_module("contacts.migrations.0002_search").CREATE
SEED = 2026
COMPANIES = 2000
CHUNK = 5000
NOW = datetime(2026, 11, 1, tzinfo=UTC)

# Family names by how many in a thousand bear them (Korean census of 2015, rounded).
_FAMILIES = {
    "김": 215, "이": 147, "박": 84, "최": 47, "정": 43, "강": 24, "조": 21, "윤": 21, "장": 20, "임": 17, "한": 15, "오": 15,
    "서": 15, "신": 15, "권": 14, "황": 14, "안": 14, "송": 14, "전": 11, "홍": 11, "유": 13, "고": 9, "문": 9, "양": 9, "손": 9,
    "배": 8, "백": 8, "허": 7, "남": 5, "심": 5, "노": 5, "하": 5, "곽": 4, "성": 4, "차": 4, "주": 4, "우": 4, "구": 4, "민": 3, "류": 3,
}  # fmt: skip
_SYLLABLES = "민서지도하준은현수영우진예유주시연재승아성원채윤호건정태희경혜규소미동상선나라빈길남순철"
_GIVEN = [
    "Amelia",
    "Noah",
    "Sofia",
    "Liam",
    "Chloé",
    "Mateo",
    "Olivia",
    "Lucas",
    "Emma",
    "Hugo",
    "Mia",
    "Leo",
    "Ana",
    "Björn",
]
_LAST = [
    "Hughes",
    "Fischer",
    "Rossi",
    "O'Connor",
    "Dubois",
    "García",
    "Smith",
    "Novak",
    "Silva",
    "Kowalski",
    "Jensen",
    "Ito",
]
_FIRMS = [
    "삼성",
    "한빛",
    "대한",
    "서울",
    "미래",
    "신한",
    "동양",
    "글로벌",
    "Northwind",
    "Globex",
    "Initech",
    "Umbrella",
    "Acme",
]
_TRADES = ["전자", "물산", "화학", "건설", "소프트", "식품", "Logistics", "Traders", "Foods", "Systems", "통신", "제약"]
_BOXES = ["min", "kim", "lee.s", "park_", "info", "sales", "hong", "jy.choi", "contact"]
_MAILBOXES = ["gmail.com", "naver.com", "daum.net", "company{n}.example", "company{n}.example", "company{n}.example"]


def fill(count: int) -> None:
    """Migrate an empty database, make `count` contacts, and let the database learn what it holds."""
    call_command("migrate", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX contact_search")  # built in one go afterwards
        make_people(count, make_companies())
        if connection.vendor == "postgresql":
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute(SEARCH_INDEX[0])
            cursor.execute("VACUUM")
        cursor.execute("ANALYZE")


@contextmanager
def someone_at_the_desk() -> Iterator[Client]:
    """A browser in which an agent is signed in."""
    agent = User.objects.create(name="Ada Agent", email="ada@bench.example", role=Role.ADMIN, password="!")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(agent, backend="helpdesk.signin.AddressBackend")
    try:
        yield client
    finally:
        client.logout()
        agent.delete()


def make_companies(count: int = COMPANIES) -> list[int]:
    """The ids of `count` companies; the first is much larger than the others once there are people."""
    dice = random.Random(SEED)
    names = [f"{dice.choice(_FIRMS)}{dice.choice(_TRADES)} {number}" for number in range(count)]
    rows = [Company(name=name, name_key=name_key(name), match_key=match_key_of(name)) for name in names]
    return [company.pk for company in Company.objects.bulk_create(rows, batch_size=500)]


def make_people(count: int, companies: list[int]) -> None:
    """`count` contacts with one address each (60 % unverified, 36 % verified, 3 % blocked, 1 % deleted), one in ten invited."""
    dice = random.Random(SEED + 1)
    numbers = iter(range(1, count + 1))
    while chunk := [_person(dice, number, companies) for number in islice(numbers, CHUNK)]:
        with transaction.atomic():
            _store(User, [person["user"] for person in chunk if person["user"]])
            for person in chunk[::10]:
                person["contact"].activation = Contact.Activation.SENT
            _store(Contact, [person["contact"] for person in chunk])
            _store(Address, [person["address"] for person in chunk])
            OutgoingEmail.objects.bulk_create(_letter(person["contact"], NOW) for person in chunk[::10])
    _continue_numbering(User, Contact, Address)


def _person(dice: random.Random, number: int, companies: list[int]) -> dict[str, Any]:
    """The rows of one person as models, unsaved; contact, address and user have the same id."""
    name, domain = _name(dice), dice.choice(_MAILBOXES).format(n=dice.randrange(len(companies)))
    email = f"{dice.choice(_BOXES)}{number}@{domain}"
    mobile = f"010-{dice.randrange(2000, 9999)}-{dice.randrange(10_000):04}"
    state = dice.random()
    is_verified, at = state < 0.37, NOW - timedelta(minutes=dice.randrange(1_000_000))
    contact = Contact(
        pk=number, name=name, name_key=name_key(name), mobile_phone=mobile, mobile_phone_key=phone_key(mobile, "KR"),
        job_title=dice.choice(["", "팀장", "과장", "Engineer"]), company_id=_company(dice, companies),
        external_id=f"C-{number:07}", search_text=search_text(name, [email], ["", mobile], f"C-{number:07}", "KR"),
        user_id=number if is_verified else None, verified_at=at if is_verified else None,
        verified_how="link" if is_verified else "", blocked_at=at if 0.36 < state < 0.39 else None,
        deleted_at=at if state > 0.99 else None, created_at=at, updated_at=at,
    )  # fmt: skip
    address = Address(pk=number, key=email, email=email, contact_id=number, is_primary=True)
    user = (
        User(pk=number, public_id=uuid.UUID(int=number), name=name, email=email, password="!") if is_verified else None
    )
    return {"contact": contact, "address": address, "user": user}


def _name(dice: random.Random) -> str:
    if dice.random() < 0.15:
        return f"{dice.choice(_GIVEN)} {dice.choice(_LAST)}"
    family = dice.choices(list(_FAMILIES), weights=list(_FAMILIES.values()))[0]
    return family + dice.choice(_SYLLABLES) + dice.choice(_SYLLABLES)


def _company(dice: random.Random, companies: list[int]) -> int | None:
    """One in five has none, one in twenty is of the first company."""
    lot = dice.random()
    return None if lot < 0.2 else companies[0] if lot < 0.25 else dice.choice(companies)


def _letter(contact: Contact, at: datetime) -> OutgoingEmail:
    return OutgoingEmail(
        notice=USER_ACTIVATION.code, cause=f"bench:{contact.pk}", about_kind=CONTACT, about_id=contact.pk,
        to_email="a@acme.example", language="ko", subject="s", text="t", html="h", state=State.SENT, finished_at=at,
    )  # fmt: skip


def _store(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    if connection.vendor == "postgresql":
        _copy(model, rows)
    else:
        model._default_manager.bulk_create(rows, batch_size=500)


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([getattr(row, field.attname) for field in fields])


def _continue_numbering(*tables: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
