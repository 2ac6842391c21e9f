"""The letters about files, as the catalogue lists them, and whether each is still wanted."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.exchange.models import JobFile
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import Notice, register
from helpdesk.outbox.placeholders import EMAIL, HELPDESK, NAME, SUPPORT, Placeholder
from helpdesk.users.models import User

JOB = Job._meta.label_lower
"""How letters name what they are about."""


def still_wants_file(letter: OutgoingEmail) -> str:
    """ "" while the agent may fetch the file and it is there, else why not."""
    job = Job.objects.select_related("owner").filter(pk=letter.about_id or 0).first()
    if reason := _has_left(job):
        return reason
    files = JobFile.objects.filter(job=job, role=JobFile.Role.RESULT, expires_at__gt=timezone.now())
    return "" if files.exists() else _("The file is not kept any more.")


def still_wants_news(letter: OutgoingEmail) -> str:
    """ "" while the agent may see what became of the job, else why not."""
    return _has_left(Job.objects.select_related("owner").filter(pk=letter.about_id or 0).first())


def still_wants_end(letter: OutgoingEmail) -> str:
    """ "" while its reader, who may be another than began the import, is an active agent, else why not."""
    here = User.objects.agents().filter(is_active=True)
    cause, _sign, reader = letter.first_cause.rpartition(":")  # by number: addresses change
    is_known = cause.startswith(
        "import:"
    )  # a letter sent again whose first one was deleted says no more for whom it is
    is_here = here.filter(pk=int(reader)) if is_known else here.filter(email=letter.to_email)
    return "" if is_here.exists() else _("The agent was deactivated.")


def _has_left(job: Job | None) -> str:
    if job is None or job.owner is None or not job.owner.is_active:
        return _("The agent was deactivated.")
    kind = job.known_kind
    return "" if kind and job.owner.may(kind.permission) else _("The agent may no longer do that.")


WHAT = Placeholder(name="what", meaning=gettext_lazy("what was exported, and how much"), value="what")
END = Placeholder(name="what", meaning=gettext_lazy("how the import ended, in a sentence"), value="what")
FILE = Placeholder(name="file", meaning=gettext_lazy("the name of the file"), value="file")
THEIR_FILE = replace(FILE, instead=pgettext_lazy("instead of the name of a file", "(a file)"))
"""The name that somebody else gave it: it may name anybody."""
JOB_LINK = Placeholder(
    name="link",
    meaning=gettext_lazy("the page of the import or export, as a button"),
    value="job_url",
    kind="link",
    is_required=True,
)
EXPIRES = Placeholder(name="until", meaning=gettext_lazy("until when the file is kept"), value="expires")
REASON = Placeholder(name="reason", meaning=gettext_lazy("why it failed"), value="reason")
COMMON = (HELPDESK, SUPPORT)

FILE_READY = Notice(
    code="export_ready",
    name=gettext_lazy("“Your file is ready” email"),
    description=gettext_lazy("Brings agents the link to the file they have exported."),
    audience="agent",
    still_wanted=still_wants_file,
    template="exchange/export_ready",
    placeholders=(NAME, EMAIL, WHAT, FILE, JOB_LINK, EXPIRES, *COMMON),
)
FILE_FAILED = Notice(
    code="export_failed",
    name=gettext_lazy("“Your file could not be made” email"),
    description=gettext_lazy("Tells agents that an export has failed, and why."),
    audience="agent",
    still_wanted=still_wants_news,
    template="exchange/export_failed",
    placeholders=(NAME, EMAIL, WHAT, REASON, JOB_LINK, *COMMON),
)
IMPORT_ENDED = Notice(
    code="import_ended",
    name=gettext_lazy("Import ended email"),
    description=gettext_lazy("Tells whoever began an import how it ended."),
    audience="agent",
    still_wanted=still_wants_end,
    template="exchange/import_ended",
    placeholders=(NAME, EMAIL, THEIR_FILE, END, JOB_LINK, *COMMON),
)
ALL = (FILE_READY, FILE_FAILED, IMPORT_ENDED)


def register_all() -> None:
    """Put them into the catalogue; called once, at the start."""
    for notice in ALL:
        register(notice)
