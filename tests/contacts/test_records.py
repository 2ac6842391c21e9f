"""Creating and editing contacts."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps

from contacts.actions.addresses import Taken, TooManyAddresses
from contacts.actions.records import Draft, EditConflict, ExternalIdTaken, Unreachable, create_contact, edit_contact
from contacts.actions.standing import delete
from contacts.models import Contact
from contacts.notices import CONTACT, PRIMARY_CHANGED, USER_ACTIVATION
from contacts.searching import matches
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import links
from helpdesk.outbox.models import NoticeSwitch, OutgoingEmail
from helpdesk.outbox.posting import is_on
from helpdesk.users.actors import Actor, person, system
from helpdesk.users.addresses import AddressError
from helpdesk.users.models import User
from tests.factories import make_agent, make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def bora() -> Actor:
    return person(make_agent(name="Bora Kim"))


def last_entry(contact: Contact) -> AuditEntry:
    return AuditEntry.objects.filter(target_kind=CONTACT, target_id=contact.pk).order_by("-pk")[:1].get()


def test_creates_a_contact_with_its_addresses_the_first_as_primary(bora: Actor) -> None:
    contact = create_contact(Draft(name="김민준", emails=("Kim@Acme.Example", "kim2@acme.example")), by=bora)
    assert list(contact.addresses.values_list("key", "email", "is_primary")) == [
        ("kim@acme.example", "Kim@Acme.Example", True),
        ("kim2@acme.example", "kim2@acme.example", False),
    ]


def test_a_new_contact_is_sorted_and_found_by_its_fields(bora: Actor) -> None:
    contact = create_contact(
        Draft(name="Kim  Min", mobile_phone="010-1234-5678", emails=("kim@acme.example",)), by=bora
    )
    assert contact.name_key == "kim min"
    assert contact.mobile_phone_key == "821012345678"
    assert " 01012345678" in contact.search_text
    assert "kim@acme.example" in contact.search_text


@pytest.mark.parametrize(
    ("draft", "name"),
    [
        (Draft(emails=("min.jun@acme.example",)), "min.jun"),
        (Draft(mobile_phone="010-1234-5678"), "010-1234-5678"),
        (Draft(external_id="C-7"), "C-7"),
    ],
)
def test_without_a_name_it_is_called_by_what_it_is_known_by(bora: Actor, draft: Draft, name: str) -> None:
    assert create_contact(draft, by=bora).name == name


def test_refuses_a_contact_nobody_could_reach(bora: Actor) -> None:
    with pytest.raises(Unreachable):
        create_contact(Draft(name="Nobody"), by=bora)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("typed", ["mi\u212ae@acme.example", "no at sign", "a@b@c.example", "kim\x00@acme.example"])
def test_refuses_what_is_no_address(bora: Actor, typed: str) -> None:
    with pytest.raises(AddressError):
        create_contact(Draft(name="Kim", emails=(typed,)), by=bora)
    assert not Contact.objects.exists()


def test_a_full_width_address_is_the_same_address(bora: Actor) -> None:
    owner = make_contact(email="kim@acme.example")
    with pytest.raises(Taken) as taken:
        create_contact(Draft(name="Kim", emails=("ＫＩＭ＠acme.example",)), by=bora)
    assert taken.value.owner == owner


def test_a_deleted_contact_and_an_agent_keep_their_addresses(bora: Actor) -> None:
    gone, agent = make_contact(email="gone@acme.example"), make_agent(email="agent@helpdesk.example")
    delete(gone, by=bora)
    for email, owner in (("gone@acme.example", gone), ("agent@helpdesk.example", agent)):
        with pytest.raises(Taken) as taken:
            create_contact(Draft(name="Kim", emails=(email,)), by=bora)
        assert taken.value.owner == owner


def test_takes_ten_addresses_and_no_more(bora: Actor) -> None:
    emails = tuple(f"kim{number}@acme.example" for number in range(11))
    with pytest.raises(TooManyAddresses):
        create_contact(Draft(name="Kim", emails=emails), by=bora)
    assert create_contact(Draft(name="Kim", emails=emails[:10]), by=bora).addresses.count() == 10


def test_the_same_address_twice_is_one(bora: Actor) -> None:
    contact = create_contact(Draft(name="Kim", emails=("kim@acme.example", "KIM@acme.example")), by=bora)
    assert contact.addresses.count() == 1


def test_an_external_id_belongs_to_one_contact(bora: Actor) -> None:
    owner = create_contact(Draft(name="Kim", external_id="C-7"), by=bora)
    with pytest.raises(ExternalIdTaken) as taken:
        create_contact(Draft(name="Lee", external_id="C-7"), by=bora)
    assert taken.value.owner == owner


def test_the_domain_of_its_email_leads_a_new_contact_to_its_company(bora: Actor) -> None:
    acme = make_company("Acme", domains=("acme.com",))
    other = make_company("Other")
    assert create_contact(Draft(name="A", emails=("a@gmail.com", "a@ACME.com")), by=bora).company == acme
    assert create_contact(Draft(name="B", emails=("b@acme.com",), company=other), by=bora).company == other
    for stranger in ("c@notacme.com", "d@acme.com.evil.kr", "e@mail.acme.com"):
        assert create_contact(Draft(name="C", emails=(stranger,)), by=bora).company is None


def test_a_deleted_company_gets_no_new_contacts(bora: Actor) -> None:
    company = make_company("Acme", domains=("acme.com",))
    type(company).objects.update(deleted_at="2026-01-01T00:00Z")
    assert create_contact(Draft(name="A", emails=("a@acme.com",)), by=bora).company is None


@pytest.mark.parametrize(
    ("switch", "asked", "letters"), [(True, None, 1), (False, None, 0), (True, False, 0), (False, True, 1)]
)
def test_invites_as_the_switch_says_unless_asked_otherwise(
    bora: Actor, switch: bool, asked: bool | None, letters: int
) -> None:
    NoticeSwitch.objects.create(notice=USER_ACTIVATION.code, is_on=switch)
    assert is_on(USER_ACTIVATION) is switch
    contact = create_contact(Draft(name="Kim", emails=("kim@acme.example",)), by=bora, send_activation=asked)
    assert OutgoingEmail.objects.about(CONTACT, contact.pk).count() == letters


def test_creating_is_recorded_with_what_was_given(bora: Actor) -> None:
    contact = create_contact(Draft(name="Kim", emails=("kim@acme.example",)), by=bora, send_activation=False)
    entry = last_entry(contact)
    assert (entry.action, entry.actor_name) == ("contact.create", "Bora Kim")
    assert entry.changes == {"name": [None, "Kim"], "emails": [None, ["kim@acme.example"]]}


def test_an_edit_is_recorded_with_before_and_after(bora: Actor) -> None:
    contact = make_contact("Kim", email="kim@acme.example")
    edit_contact(contact, replace(Draft.of(contact), name="Lee", department="Sales"), version=1, by=bora)
    entry = last_entry(contact)
    assert entry.action == "contact.edit"
    assert entry.changes == {"name": ["Kim", "Lee"], "department": ["", "Sales"]}


def test_an_edit_that_changes_nothing_leaves_no_trace(bora: Actor) -> None:
    contact = make_contact("Kim")
    edit_contact(contact, Draft.of(contact), version=1, by=bora)
    contact.refresh_from_db()
    assert contact.version == 1
    assert not AuditEntry.objects.exists()


def test_the_second_editor_is_told_and_overwrites_nothing(bora: Actor) -> None:
    contact = make_contact("Kim")
    mine, theirs = replace(Draft.of(contact), name="Mine"), replace(Draft.of(contact), name="Theirs")
    edit_contact(contact, theirs, version=1, by=bora)
    with pytest.raises(EditConflict):
        edit_contact(contact, mine, version=1, by=bora)
    contact.refresh_from_db()
    assert (contact.name, contact.version) == ("Theirs", 2)
    assert edit_contact(contact, mine, version=2, by=bora).name == "Mine"


def test_adds_removes_and_promotes_in_one_edit(bora: Actor) -> None:
    contact = make_contact(email="a@acme.example", emails=("b@acme.example", "c@acme.example"))
    edit_contact(
        contact,
        replace(Draft.of(contact), emails=("c@acme.example", "a@acme.example", "d@acme.example")),
        version=1,
        by=bora,
    )
    assert list(contact.addresses.values_list("key", "is_primary")) == [
        ("c@acme.example", True), ("a@acme.example", False), ("d@acme.example", False),
    ]  # fmt: skip


def test_a_kept_address_stays_confirmed(bora: Actor) -> None:
    contact = make_contact(email="a@acme.example", emails=("b@acme.example",))
    contact.addresses.update(confirmed_at="2026-01-01T00:00Z")
    edit_contact(contact, replace(Draft.of(contact), emails=("b@acme.example", "A@acme.example")), version=1, by=bora)
    assert contact.addresses.exclude(confirmed_at=None).count() == 2
    assert contact.addresses.get(key="a@acme.example").email == "A@acme.example"


def test_another_primary_email_kills_the_links_sent_to_the_old_one(bora: Actor) -> None:
    contact = make_contact(email="a@acme.example", emails=("b@acme.example",))
    token = links.issue_printed("activate", CONTACT, contact.pk, 1)
    edit_contact(contact, replace(Draft.of(contact), name="Kim"), version=1, by=bora)
    assert links.find(token, "activate").is_live
    edit_contact(contact, replace(Draft.of(contact), emails=("b@acme.example", "a@acme.example")), version=2, by=bora)
    assert links.find(token, "activate").state == "revoked"


def test_only_a_verified_contact_is_told_of_another_primary_email(bora: Actor) -> None:
    customer, stranger = make_customer(email="a@acme.example"), make_contact(email="c@acme.example")
    for contact, new in ((customer, "b@acme.example"), (stranger, "d@acme.example")):
        edit_contact(contact, replace(Draft.of(contact), emails=(new,)), version=1, by=bora)
    told = OutgoingEmail.objects.filter(notice=PRIMARY_CHANGED.code).values_list("to_email", flat=True)
    assert set(told) == {"a@acme.example", "b@acme.example"}


def test_a_customers_sign_in_carries_the_new_name_address_and_language(bora: Actor) -> None:
    customer = make_customer("Kim", email="a@acme.example")
    edit_contact(
        customer, replace(Draft.of(customer), name="Lee", emails=("b@acme.example",), language="ko"), version=1, by=bora
    )
    user = User.objects.get(contact=customer)
    assert (user.name, user.email, user.language) == ("Lee", "b@acme.example", "ko")


def test_an_agents_own_name_stays_when_their_contact_is_edited(bora: Actor) -> None:
    agent = make_agent(name="Ada Agent", email="ada@helpdesk.example")
    contact = make_contact("Ada", email="ada@home.example", user=agent)
    edited = replace(Draft.of(contact), name="Ada L.", emails=("ada@helpdesk.example", "ada@home.example"))
    edit_contact(contact, edited, version=1, by=bora)
    agent.refresh_from_db()
    assert (agent.name, agent.email) == ("Ada Agent", "ada@helpdesk.example")
    assert list(contact.addresses.filter(user=agent).values_list("key", flat=True)) == ["ada@helpdesk.example"]
    assert list(contact.addresses.filter(user=None).values_list("key", flat=True)) == ["ada@home.example"]


def test_an_agent_keeps_the_address_their_contact_loses(bora: Actor) -> None:
    agent = make_agent(email="ada@helpdesk.example")
    contact = make_contact("Ada", email="ada@home.example", user=agent)
    agent.addresses.update(contact=contact, is_primary=False)
    edit_contact(contact, replace(Draft.of(contact), emails=("ada@home.example",)), version=1, by=bora)
    assert [(row.key, row.contact_id) for row in agent.addresses.all()] == [("ada@helpdesk.example", None)]


def test_further_companies_come_and_go_beside_the_default_one(bora: Actor) -> None:
    one, two, three = make_company("One"), make_company("Two"), make_company("Three")
    contact = create_contact(Draft(name="K", external_id="1", company=one, other_companies=(one, two)), by=bora)
    assert Draft.of(contact).other_companies == (two,)
    edit_contact(contact, replace(Draft.of(contact), company=two, other_companies=(two, three)), version=1, by=bora)
    assert Draft.of(contact).other_companies == (three,)
    assert last_entry(contact).changes == {"company": ["One", "Two"], "other_companies": [["Two"], ["Three"]]}


def test_the_system_may_create_as_well() -> None:
    contact = create_contact(Draft(emails=("kim@acme.example",)), by=system("command"))
    assert last_entry(contact).actor_kind == "system"


def test_external_ids_of_before_are_cleaned_unless_they_would_become_somebody_elses() -> None:
    ids = ("C-1\u200b", "Ｃ-2", "C-2", "\u200b", "c-1", None, "\u2066C-3\u2069", "Ｃ-3")
    for external_id in ids:
        make_contact(external_id=external_id)
    import_module("contacts.migrations.0011_clean_external_ids").clean(apps, None)
    kept = ["C-1", "Ｃ-2", "C-2", "\u200b", "c-1", None, "C-3", "Ｃ-3"]
    assert list(Contact.objects.order_by("pk").values_list("external_id", flat=True)) == kept
    assert matches(Contact.objects.get(external_id="C-3").search_text, "c-3")
