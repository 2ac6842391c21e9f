from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from helpdesk.outbox import links
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State, hash_of
from tests.letters import delivered

KIND = "contacts.contact"
pytestmark = pytest.mark.django_db


def test_finds_a_live_link_by_its_token_and_purpose() -> None:
    _letter, token = delivered(about=(KIND, 7))
    found = links.find(token, "activate")
    assert (found.state, found.is_live) == ("live", True)
    assert found.link is not None and found.link.subject_id == 7
    assert links.by_id(found.link.pk, "activate") == found


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 5000, "토큰"])
def test_knows_no_link_for_other_tokens(token: str) -> None:
    delivered()
    assert links.find(token, "activate") == links.Found(None, "unknown")


def test_knows_no_link_for_another_purpose() -> None:
    _letter, token = delivered()
    assert links.find(token, "reset").state == "unknown"
    assert links.find(token[:-1], "activate").state == "unknown"
    assert links.by_id(None, "activate").state == "unknown"


def test_keeps_only_a_hash() -> None:
    _letter, token = delivered()
    assert SecretLink.objects.get().token_hash == hash_of(token)
    assert token not in str(list(SecretLink.objects.values())) + str(list(OutgoingEmail.objects.values()))


def test_the_newest_letter_holds_the_live_link() -> None:
    _first, old = delivered(about=(KIND, 7))
    _other, others = delivered(about=(KIND, 8))
    _second, new = delivered(about=(KIND, 7))
    assert links.find(old, "activate").state == "superseded"
    assert links.find(new, "activate").state == links.find(others, "activate").state == "live"


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.CANCELLED, State.SKIPPED])
def test_the_letter_before_lives_again_when_the_server_refuses_the_newer_one(state: State) -> None:
    _first, old = delivered(about=(KIND, 7))
    _second, new = delivered(state, about=(KIND, 7))
    assert links.find(old, "activate").state == "live"
    assert links.find(new, "activate").state == "revoked"


@pytest.mark.parametrize("state", [State.HANDOFF, State.UNKNOWN])
def test_a_letter_that_may_have_arrived_holds_the_live_link(state: State) -> None:
    _first, old = delivered(about=(KIND, 7))
    _second, new = delivered(state, about=(KIND, 7))
    assert [links.find(token, "activate").state for token in (old, new)] == ["superseded", "live"]


def test_an_older_link_does_not_live_again_once_the_newer_is_used() -> None:
    _first, old = delivered(about=(KIND, 7))
    _second, new = delivered(about=(KIND, 7))
    assert links.consume(_link(new))
    assert links.find(new, "activate").state == "used"
    assert links.find(old, "activate").state == "superseded"
    assert not links.consume(_link(old))


def test_works_once() -> None:
    _letter, token = delivered()
    link = _link(token)
    assert [links.consume(link), links.consume(link)] == [True, False]


def test_does_not_work_after_its_end() -> None:
    _letter, token = delivered(hours=1)
    link = _link(token)
    SecretLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert links.find(token, "activate").state == "expired"
    assert not links.consume(link)


def test_revokes_by_subject_and_purpose() -> None:
    tokens = [delivered(about=(KIND, number))[1] for number in (1, 2, 3)]
    assert links.revoke(KIND, [1], "reset") == 0
    assert links.revoke(KIND, [1, 2], "activate", "reset") == 2
    assert [links.find(token, "activate").state for token in tokens] == ["revoked", "revoked", "live"]
    assert not links.consume(_link(tokens[0]))
    assert links.revoke(KIND, [3]) == 1


def test_notes_the_first_opening_only() -> None:
    _letter, token = delivered()
    link = _link(token)
    links.mark_opened(link)
    first = _link(token).opened_at
    links.mark_opened(link)
    assert first is not None and _link(token).opened_at == first
    assert links.find(token, "activate").state == "live"


def test_a_printed_link_needs_no_letter_and_replaces_the_one_before() -> None:
    old = links.issue_printed("setup", "users.user", 0, hours=24)
    new = links.issue_printed("setup", "users.user", 0, hours=24)
    assert links.find(old, "setup").state == "superseded"
    assert links.consume(_link(new, "setup"))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins() -> None:
    _letter, token = delivered()
    link, wins, gate = _link(token), [], threading.Barrier(8)

    def press() -> None:
        gate.wait()
        try:
            wins.append(links.consume(link))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == [False] * 7 + [True]


def _link(token: str, purpose: str = "activate") -> SecretLink:
    link = links.find(token, purpose).link
    assert link is not None
    return link
