"""What a database answers whom something else keeps waiting for longer than it should."""

from __future__ import annotations

import sqlite3

from django.db import OperationalError


def is_held(error: BaseException | None) -> bool:
    """Whether SQLite's one lock was not to be had. Nothing of the transaction was written: it never began."""
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    code = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the higher bits say why (SQLITE_BUSY_SNAPSHOT)
