"""One email address for another: the verb, and the page that says beforehand what it means."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.addresses import Taken, TooManyAddresses
from contacts.actions.replacing import replace_email
from contacts.models import Contact
from contacts.notices import CONTACT, PRIMARY_CHANGED, USER_ACTIVATION
from contacts.queries.replacing import consequences_of
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import delivery, links
from helpdesk.outbox.models import NoticeSwitch, OutgoingEmail, SecretLink, State
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor, system
from tests.factories import PASSWORD, make_agent, make_contact, make_customer

pytestmark = pytest.mark.django_db
SYSTEM = system("command")
NEW = "new@acme.example"


def swapped(contact: Contact, email: str = NEW, *, keeps_old: bool = True, invites: bool = False, **given: Any) -> Any:
    version = given.pop("version", contact.version)
    by: Actor = given.pop("by", SYSTEM)
    return replace_email(contact, email, keeps_old=keeps_old, send_activation=invites, version=version, by=by)


def addresses(contact: Contact) -> list[tuple[str, bool]]:
    return list(contact.addresses.values_list("email", "is_primary"))


def letters(contact: Contact, notice: str) -> list[str]:
    return list(
        OutgoingEmail.objects.about(CONTACT, contact.pk).filter(notice=notice).values_list("to_email", flat=True)
    )


# --- The verb -------------------------------------------------------------------------------------------------------


def test_the_old_address_stays_as_a_secondary_one() -> None:
    kim = make_contact(email="kim@acme.example", emails=("kim2@acme.example",))
    swapped(kim)
    assert addresses(kim) == [(NEW, True), ("kim@acme.example", False), ("kim2@acme.example", False)]


def test_the_old_address_is_anybodys_once_let_go() -> None:
    kim = make_contact(email="kim@acme.example", emails=("kim2@acme.example",))
    swapped(kim, keeps_old=False)
    assert addresses(kim) == [(NEW, True), ("kim2@acme.example", False)]
    make_contact(email="kim@acme.example")


def test_a_secondary_address_takes_its_place_and_stays_confirmed() -> None:
    kim = make_contact(email="kim@acme.example", emails=(NEW,))
    kim.addresses.filter(email=NEW).update(confirmed_at=kim.created_at)
    swapped(kim)
    assert addresses(kim) == [(NEW, True), ("kim@acme.example", False)]
    assert kim.addresses.get(email=NEW).confirmed_at == kim.created_at


def test_a_verified_contact_signs_in_with_the_new_address_and_the_password_of_before(client: Client) -> None:
    swapped(make_customer(email="kim@acme.example"), keeps_old=False)
    for email, status in ((NEW, 302), ("kim@acme.example", 200)):
        answer = Client().post(reverse("portal:login"), {"email": email, "password": PASSWORD})
        assert answer.status_code == status, email


def test_both_addresses_of_a_verified_contact_are_told() -> None:
    kim = make_customer(email="kim@acme.example")
    swapped(kim)
    assert sorted(letters(kim, PRIMARY_CHANGED.code)) == ["kim@acme.example", NEW]


def test_nobody_is_told_of_an_unverified_one() -> None:
    kim = make_contact(email="kim@acme.example")
    swapped(kim)
    assert letters(kim, PRIMARY_CHANGED.code) == []


def test_the_link_sent_to_the_old_address_dies() -> None:
    kim = make_contact(email="kim@acme.example")
    links.issue_printed("activate", CONTACT, kim.pk, hours=24)
    swapped(kim)
    assert not SecretLink.objects.live().of(CONTACT, kim.pk).exists()


def test_a_letter_that_waits_for_the_old_address_is_not_sent() -> None:
    kim = make_contact(email="kim@acme.example")
    send_activations([kim.pk], by=SYSTEM)
    swapped(kim, invites=True)
    delivery.deliver_due()
    states = dict(OutgoingEmail.objects.about(CONTACT, kim.pk).values_list("to_email", "state"))
    assert states == {"kim@acme.example": State.SKIPPED, NEW: State.SENT}


def test_the_record_says_what_was_and_what_is() -> None:
    kim = make_contact(email="kim@acme.example")
    swapped(kim, keeps_old=False)
    entry = AuditEntry.objects.get(target_kind=CONTACT, target_id=kim.pk)
    assert (entry.action, entry.changes) == ("contact.edit", {"emails": [["kim@acme.example"], [NEW]]})


def test_everything_else_stays() -> None:
    kim = make_contact("Kim", email="kim@acme.example", job_title="Buyer", notes="Likes tea.", external_id="C-7")
    swapped(kim)
    fresh = Contact.objects.get(pk=kim.pk)
    assert (fresh.name, fresh.job_title, fresh.notes, fresh.external_id) == ("Kim", "Buyer", "Likes tea.", "C-7")
    assert NEW in fresh.search_text


def test_refuses_a_taken_address_and_changes_nothing() -> None:
    kim, owner = make_contact(email="kim@acme.example"), make_contact(email=NEW)
    with pytest.raises(Taken) as taken:
        swapped(kim)
    assert (taken.value.owner, addresses(kim)) == (owner, [("kim@acme.example", True)])


def test_keeps_the_old_one_only_where_there_is_room() -> None:
    kim = make_contact(email="kim@acme.example", emails=tuple(f"kim{n}@acme.example" for n in range(9)))
    with pytest.raises(TooManyAddresses):
        swapped(kim)
    swapped(kim, keeps_old=False)
    assert kim.addresses.count() == 10


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_refuses_what_was_changed_meanwhile(change: str) -> None:
    kim = make_contact(email="kim@acme.example")
    if change == "deleted":
        standing.delete(kim, by=SYSTEM)
    with pytest.raises(EditConflict):
        swapped(kim, version=kim.version - (change == "edited"))
    assert addresses(kim) == [("kim@acme.example", True)]


def test_an_agent_who_is_a_contact_keeps_the_address_to_sign_in_with() -> None:
    agent = make_agent(email="ada@helpdesk.example")
    ada = make_contact("Ada", email=None, user=agent)
    agent.addresses.update(contact=ada)
    swapped(ada, keeps_old=False)
    assert [str(address) for address in agent.addresses.all()] == ["ada@helpdesk.example"]
    agent.refresh_from_db()
    assert agent.email == "ada@helpdesk.example"


# --- What it means --------------------------------------------------------------------------------------------------


def test_counts_what_dies_with_the_old_address() -> None:
    kim = make_contact(email="kim@acme.example")
    assert (consequences_of(kim).links, consequences_of(kim).waiting, consequences_of(kim).was_invited) == (0, 0, False)
    links.issue_printed("activate", CONTACT, kim.pk, hours=24)
    send_activations([kim.pk], by=SYSTEM)
    assert (consequences_of(kim).links, consequences_of(kim).waiting, consequences_of(kim).was_invited) == (1, 1, True)


# --- The page -------------------------------------------------------------------------------------------------------


def page_of(contact: Contact) -> str:
    return reverse("contacts:replace_email", args=[contact.pk])


def send(client: Client, contact: Contact, **typed: Any) -> Any:
    given = {"email": NEW, "version": contact.version, "keeps_old": "on", **typed}
    return client.post(page_of(contact), {name: value for name, value in given.items() if value != ""})


def told(client: Client, contact: Contact) -> str:
    return client.get(contact.get_absolute_url()).content.decode()


def test_replaces_and_leads_back_to_the_profile(as_agent: Client) -> None:
    kim = make_customer(email="kim@acme.example")
    answer = send(as_agent, kim)
    assert answer["Location"] == kim.get_absolute_url()
    assert f"The primary email is now {NEW}." in told(as_agent, kim)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (make_customer, "signs in to the portal with the new address at once"),
        (make_contact, "cannot sign in yet"),
    ],
)
def test_says_what_it_means_for_this_contact(as_agent: Client, make: Any, sentence: str) -> None:
    assert sentence in as_agent.get(page_of(make())).content.decode()


def test_an_activation_email_goes_to_the_new_address_if_wanted(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    send(as_agent, kim, send_activation="on")
    assert letters(kim, USER_ACTIVATION.code) == [NEW]
    assert "An activation email is on its way." in told(as_agent, kim)


def test_the_tick_is_preset_by_the_switch_and_by_an_earlier_letter(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    NoticeSwitch.objects.create(notice=USER_ACTIVATION.code, is_on=False)
    assert as_agent.get(page_of(kim)).context["form"]["send_activation"].initial is False
    send_activations([kim.pk], by=SYSTEM)
    assert as_agent.get(page_of(kim)).context["form"]["send_activation"].initial is True


@pytest.mark.parametrize("state", ["verified", "blocked"])
def test_no_activation_email_is_offered_or_sent_where_none_can_be(as_agent: Client, state: str) -> None:
    kim = make_customer(email="kim@acme.example") if state == "verified" else make_contact(email="kim@acme.example")
    if state == "blocked":
        standing.block(kim, by=SYSTEM)
    assert "send_activation" not in as_agent.get(page_of(kim)).context["form"].fields
    send(as_agent, kim, send_activation="on")
    assert letters(kim, USER_ACTIVATION.code) == []


def test_a_taken_address_names_its_owner_and_offers_to_merge(as_supervisor: Client) -> None:
    kim, owner = make_contact(email="kim@acme.example"), make_contact("Olaf Owner", email=NEW)
    answer = send(as_supervisor, kim)
    text = answer.content.decode()
    assert (answer.status_code, "Olaf Owner" in text) == (422, True)
    assert f"?contact={kim.pk}&amp;contact={owner.pk}" in text


def test_agents_are_not_offered_to_merge(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    make_contact("Olaf Owner", email=NEW)
    text = send(as_agent, kim).content.decode()
    assert "Olaf Owner" in text
    assert reverse("contacts:merge") not in text


def test_a_deleted_owner_can_be_restored(as_supervisor: Client) -> None:
    kim, owner = make_contact(email="kim@acme.example"), make_contact("Olaf Owner", email=NEW)
    standing.delete(owner, by=SYSTEM)
    text = send(as_supervisor, kim).content.decode()
    assert reverse("contacts:restore", args=[owner.pk]) in text


@pytest.mark.parametrize("typed", ["kim@ACME.example", "no at sign", "mi\u212ae@acme.example", "a" * 2000])
def test_says_what_is_wrong_with_the_address(as_agent: Client, typed: str) -> None:
    kim = make_contact(email="kim@acme.example")
    answer = send(as_agent, kim, email=typed)
    assert (answer.status_code, addresses(kim)) == (422, [("kim@acme.example", True)])
    assert answer.context["form"].errors["email"]


def test_says_where_the_addresses_are_too_many(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example", emails=tuple(f"kim{n}@acme.example" for n in range(9)))
    assert "take the tick off" in as_agent.get(page_of(kim)).content.decode()
    answer = send(as_agent, kim)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["keeps_old"])


def test_the_second_of_two_agents_is_told(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    answer = send(as_agent, kim, version=kim.version + 1)
    assert (answer.status_code, addresses(kim)) == (409, [("kim@acme.example", True)])
    assert "Somebody changed this contact in the meantime." in answer.content.decode()


def test_a_double_click_replaces_once(as_agent: Client) -> None:
    kim = make_customer(email="kim@acme.example")
    for _click in range(2):
        assert send(as_agent, kim).status_code == 302
    assert sorted(letters(kim, PRIMARY_CHANGED.code)) == ["kim@acme.example", NEW]


def test_leads_to_the_form_where_there_is_no_address(as_agent: Client) -> None:
    nobody = make_contact(email=None, mobile_phone="010-1234-5678")
    assert as_agent.get(page_of(nobody))["Location"] == reverse("contacts:edit", args=[nobody.pk])


def test_a_deleted_contact_is_restored_first(as_agent: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    standing.delete(kim, by=SYSTEM)
    assert send(as_agent, kim)["Location"] == kim.get_absolute_url()
    assert addresses(kim) == [("kim@acme.example", True)]
