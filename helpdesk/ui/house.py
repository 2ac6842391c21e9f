"""What admins set for the whole helpdesk (Admin → Helpdesk settings); until they do, what the environment says.

Remembered by each process for at most REMEMBERED seconds: a change counts at once where it was made, and so much later in
the other processes. With the database gone, the last that was known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.conf import settings
from django.db import DatabaseError

from helpdesk.ui.memory import Memory
from helpdesk.ui.models import Helpdesk

REMEMBERED = 2.0  # seconds


@dataclass(frozen=True, kw_only=True)
class House:
    """The settings in use. `access_log_days`: how long the record keeps who looked at what.

    `job_file_days`, `job_row_days`: how long the files of imports and exports are kept, and what became of each row of a
    job, both counted from its end. `export_days`: how long an exported file waits for whoever asked; `export_reason`: whether
    they must say what for.
    """

    name: str
    language: str
    time_zone: str
    phone_region: str
    support_email: str
    support_phone: str
    activation_hours: int
    access_log_days: int
    job_file_days: int
    job_row_days: int
    export_days: int
    export_reason: bool

    @property
    def support(self) -> str:
        """Whom to ask, in one line: email, phone."""
        return ", ".join(filter(None, (self.support_email, self.support_phone)))


NAMES = tuple(field.name for field in fields(House))


def house() -> House:
    """The settings in use now."""
    return MEMORY.get() or by_environment()


def by_environment() -> House:
    """What holds until an admin saves the page."""
    return House(
        name=settings.HELPDESK_NAME,
        language=settings.LANGUAGE_CODE,
        time_zone=settings.TIME_ZONE,
        phone_region=settings.PHONE_REGION,
        support_email=settings.SUPPORT_EMAIL,
        support_phone=settings.SUPPORT_PHONE,
        activation_hours=settings.ACTIVATION_HOURS,
        access_log_days=settings.ACCESS_LOG_DAYS,
        job_file_days=settings.JOB_FILE_DAYS,
        job_row_days=settings.JOB_ROW_DAYS,
        export_days=settings.EXPORT_DAYS,
        export_reason=settings.EXPORT_REASON,
    )


def _ask() -> House | None:
    global _last  # noqa: PLW0603 (one memory a process)
    try:
        row = Helpdesk.objects.filter(pk=Helpdesk.ONLY).values(*NAMES).first()
    except DatabaseError:
        return _last
    _last = House(**row) if row else None
    return _last


_last: House | None = None
MEMORY = Memory(_ask, seconds=REMEMBERED)
