"""A form that is sent twice acts once: the second POST gets the first one's answer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from helpdesk.ui.models import FormReceipt
from helpdesk.users.throttling import count_again, noted

_FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_form_id() -> str:
    return secrets.token_urlsafe(16)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Answer a repeated POST with the first one's redirect. Goes inside the door: `@allow(…)` above `@once`.

    The receipt is written in the view's own transaction: two POSTs at the same moment wait for each other, and a
    POST that was refused (no redirect) leaves no receipt, so a corrected form may be sent again; what it tried (a
    password) stays counted. A POST without a `form_id` is a new act.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form_id = request.POST.get("form_id", "") if request.method == "POST" else ""
        if not _FORM_ID.fullmatch(form_id):
            return view(request, *args, **kwargs)
        with noted() as tries:
            try:
                response, is_kept = _accept(view, request, form_id, *args, **kwargs)
            except Exception:
                count_again(tries)
                raise
            if not is_kept:
                count_again(tries)
        return response

    return guarded


@transaction.atomic
def _accept(
    view: Callable[..., HttpResponse], request: HttpRequest, form_id: str, *args: Any, **kwargs: Any
) -> tuple[HttpResponse, bool]:
    """The answer, and whether what was written is kept."""
    receipt, is_new = FormReceipt.objects.get_or_create(form_id=form_id, owner=_owner(request))
    if not is_new:
        return redirect(receipt.location or request.path), True
    response = view(request, *args, **kwargs)
    is_kept = response.status_code in (301, 302, 303)
    if is_kept:
        receipt.location = response["Location"]
        receipt.save(update_fields=["location"])
    else:
        transaction.set_rollback(True)
    return response, is_kept


def _owner(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"session:{request.session.session_key or request.META.get('CSRF_COOKIE', '')}"[:80]


def tidy() -> int:
    """Forget receipts after a day."""
    return FormReceipt.objects.filter(created_at__lt=timezone.now() - timedelta(hours=24)).delete()[0]
