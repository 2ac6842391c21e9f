"""Lists that nothing typed narrows are asked for by kept questions: their pages are those of the query, in every shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.models import VIEWS, Contact
from contacts.queries import listing
from contacts.queries.listing import ORDERS, Listing
from helpdesk.ui.paging import Page
from helpdesk.users.models import User
from tests.factories import make_agent, make_contact, make_customer

pytestmark = pytest.mark.django_db
AT = timezone.now()
CHOICES = [
    ("all", ""),
    ("verified", ""),
    ("blocked", ""),
    ("deleted", ""),
    ("unverified", ""),
    ("unverified", "failed"),
]


@pytest.fixture
def pages_of_three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(listing, "PAGE_SIZE", 3)
    listing._plain_page.cache_clear()
    yield
    listing._plain_page.cache_clear()


@pytest.fixture
def crowd(db: None) -> None:
    """Eight for each view; names and moments come three times each, so that only the id parts them."""
    for number in range(8):
        same: dict[str, Any] = {"name": f"Kim {number // 3}", "updated_at": AT - timedelta(minutes=number // 3)}
        make_customer(**same)
        make_contact(**same)
        make_contact(**same, blocked_at=AT)
        make_contact(**same, deleted_at=AT)
    Contact.objects.unverified().update(activation=Contact.Activation.FAILED)
    gone = make_contact("Kim 1", deleted_at=AT)
    Contact.objects.filter(pk=gone.pk).update(merged_into=make_contact("Kim 1").pk)
    make_contact("Kim 1", deleted_at=AT, forgotten_at=AT)


def walk(first: Listing, page_of: Callable[[Listing], Page]) -> list[Page]:
    """Forward to the end, and back to the beginning."""
    pages = [page_of(first)]
    while pages[-1].next:
        pages.append(page_of(replace(first, cursor=pages[-1].next)))
    while pages[-1].previous:
        pages.append(page_of(replace(first, cursor=pages[-1].previous)))
    return pages


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize(("view", "activation"), CHOICES)
def test_pages_are_those_of_the_query(crowd: None, pages_of_three: None, view: str, activation: str, sort: str) -> None:
    ada, first = make_agent(), Listing(view=view, sort=sort, activation=activation)
    kept = walk(first, lambda one: one.page_for(ada)[0])
    assert kept == walk(first, lambda one: one.page(Contact.objects.visible_to(ada))[0])
    assert len(kept) >= 5
    assert all(page.rows for page in kept)


def test_every_view_is_among_them() -> None:
    assert {view for view, _activation in CHOICES} == set(VIEWS)


def test_whoever_may_not_see_contacts_gets_none() -> None:
    make_contact("Kim")
    customer = make_customer("Lee").user
    assert customer is not None
    assert Listing().page_for(make_agent())[0].rows != []
    assert Listing().page_for(customer)[0].rows == []


@pytest.mark.parametrize("narrowed", [{"text": "kim"}, {"company": "none"}, {"tag": "vip"}])
def test_what_somebody_typed_or_chose_among_many_is_not_kept(narrowed: dict[str, str]) -> None:
    listing._plain_page.cache_clear()
    ada: User = make_agent()
    make_contact("Kim")
    chosen = Listing(**narrowed)
    assert not chosen.is_plain
    chosen.page_for(ada)
    assert listing._plain_page.cache_info().currsize == 0
