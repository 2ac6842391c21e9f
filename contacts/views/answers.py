"""What an act on a few contacts answers: a sentence, and below it each contact that was passed over, with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from contacts.models import Contact


def told(sentence: str, skipped: Iterable[tuple[Contact, str]]) -> SafeString:
    """`sentence` ends with a full stop."""
    lines = [(contact.get_absolute_url(), contact.name, reason) for contact, reason in skipped]
    if not lines:
        return format_html("{}", sentence)
    items = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', lines)
    words = ngettext("%(count)s contact was skipped:", "%(count)s contacts were skipped:", len(lines))
    return format_html('{} {}<ul class="message-list">{}</ul>', sentence, words % {"count": len(lines)}, items)
