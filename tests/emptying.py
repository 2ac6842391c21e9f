"""Emptying the database after a test that commits.

Django's own way asks each app to make its permissions and content types anew, which took longer than most of these tests;
and TRUNCATE waits for everybody who still looks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connections, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""The same for every test."""


def install() -> None:
    """From now on, for all tests that commit."""
    TransactionTestCase._fixture_teardown = _emptied  # type: ignore[attr-defined]


def empty(alias: str) -> None:
    """Delete all rows that tests can have made. Foreign keys are asked about at the end, when nothing is left."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(_which_hold_rows(alias))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(table)}")  # noqa: S608


@cache
def _which_hold_rows(alias: str) -> str:
    connection = connections[alias]
    tables = sorted(set(connection.introspection.django_table_names()) - KEPT)
    quoted = ((table, connection.ops.quote_name(table)) for table in tables)
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})" for table, name in quoted)  # noqa: S608


def _emptied(case: Any) -> None:
    for alias in case._databases_names(include_mirrors=False):
        empty(alias)
