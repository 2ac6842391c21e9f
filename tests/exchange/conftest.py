"""Files of jobs in a folder of the test's own, and a bell that nobody hears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from helpdesk.exchange.exporting.kinds import export_kind
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs import kinds
from helpdesk.jobs.tasks import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = str(tmp_path)
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)
    return tmp_path


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows a part of an export of contacts."""
    sheet = SHEETS["contacts"]
    small = replace(sheet, exporter=replace(sheet.exporter, batch=2))
    monkeypatch.setitem(SHEETS, "contacts", small)
    monkeypatch.setitem(kinds.KINDS, sheet.export_kind, export_kind(small))
