"""The second step of signing in. allauth turns it on and off; here it is recorded, told, and taken away."""

from __future__ import annotations

from typing import Literal

from allauth.mfa.models import Authenticator
from django.db import transaction

from helpdesk.audit.actions import record
from helpdesk.team.actions.passwords import tell
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.sealing import Unreadable, is_current, seal, unseal

SECRET_PARTS = ("secret", "seed")
"""Of an authenticator app, of recovery codes."""


@transaction.atomic
def note(user: User, event: Literal["mfa_on", "mfa_off", "mfa_codes"], *, by: Actor) -> None:
    """Record what the agent did with their second step, and write to them: it may have been somebody else."""
    record(f"user.{event}", user, by=by)
    tell(user, event, by=by)


@transaction.atomic
def seal_anew() -> int:
    """Seal what is kept of second steps under the present secret, where a former one did or none; returns how many."""
    kept = [one for one in Authenticator.objects.select_for_update().order_by("pk") if _stale(one)]
    for authenticator in kept:
        for part in _stale(authenticator):
            authenticator.data[part] = seal(unseal(authenticator.data[part]))
        authenticator.save(update_fields=["data"])
    return len(kept)


def _stale(authenticator: Authenticator) -> list[str]:
    """Which parts of it could be read, but not under the present secret."""
    parts = [part for part in SECRET_PARTS if part in authenticator.data]
    return [
        part for part in parts if not is_current(authenticator.data[part]) and _is_legible(authenticator.data[part])
    ]


def _is_legible(kept: str) -> bool:
    try:
        unseal(kept)
    except Unreadable:
        return False
    return True


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
