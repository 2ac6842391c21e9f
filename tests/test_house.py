"""What import-linter cannot see: foreign keys that point up, registrations, wording."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey

from contacts.followers import FOLLOWERS
from helpdesk.outbox.notices import CATALOGUE
from helpdesk.outbox.watching import WATCHERS
from helpdesk.users.erasing import ERASERS
from helpdesk.workers.sweeping import SWEEPS, TIDIES

ROOMS = [
    "workers",
    "users",
    "ui",
    "audit",
    "timeline",
    "outbox",
    "jobs",
    "exchange",
    "companies",
    "contacts",
    "team",
    "portal",
]


def _relations() -> list[tuple[str, str, str]]:
    found = []
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.get_fields(include_hidden=False):
                if isinstance(field, ForeignKey) and isinstance(field.related_model, type):
                    found.append((room, field.related_model._meta.app_label, str(field)))
    return found


def test_there_are_relations_to_look_at() -> None:
    assert len(_relations()) >= 5


@pytest.mark.parametrize(("room", "target", "field"), _relations(), ids=str)
def test_foreign_keys_point_down(room: str, target: str, field: str) -> None:
    assert ROOMS.index(target) <= ROOMS.index(room), f"{field} points up, to {target}"


def test_no_text_column_carries_a_like_twin() -> None:
    """`unique=True` and `db_index=True` on text make a second index on PostgreSQL; constraints in Meta do not."""
    text = ("CharField", "TextField", "SortKeyField", "SlugField")
    columns = [
        str(field)
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if type(field).__name__ in text and (field.unique or getattr(field, "db_index", False))
    ]
    assert columns == []


def test_every_room_is_listed_here() -> None:
    own = {label.rpartition(".")[2] for label in settings.INSTALLED_APPS if label.startswith("helpdesk.")}
    assert own | {"companies", "contacts", "portal"} == set(ROOMS)


def test_registrations() -> None:
    assert sorted(CATALOGUE) == sorted(EXPECTED_NOTICES)
    assert sorted(SWEEPS) == sorted(EXPECTED_SWEEPS)
    assert sorted(TIDIES) == sorted(EXPECTED_TIDIES)
    assert sorted(WATCHERS) == ["user_activation"]
    assert sorted(FOLLOWERS) == ["letters", "notes"]
    assert sorted(ERASERS) == ["audit", "exchange", "jobs", "outbox", "team", "timeline", "ui", "users"]


def test_korean_is_complete() -> None:
    """Nothing missing, unused, fuzzy, or with a particle behind a placeholder."""
    checked = subprocess.run(
        [sys.executable, "scripts/messages.py", "--check"],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


EXPECTED_NOTICES = [
    "export_failed",
    "export_ready",
    "import_ended",
    "password_changed",
    "password_reset",
    "password_set",
    "primary_email_changed",
    "team_email",
    "team_invitation",
    "team_reset",
    "team_security",
    "test",
    "user_activation",
]
EXPECTED_SWEEPS = [
    "contacts.activations",
    "jobs.waiting",
    "outbox.abandoned",
    "outbox.due",
    "team.link_requests",
]
EXPECTED_TIDIES = [
    "audit.passing",
    "contacts.activations",
    "contacts.drafts",
    "contacts.forgotten",
    "contacts.merges",
    "exchange.drafts",
    "exchange.files",
    "jobs.rows",
    "sessions",
    "team.link_requests",
    "team.second_steps",
    "ui.receipts",
    "users.tallies",
    "workers.heartbeats",
]
