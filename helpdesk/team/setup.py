"""The first run: a printed link lets whoever reads the terminal become the first admin."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.admins import admin_exists
from helpdesk.team.notices import USER

HOURS = 24
NOBODY_YET = 0
"""The subject of the link: the user it will make has no id yet."""


def first_run_url() -> str | None:
    """A fresh link to the first-run page, older ones die; None when there is an admin already."""
    if admin_exists():
        return None
    token = links.issue_printed(SecretLink.Purpose.SETUP, USER, NOBODY_YET, HOURS)
    return f"{settings.BASE_URL}{reverse('team:setup', args=[token])}"
