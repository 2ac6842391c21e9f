"""The text of a workbook's cell, as an import takes it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

Value = str | int | float | bool | date | datetime | time | timedelta | None
"""What the readers of workbooks give; None and "" are blank."""
EXACT = 2**53
"""Whole numbers up to here are exact in a workbook."""


def text_of(value: Value) -> str:
    """Text as it is; 1012345678 without ".0"; days as 2026-03-01, moments as 2026-03-01 14:05, both truth values as Excel shows."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is float:
        return _number(value)  # type: ignore[arg-type]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return _moment(value)


def _number(value: float) -> str:
    """Fractions with the 15 digits that spreadsheets show; never in the notation with an exponent."""
    if value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    shown = repr(value) if value.is_integer() else f"{value:.15g}"
    return format(Decimal(shown), "f") if "e" in shown else shown


def _moment(value: Value) -> str:
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return value.isoformat() if isinstance(value, date) else str(value)
