"""A letter as somebody would get it, to look at: a real person's values, never a live link."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.html import escape

from helpdesk.outbox.filling import until_words
from helpdesk.outbox.models import LINK_PLACEHOLDER, UNTIL_PLACEHOLDER
from helpdesk.outbox.notices import SAMPLERS, Notice, Sample
from helpdesk.outbox.own_words import Words
from helpdesk.outbox.writing import Written, write
from helpdesk.ui.house import house
from helpdesk.users.models import User

HARMLESS = "[link]"


def sample_of(notice: Notice, search: str, reader: User) -> Sample | None:
    """The person whom `search` finds first, or the newest; None where there is none."""
    sampler = SAMPLERS.get(notice.code)
    return sampler(search, reader) if sampler else None


def preview(
    notice: Notice, language: str, sample: Sample, *, words: Words | None = None, is_framed: bool = False
) -> Written:
    """What `sample` would get, with a harmless word where the link goes; `is_framed` shows subject and recipient on top."""
    context = {**sample.context, "shown_to": sample if is_framed else None}
    written = write(notice.template, context, language=language, time_zone=sample.time_zone, words=words)
    end = timezone.now() + timedelta(hours=house().activation_hours)
    until = until_words(end, language, sample.time_zone)
    html = written.html.replace(f'href="{LINK_PLACEHOLDER}"', 'href="#"')
    return Written(
        written.subject, _harmless(written.text, HARMLESS, until), _harmless(html, escape(HARMLESS), escape(until))
    )


def _harmless(text: str, link: str, until: str) -> str:
    return text.replace(LINK_PLACEHOLDER, link).replace(UNTIL_PLACEHOLDER, until)
