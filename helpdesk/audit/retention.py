"""How long the record keeps who looked at what, and who signed in from where. Changes are kept for ever."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from helpdesk.audit.models import AuditEntry
from helpdesk.ui.house import house

MOST_AT_ONCE = 5000  # rows a statement: nobody waits for the lock longer than that takes


def days_kept() -> int:
    """As the admins set it, at first ACCESS_LOG_DAYS: 730 unless set (two years, as Korean law asks for)."""
    return max(1, min(house().access_log_days, 36_500))


def tidy() -> int:
    """Delete the views, searches, downloads and sign-ins that have been kept long enough; how many went."""
    before, gone = timezone.now() - timedelta(days=days_kept()), 0
    old = AuditEntry.objects.filter(is_passing=True, at__lt=before)
    while ids := list(old.order_by("at").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        gone += AuditEntry.objects.filter(pk__in=ids).delete()[0]
    return gone
