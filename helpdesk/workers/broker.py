"""Whether the bell can be rung: Redis, or the folder of messages on disk."""

from __future__ import annotations

import os

import structlog
from django.conf import settings

PATIENCE = 0.5  # seconds

log = structlog.get_logger("helpdesk.workers")


def answers() -> bool:
    """Whether Redis answers within half a second, or the spool on disk can be written. Raises what the client throws."""
    if not settings.REDIS_URL:
        return os.access(settings.SPOOL_DIR, os.R_OK | os.W_OK | os.X_OK)
    import redis  # a tenth of a second, which a helpdesk without it need not wait

    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
        return bool(client.ping())


def is_reachable() -> bool:
    """The same, False for whatever the client throws."""
    try:
        return answers()
    except Exception as error:
        log.warning("broker_unreachable", error=str(error))
        return False
