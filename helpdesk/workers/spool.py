"""The doorbell without Redis: kombu's folder of messages, but for messages that somebody finds half written.

kombu opens a message under its final name and then fills it. A worker that looks in between, for a writer may be stopped
there, breaks over an empty file for good. Here a message gets its name when it is whole; one that cannot be read wakes
nobody, and the sweeper rings again.
"""

from __future__ import annotations

import uuid
from json import JSONDecodeError
from pathlib import Path
from time import monotonic
from typing import Any

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

log = structlog.get_logger("helpdesk.workers")


class Channel(filesystem.Channel):
    """Its files read as kombu's do."""

    def _put(self, queue: str, payload: Any, **_told: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        aside = Path(self.data_folder_out) / f".{name}"
        try:
            aside.write_bytes(str_to_bytes(dumps(payload)))
            aside.rename(aside.with_name(name))
        except OSError as error:
            raise ChannelError(f"{name!r} cannot be written") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except JSONDecodeError:
                log.warning("message_unreadable", queue=queue)

    def get_table(self, exchange: str) -> Any:
        """Which queues hear what is told to all; none while the first of them is being written."""
        try:
            return super().get_table(exchange)
        except JSONDecodeError:
            return []

    def _queue_bind(self, exchange: str, *told: Any) -> None:
        try:
            super()._queue_bind(exchange, *told)
        except JSONDecodeError:
            Path(self._exchange_file(exchange)).unlink()  # type: ignore[attr-defined]
            super()._queue_bind(exchange, *told)


class Transport(filesystem.Transport):
    """`spool://` (helpdesk.celery), with the options of `filesystem://`."""

    Channel = Channel
