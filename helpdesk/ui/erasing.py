"""Forgetting somebody: what is remembered of accepted forms."""

from __future__ import annotations

from helpdesk.ui.models import FormReceipt
from helpdesk.users.erasing import Traces


def erase(traces: Traces) -> None:
    """Their own receipts go; from others' the address of a list searched for them (a repeated form leads to itself then)."""
    FormReceipt.objects.filter(owner__in=[f"user:{pk}" for pk in traces.users]).delete()
    led = FormReceipt.objects.filter(location__contains="?").values_list("pk", "location")
    FormReceipt.objects.filter(pk__in=[pk for pk, location in led if traces.are_in(location)]).update(location="")
