"""An import has ended: its files get their date, whoever began it a letter; or the admins, where that person has left."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.exchange import history, letters
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.models import User
from helpdesk.users.roles import Role

ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def ended(job: Job) -> None:
    """Called in the transaction that ends the job.

    A letter for each time it ends: an import that went on afterwards ends again.
    """
    history.expire(job)
    if job.state in ENDS and job.resumed_at is not None and job.undo_cursor is None:
        letters.post_import_ended(job, _readers(job))


def _readers(job: Job) -> Iterable[User]:
    """Nobody for imports from the terminal: those are told there."""
    owner = User.objects.filter(pk=job.owner_id).first() if job.owner_id else None
    if owner is None:
        return []
    if owner.is_active and owner.is_agent:
        return [owner]
    return User.objects.agents().filter(role=Role.ADMIN, is_active=True).order_by("pk")
