"""Writing letters: two templates a letter, rendered in the recipient's language and time zone.

`letters/<app>/<name>.txt` extends `letters/base.txt` (blocks `subject` and `body`), `letters/<app>/<name>.html` extends
`letters/base.html` (blocks `preheader`, `heading`, `content`). `{{ link }}` and `{{ until }}` stand for the secret link
and its end; both are filled in only while the letter is handed to the mail server (`filling`). Where an admin has worded
the notice, those words stand in the templates' place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context, Engine, engines
from django.utils import timezone, translation

from helpdesk.outbox.models import LINK_PLACEHOLDER, UNTIL_PLACEHOLDER
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.own_words import Words, notice_of, own_words
from helpdesk.outbox.placeholders import filled, parts
from helpdesk.ui.house import house
from helpdesk.ui.languages import known_language, known_zone

FOOTER = "\n\n-- \n"
"""Where `letters/base.txt` begins its own."""
JOINERS = "\u200c\u200d"
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True)
class Written:
    """A letter's words: one line of subject, plain text, and HTML that says the same."""

    subject: str
    text: str
    html: str


def write(
    template: str, context: Mapping[str, Any], *, language: str, time_zone: str, words: Words | None = None
) -> Written:
    """The letter in the admin's words, else by `letters/{template}.txt` and `.html`; `words` are tried in their place.

    Values are one line each, whatever a name holds. An unknown language or zone becomes the helpdesk's.
    """
    language, notice = known_language(language), notice_of(template)
    with translation.override(language), timezone.override(ZoneInfo(known_zone(time_zone))):
        values = _values(notice, {**_shared(language), **_cleaned(context)})
        if notice and (own := words or own_words(notice, language)):
            return _in_own_words(own, notice, values)
        subject, text = _split(_rendered(f"letters/{template}.txt", values, escape=False))
        return _written(subject, text, _rendered(f"letters/{template}.html", {**values, "subject": subject}))


def default_words(notice: Notice, language: str) -> Words:
    """The words the letter came with, as an admin would write them: with placeholders."""
    marks = {placeholder.value: placeholder.code for placeholder in notice.placeholders}
    with translation.override(language):
        values = {**_shared(language), **marks}
        subject, text = _split(_rendered(f"letters/{notice.template}.txt", values, escape=False))
    return Words(subject, text.rpartition(FOOTER)[0].strip())


def _in_own_words(own: Words, notice: Notice, values: Mapping[str, Any]) -> Written:
    known = notice.placeholders
    subject = " ".join(filled(own.subject, known, values).split())
    words = {**values, "subject": subject, "body": filled(own.body, known, values)}
    text = _split(_rendered("letters/own_words.txt", words, escape=False))[1]
    return _written(
        subject, text, _rendered("letters/own_words.html", {**words, "parts": parts(own.body, known, values)})
    )


def _written(subject: str, text: str, html: str) -> Written:
    return Written(subject, text, html.strip() + "\n")


def _values(notice: Notice | None, values: dict[str, Any]) -> dict[str, Any]:
    """With the sentences among the placeholders written out."""
    sentences = [placeholder for placeholder in (notice.placeholders if notice else ()) if placeholder.template]
    written = {
        placeholder.value: " ".join(_rendered(placeholder.template, values, escape=False).split())
        for placeholder in sentences
    }
    return {**values, **written}


def _cleaned(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one_line(value) if isinstance(value, str) else value for name, value in context.items()}


def one_line(value: str) -> str:
    """`value` without line breaks, control characters, or what we would later put a secret link in place of."""
    shown = "".join(char if char.isprintable() or char in JOINERS else " " for char in value)
    return " ".join(shown.replace(LINK_PLACEHOLDER, "").replace(UNTIL_PLACEHOLDER, "").split())


def _shared(language: str) -> dict[str, Any]:
    known = house()
    return {
        "language": language,
        "helpdesk_name": known.name,
        "support_email": known.support_email,
        "support_phone": known.support_phone,
        "base_url": settings.BASE_URL,
        "support": known.support,
        "link": LINK_PLACEHOLDER,
        "until": UNTIL_PLACEHOLDER,
    }


def _rendered(name: str, words: Mapping[str, Any], *, escape: bool = True) -> str:
    return _engine().get_template(name).render(Context(dict(words), autoescape=escape))


def _engine() -> Engine:
    return engines["django"].engine  # type: ignore[attr-defined, no-any-return]


def _split(rendered: str) -> tuple[str, str]:
    """The subject (up to the first blank line, as one line) and the body, runs of blank lines folded into one."""
    subject, _, body = _BLANK_LINES.sub("\n\n", rendered.strip()).partition("\n\n")
    return " ".join(subject.split()), body.strip() + "\n"
