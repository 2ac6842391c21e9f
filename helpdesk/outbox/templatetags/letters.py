"""How letters look in lists and on pages."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from helpdesk.outbox.models import LINK_PLACEHOLDER, UNTIL_PLACEHOLDER, State
from helpdesk.outbox.queries import notice_name

register = template.Library()
register.filter("notice_name", notice_name)

OMITTED = "[…]"
KINDS = {
    State.QUEUED: "muted",
    State.CLAIMED: "info",
    State.HANDOFF: "info",
    State.SENT: "success",
    State.FAILED: "danger",
    State.UNKNOWN: "warning",
    State.CANCELLED: "muted",
    State.SKIPPED: "muted",
}


@register.filter
def state_badge(state: str) -> SafeString:
    """The state as a badge."""
    return format_html('<span class="badge badge-{}">{}</span>', KINDS[State(state)], State(state).label)


@register.filter
def kept(body: str) -> str:
    """The kept plain text as people read it: words where the secret link and its end stood in what was sent."""
    return body.replace(LINK_PLACEHOLDER, gettext("[link]")).replace(UNTIL_PLACEHOLDER, OMITTED)


def kept_html(body: str) -> str:
    """The same of the formatted letter: what was the link looks like one, and leads nowhere."""
    return kept(body.replace(f'href="{LINK_PLACEHOLDER}"', ""))


@register.filter
def reason(words: str) -> str:
    """Why a letter ended as it did, in the reader's language where it is one of our own sentences."""
    return gettext(words) if words else ""
