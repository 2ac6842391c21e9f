"""The admins' own wording of letters, remembered by each process for at most REMEMBERED seconds."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.outbox.models import NoticeWording
from helpdesk.outbox.notices import CATALOGUE, Notice
from helpdesk.ui.memory import Memory

REMEMBERED = 2.0  # seconds


@dataclass(frozen=True)
class Words:
    """What is written for a letter: one line of subject and a plain body, both with placeholders."""

    subject: str
    body: str


def notice_of(template: str) -> Notice | None:
    """The notice whose letters this template writes."""
    return next((notice for notice in CATALOGUE.values() if notice.template == template), None)


def own_words(notice: Notice, language: str) -> Words | None:
    """The admin's wording; None where the letter is worded as it came."""
    return MEMORY.get().get((notice.code, language))


def _ask() -> dict[tuple[str, str], Words]:
    rows = NoticeWording.objects.exclude(body="")
    return {(row.notice, row.language): Words(row.subject, row.body) for row in rows}


MEMORY = Memory(_ask, seconds=REMEMBERED)
