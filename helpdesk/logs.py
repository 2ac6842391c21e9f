"""Logs as structured lines with the request's id; secret links never reach them."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRET_PATH = re.compile(r"/(activate|reset|invitation|setup|confirm)/[A-Za-z0-9_\-=]{16,}")


def hide_secrets(text: str) -> str:
    """`text` with the token of every secret link replaced: `/portal/activate/[link]`."""
    return SECRET_PATH.sub(r"/\1/[link]", text)


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return hide_secrets(value)
    if isinstance(value, dict):
        return {key: _hide(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_hide(item) for item in value)
    return value


def _without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: _hide(value) for key, value in event.items()}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    _without_secrets,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], bool_as_flag=False
            ),
            "foreign_pre_chain": SHARED,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "helpdesk": {"level": "INFO"},
        "django_structlog": {"level": "WARNING"},
    },
}


def _scrub(event: Any, _hint: Any) -> Any:
    return _hide(event)


def start_sentry(dsn: str) -> None:
    """Report errors to `dsn`, with secret links and personal data left out."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        include_local_variables=False,  # a token, a typed password, a letter on its way
        max_request_body_size="never",
        before_send=_scrub,
        before_send_transaction=_scrub,
    )
