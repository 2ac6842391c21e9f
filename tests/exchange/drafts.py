"""Imports that have not begun, for tests: uploaded and looked at as the wizard does it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from helpdesk.exchange import actions, mapping, reading
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.jobs.test_engine import go

CUSTOMERS = """고객명(필수),이메일 주소,거래처명,연락처,비고
김민준,minjun@hanbit.example,한빛전자,010-1234-5678,VIP
이서연,seoyeon@nuri.example,누리상사,010-2345-6789,
박도윤,not an address,누리상사,010-3456-7890,
"""


def uploaded(text: str = CUSTOMERS, *, by: User, name: str = "고객.csv", encoding: str = "cp949") -> Job:
    """A draft with this file, said to be a CSV of this encoding whose first row names the columns."""
    dialect = reading.Dialect(kind="csv", encoding=encoding, delimiter=",")
    sniffed = reading.Sniffed(dialect=dialect, encodings=[encoding])
    taken = actions.take_in(name, [text.encode(encoding)], sniffed)
    return actions.begin(SHEETS["contacts"], taken, by=actors.person(by))


def tried(text: str = CUSTOMERS, *, by: User, choices: Mapping[str, bool] | None = None) -> Job:
    """The same, its columns mapped as they are recognised, all rows reviewed."""
    job, sheet = uploaded(text, by=by), SHEETS["contacts"]
    dialect = reading.Dialect.of(job.params["dialect"])
    headers, *rows = csv.reader(io.StringIO(text))
    values = [[row[number] for row in rows if len(row) > number] for number in range(len(headers))]
    matches = mapping.recognise(headers, values, [field for field in sheet.fields() if field.is_imported])
    told = {one.name: one.default for one in sheet.choices} | dict(choices or {})
    columns = [match.field for match in matches]
    actions.review(sheet, job, dialect=dialect, headers=headers, columns=columns, choices=told, by=actors.person(by))
    return go(job)
