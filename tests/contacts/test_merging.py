"""Several contacts become one."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.merge_plans import ALL, default_survivor, plan_of
from contacts.actions.merging import merge_contacts
from contacts.actions.passwords import send_password_reset
from contacts.actions.records import edit_contact
from contacts.actions.signins import Refused
from contacts.actions.tags import add_tags
from contacts.models import VIEWS, Address, Contact, Membership, Merge
from contacts.notices import CONTACT
from contacts.queries.listing import Listing
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import links
from helpdesk.outbox.delivery import deliver_batch
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor, person
from helpdesk.users.models import User
from tests.factories import make_agent, make_company, make_contact, make_customer, make_supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture
def sora() -> Actor:
    return person(make_supervisor(name="Sora"))


def merge(survivor: Contact, *others: Contact, by: Actor, **choices: int) -> Merge:
    versions = {one.pk: one.version for one in (survivor, *others)}
    return merge_contacts(survivor, others, choices, versions=versions, by=by)


def emails_of(contact: Contact) -> list[str]:
    return [row.email for row in contact.addresses.all()]


def letter_about(contact: Contact, cause: str, **fields: object) -> OutgoingEmail:
    values = {"notice": "password_set", "to_email": "x@acme.example", "language": "en", "subject": "s", "text": "t"}
    about = {"about_kind": CONTACT, "about_id": contact.pk}
    return OutgoingEmail.objects.create(**{**values, "html": "h", **about, "cause": cause, **fields})


class TestWhatMoves:
    def test_addresses_with_the_survivors_as_the_primary(self, sora: Actor) -> None:
        kim = make_contact("Kim", email="kim@acme.example", emails=("kim2@acme.example",))
        other = make_contact("Kim M", email="m.kim@acme.example")
        Address.objects.filter(key="m.kim@acme.example").update(confirmed_at=timezone.now())
        merge(kim, other, by=sora)
        assert emails_of(kim) == ["kim@acme.example", "kim2@acme.example", "m.kim@acme.example"]
        assert Address.objects.get(key="m.kim@acme.example").confirmed_at
        assert emails_of(other) == []

    def test_another_primary_when_chosen(self, sora: Actor) -> None:
        kim, other = make_contact(email="kim@acme.example"), make_contact(email="m.kim@acme.example")
        merge(kim, other, by=sora, primary=other.pk)
        assert emails_of(kim) == ["m.kim@acme.example", "kim@acme.example"]

    def test_the_chosen_values_and_empty_ones_lose_by_default(self, sora: Actor) -> None:
        kim = make_contact("Kim", job_title="Buyer", external_id="K-1")
        other = make_contact(
            "Kim Min", job_title="Head", department="Sales", mobile_phone="010-1234-5678", external_id="K-2"
        )
        merge(kim, other, by=sora, job_title=other.pk, external_id=other.pk)
        kim.refresh_from_db()
        assert (kim.name, kim.job_title, kim.department, kim.external_id) == ("Kim", "Head", "Sales", "K-2")
        assert kim.mobile_phone_key and "01012345678" in kim.search_text

    def test_notes_are_joined_unless_one_is_chosen(self, sora: Actor) -> None:
        kim, other = make_contact(notes="Likes tea."), make_contact(notes="Calls on Mondays.")
        assert plan_of([kim, other], kim.pk, {}).choices["notes"] == ALL
        merge(kim, other, by=sora)
        kim.refresh_from_db()
        assert kim.notes == "Likes tea.\n\nCalls on Mondays."

    def test_the_only_notes_there_are_count(self) -> None:
        kim, other = make_contact(), make_contact(notes="Calls on Mondays.")
        assert plan_of([kim, other], kim.pk, {}).choices["notes"] == other.pk

    def test_companies_and_tags(self, sora: Actor) -> None:
        acme, globex, initech = make_company("Acme"), make_company("Globex"), make_company("Initech")
        kim, other = make_contact(company=acme), make_contact(company=globex)
        Membership.objects.create(contact=other, company=initech)
        add_tags(kim, ["VIP"], by=sora)
        add_tags(other, ["vip", "Seoul"], by=sora)
        merge(kim, other, by=sora)
        after = Draft.of(Contact.objects.get(pk=kim.pk))
        assert after.company == acme
        assert set(after.other_companies) == {globex, initech}
        assert after.tags == ("Seoul", "VIP")

    def test_letters_and_notes(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        letter, note = letter_about(other, "one", state="sent"), add_note(other, "Called.", by=sora)
        merge(kim, other, by=sora)
        assert OutgoingEmail.objects.get(pk=letter.pk).about_id == kim.pk
        assert Note.objects.get(pk=note.pk).about_id == kim.pk

    def test_a_note_that_was_still_being_written(self, sora: Actor) -> None:
        kim, lee, other = make_contact(), make_contact(), make_contact()
        merge(lee, other, by=sora)
        lee.refresh_from_db()
        merge(kim, lee, by=sora)
        for gone in (lee, other):
            assert add_note(gone, "Called.", by=sora).about_id == kim.pk
        assert set(AuditEntry.objects.filter(action="note.add").values_list("target_id", flat=True)) == {kim.pk}

    def test_whoever_had_been_merged_before_leads_to_the_new_survivor(self, sora: Actor) -> None:
        first, second, third = make_contact(), make_contact(), make_contact()
        merge(second, third, by=sora)
        second.refresh_from_db()
        merge(first, second, by=sora)
        assert Contact.objects.get(pk=third.pk).merged_into == first


class TestSignIn:
    def test_the_only_sign_in_becomes_the_survivors(self, sora: Actor) -> None:
        kim, customer = make_contact(), make_customer()
        user, moment = customer.user, customer.verified_at
        merge(kim, customer, by=sora)
        kim.refresh_from_db()
        customer.refresh_from_db()
        assert (kim.user, kim.verified_at, kim.verified_how) == (user, moment, "link")
        assert (customer.user, customer.verified_at) == (None, None)
        assert User.objects.get(pk=user.pk).is_active  # type: ignore[union-attr]

    def test_of_two_the_survivors_stays_and_the_other_is_closed(self, sora: Actor) -> None:
        kim, other = make_customer(), make_customer()
        merge(kim, other, by=sora)
        assert User.objects.get(contact=kim).is_active
        assert not User.objects.get(contact=other).is_active

    def test_everybody_is_signed_out(self, sora: Actor) -> None:
        people = [make_customer(), make_customer()]
        browsers = [Client() for _ in people]
        for browser, contact in zip(browsers, people, strict=True):
            browser.force_login(contact.user, backend="helpdesk.signin.AddressBackend")  # type: ignore[arg-type]
        merge(*people, by=sora)
        assert [browser.get(reverse("portal:profile")).status_code for browser in browsers] == [302, 302]

    def test_live_links_of_the_merged_die(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        theirs, own = (links.issue_printed("activate", CONTACT, one.pk, 1) for one in (other, kim))
        merge(kim, other, by=sora)
        assert links.find(theirs, "activate").state == "revoked"
        assert links.find(own, "activate").is_live

    def test_an_invitation_dies_with_the_sign_in_that_came(self, sora: Actor) -> None:
        kim, customer = make_contact(), make_customer()
        own = links.issue_printed("activate", CONTACT, kim.pk, 1)
        merge(kim, customer, by=sora)
        assert not links.find(own, "activate").is_live

    def test_a_customer_whose_primary_changes_is_told_at_both(self, sora: Actor) -> None:
        kim, customer = make_contact(email="kim@acme.example"), make_customer(email="old@acme.example")
        merge(kim, customer, by=sora)
        told = OutgoingEmail.objects.filter(notice="primary_email_changed").values_list("to_email", flat=True)
        assert sorted(told) == ["kim@acme.example", "old@acme.example"]

    def test_whoever_merges_with_a_blocked_one_is_blocked(self, sora: Actor) -> None:
        kim, other = make_customer(), make_contact()
        standing.block(other, by=sora)
        merge(kim, other, by=sora)
        kim.refresh_from_db()
        assert kim.blocked_at
        assert not User.objects.get(contact=kim).is_active


class TestLettersThatWait:
    def test_an_invitation_of_somebody_merged_away_is_not_sent(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        send_activations([other.pk], by=sora)
        merge(kim, other, by=sora)
        deliver_batch()
        letter = OutgoingEmail.objects.get()
        assert (letter.state, letter.about_id) == ("skipped", kim.pk)
        assert "merged" in letter.reason


class TestWhoIsGone:
    def test_is_in_no_view_and_not_found(self, sora: Actor) -> None:
        kim, other = make_contact("Kim"), make_contact("Duplicate")
        merge(kim, other, by=sora)
        for view in VIEWS:
            shown = Listing(view=view).shown(Contact.objects.visible_to(by_user(sora)))
            assert other not in shown
        assert Listing(text="Duplicate").page(Contact.objects.visible_to(by_user(sora)))[0].rows == []

    def test_is_found_under_the_survivor_by_email(self, sora: Actor) -> None:
        kim, other = make_contact("Kim"), make_contact(email="rare@acme.example")
        merge(kim, other, by=sora)
        page, _search = Listing(text="rare@acme").page(Contact.objects.visible_to(by_user(sora)))
        assert [row.id for row in page.rows] == [kim.pk]

    def test_shows_no_address_that_may_be_somebody_elses_one_day(self, sora: Actor) -> None:
        kim, other, closed = make_customer(), make_contact(), make_customer()
        merge(kim, other, closed, by=sora)
        assert no_address_is_shown(other, closed)

    def test_showed_them_where_they_were_merged_away_before(self, sora: Actor) -> None:
        kim, other, closed = make_customer(email="kim@acme.example"), make_contact(), make_customer()
        merge(kim, other, closed, by=sora)
        Contact.objects.filter(pk__in=[other.pk, closed.pk]).update(search_text=" x@acme.example")
        User.objects.filter(contact=closed).update(email="x@acme.example")
        import_module("contacts.migrations.0012_merged_away_unfound").blank(apps, None)
        assert no_address_is_shown(other, closed)
        assert User.objects.get(contact=kim).email == "kim@acme.example"
        assert "kim@acme.example" in Contact.objects.get(pk=kim.pk).search_text

    def test_keeps_no_external_id_to_itself(self, sora: Actor) -> None:
        kim, other = make_contact(external_id="1"), make_contact(external_id="2")
        merge(kim, other, by=sora)
        make_contact(external_id="2")

    @pytest.mark.parametrize("verb", [standing.block, standing.delete, standing.restore])
    def test_cannot_be_blocked_deleted_or_restored(self, verb: object, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        merge(kim, other, by=sora)
        assert verb(other, by=sora) == []  # type: ignore[operator]

    def test_cannot_be_edited_invited_or_reset(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        merge(kim, other, by=sora)
        other.refresh_from_db()
        with pytest.raises(EditConflict):
            edit_contact(other, Draft(name="X", work_phone="1"), version=other.version, by=sora)
        assert send_activations([other.pk], by=sora).sent == []
        with pytest.raises(Refused):
            send_password_reset(other, by=sora)
        assert add_tags(other, ["vip"], by=sora) == []


class TestRefusals:
    def test_with_itself(self, sora: Actor) -> None:
        kim = make_contact()
        with pytest.raises(Refused, match="itself"):
            merge(kim, kim, by=sora)

    def test_one_that_comes_twice(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        with pytest.raises(Refused, match="itself"):
            merge(kim, other, other, by=sora)

    def test_alone(self, sora: Actor) -> None:
        with pytest.raises(Refused, match="two"):
            merge(make_contact(), by=sora)

    def test_more_than_ten(self, sora: Actor) -> None:
        people = [make_contact(email=None, work_phone=f"02-{number}") for number in range(11)]
        with pytest.raises(Refused, match="10"):
            merge(*people, by=sora)

    def test_an_agent(self, sora: Actor) -> None:
        agent = make_contact("Ada", user=make_agent())
        for pair in ((agent, make_contact()), (make_contact(), agent)):
            with pytest.raises(Refused, match="agent"):
                merge(*pair, by=sora)

    def test_a_deleted_one(self, sora: Actor) -> None:
        other = make_contact("Gone")
        standing.delete(other, by=sora)
        with pytest.raises(Refused, match="Restore"):
            merge(make_contact(), other, by=sora)

    def test_one_that_was_merged_meanwhile(self, sora: Actor) -> None:
        kim, other = make_contact(), make_contact()
        merge(kim, other, by=sora)
        other.refresh_from_db()
        with pytest.raises(Refused, match="merged"):
            merge(make_contact(), other, by=sora)

    def test_more_addresses_than_a_contact_can_have(self, sora: Actor) -> None:
        full = make_contact(emails=tuple(f"kim{number}@acme.example" for number in range(9)))
        other = make_contact()
        with pytest.raises(Refused, match="11 email addresses"):
            merge(full, other, by=sora)
        assert Contact.objects.get(pk=other.pk).addresses.count() == 1

    def test_one_that_is_gone_for_good(self, sora: Actor) -> None:
        other = make_contact()
        versions = {other.pk: 1}
        gone = Contact(pk=999_999_999, name="Nobody")
        with pytest.raises(Refused, match="not found"):
            merge_contacts(other, [gone], {}, versions=versions, by=sora)

    def test_when_nothing_would_be_left_to_reach_it_by(self, sora: Actor) -> None:
        kim = make_contact(email=None, work_phone="02-1")
        other = make_contact(email=None, mobile_phone="010-1")
        with pytest.raises(Refused, match="reach"):
            merge(kim, other, by=sora, work_phone=other.pk, mobile_phone=kim.pk)

    @pytest.mark.parametrize("edited", [0, 1])
    def test_one_that_was_edited_since(self, edited: int, sora: Actor) -> None:
        people = [make_contact(), make_contact()]
        chosen = people[edited]
        edit_contact(chosen, Draft(name="New", emails=tuple(emails_of(chosen))), version=1, by=sora)
        with pytest.raises(EditConflict):
            merge(*people, by=sora)
        assert not Contact.objects.filter(merged_into__isnull=False).exists()


def test_choices_of_nobody_count_for_nothing(sora: Actor) -> None:
    kim, other = make_contact("Kim"), make_contact("Other")
    merge(kim, other, by=sora, name=999_999_999, nonsense=other.pk, primary=-1)
    kim.refresh_from_db()
    assert kim.name == "Kim"


def test_the_preview_is_what_happens(sora: Actor) -> None:
    kim = make_contact("Kim", company=make_company(), work_phone="02-123-4567")
    other = make_customer("Kim M", company=make_company(), notes="n", external_id="7")
    plan = plan_of([other, kim], kim.pk, {"name": other.pk})
    merge(kim, other, by=sora, name=other.pk)
    fresh = Contact.objects.get(pk=kim.pk)
    assert Draft.of(fresh) == plan.after
    assert fresh.user == plan.keeper.user  # type: ignore[union-attr]


def test_the_verified_one_survives_by_default_else_the_oldest() -> None:
    young, old = make_contact(), make_contact(created_at=timezone.now() - timedelta(days=9))
    assert default_survivor([young, old]) == old.pk
    customer = make_customer()
    assert default_survivor([young, old, customer]) == customer.pk


def test_the_log_tells_before_and_after_of_both(sora: Actor) -> None:
    kim, other = make_contact("Kim"), make_contact("Other", department="Sales")
    merge(kim, other, by=sora)
    entry = AuditEntry.objects.get(action="contact.merge")
    assert (entry.target_id, entry.changes["merged"]) == (kim.pk, [[], ["Other"]])
    assert entry.changes["department"] == ["", "Sales"]
    assert AuditEntry.objects.get(action="contact.merge_away").target_id == other.pk


def no_address_is_shown(*gone: Contact) -> bool:
    people = Contact.objects.filter(pk__in=[one.pk for one in gone])
    return (
        not people.exclude(search_text="").exists() and not people.exclude(user=None).exclude(user__email="").exists()
    )


def by_user(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user
