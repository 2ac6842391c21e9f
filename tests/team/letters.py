"""Letters of the team as they arrive: for tests of what their links open."""

from __future__ import annotations

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users.models import User
from tests.portal.letters import deliver


def arrived(user: User, notice: str) -> str:
    """Let the newest such letter to the agent arrive; returns the token in it."""
    return deliver(OutgoingEmail.objects.filter(about_kind="users.user", about_id=user.pk, notice=notice).latest("pk"))


def written(notice: str) -> int:
    return OutgoingEmail.objects.filter(notice=notice).count()
