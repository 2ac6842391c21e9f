"""Files of jobs in a folder of the test's own, and a bell that nobody hears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from helpdesk.exchange.exporting.kinds import export_kind
from helpdesk.exchange.sheets import SHEETS
from helpdesk.jobs import kinds
from helpdesk.jobs.tasks import run
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.factories import make_admin


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


@pytest.fixture
def admin(db: None) -> User:
    return make_admin()


@pytest.fixture
def browser(admin: User, sign_in: SignIn) -> Client:
    return sign_in(admin)
