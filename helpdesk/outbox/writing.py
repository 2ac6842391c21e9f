"""Writing letters: two templates a letter, rendered in the recipient's language and time zone.

`letters/<app>/<name>.txt` extends `letters/base.txt` (blocks `subject` and `body`), `letters/<app>/<name>.html` extends
`letters/base.html` (blocks `preheader`, `heading`, `content`). `{{ link }}` and `{{ until }}` stand for the secret link
and its end; both are filled in only while the letter is handed to the mail server (`filling`).
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
from helpdesk.ui.languages import known_zone

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


@dataclass(frozen=True)
class Written:
    """A letter's words: one line of subject, plain text, and HTML that says the same."""

    subject: str
    text: str
    html: str


def write(template: str, context: Mapping[str, Any], *, language: str, time_zone: str) -> Written:
    """Render `letters/{template}.txt` and `.html`; an unknown language or zone becomes the helpdesk's."""
    language = known_language(language)
    with translation.override(language), timezone.override(ZoneInfo(known_zone(time_zone))):
        words = {**_shared(language), **context}
        subject, text = _split(_rendered(f"letters/{template}.txt", words, escape=False))
        html = _rendered(f"letters/{template}.html", {**words, "subject": subject}, escape=True)
    return Written(subject, text, html.strip() + "\n")


def known_language(language: str) -> str:
    """`language` if letters exist in it, else the helpdesk's."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _shared(language: str) -> dict[str, Any]:
    return {
        "language": language,
        "helpdesk_name": settings.HELPDESK_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "base_url": settings.BASE_URL,
        "link": LINK_PLACEHOLDER,
        "until": UNTIL_PLACEHOLDER,
    }


def _rendered(name: str, words: Mapping[str, Any], *, escape: bool) -> str:
    return _engine().get_template(name).render(Context(dict(words), autoescape=escape))


def _engine() -> Engine:
    return engines["django"].engine  # type: ignore[attr-defined, no-any-return]


def _split(rendered: str) -> tuple[str, str]:
    """The subject (up to the first blank line, as one line) and the body, runs of blank lines folded into one."""
    subject, _, body = _BLANK_LINES.sub("\n\n", rendered.strip()).partition("\n\n")
    return " ".join(subject.split()), body.strip() + "\n"
