"""What the team jotted down about the demo's people and companies, and when customers signed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import models

from companies.models import Company
from contacts.models import Contact
from helpdesk.audit.actions import Entry, record_all
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from helpdesk.users.models import User

ABOUT_PEOPLE = {
    "ko": (
        "통화함. 견적서를 금요일까지 보내 달라고 하심.",
        "설치 일정은 다음 주 화요일 오전 10시로 확정.\n담당: 기술지원팀",
        "결제 방식을 세금계산서로 변경 요청.",
    ),
    "en": (
        "Called back: wants the quote by Friday.",
        "Moved the training to next Tuesday at 10.\nAgenda: https://wiki.example/training/agenda",
        "Asked for invoices by email from now on.",
    ),
}
ABOUT_COMPANIES = {
    "ko": ("연간 계약 갱신 시기는 매년 3월입니다.", "본사 이전 예정. 주소 변경 확인 필요."),
    "en": ("Renews every March; the decision is made in January.", "Moving offices this year: check the address."),
}
EVERY_PERSON, EVERY_COMPANY, EVERY_CUSTOMER = 6, 3, 4
IP = "203.0.113.{}"
"""Addresses of the documentation's own network."""


def write(contacts: Sequence[Contact], companies: Sequence[Company], team: Sequence[User], now: datetime) -> None:
    """Notes about every few contacts and companies and sign-ins of every few customers, within their lifetimes."""
    if team:
        people = _some(contacts, EVERY_PERSON)
        firms = [company for company in companies[::EVERY_COMPANY] if company.deleted_at is None]
        notes = [*_notes(people, ABOUT_PEOPLE, team, now), *_notes(firms, ABOUT_COMPANIES, team, now)]
        _record(Note.objects.bulk_create(notes), [*people, *firms], team)
    _sign_ins([contact for contact in contacts if contact.user and contact.verified_at], now)


def _some(contacts: Sequence[Contact], step: int) -> list[Contact]:
    """Every few, and always the customer people sign in as (external id C-10000)."""
    usable = [contact for contact in contacts if contact.deleted_at is None]
    return [contact for at, contact in enumerate(usable) if at % step == 0 or contact.external_id == "C-10000"]


def _notes(
    subjects: Sequence[models.Model], texts: Mapping[str, tuple[str, ...]], team: Sequence[User], now: datetime
) -> Iterator[Note]:
    for at, subject in enumerate(subjects):
        written = texts[_language(subject)]
        made: datetime = subject.created_at  # type: ignore[attr-defined]
        for number in range(1 + at % len(written)):
            author = team[(at + number) % len(team)]
            yield Note(
                about_kind=subject._meta.label_lower, about_id=subject.pk, text=written[(at + number) % len(written)],
                author_id=author.pk, author_name=author.name, created_at=made + (now - made) * (number + 1) / 5,
            )  # fmt: skip


def _language(subject: models.Model) -> str:
    """Of the person; of a company, as its name is written."""
    language = getattr(subject, "language", "")
    return language if language in ABOUT_PEOPLE else ("en" if str(subject).isascii() else "ko")


def _record(notes: Sequence[Note], subjects: Sequence[models.Model], team: Sequence[User]) -> None:
    by_key = {(subject._meta.label_lower, subject.pk): subject for subject in subjects}
    for author in team:
        own = [note for note in notes if note.author_id == author.pk]
        entries = [
            Entry("note.add", by_key[note.about_kind, note.about_id], {"note": (None, note.text)}, at=note.created_at)
            for note in own
        ]
        record_all(entries, by=actors.person(author))


def _sign_ins(customers: Sequence[Contact], now: datetime) -> None:
    """The last three of every few."""
    for at, contact in enumerate(_some(customers, EVERY_CUSTOMER)):
        verified = contact.verified_at or contact.created_at
        moments = [verified + (now - verified) * share / 4 + timedelta(seconds=1) for share in range(1, 4)]
        entries = [Entry("contact.sign_in", contact, at=moment) for moment in moments if moment < now]
        if contact.user:
            record_all(entries, by=actors.person(contact.user, ip=IP.format(at % 250 + 1)))
