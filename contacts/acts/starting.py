"""An act on a whole view in two steps: its selection is frozen and counted, then somebody confirms it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from contacts.acts import companies, domains, invitations, standings, tags
from contacts.models import ContactQuerySet
from contacts.queries.prospects import counted
from helpdesk.jobs import actions, kinds
from helpdesk.jobs.kinds import JobKind
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.actors import Actor

ALL = (
    invitations.ACTIVATE, tags.ADD, tags.REMOVE, companies.COMPANY, domains.DOMAINS,
    standings.BLOCK, standings.UNBLOCK, standings.DELETE, standings.RESTORE,
)  # fmt: skip
KEPT = timedelta(days=1)


def register_all() -> None:
    """Called once, at the start."""
    for kind in ALL:
        kinds.register(kind)


@transaction.atomic
def freeze(kind: JobKind, contacts: ContactQuerySet, *, by: Actor) -> Job:
    """A draft about `contacts` as they are now; of activation emails it is counted who can be written to (`predicted`).

    Raises NothingChosenError.
    """
    job = actions.choose(kind, contacts, by=by)
    if kind is invitations.ACTIVATE:
        job.predicted = dict(counted(job))
        Job.objects.filter(pk=job.pk).update(predicted=job.predicted)
    return job


@transaction.atomic
def confirm(job: Job, kind: JobKind, params: Mapping[str, Any], *, by: Actor) -> None:
    """Let a draft begin, as `kind` with `params`. NotPossibleError (or LostError) where somebody already did."""
    job.kind, job.params = kind.name, dict(params)
    Job.objects.filter(pk=job.pk, state=State.DRAFT).update(kind=job.kind, params=job.params)
    actions.submit(job, by=by)


def tidy() -> Counter[str]:
    """Forget drafts that nobody confirmed within a day."""
    names = [kind.name for kind in ALL]
    drafts = Job.objects.filter(kind__in=names, state=State.DRAFT, created_at__lt=timezone.now() - KEPT)
    return Counter(drafts.delete()[1])
