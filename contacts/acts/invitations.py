"""Activation emails for a whole view: thirty at a time, the next only when it is known what became of those before.

So pausing and cancelling keep nearly all letters back, and a server or a list of addresses that refuses stops the job
by itself before much harm is done. Nobody gets a second such letter within a day, whatever is repeated (I3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from contacts.actions.activation import ActivationResult, send_activations
from contacts.actions.spacing import latest_letters
from contacts.acts.wording import Grouped, names, outcomes, summary
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.queries.prospects import AGAIN_AFTER, READY, REASONS, standings
from helpdesk.jobs.kinds import Done, JobKind, PauseJob, Row, WaitJob
from helpdesk.jobs.models import Job, JobRow
from helpdesk.outbox import channel
from helpdesk.outbox.models import WAITING, OutgoingEmail, State
from helpdesk.users.roles import Permission

BATCH = 30
REST = 1.0  # seconds between two looks at the letters before
LOOKED_AT = 600  # the last rows, by whose letters failures are judged
ENOUGH = 20  # letters with a fate, before failures are judged
MOST_FAILURES = 0.05

NO_SERVER = gettext_noop("No mail server is set, so no letter can go out. Set one, then let the job go on.")
TOO_MANY_FAILED = gettext_noop("%(failed)s of the last %(count)s letters failed. Look at them, then let the job go on.")


def invite(job: Job, rows: Sequence[Row]) -> Done:
    """Send to those of the thirty who can be written to now; the others are skipped with the reason."""
    _wait_for_letters_before(job, rows[0].number)
    standing = standings(job, rows[0].number, rows[-1].number)
    ready = [row.target_id or 0 for row in rows if standing[row.number] == READY]
    with translation.override("en"):  # reasons are kept as msgids; letters choose their language themselves
        result = send_activations(ready, pause=AGAIN_AFTER, by=job.by)
    written = _rows(job, rows, standing, result)
    JobRow.objects.bulk_create(written)
    return Done(Counter(row.outcome for row in written), rest=REST)


def _wait_for_letters_before(job: Job, number: int) -> None:
    """Raises WaitJob while one is under way, PauseJob where too many of those judged failed since the job last went on."""
    if not channel.leads_somewhere():
        raise PauseJob(NO_SERVER)
    fates = _fates(job, max(job.resumed_from, number - 1 - LOOKED_AT))
    judged, failed = sum(fates[state] for state in (State.SENT, State.FAILED, State.UNKNOWN)), fates[State.FAILED]
    if judged >= ENOUGH and failed > MOST_FAILURES * judged:
        raise PauseJob(TOO_MANY_FAILED, failed=failed, count=judged)
    if any(fates[state] for state in WAITING):
        raise WaitJob(REST)


def _fates(job: Job, after: int) -> Counter[str]:
    """State → how many letters of the job's rows behind `after`."""
    rows = JobRow.objects.filter(job=job, number__gt=after, outcome="done").values_list("before", flat=True)
    letters = OutgoingEmail.objects.filter(pk__in=[before["letter"] for before in rows if before and before["letter"]])
    return Counter(dict(letters.order_by().values_list("state").annotate(Count("pk"))))


def _rows(job: Job, rows: Sequence[Row], standing: dict[int, str], result: ActivationResult) -> list[JobRow]:
    letters = latest_letters(USER_ACTIVATION, [contact.pk for contact in result.sent])
    late = {skip.id: skip.reason for skip in result.skipped}
    return [_row(job, row, standing[row.number], letters.get(row.target_id or 0), late) for row in rows]


def _row(job: Job, row: Row, standing: str, letter: OutgoingEmail | None, late: dict[int, str]) -> JobRow:
    about = {"job": job, "number": row.number, "target_kind": CONTACT, "target_id": row.target_id}
    if standing == READY and letter is not None:
        return JobRow(**about, outcome="done", before={"letter": letter.pk})
    reason = late.get(row.target_id or 0, "") if standing == READY else REASONS[standing]
    return JobRow(**about, outcome="skipped", problems=[{"text": reason, "params": {}}])


def _said(count: int) -> str:
    words = ngettext(
        "%(count)s activation email was put into the outbox",
        "%(count)s activation emails were put into the outbox",
        count,
    )
    return words % {"count": Grouped(count)}


ACTIVATE = JobKind(
    name="contacts.activate", label=gettext_lazy("Send activation emails"), permission=Permission.CONTACT_ACT_ON_VIEW,
    target=CONTACT, work=invite, batch=BATCH, action="contact.activate_many",
    outcomes=outcomes(gettext_lazy("In the outbox")), summary=summary(_said), names=names,
)  # fmt: skip
