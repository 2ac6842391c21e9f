"""Who the demo's contacts are and what has happened to them: the same people at every run, dated back from `now`."""

from __future__ import annotations

import enum
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from helpdesk.demo import names
from helpdesk.demo.organisations import ORGANISATIONS, Organisation
from helpdesk.users.addresses import domain_name

PRIVATE = "mail.example"
SEED = 2026
LINK_LIFE = timedelta(hours=168)


class Story(enum.Enum):
    """What became of a contact's portal sign-in."""

    BY_LINK = "verified by the activation link"
    BY_ADMIN = "verified by an admin's Change password"
    BY_SIGN_UP = "verified by a confirmed sign-up"
    NEVER_SENT = "never sent"
    SENT = "sent, the link is live"
    OPENED = "sent, the link was opened"
    EXPIRED = "sent, the link has expired"
    FAILED = "refused by the mail server"
    UNKNOWN = "nobody knows whether the letter left"
    NO_EMAIL = "no email"

    @property
    def is_verified(self) -> bool:
        return self in (Story.BY_LINK, Story.BY_ADMIN, Story.BY_SIGN_UP)

    @property
    def has_letter(self) -> bool:
        return self not in (Story.BY_ADMIN, Story.BY_SIGN_UP, Story.NEVER_SENT, Story.NO_EMAIL)


class End(enum.Enum):
    """Whether somebody took the contact out of use."""

    NONE = ""
    BLOCKED = "blocked"
    DELETED = "deleted"


PLAN = (
    (Story.BY_LINK, End.NONE, 118), (Story.BY_ADMIN, End.NONE, 15), (Story.BY_SIGN_UP, End.NONE, 12),
    (Story.NEVER_SENT, End.NONE, 52), (Story.SENT, End.NONE, 35), (Story.OPENED, End.NONE, 10), (Story.EXPIRED, End.NONE, 30),
    (Story.FAILED, End.NONE, 14), (Story.UNKNOWN, End.NONE, 6), (Story.NO_EMAIL, End.NONE, 20),
    (Story.EXPIRED, End.BLOCKED, 4), (Story.NEVER_SENT, End.BLOCKED, 4), (Story.BY_LINK, End.BLOCKED, 4),
    (Story.NEVER_SENT, End.DELETED, 6), (Story.BY_LINK, End.DELETED, 4), (Story.NO_EMAIL, End.DELETED, 2),
)  # fmt: skip
"""How many of each: 336 in all."""

TAGS = (("newsletter", 14), ("partner", 5), ("trial", 8), ("vip", 6), ("재계약 2026", 10))
"""What the demo's contacts are grouped by, and how many of 64 have it."""

AGES = {Story.SENT: (0.3, 6.5), Story.OPENED: (0.5, 6.5), Story.EXPIRED: (12.0, 170.0), Story.UNKNOWN: (2.0, 60.0)}
ANY_AGE = (4.0, 178.0)
"""Days since a contact was made, at least and at most."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One contact. `company` is a place in ORGANISATIONS; moments are None for what has not happened."""

    name: str
    language: str
    emails: tuple[str, ...]
    job_title: str
    department: str
    work_phone: str
    mobile_phone: str
    company: int | None
    other_company: int | None
    external_id: str
    notes: str
    story: Story
    end: End
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    verified_at: datetime | None
    ended_at: datetime | None

    @property
    def tags(self) -> tuple[str, ...]:
        """Those of TAGS that fall to them, in the order of their keys."""
        lot = zlib.crc32(f"{self.name} {self.mobile_phone} {self.emails}".encode())
        return tuple(tag for place, (tag, share) in enumerate(TAGS) if (lot >> 6 * place) % 64 < share)


def people(now: datetime) -> list[Person]:
    """All of them, the oldest first."""
    random = Random(SEED)  # noqa: S311 (the same people every time)
    cases = [(story, end) for story, end, count in PLAN for _ in range(count)]
    random.shuffle(cases)
    spellings: set[str] = set()
    found = [_person(case, now, random, spellings) for case in cases]
    numbered = [replace(one, external_id=one.external_id and f"C-{10001 + place}") for place, one in enumerate(found)]
    return sorted([customer(now), *numbered], key=lambda person: person.created_at)


def customer(now: datetime) -> Person:
    """The customer people sign in as."""
    made = now - timedelta(days=120)
    return Person(
        name="Emily Carter", language="en", emails=("customer@acme.example", "emily.carter@acme-korea.example"),
        job_title="Office Manager", department="Operations", work_phone="+1 202-555-0150", mobile_phone="+1 202-555-0151",
        company=0, other_company=None, external_id="C-10000", notes="", story=Story.BY_LINK, end=End.NONE,
        created_at=made, sent_at=made + timedelta(minutes=1), opened_at=made + timedelta(hours=2),
        verified_at=made + timedelta(hours=2, minutes=3), ended_at=None,
    )  # fmt: skip


def _person(case: tuple[Story, End], now: datetime, random: Random, spellings: set[str]) -> Person:
    story, end = case
    company = None if random.random() < 0.12 else random.randrange(len(ORGANISATIONS))
    language = _language(company, random)
    name, spelling = names.person_name(language, random)
    emails = () if story is Story.NO_EMAIL else tuple(_emails(_unique(spelling, spellings), company, random))
    return Person(
        name=name, language=language, emails=emails, company=company,
        job_title=_perhaps(0.8, names.TITLES[language], random), department=_perhaps(0.7, names.DEPARTMENTS[language], random),
        work_phone=names.work_phone(language, random) if random.random() < 0.5 else "",
        mobile_phone=names.mobile_phone(language, random) if not emails or random.random() < 0.6 else "",
        other_company=_other(company, random), external_id=_perhaps(0.6, ("C-",), random),
        notes=_perhaps(0.12, names.NOTES[language], random), story=story, end=end, **_moments(story, end, now, random),
    )  # fmt: skip


def _moments(story: Story, end: End, now: datetime, random: Random) -> dict[str, datetime]:
    """When what happened: made, sent, opened, verified, ended, in this order and none in the future."""
    created = now - timedelta(days=random.uniform(*AGES.get(story, ANY_AGE)))
    moments: dict[str, datetime | None] = dict.fromkeys(("sent_at", "opened_at", "verified_at", "ended_at"))
    moment = created
    if story.has_letter:
        moments["sent_at"] = moment = created + timedelta(minutes=random.uniform(1, 120))
    if story in (Story.BY_LINK, Story.OPENED):
        moments["opened_at"] = moment = _later(moment, now, random)
    if story.is_verified:
        moments["verified_at"] = moment = _later(moment, now, random)
    if end is not End.NONE:
        moments["ended_at"] = _later(moment, now, random)
    return {"created_at": created, **moments}  # type: ignore[dict-item]


def _later(moment: datetime, now: datetime, random: Random) -> datetime:
    """Some hours on, within the life of a link, and not after `now`."""
    return min(moment + LINK_LIFE * random.uniform(0.001, 0.45), moment + (now - moment) * 0.9)


def _language(company: int | None, random: Random) -> str:
    home = ORGANISATIONS[company].language if company is not None else "ko"
    return home if random.random() < 0.9 else ("en" if home == "ko" else "ko")


def _emails(spelling: str, company: int | None, random: Random) -> Iterator[str]:
    """One to three addresses: at work first, where there is a company."""
    if company is None:
        yield f"{spelling}@{PRIVATE}"
        return
    yield f"{spelling}@{_written(ORGANISATIONS[company], random)}"
    if random.random() < 0.15:
        yield f"{spelling}@{PRIVATE}"
    if random.random() < 0.05:
        yield f"{spelling}.work@{PRIVATE}"


def _written(organisation: Organisation, random: Random) -> str:
    return domain_name(random.choice(organisation.domains))


def _unique(spelling: str, taken: set[str]) -> str:
    number, candidate = 1, spelling
    while candidate in taken:
        number += 1
        candidate = f"{spelling}{number}"
    taken.add(candidate)
    return candidate


def _other(company: int | None, random: Random) -> int | None:
    other = random.randrange(len(ORGANISATIONS))
    return other if company not in (None, other) and random.random() < 0.06 else None


def _perhaps(share: float, choices: tuple[str, ...], random: Random) -> str:
    return random.choice(choices) if random.random() < share else ""
