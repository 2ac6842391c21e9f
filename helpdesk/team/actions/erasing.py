"""Forgetting somebody: what they asked for at a door and has not been answered yet."""

from __future__ import annotations

from helpdesk.team.models import LinkRequest
from helpdesk.users.erasing import Traces


def erase(traces: Traces) -> None:
    asked = LinkRequest.objects.values_list("pk", "email")
    LinkRequest.objects.filter(pk__in=[pk for pk, email in asked if traces.are_in(email.strip())]).delete()
