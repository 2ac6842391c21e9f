"""How a file is to be read, and what was seen of it. All of these cross a process boundary as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from .problems import Problem

KINDS = ("csv", "xlsx", "xls")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949", "cp1252", "shift_jis", "gb18030")
OFFERED = ("utf-8", "cp949", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "shift_jis", "gb18030")
"""Encodings a person may choose: the byte order mark makes no difference to a reader."""
DELIMITERS = (",", ";", "\t", "|")
LAST_HEADER_ROW = 1000


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`kind` is "csv", "xlsx" or "xls"; encoding and delimiter belong to the first, the worksheet to the others.

    `header_row`: as the spreadsheet shows it, from 1; 0 says there is none, and columns are called "Column 1", "Column 2"…
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    worksheet: str = ""
    header_row: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From JSON or a form. ValueError where it names something that cannot be read."""
        known = {name: told[name] for name in ("kind", "encoding", "delimiter", "worksheet") if name in told}
        dialect = cls(**known, header_row=int(told.get("header_row", 1)))
        if dialect.kind not in KINDS or not 0 <= dialect.header_row <= LAST_HEADER_ROW:
            raise ValueError("no such kind of file or row")
        if dialect.kind == "csv" and (dialect.encoding not in ENCODINGS or dialect.delimiter not in DELIMITERS):
            raise ValueError("no such encoding or delimiter")
        return dialect


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """What a file is, by its content. `worksheets` are (name, is hidden); `encodings` are those worth offering."""

    dialect: Dialect
    worksheets: list[tuple[str, bool]] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        worksheets = [(name, is_hidden) for name, is_hidden in told["worksheets"]]
        return cls(**{**told, "dialect": Dialect.of(told["dialect"]), "worksheets": worksheets})


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The first rows that an import would take. `numbers` are the rows' numbers as the spreadsheet shows them;
    `values` are, for each column, up to five cells that are not blank. Long cells are cut.
    """

    headers: list[str]
    rows: list[list[str]]
    numbers: list[int]
    values: list[list[str]]
    column_count: int
    truncated: bool
    """Whether there are more rows than these."""
    notes: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What was written to a record file. `broken`: None, or {"row", "text", "params"} where the file breaks off."""

    rows: int
    headers: list[str]
    broken: Problem | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
