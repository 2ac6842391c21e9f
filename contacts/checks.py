"""Refuses a database in which Korean names could not be found (PRODUCT 3.14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

QUESTION = """
    SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()
"""
HINT = "Create it with: CREATE DATABASE helpdesk ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;"


@register(Tags.database)
def check_database_finds_hangul(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Trigrams ignore Hangul where LC_CTYPE is C, and only UTF-8 holds every name."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        if connections[alias].vendor == "postgresql":
            problems += _problems(*_encoding_and_ctype(alias))
    return problems


def _encoding_and_ctype(alias: str) -> tuple[str, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(QUESTION)
        encoding, ctype = cursor.fetchone()
    return encoding, ctype


def _problems(encoding: str, ctype: str) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if encoding != "UTF8":
        problems.append(Error(f"The database is {encoding}, not UTF-8.", hint=HINT, id="contacts.E001"))
    if ctype.upper() in {"C", "POSIX"}:
        problems.append(
            Error(f"The database has LC_CTYPE {ctype}: Korean names could not be found.", hint=HINT, id="contacts.E002")
        )
    return problems
