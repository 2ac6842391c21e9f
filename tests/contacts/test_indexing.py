"""Many contacts written at once: found at every moment, and nothing is left waiting for the index."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from contacts.actions import indexing
from contacts.actions.indexing import MANY, Merger, gathered
from contacts.models import Contact
from contacts.queries.listing import Listing
from tests.factories import make_contact

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    page, _search = Listing(text=text).page(Contact.objects.all())
    return [row.name for row in page.rows]


def merged_now() -> int:
    """Merges what waits for the trigrams; in how many pages it stood."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('contact_search'::regclass)")
        return int(cursor.fetchone()[0])


def test_finds_contacts_while_they_are_gathered_and_afterwards() -> None:
    with gathered(1):
        make_contact("남궁민수", email="ms@acme.example")
        assert found("궁민수") == ["남궁민수"]
    assert found("궁민수") == ["남궁민수"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
def test_leaves_nothing_waiting_for_the_index() -> None:
    make_contact("Amelia Hughes", email="amelia@acme.example")
    assert merged_now() > 0
    with gathered(1):
        make_contact("Noah Fischer", email="noah@acme.example")
    assert merged_now() == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
@pytest.mark.django_db(transaction=True)
def test_many_are_merged_by_somebody_else_once_they_are_committed() -> None:
    with transaction.atomic(), gathered(MANY):
        make_contact("Noah Fischer", email="noah@acme.example")
    assert found("fischer") == ["Noah Fischer"]
    indexing.MERGER.wait()
    assert merged_now() == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
@pytest.mark.django_db(transaction=True)
def test_a_merger_told_often_comes_again_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    merger = Merger()
    for number in range(5):
        make_contact(f"Noah {number}", email=f"noah{number}@acme.example")
        merger.merge()
    merger.wait()
    assert merged_now() == 0
    monkeypatch.setattr(indexing, "_MERGE", "SELECT nothing_of_the_kind()")
    merger.merge()
    merger.wait()  # what it cannot do it leaves
    assert found("noah 4") == ["Noah 4"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigrams")
def test_searches_otherwise_never_have_more_than_64_kb_to_look_through() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW gin_pending_list_limit")
        assert cursor.fetchone() == ("64kB",)
