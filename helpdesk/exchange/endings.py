"""An import has ended: one letter to whoever asked for it, or, where that person may not sign in any more, to the admins."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.exchange import history
from helpdesk.exchange.notices import JOB
from helpdesk.jobs.changes import reason
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.outbox.addressing import Addressee, letter_to
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import Notice, Sample, register, register_sampler
from helpdesk.outbox.placeholders import EMAIL, HELPDESK, NAME, SUPPORT, Placeholder
from helpdesk.outbox.posting import Letter, post
from helpdesk.ui.languages import known_language, known_zone
from helpdesk.users.models import User
from helpdesk.users.roles import Role

ENDS = (State.DONE, State.FAILED, State.CANCELLED)


def still_wants(letter: OutgoingEmail) -> str:
    """ "" while its reader may sign in, else why not."""
    is_here = User.objects.filter(email=letter.to_email, is_active=True).exists()
    return "" if is_here else _("The agent was deactivated.")


WHAT = Placeholder(name="what", meaning=gettext_lazy("how the import ended, in a sentence"), value="what")
LINK = Placeholder(
    name="link",
    meaning=gettext_lazy("the page of the import, as a button"),
    value="job_url",
    kind="link",
    is_required=True,
)
FILE = Placeholder(
    name="file",
    meaning=gettext_lazy("the name of the file"),
    value="file",
    instead=pgettext_lazy("instead of the name of a file", "(a file)"),
)
IMPORT_ENDED = Notice(
    code="import_ended",
    name=gettext_lazy("Import ended email"),
    description=gettext_lazy("Tells whoever began an import how it ended."),
    audience="agent",
    still_wanted=still_wants,
    template="exchange/import_ended",
    placeholders=(NAME, EMAIL, FILE, WHAT, LINK, HELPDESK, SUPPORT),
)


def register_all() -> None:
    """Called once, at the start."""
    register(IMPORT_ENDED)
    register_sampler(sample, IMPORT_ENDED)


def sample(search: str, reader: User) -> Sample | None:
    """The agent to preview the letter with: the first whose name or address has these words, or the newest."""
    user = User.objects.agents().filter(Q(name__icontains=search) | Q(email__icontains=search)).order_by("-pk").first()
    if user is None:
        return None
    job = Job(pk=1, state=State.DONE, owner=user, params={"file": "contacts.csv"}, resumed_at=timezone.now())
    job.totals = {"created": 60, "updated": 37, "skipped": 10, "failed": 3}
    return Sample(name=user.name, email=user.email, time_zone=known_zone(user.time_zone), context=_context(job, user))


def ended(job: Job) -> None:
    """Called in the transaction that ends the job: files get their date, whoever waits for the import a letter.

    One for each time it ends: an import that went on afterwards ends again.
    """
    history.expire(job)
    if job.state in ENDS and job.resumed_at is not None and job.undo_cursor is None:
        post(IMPORT_ENDED, [_letter(job, user) for user in _readers(job)], by=job.by)


def _readers(job: Job) -> Iterable[User]:
    """Nobody for imports from the terminal: those are told there."""
    owner = User.objects.filter(pk=job.owner_id).first() if job.owner_id else None
    if owner is None:
        return []
    if owner.is_active and owner.is_agent:
        return [owner]
    return User.objects.agents().filter(role=Role.ADMIN, is_active=True).order_by("pk")


def _letter(job: Job, user: User) -> Letter:
    somebody = Addressee(
        email=user.email, name=user.name, language=user.language, time_zone=user.time_zone, about=(JOB, job.pk)
    )
    with translation.override(known_language(user.language)):
        context = _context(job, user)
    return letter_to(somebody, "exchange/import_ended", context, cause=f"import:{job.pk}:{job.epoch}:{user.pk}")


def _context(job: Job, user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "email": user.email,
        "file": str(job.params.get("file", "")),
        "state": job.state,
        "what": history.ended_words(job),
        "why": reason(job.error) if job.state == State.FAILED else "",
        "has_failed_rows": bool(job.totals.get("failed")),
        "owner": "" if job.owner_id == user.pk else job.owner_name,
        "job_url": settings.BASE_URL + job.get_absolute_url(),
    }
