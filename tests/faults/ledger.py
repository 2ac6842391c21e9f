"""What each fault did, as one table at the end of the run: tests hand in lines by the fixture `tell`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import pytest


@dataclass
class Line:
    """One line of the table. `items` are letters or rows; `stall` is the longest time in which nothing moved."""

    fault: str
    rounds: int
    items: int
    doubled: int = 0
    lost: int = 0
    unknown: int = 0
    stall: float | None = None
    invariants: str = "hold"
    notes: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        stall = "" if self.stall is None else f"{self.stall:.1f} s"
        counted = (self.rounds, self.items, self.doubled, self.lost, self.unknown)
        return (self.fault, *(f"{number:,}" for number in counted), stall, self.invariants, self.notes)


HEAD = ("fault", "rounds", "letters or rows", "doubled", "lost", "unknown", "longest stall", "invariants", "notes")


def told(line: Line) -> dict[str, Any]:
    """As a test's property; reports of other processes carry only plain values."""
    return asdict(line)


def lines_of(properties: Iterable[tuple[str, Any]]) -> Iterator[Line]:
    names = {field.name for field in fields(Line)}
    for name, value in properties:
        if name == "fault" and isinstance(value, dict) and set(value) <= names:
            yield Line(**value)


def table(lines: Iterable[Line]) -> str:
    """In Markdown, so that it can be shown as it is."""
    rows = [HEAD, *(line.cells for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After the last test, where any told of a fault."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = [line for report in reports if report.when == "call" for line in lines_of(report.user_properties)]
    if lines:
        terminalreporter.section("faults")
        terminalreporter.write_line(table(sorted(lines, key=lambda line: line.fault)))
