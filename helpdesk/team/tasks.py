"""Doors for workers."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpdesk.team.actions import asking
from helpdesk.team.models import LinkRequest
from helpdesk.workers.bell import ring

OVERDUE = timedelta(seconds=10)


@shared_task
def answer_link_request(request_id: int) -> None:
    asking.answer(request_id)


def ring_for_the_overdue() -> None:
    """Ring again for what a lost message left waiting."""
    late = LinkRequest.objects.filter(created_at__lt=timezone.now() - OVERDUE).order_by("pk")
    for request_id in late.values_list("pk", flat=True)[:100]:
        ring(answer_link_request, request_id)
