from __future__ import annotations

from typing import Any

import pytest

from helpdesk.outbox import links
from helpdesk.outbox.history import history_of, letters_about
from helpdesk.outbox.models import State
from tests.letters import delivered, posted

KIND = "contacts.contact"
pytestmark = pytest.mark.django_db


def test_tells_the_newest_letter_of_each_with_its_link(django_assert_num_queries: Any) -> None:
    delivered(State.FAILED, about=(KIND, 1))
    letter, token = delivered(about=(KIND, 1), to_email="kim@acme.example")
    posted(about=(KIND, 2))
    posted(about=("users.user", 3))
    link = links.find(token, "activate").link
    assert link is not None
    links.mark_opened(link)
    with django_assert_num_queries(1):
        latest = letters_about(KIND, [1, 2, 3])
    assert sorted(latest) == [1, 2]
    assert (latest[1].id, latest[1].state, latest[1].to_email) == (letter.pk, State.SENT, "kim@acme.example")
    assert latest[1].expires_at == link.expires_at
    assert latest[1].opened_at is not None and latest[1].used_at is None
    assert (latest[2].state, latest[2].expires_at) == (State.QUEUED, None)


def test_may_be_asked_for_some_notices_only() -> None:
    posted(about=(KIND, 1))
    assert letters_about(KIND, [1], notices=["contacts.other"]) == {}
    assert list(letters_about(KIND, [1], notices=["tests.greeting"])) == [1]


def test_asks_nothing_about_nobody(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert letters_about(KIND, []) == {}


def test_a_profile_sees_all_letters_newest_first() -> None:
    first, _token = delivered(State.FAILED, about=(KIND, 1))
    second, _token = delivered(about=(KIND, 1))
    assert [entry.id for entry in history_of(KIND, 1)] == [second.pk, first.pk]
