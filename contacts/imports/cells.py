"""The cells of a row → what somebody wants a contact to be, or why that cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_noop

from companies.models import Company
from contacts.imports.people import typed_key
from contacts.models import MOST_ADDRESSES, Contact
from contacts.phones import format_phone, phone_key
from contacts.tag_names import LONGEST as LONGEST_TAG
from contacts.tag_names import split, tag_key
from helpdesk.exchange import cleaning
from helpdesk.exchange.cells import separated
from helpdesk.exchange.cleaning import CellError, Put, lines, one_line, within
from helpdesk.exchange.importing import problem
from helpdesk.exchange.rows import Problem
from helpdesk.ui.cleaning import clean_id, clean_name
from helpdesk.ui.languages import fixed_zone_choices
from helpdesk.users.addresses import AddressError, clean_address

UNREACHABLE = gettext_noop("The row has none of email, work phone, mobile phone and external ID.")
TOO_MANY_EMAILS = gettext_noop("A contact can have at most %(count)s email addresses.")
TOO_MANY_TAGS = gettext_noop("At most %(count)s tags.")
TOO_MANY_COMPANIES = gettext_noop("At most %(count)s further companies.")
LONG_TAG = gettext_noop("“%(name)s…” is too long: a tag has at most %(count)s characters.")
UNKNOWN_LANGUAGE = gettext_noop("The helpdesk does not speak this language. Possible are: %(choices)s.")
UNKNOWN_ZONE = gettext_noop("This is no time zone. Write it like Asia/Seoul.")

MOST_TAGS = 50
MOST_COMPANIES = 20
"""As in the forms; here so many that the contact does not have yet."""
MOST_NAMED = 500
"""Tags or companies in one row."""
PHONES = ("work_phone", "mobile_phone")
TEXTS = ("name", "job_title", "department", *PHONES, "address", "external_id", "notes")
LIMITS: Mapping[str, int] = {name: Contact._meta.get_field(name).max_length or 0 for name in TEXTS}  # type: ignore[union-attr]
LONGEST_COMPANY: int = Company._meta.get_field("name").max_length or 0

_several_emails = re.compile(r"[;,\r\n]+")
_robbed = re.compile("1[0-9]{8,9}|[2-7][0-9]{7,10}")  # not 1588-1234, which has no zero to lose
_LANGUAGES = {
    "korean": "ko", "한국어": "ko", "국어": "ko", "kor": "ko", "kr": "ko",
    "english": "en", "영어": "en", "eng": "en",
}  # fmt: skip


class Cell(NamedTuple):
    """What somebody wrote, under the column of which field."""

    field: str
    value: str


@dataclass(slots=True)
class Wish:
    """What a row asks for. `texts` are those given; `clears` the fields whose blank cells shall clear them.

    `typed` are the cells that `texts` have otherwise. `emails` (key → as stored) begin with the `firsts` of the column
    "email"; `tags` are key → name; `phone_keys` are key → the field of the phone.
    """

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    clears: list[str] = field(default_factory=list)
    emails: dict[str, str] = field(default_factory=dict)
    firsts: int = 0
    company: str = ""
    others: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    phone_keys: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_identified(self) -> bool:
        """Has an identifier stronger than a phone."""
        return bool(self.emails) or "external_id" in self.texts

    @property
    def has_primary(self) -> bool:
        """Whether the column "email" gives an address."""
        return self.firsts > 0

    def cell(self, field: str) -> Cell:
        """That of a text, as typed."""
        return Cell(field, self.typed.get(field, self.texts[field]))

    def email_cell(self, key: str) -> Cell:
        """The one that names this address."""
        return Cell("email" if key in islice(self.emails, self.firsts) else "emails", self.emails[key])


class Cleaner(cleaning.Cleaner[Wish]):
    """Reads rows whose columns mean `columns` under `headers`. `region`: whose phone numbers lost their leading zero."""

    def __init__(self, columns: Sequence[str], headers: Sequence[str], *, region: str, clears: bool) -> None:
        puts = {name: _putter(name, region) for name in ORDER}
        super().__init__(
            columns, headers, puts, clears=[name for name in ORDER if name not in NEVER_CLEARED] if clears else ()
        )
        self._region = region

    def wish(self, number: int, cells: Sequence[str], fault: str = "") -> Wish:
        """What the row asks for; with `problems` it must fail."""
        wish = self.fill(Wish(number), cells, fault)
        if not wish.problems:
            self._check(wish)
        return wish

    def _check(self, wish: Wish) -> None:
        texts = wish.texts
        if len(wish.emails) > MOST_ADDRESSES:
            beyond = wish.email_cell([*wish.emails][MOST_ADDRESSES])
            wish.problems.append(self.problem(TOO_MANY_EMAILS, beyond, count=MOST_ADDRESSES))
        if wish.is_identified:
            return
        wish.phone_keys = _phone_keys(texts, self._region)
        if not wish.phone_keys:
            wish.problems.append(problem(UNREACHABLE))

    def problem(self, text: str, cell: Cell, **params: Any) -> Problem:
        """What a row fails over that stands in this cell."""
        return problem(text, column=self.header(cell.field), value=cell.value, **params)


def _phone_keys(texts: Mapping[str, str], region: str) -> dict[str, str]:
    """Of the numbers among its phones; where there is none, of what was typed."""
    phones = [(texts[name], name) for name in PHONES if name in texts]
    keys = {key: name for phone, name in phones if (key := phone_key(phone, region))}
    return keys or {typed_key(phone, texts.get("name", "")): name for phone, name in phones}


def _putter(name: str, region: str) -> Put[Wish]:
    if name in PHONES:
        return _put_phone(name, region)
    return SPECIAL.get(name) or _put_text(name)


def _put_text(name: str) -> Put[Wish]:
    limit = LIMITS[name]

    def put(wish: Wish, text: str) -> None:
        wish.texts[name] = text if len(text) <= limit and text.isprintable() else one_line(text, limit)

    return put


def _put_phone(name: str, region: str) -> Put[Wish]:
    put_text = _put_text(name)
    is_korean = region == "KR"

    def put(wish: Wish, text: str) -> None:
        put_text(wish, with_zero(text) if is_korean and text[0] != "0" else text)
        if wish.texts[name] != text:
            wish.typed[name] = text

    return put


def with_zero(text: str) -> str:
    """A Korean number that a spreadsheet took for a number and robbed of its zero: "1012345678" → "010-1234-5678"."""
    if not _robbed.fullmatch(text) or phone_key(f"0{text}", "KR") != f"82{text}":
        return text
    return format_phone(f"0{text}", "KR")


def _put_name(wish: Wish, text: str) -> None:
    name = clean_name(text)
    if name:
        _PUT_NAME(wish, name)


def _put_external_id(wish: Wish, text: str) -> None:
    external_id = clean_id(text)
    if external_id:
        wish.texts["external_id"] = within(external_id, LIMITS["external_id"])
    if external_id != text:
        wish.typed["external_id"] = text


def _put_notes(wish: Wish, text: str) -> None:
    wish.texts["notes"] = lines(text, LIMITS["notes"])


def _put_email(wish: Wish, text: str) -> None:
    _put_emails(wish, text)
    wish.firsts = len(wish.emails)


def _put_emails(wish: Wish, text: str) -> None:
    parts = _several_emails.split(text) if ";" in text or "," in text or not text.isprintable() else (text,)
    for part in parts:
        if part.strip():
            key, stored = _cleaned(part)
            wish.emails.setdefault(key, stored)


def _cleaned(typed: str) -> tuple[str, str]:
    try:
        return clean_address(typed)
    except AddressError as error:
        raise CellError.of(error.message, typed.strip()) from None


def _put_company(wish: Wish, text: str) -> None:
    wish.company = _company_name(text)


def _put_companies(wish: Wish, text: str) -> None:
    names = tuple(dict.fromkeys(_company_name(name) for name in separated(text)))
    if len(names) > MOST_NAMED:
        raise CellError(TOO_MANY_COMPANIES, count=MOST_NAMED)
    wish.others = names


def _company_name(text: str) -> str:
    return within(" ".join(clean_name(text).split()), LONGEST_COMPANY)


def _put_tags(wish: Wish, text: str) -> None:
    wish.tags = _tags(text)


@lru_cache(maxsize=2048)
def _tags(text: str) -> Mapping[str, str]:
    names = split(",".join(separated(text)))
    if len(names) > MOST_NAMED:
        raise CellError(TOO_MANY_TAGS, count=MOST_NAMED)
    if long := next((name for name in names if len(name) > LONGEST_TAG), ""):
        raise CellError(LONG_TAG, name=long[:LONGEST_TAG], count=LONGEST_TAG)
    return {tag_key(name): name for name in names}


def _put_language(wish: Wish, text: str) -> None:
    wish.texts["language"] = _language(text)


@lru_cache(maxsize=256)
def _language(text: str) -> str:
    typed = text.casefold()
    code = _LANGUAGES.get(typed) or re.split("[-_]", typed)[0]
    if code not in dict(settings.LANGUAGES):
        raise CellError(UNKNOWN_LANGUAGE, choices=", ".join(code for code, _name in settings.LANGUAGES))
    return code


def _put_zone(wish: Wish, text: str) -> None:
    wish.texts["time_zone"] = _zone(text)


@lru_cache(maxsize=1024)
def _zone(text: str) -> str:
    known = {zone.casefold(): zone for zone, _label in fixed_zone_choices()}
    zone = known.get(text.casefold().replace(" ", "_"))
    if zone is None:
        raise CellError(UNKNOWN_ZONE)
    return zone


_PUT_NAME = _put_text("name")
SPECIAL: Mapping[str, Put[Wish]] = {
    "name": _put_name,
    "external_id": _put_external_id,
    "notes": _put_notes,
    "email": _put_email,
    "emails": _put_emails,
    "company": _put_company,
    "other_companies": _put_companies,
    "tags": _put_tags,
    "language": _put_language,
    "time_zone": _put_zone,
}
ORDER = (
    "external_id", "email", "emails", "name", "company", "other_companies", "job_title", "department", *PHONES, "tags",
    "language", "time_zone", "address", "notes",
)  # fmt: skip
"""Of the fields; emails in the order in which a new contact has them."""
NEVER_CLEARED = frozenset({"name", "email", "emails"})
"""A contact keeps its name and its addresses: blank cells there say nothing."""
