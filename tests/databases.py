"""The suite's databases on PostgreSQL: made and dropped with patience, and with the server's words where that fails."""

from __future__ import annotations

import time
from typing import Any

from django.db import Error
from django.db.backends.postgresql.creation import DatabaseCreation

TRIES, PAUSE = 30, 2.0
"""How often a server may refuse (too many clients, a source database in use), seconds between."""


def install() -> None:
    """From now on. Django's own way ends in `sys.exit`, which leaves pytest with a fixture that is half made: the first
    refusal of a busy server would fail every later test of that process for a reason that says nothing."""
    DatabaseCreation._create_test_db = _make  # type: ignore[attr-defined]
    DatabaseCreation._destroy_test_db = _drop  # type: ignore[attr-defined]


def _make(self: Any, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
    name: str = self._get_test_db_name()
    _patiently(self, lambda cursor: _made(self, cursor, name, keepdb=keepdb))
    return name


def _drop(self: Any, test_database_name: str, verbosity: int) -> None:
    self.connection.close_pool()
    _patiently(self, lambda cursor: _dropped(self, cursor, test_database_name))


def _made(self: Any, cursor: Any, name: str, *, keepdb: bool) -> None:
    if keepdb and self._database_exists(cursor, name):
        return
    _dropped(self, cursor, name)
    cursor.execute(f"CREATE DATABASE {self._quote_name(name)} {self.sql_table_creation_suffix()}")


def _dropped(self: Any, cursor: Any, name: str) -> None:
    """A thread that a test left behind may still hold a connection: the database goes all the same."""
    cursor.execute(f"DROP DATABASE IF EXISTS {self._quote_name(name)} WITH (FORCE)")


def _patiently(self: Any, act: Any) -> None:
    for left in reversed(range(TRIES)):
        try:
            with self._nodb_cursor() as cursor:
                act(cursor)
        except (Error, RuntimeWarning):  # the warning: Django could not reach the server's own database
            if not left:
                raise
            time.sleep(PAUSE)
        else:
            return
