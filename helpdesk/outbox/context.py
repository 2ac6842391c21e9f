"""Whether mail is in trouble, for the banner above the desk's pages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest

from helpdesk.outbox import channel
from helpdesk.outbox.models import MailChannel
from helpdesk.users.roles import Permission

REMEMBERED = 5.0  # seconds
_seen: tuple[float, Banner | None] = (0.0, None)


@dataclass(frozen=True)
class Banner:
    """`kind` "none": no mail server is set; "paused": it refuses or cannot be reached, in `words`, since `since`."""

    kind: Literal["none", "paused"]
    words: str = ""
    since: datetime | None = None


def mail_banner(request: HttpRequest) -> dict[str, Any]:
    """A context processor; asks nothing until a template does."""
    return {"mail_banner": lambda: _banner_for(request)}


def _banner_for(request: HttpRequest) -> Banner | None:
    """For those who may see the outbox only; None when all is well."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.may(Permission.OUTBOX_VIEW):
        return None
    if not channel.leads_somewhere():
        return Banner("none")
    return _remembered() if settings.HAS_MAIL_SERVER else None


def _remembered() -> Banner | None:
    """At most one query in five seconds a process."""
    global _seen  # noqa: PLW0603 (one memory a process)
    if time.monotonic() - _seen[0] > REMEMBERED:
        _seen = (time.monotonic(), _trouble())
    return _seen[1]


def _trouble() -> Banner | None:
    row = MailChannel.objects.filter(pk=1, paused_at__isnull=False).first()
    return Banner("paused", row.last_error, row.paused_at) if row else None
