"""The second step of signing in. allauth turns it on and off; here it is recorded, told, and taken away."""

from __future__ import annotations

from typing import Literal

from allauth.mfa.models import Authenticator
from django.db import transaction

from helpdesk.audit.actions import record
from helpdesk.team.actions.passwords import tell
from helpdesk.users.actors import Actor
from helpdesk.users.models import User


@transaction.atomic
def note(user: User, event: Literal["mfa_on", "mfa_off", "mfa_codes"], *, by: Actor) -> None:
    """Record what the agent did with their second step, and write to them: it may have been somebody else."""
    record(f"user.{event}", user, by=by)
    tell(user, event, by=by)


@transaction.atomic
def reset_mfa(user: User, *, by: Actor) -> bool:
    """Take the second step away from an agent who lost it, ending all sessions. False when there was none."""
    deleted, _kinds = Authenticator.objects.filter(user=user).delete()
    if not deleted:
        return False
    user.end_sessions()
    record("user.mfa_reset", user, by=by)
    tell(user, "mfa_reset", by=by)
    return True
