"""Is it alive, is it ready: for whatever watches the helpdesk from outside. Words only; causes go to the log."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from helpdesk.users.access import anyone
from helpdesk.workers import broker, pulse

LEAST_FREE_BYTES = 200 * 1024 * 1024

log = structlog.get_logger("helpdesk.health")


@anyone
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers."""
    return JsonResponse({"status": "alive"})


@anyone
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when all that work needs is there, else 503; which part is missing stands in `checks`."""
    results = {name: _passes(name, check) for name, check in CHECKS.items()}
    is_ready = all(results.values())
    body = {
        "status": "ready" if is_ready else "not ready",
        "checks": {k: "ok" if v else "failed" for k, v in results.items()},
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def database_answers() -> bool:
    """Whether a statement comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def disk_has_room() -> bool:
    """Whether letters, uploads and the embedded database can still grow."""
    return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE_BYTES


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "broker": broker.answers,
    "worker": pulse.is_felt,
    "disk": disk_has_room,
}


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        passed = check()
    except Exception as error:  # whatever a driver throws: this page exists to say that something is broken
        log.warning("check_failed", check=name, error=str(error))
        return False
    if not passed:
        log.warning("check_failed", check=name)
    return passed
