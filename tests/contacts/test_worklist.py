"""The unverified by how far their invitation is: the column keeps up with letters, links and addresses, the list with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from contacts.actions import progress, standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.merging import merge_contacts
from contacts.actions.records import create_contact, edit_contact
from contacts.actions.tags import add_tags
from contacts.badges import activation_of
from contacts.models import Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.queries.listing import Listing
from contacts.queries.selections import whole_view
from helpdesk.outbox import actions, chores, claims, links
from helpdesk.outbox.history import letters_about
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State
from helpdesk.outbox.outcomes import Fate, Outcome
from tests.factories import make_company, make_contact, make_customer
from tests.portal.letters import SYSTEM

pytestmark = pytest.mark.django_db
URL = "/contacts/"
STATES = Contact.Activation.values


def kept(contact: Contact) -> str:
    """What the column says, which must be what is true."""
    contact.refresh_from_db()
    letter = letters_about(CONTACT, [contact.pk], notices=[USER_ACTIVATION.code]).get(contact.pk)
    assert contact.activation == activation_of(letter, has_email=contact.addresses.filter(is_primary=True).exists())
    return contact.activation


def written(contact: Contact, state: str, **link: Any) -> OutgoingEmail:
    """An activation email as it came to be in this state, by itself."""
    letter = OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause=f"test:{OutgoingEmail.objects.count()}", about_kind=CONTACT,
        about_id=contact.pk, to_email="k@acme.example", language="en", subject="s", text="t", html="h", state=state,
        finished_at=timezone.now(),
    )  # fmt: skip
    if link:
        SecretLink.objects.create(
            purpose="activate", subject_kind=CONTACT, subject_id=contact.pk, letter=letter,
            token_hash=f"hash{letter.pk}", **{"expires_at": timezone.now() + timedelta(days=7), **link},
        )  # fmt: skip
    return letter


def one_of_each() -> dict[str, Contact]:
    now = timezone.now()
    people = {state: make_contact(f"A {state}", email=None if state == "noemail" else "") for state in STATES}
    written(people["sent"], State.SENT, opened_at=None)
    written(people["expired"], State.SENT, expires_at=now - timedelta(hours=1))
    written(people["failed"], State.FAILED)
    written(people["unknown"], State.UNKNOWN)
    progress.settle([one.pk for one in people.values()])
    return people


def names(client: Client, **query: str) -> list[str]:
    content = client.get(URL, query).content.decode()
    return re.findall(r'class="row-link" href="/contacts/\d+/">([^<]+)</a>', content)


def invited() -> tuple[Contact, OutgoingEmail]:
    contact = make_contact()
    send_activations([contact.pk], by=SYSTEM)
    return contact, OutgoingEmail.objects.get(about_id=contact.pk)


class TestChips:
    @pytest.mark.parametrize("state", STATES)
    def test_each_shows_its_own(self, as_agent: Client, state: str) -> None:
        one_of_each()
        make_customer("Vera Verified")
        make_contact("Bo Blocked", blocked_at=timezone.now())
        assert names(as_agent, view="unverified", activation=state) == [f"A {state}"]

    @pytest.mark.parametrize("sort", ["name", "newest", "updated"])
    def test_pages_in_every_order_hold_each_once(self, as_agent: Client, sort: str) -> None:
        everybody = {make_contact(f"N {number:02}").pk for number in range(65)}
        one_of_each()
        seen, query = list[int](), f"?view=unverified&activation=never&sort={sort}"
        while query:
            content = as_agent.get(URL + query).content.decode()
            seen += [int(pk) for pk in re.findall(r'<tr id="contact-(\d+)"', content)]
            found = re.search(r'rel="next" href="(\?[^"]+)"', content)
            query = found[1].replace("&amp;", "&") if found else ""
        assert len(seen) == len(set(seen)) == 66
        assert everybody < set(seen)

    def test_they_narrow_together_with_search_company_and_tag(self, as_agent: Client) -> None:
        acme = make_company("Acme")
        wanted, other, elsewhere = (
            make_contact("Kim One", company=acme),
            make_contact("Lee Two"),
            make_contact("Kim Three"),
        )
        add_tags([wanted, other], ["vip"], by=SYSTEM)
        for contact in (wanted, elsewhere):
            written(contact, State.FAILED)
        progress.settle([wanted.pk, elsewhere.pk])
        failed = {"view": "unverified", "activation": "failed"}
        assert names(as_agent, **failed) == ["Kim One", "Kim Three"]
        assert names(as_agent, **failed, q="three") == ["Kim Three"]
        assert names(as_agent, **failed, company=str(acme.pk)) == ["Kim One"]
        assert names(as_agent, **failed, company="none", q="kim") == ["Kim Three"]
        assert names(as_agent, **failed, tag="vip") == ["Kim One"]

    def test_the_open_one_is_marked_and_links_keep_the_rest(self, as_agent: Client) -> None:
        one_of_each()
        query = {"view": "unverified", "activation": "failed", "q": "a", "sort": "newest", "company": "none"}
        content = as_agent.get(URL, query).content.decode()
        chips = dict(re.findall(r'<a class="chip" href="([^"]+)"( aria-current="true")?>', content))
        current = [url for url, mark in chips.items() if mark and "activation" in url]
        assert current == ["?view=unverified&amp;sort=newest&amp;activation=failed&amp;q=a&amp;company=none"]
        assert "?view=unverified&amp;sort=newest&amp;q=a&amp;company=none" in chips
        assert '<input type="hidden" name="activation" value="failed">' in content

    @pytest.mark.parametrize("query", [{"activation": "failed"}, {"view": "verified", "activation": "failed"}])
    def test_other_views_know_none(self, as_agent: Client, query: dict[str, str]) -> None:
        make_contact("Una"), make_customer("Vera")
        content = as_agent.get(URL, query).content.decode()
        assert 'id="activations"' not in content
        assert names(as_agent, **query)

    @pytest.mark.parametrize("odd", ["FAILED", "failed'", "sent,failed", "없음", "never" * 500])
    def test_an_odd_one_counts_for_nothing(self, as_agent: Client, odd: str) -> None:
        make_contact("Una")
        response = as_agent.get(URL, {"view": "unverified", "activation": odd})
        assert response.status_code == 200
        assert names(as_agent, view="unverified", activation=odd) == ["Una"]

    def test_a_page_costs_no_more_queries(
        self, as_agent: Client, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        one_of_each()
        as_agent.get(URL)
        with django_assert_max_num_queries(6):
            as_agent.get(URL, {"view": "unverified", "activation": "sent"})

    def test_all_in_this_view_means_those_shown(self) -> None:
        people = one_of_each()
        listing = Listing(view="unverified", activation="failed")
        assert list(whole_view(listing, Contact.objects.all())) == [people["failed"]]

    def test_nobody_there_is_said(self, as_agent: Client) -> None:
        make_contact("Una")
        content = as_agent.get(URL, {"view": "unverified", "activation": "failed"}).content.decode()
        assert "No contact found" in content


class TestKeepingUp:
    def test_a_new_contact_was_never_written_to(self) -> None:
        with_email = create_contact(Draft(name="A", emails=("a@acme.example",)), by=SYSTEM, send_activation=False)
        without = create_contact(Draft(name="B", mobile_phone="010-1234-5678"), by=SYSTEM)
        assert (kept(with_email), kept(without)) == ("never", "noemail")

    def test_a_letter_on_its_way_counts_as_sent(self) -> None:
        contact, _letter = invited()
        assert kept(contact) == "sent"
        assert contact.activation_due is not None

    @pytest.mark.parametrize(
        ("fate", "state"),
        [(Fate.ACCEPTED, "sent"), (Fate.REFUSED, "failed"), (Fate.UNCERTAIN, "unknown"), (Fate.DEFERRED, "sent")],
    )
    def test_it_follows_the_mail_servers_answer(self, fate: Fate, state: str) -> None:
        contact, _letter = invited()
        claim = claims.take()
        assert claim is not None
        assert claim.hand_over(claim.letters[0], None, "<1@x>")
        claim.settle(claim.letters[0], Outcome(fate, "words"))
        claim.finish()
        assert kept(contact) == state

    def test_a_letter_no_longer_wanted_was_never_sent(self) -> None:
        contact, _letter = invited()
        Contact.objects.filter(pk=contact.pk).update(blocked_at=timezone.now())
        claim = claims.take()
        assert claim is not None
        assert not claim.hand_over(claim.letters[0], None, "<1@x>")
        assert kept(contact) == "never"

    def test_a_dead_workers_letter_is_unknown_until_it_answers(self) -> None:
        contact, letter = invited()
        claim = claims.take()
        assert claim is not None
        claim.hand_over(claim.letters[0], None, "<1@x>")
        OutgoingEmail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        chores.give_back_abandoned()
        assert kept(contact) == "unknown"
        claim.settle(claim.letters[0], Outcome(Fate.ACCEPTED, "250 ok"))
        claim.finish()
        Contact.objects.update(activation_due=timezone.now() - timedelta(seconds=1))
        assert progress.look_again() == 1
        assert kept(contact) == "sent"
        letter.refresh_from_db()
        assert letter.state == State.SENT

    def test_cancelling_and_sending_again(self) -> None:
        contact, letter = invited()
        assert actions.cancel(letter, by=SYSTEM)
        assert kept(contact) == "never"
        actions.resend(letter, by=SYSTEM)
        assert kept(contact) == "sent"

    def test_a_link_that_expires_is_found_when_it_is_time(self) -> None:
        contact, letter = invited()
        OutgoingEmail.objects.filter(pk=letter.pk).update(state=State.SENT)
        link = SecretLink.objects.create(
            purpose="activate", subject_kind=CONTACT, subject_id=contact.pk, letter=letter, token_hash="x",
            expires_at=timezone.now() + timedelta(hours=200),
        )  # fmt: skip
        assert progress.look_again() == 0
        Contact.objects.update(activation_due=timezone.now() - timedelta(seconds=1))
        progress.look_again()
        assert kept(contact) == "sent"
        assert Contact.objects.filter(activation_due=link.expires_at).exists()
        SecretLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        Contact.objects.update(activation_due=timezone.now() - timedelta(seconds=1))
        progress.look_again()
        assert kept(contact) == "expired"
        assert contact.activation_due is None
        assert Contact.objects.filter(activation_due=None).exists()

    @pytest.mark.parametrize("act", ["block", "delete"])
    def test_links_that_die_count_as_expired(self, act: str) -> None:
        contact = make_contact()
        written(contact, State.SENT, opened_at=None)
        progress.settle([contact.pk])
        assert kept(contact) == "sent"
        getattr(standing, act)(contact, by=SYSTEM)
        {"block": standing.unblock, "delete": standing.restore}[act](contact, by=SYSTEM)
        assert kept(contact) == "expired"

    def test_it_follows_the_primary_email(self) -> None:
        contact = make_contact(email="kim@acme.example", mobile_phone="010-1234-5678")
        written(contact, State.SENT, opened_at=None)
        progress.settle([contact.pk])
        for emails, state in [(("new@acme.example",), "expired"), ((), "noemail"), (("kim@acme.example",), "expired")]:
            contact.refresh_from_db()
            edit_contact(contact, replace(Draft.of(contact), emails=emails), version=contact.version, by=SYSTEM)
            assert kept(contact) == state

    def test_it_follows_a_merge(self) -> None:
        survivor, other = make_contact("A", email=None, mobile_phone="010-1234-5678"), make_contact("B")
        written(other, State.FAILED)
        progress.settle([other.pk])
        merge_contacts(survivor, [other], {}, versions={survivor.pk: 1, other.pk: 1}, by=SYSTEM)
        assert kept(survivor) == "failed"

    @pytest.mark.django_db(transaction=True)
    def test_letter_and_column_are_one_commit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        contact, letter = invited()
        claim = claims.take()
        assert claim is not None
        claim.hand_over(claim.letters[0], None, "<1@x>")
        monkeypatch.setattr(progress, "change", _killed)
        with pytest.raises(RuntimeError):
            claim.settle(claim.letters[0], Outcome(Fate.REFUSED, "550 no"))
        letter.refresh_from_db()
        assert (letter.state, kept(contact)) == (State.HANDOFF, "sent")

    def test_letters_about_somebody_else_are_not_followed(self, django_assert_num_queries: Callable[..., Any]) -> None:
        letter = written(make_contact(), State.QUEUED)
        OutgoingEmail.objects.update(notice="password_reset")
        letter.refresh_from_db()
        with django_assert_num_queries(4):  # the transaction's two, the letter, the log
            actions.cancel(letter, by=SYSTEM)


class TestRows:
    def test_a_row_is_looked_at_again_while_something_is_about_to_happen(self, as_agent: Client) -> None:
        soon, later, failed = (make_contact(name) for name in ("Soon", "Later", "Failed"))
        written(soon, State.SENT, expires_at=timezone.now() + timedelta(minutes=10))
        written(later, State.SENT, expires_at=timezone.now() + timedelta(days=1))
        written(failed, State.FAILED)
        content = as_agent.get(URL).content.decode()
        waits = content.partition('<div id="refresher">')[2]
        assert re.findall(r'name="contact" value="(\d+)"', waits.partition("</form>")[0]) == [str(soon.pk)]

    def test_the_moment_stands_with_what_went_wrong(self, as_agent: Client) -> None:
        contact = make_contact()
        letter = written(contact, State.FAILED)
        OutgoingEmail.objects.update(finished_at=letter.created_at.replace(year=2025, month=3, day=4))
        content = as_agent.get(URL).content.decode()
        assert "failed 2025-03-0" in content
        assert re.search(r'title="2025-03-0\d \d\d:\d\d"', content)


class TestRepair:
    def test_what_parted_meets_again(self) -> None:
        people = one_of_each()
        Contact.objects.update(activation="unknown")
        for _ in range(200):
            progress.look_around()
            if people["never"].pk == min(one.pk for one in people.values()) and kept_all(people):
                break
        assert kept_all(people)

    def test_the_migration_says_what_is_true(self) -> None:
        people = one_of_each()
        revoked, waiting, skipped, used = (make_contact() for _ in range(4))
        written(revoked, State.SENT, revoked_at=timezone.now())
        written(waiting, State.QUEUED)
        written(skipped, State.SKIPPED)
        written(used, State.SENT, used_at=timezone.now(), expires_at=timezone.now() - timedelta(days=1))
        two = make_contact()
        written(two, State.SENT, expires_at=timezone.now() - timedelta(days=1))
        written(two, State.FAILED)
        Contact.objects.update(activation="never", activation_due=None)
        import_module("contacts.migrations.0005_activation").fill(apps, None)
        assert kept_all(
            {**people, "expired2": revoked, "sent2": waiting, "never2": skipped, "sent3": used, "failed2": two}
        )

    def test_revoking_by_itself_is_seen_when_asked(self) -> None:
        contact = make_contact()
        written(contact, State.SENT, opened_at=None)
        progress.settle([contact.pk])
        links.revoke(CONTACT, [contact.pk])
        assert progress.settle([contact.pk]) == 1
        assert kept(contact) == "expired"


def kept_all(people: dict[str, Contact]) -> bool:
    for contact in people.values():
        contact.refresh_from_db()
    return all(contact.activation == state.rstrip("23") for state, contact in people.items())


def _killed(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("killed")
