"""Who works out of sight, what waits, and why nothing moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from helpdesk.jobs.models import Job
from helpdesk.outbox import channel
from helpdesk.outbox.models import MailChannel, OutgoingEmail
from helpdesk.workers import broker, pulse
from helpdesk.workers.models import Heartbeat

LONG = timedelta(minutes=2)


@dataclass(frozen=True)
class Report:
    """`workers` that live, the longest waiting letter and job, whether the broker answers, and the causes in words."""

    workers: Sequence[Heartbeat]
    letters: int
    oldest_letter: OutgoingEmail | None
    jobs: int
    oldest_job: Job | None
    uses_redis: bool
    broker_answers: bool
    causes: Sequence[str]


def report() -> Report:
    """How things stand now; asks the broker, for at most a second."""
    workers = list(Heartbeat.objects.filter(beat_at__gt=Now() - pulse.SILENCE).order_by("worker"))
    due, waiting = OutgoingEmail.objects.due(), Job.objects.waiting()
    oldest_letter, answers = due.first(), broker.is_reachable()
    return Report(
        workers=workers,
        letters=due.count(),
        oldest_letter=oldest_letter,
        jobs=waiting.count(),
        oldest_job=waiting.first(),
        uses_redis=bool(settings.REDIS_URL),
        broker_answers=answers,
        causes=list(_causes(workers, oldest_letter, answers)),
    )


def _causes(workers: Sequence[Heartbeat], letter: OutgoingEmail | None, answers: bool) -> Iterator[str]:
    if not workers:
        yield _no_worker()
    if not answers:
        yield _no_broker()
    troubled = list(_mail_troubles())
    yield from troubled
    if workers and not troubled and letter and _age(letter.run_at) > LONG:
        words = _("A letter has been waiting for %(time)s although a worker is alive: look into its log.")
        yield words % {"time": timesince(letter.run_at, depth=1)}


def _no_worker() -> str:
    last = Heartbeat.objects.order_by("-beat_at").first()
    if last is None:
        return _("No worker has been seen yet: start one with “manage.py worker”.")
    words = _("No worker has been seen for %(time)s: start one with “manage.py worker”.")
    return words % {"time": timesince(last.beat_at, depth=1)}


def _no_broker() -> str:
    if settings.REDIS_URL:
        return _("Redis does not answer. Nothing is lost: workers look for work by themselves every 5 seconds.")
    return _(
        "The folder for messages cannot be written. Nothing is lost: workers look for work by themselves every 5 seconds."
    )


def _mail_troubles() -> Iterator[str]:
    row = MailChannel.objects.filter(pk=1).first()
    if not channel.leads_somewhere():
        yield _("No mail server is set, so letters wait in the outbox. Set EMAIL_URL and restart.")
    elif row and row.paused_at:
        words = _("Sending mail has been paused for %(time)s, because the mail server refuses: %(words)s")
        yield words % {"time": timesince(row.paused_at, depth=1), "words": row.last_error[:200]}


def _age(moment: datetime) -> timedelta:
    return timezone.now() - moment
