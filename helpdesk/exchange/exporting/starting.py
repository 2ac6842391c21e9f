"""Asking for an export: the selection is frozen, and a job begins.

What fits into one chunk is written in the order of the list. More is written in the order in which it was created: names
in order lie all over the tables, and reading them so takes twice as long.
"""

from __future__ import annotations

from django.db import transaction

from helpdesk.exchange.exporting.questions import Question
from helpdesk.exchange.sheets import Asked
from helpdesk.jobs import actions, blocks
from helpdesk.jobs.actions import NothingChosenError
from helpdesk.jobs.kinds import KINDS
from helpdesk.jobs.models import Job
from helpdesk.users.actors import Actor


@transaction.atomic
def begin_export(asked: Asked, question: Question, *, by: Actor) -> Job:
    """Let a worker write all that is `asked` for now. NothingChosenError where that is nothing."""
    kind = KINDS[question.known_sheet.export_kind]
    job = actions.draft(kind, params=question.as_params(), by=by)
    is_short = asked.things.count() <= question.known_sheet.exporter.batch
    job.total = blocks.freeze(job, asked.things, in_order=is_short)
    if not job.total:
        raise NothingChosenError
    Job.objects.filter(pk=job.pk).update(total=job.total)
    actions.submit(job, by=by)
    return job
