"""The least that PostgreSQL must do: COPY and one upsert into a copy of the contacts table, without the search index.

Nothing but the columns of the contact, computed before the clock starts; no addresses, companies, tags, outcomes, foreign
keys. One transaction.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from django.db import connection, transaction

from bench.peers.rows import FOLLOWING, TEXTS, contact_of, read
from contacts.models import Contact

TABLE = "bench_contact"
UPDATED = [name for name in (*TEXTS, *FOLLOWING) if name != "external_id"]
COLUMNS = [str(field.column) for field in Contact._meta.concrete_fields if field.column != "id"]


def make_table() -> None:
    """The copy, empty: same columns, constraints and indexes but the trigrams."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (LIKE contacts_contact INCLUDING ALL)")
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef LIKE '%%gin_trgm_ops%%'", [TABLE]
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{index}"')


def prepared(path: Path) -> str:
    """The file's rows as finished columns of the table, as COPY reads them."""
    fields = [field for field in Contact._meta.concrete_fields if field.column != "id"]
    text = io.StringIO()
    writer = csv.writer(text)
    for row in read(path):
        contact = contact_of(row, None)
        writer.writerow(_cell(getattr(contact, field.attname)) for field in fields)
    return text.getvalue()


def _cell(value: object) -> object:
    return r"\N" if value is None else value


@transaction.atomic
def run(rows: str) -> int:
    """Store the rows; how many."""
    columns = ", ".join(COLUMNS)
    changes = ", ".join(f"{name} = excluded.{name}" for name in UPDATED)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {columns} FROM {TABLE} WHERE false")
        with cursor.copy(f"COPY staged ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N')") as copy:
            copy.write(rows)
        cursor.execute(
            f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM staged ON CONFLICT (external_id) DO UPDATE SET {changes}"
        )
        return int(cursor.rowcount)
