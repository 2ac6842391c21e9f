"""How the log tells of jobs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.audit.wording import register, register_target


def register_words() -> None:
    """Called once, at the start."""
    register(
        "job",
        _("Imports & exports"),
        {
            "job.start": _("started a job"),
            "job.cancel": _("cancelled a job"),
            "job.pause": _("paused a job"),
            "job.resume": _("let a job go on"),
            "job.undo": _("undid a job"),
        },
        fields={"rows": _("Rows"), "about": _("About"), "reason": _("Reason")},
    )
    register_target("jobs.job", _("Job"), "jobs:show")
