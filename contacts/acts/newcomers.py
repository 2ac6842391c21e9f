"""Inviting those whom an import made, where that was asked for: by the job that invites whole views, watched and throttled."""

from __future__ import annotations

from contextlib import suppress

from contacts.acts.invitations import ACTIVATE
from contacts.models import Contact
from helpdesk.jobs import actions
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State


def invite(job: Job) -> None:
    """An import has ended: when it is complete, and its tick says so, begin to invite who was created and can be."""
    if job.state != State.DONE or not job.params.get("choices", {}).get("send_activation"):
        return
    created = job.rows.filter(outcome="created").values("target_id")
    with suppress(NothingChosenError):
        actions.start(ACTIVATE, Contact.objects.awaiting_activation().filter(pk__in=created), by=job.by)
