"""What a file is called where it is shown and offered."""

from __future__ import annotations

import pytest

from helpdesk.exchange.store import shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("고객 (최종）.csv", "고객 (최종）.csv"),
        ("C:\\files\\a:b\n.csv", "a_b_.csv"),
        ("report\u202evsc.exe", "reportvsc.exe"),
        ("\u2067\u202d\u2069", "file"),
        ("عملاء.xlsx", "عملاء.xlsx"),
    ],
)
def test_a_name_is_read_as_it_is_written(name: str, shown: str) -> None:
    assert shown_name(name) == shown
