"""Exports that are nothing but reading: chunked COPY of all columns joined, and openpyxl fed by the same question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from openpyxl import Workbook

from bench.sheets import HEADERS

CHUNK = 5000

SELECT = """
SELECT c.name, coalesce(a.email, ''), coalesce(a.emails, ''), c.job_title, c.department, c.work_phone, c.mobile_phone,
    coalesce(f.name, ''), coalesce(t.tags, ''), coalesce(c.external_id, ''), c.notes
FROM contacts_contact c
LEFT JOIN companies_company f ON f.id = c.company_id
LEFT JOIN (
    SELECT contact_id, max(email) FILTER (WHERE is_primary) AS email,
        {join}(email, '; ') FILTER (WHERE NOT is_primary) AS emails
    FROM contacts_address WHERE contact_id BETWEEN {first} AND {last} GROUP BY contact_id
) a ON a.contact_id = c.id
LEFT JOIN (
    SELECT contact_id, {join}(g.name, ', ') AS tags
    FROM contacts_tagging JOIN contacts_tag g ON g.id = tag_id
    WHERE contact_id BETWEEN {first} AND {last} GROUP BY contact_id
) t ON t.contact_id = c.id
WHERE c.id BETWEEN {first} AND {last} AND c.deleted_at IS NULL
ORDER BY c.id
"""


def copy_out(path: Path) -> int:
    """Write all contacts as CSV by COPY … TO STDOUT, in chunks; how many. PostgreSQL only."""
    count = 0
    with path.open("wb") as file, connection.cursor() as cursor:
        file.write(("\ufeff" + ",".join(HEADERS.values()) + "\r\n").encode())
        for question in _questions():
            with cursor.copy(f"COPY ({question}) TO STDOUT WITH (FORMAT csv)") as copy:
                for block in copy:
                    file.write(block)
            count += cursor.rowcount
    return count


def write_only(path: Path) -> int:
    """Write all contacts as XLSX by openpyxl's write-only mode; how many."""
    book, count = Workbook(write_only=True), 0
    sheet = book.create_sheet("Contacts")
    sheet.append(list(HEADERS.values()))
    for row in _rows():
        sheet.append(row)
        count += 1
    book.save(path)
    return count


def _rows() -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        for question in _questions():
            cursor.execute(question)
            yield from cursor.fetchall()


def _questions() -> Iterator[str]:
    """One for each chunk of ids."""
    join = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM contacts_contact")
        (highest,) = cursor.fetchone()
    for first in range(1, highest + 1, CHUNK):
        yield SELECT.format(join=join, first=first, last=first + CHUNK - 1)
