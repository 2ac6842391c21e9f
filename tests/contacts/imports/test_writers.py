"""Somebody else writes while an import does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from contacts.actions.merging import merge_contacts
from contacts.imports import chunks, matching
from contacts.models import Address, Contact
from helpdesk.jobs.tasks import run as bell
from tests.contacts.imports.spreadsheet import BY, import_rows, outcomes
from tests.factories import make_contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "apply_async", lambda args, **_options: None)


def elsewhere(act: Callable[[], Any]) -> None:
    """Do it on another connection, to its end."""

    def alone() -> None:
        act()
        connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()


@pytest.mark.parametrize("field", ["email", "external_id"])
def test_who_was_made_by_somebody_else_meanwhile_is_met_not_doubled(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    planned, met = chunks._planned, list[int]()

    def interrupted(*arguments: Any, **options: Any) -> Any:
        plan = planned(*arguments, **options)
        if not met:
            met.append(1)
            told = (
                {"email": "kim@example.com"} if field == "email" else {"email": None, "external_id": "kim@example.com"}
            )
            elsewhere(lambda: make_contact("Made elsewhere", **told))
        return plan

    monkeypatch.setattr(chunks, "_planned", interrupted)
    rows = [[f"{name}@example.com", name] for name in ("ann", "bob", "kim", "lee", "zoe")]
    job = import_rows([field, "name"], *rows)
    assert outcomes(job) == ["created", "created", "updated", "created", "created"]
    assert Contact.objects.count() == len(rows)
    assert Contact.objects.get(search_text__contains="kim@example.com").name == "kim"
    assert Address.objects.count() == (len(rows) if field == "email" else 0)


@pytest.mark.parametrize("field", ["mobile_phone", "email", "external_id"])
def test_a_row_about_somebody_merged_away_meanwhile_is_about_the_survivor(
    field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    survivor = make_contact("Kim")
    other = make_contact("Kim Minjun", email="kim@example.com", mobile_phone="010-1234-5678", external_id="K")
    lock, met = matching.lock, list[int]()

    def late(ids: Any) -> None:
        if not met:
            met.append(1)
            versions = {survivor.pk: 1, other.pk: 1}
            elsewhere(lambda: merge_contacts(survivor, [other], {}, versions=versions, by=BY))
        lock(ids)

    monkeypatch.setattr(matching, "lock", late)
    told = {"mobile_phone": "010-1234-5678", "email": "kim@example.com", "external_id": "K"}
    job = import_rows([field, "job_title"], [told[field], "Chief"])
    assert outcomes(job) == ["updated"]
    assert list(Contact.objects.filter(merged_into=None).values_list("pk", "job_title")) == [(survivor.pk, "Chief")]
