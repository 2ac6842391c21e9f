"""The demo accounts: who they are, whether they are here, and when demo data is due."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from contacts.models import Address

PASSWORD = "demo-helpdesk"  # noqa: S105 (told to everyone, refused off loopback)
ACCOUNTS = {
    "admin@helpdesk.example": gettext_noop("Admin"),
    "supervisor@helpdesk.example": gettext_noop("Supervisor"),
    "agent@helpdesk.example": gettext_noop("Agent"),
    "customer@acme.example": gettext_noop("Customer"),
}


def is_present() -> bool:
    """Whether anybody here has the address of a demo account, and so a password everyone knows."""
    return Address.objects.filter(key__in=ACCOUNTS).exists()


def is_due() -> bool:
    """Whether a first start asked for demo data that is not complete yet."""
    return _request().exists()


def ask_for() -> None:
    """Have demo data made once the tables stand, also when this start is cut short."""
    _request().touch()


def is_complete() -> None:
    """Demo data is there: never make it again, also after `demo --remove`."""
    _request().unlink(missing_ok=True)


def _request() -> Path:
    return Path(settings.DATA_DIR) / "demo-is-due"
