"""The pages of a merge: find, choose, preview, merge, undo."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.actions import standing
from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.models import Contact, Membership, Merge
from contacts.queries.merges import merged_away
from helpdesk.timeline.models import Note
from helpdesk.users.actors import system
from tests.contacts.test_merging import letter_about
from tests.factories import make_agent, make_company, make_contact, make_customer
from tests.hostile import forms_of

pytestmark = pytest.mark.django_db
SYSTEM = system("command")


def page_of(*contacts: Contact) -> str:
    return f"{reverse('contacts:merge')}?{urlencode([('contact', one.pk) for one in contacts])}"


def filled(client: Client, *contacts: Contact, **changes: Any) -> dict[str, Any]:
    """What the form would send; a browser sends the ticked radio only."""
    text = client.get(page_of(*contacts)).content.decode()
    form = next(form for form in forms_of(text, "/contacts/merge/") if "survivor" in form.fields)
    ticked = dict(re.findall(r'type="radio" name="([\w-]+)" value="(\d+)" checked', text))
    return {**form.fields, "preview": [], "merge": [], **ticked, **changes}


def press_merge(client: Client, *contacts: Contact, **changes: Any) -> Any:
    return client.post(reverse("contacts:merge"), filled(client, *contacts, merge="1", **changes))


def test_merges_and_leads_to_the_survivor(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim", email="kim@acme.example"), make_customer("Kim Min", email="min@acme.example")
    answer = press_merge(as_supervisor, kim, other)
    assert answer["Location"] == other.get_absolute_url()
    assert [row.email for row in other.addresses.all()] == ["min@acme.example", "kim@acme.example"]
    assert "2 contacts are one now." in as_supervisor.get(answer["Location"]).content.decode()


def test_what_was_chosen_counts(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim", job_title="Buyer"), make_contact("Kim Min", job_title="Head")
    changes = {"survivor": other.pk, "choice-name": kim.pk, "choice-job_title": other.pk, "choice-primary": kim.pk}
    press_merge(as_supervisor, kim, other, **changes)
    fresh = Contact.objects.get(pk=other.pk)
    assert (fresh.name, fresh.job_title) == ("Kim", "Head")
    assert fresh.addresses.get(is_primary=True).email == kim_email(kim)


def kim_email(kim: Contact) -> str:
    return Merge.objects.get().snapshot["others"][0]["addresses"][0]["email"]  # type: ignore[index,no-any-return]


def test_only_fields_that_differ_are_asked(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim", department="Sales"), make_contact("Kim", department="Sales", job_title="Head")
    text = as_supervisor.get(page_of(kim, other)).content.decode()
    assert set(re.findall(r'name="choice-(\w+)"', text)) == {"primary", "job_title"}


def test_the_preview_follows_the_choices(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim"), make_contact("Kim Min")
    data = filled(as_supervisor, kim, other, **{"choice-name": other.pk, "preview": "1"})
    whole = as_supervisor.post(reverse("contacts:merge"), data)
    part = as_supervisor.post(
        reverse("contacts:merge"), data, headers={"HX-Request": "true", "HX-Target": "merge-form"}
    )
    for answer in (whole, part):
        assert re.search(r"<strong>Kim Min</strong>", answer.content.decode())
    assert b"<html" in whole.content and b"<html" not in part.content
    assert not Merge.objects.exists()


def test_what_was_not_chosen_by_hand_follows_another_survivor(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim", job_title="Buyer"), make_contact("Kim Min", job_title="Head", department="Law")
    data = filled(as_supervisor, kim, other, **{"choice-department": kim.pk, "survivor": other.pk, "preview": "1"})
    text = as_supervisor.post(reverse("contacts:merge"), data).content.decode()
    ticked = dict(re.findall(r'type="radio" name="choice-(\w+)" value="(\d+)" checked', text))
    assert ticked == {
        "name": str(other.pk),
        "primary": str(other.pk),
        "job_title": str(other.pk),
        "department": str(kim.pk),
    }


def test_the_preview_tells_what_becomes_of_sign_ins(as_supervisor: Client) -> None:
    kim, first, second = make_contact("Kim"), make_customer("First"), make_customer("Second")
    standing.block(second, by=SYSTEM)
    data = filled(as_supervisor, kim, first, second, survivor=kim.pk, preview="1")
    text = as_supervisor.post(reverse("contacts:merge"), data).content.decode()
    assert "takes over the sign-in of “First”" in text
    assert f"The password of “Second” (#{second.pk}) stops working." in text
    assert "is blocked, so the contact is blocked" in text


def test_sent_twice_merges_once(as_supervisor: Client) -> None:
    kim, other = make_contact(), make_contact()
    data = filled(as_supervisor, kim, other, merge="1")
    answers = [as_supervisor.post(reverse("contacts:merge"), data)["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert Merge.objects.count() == 1


def test_an_edit_in_between_is_told_and_nothing_chosen_is_lost(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim"), make_contact("Kim Min")
    data = filled(as_supervisor, kim, other, merge="1", **{"choice-name": other.pk, "survivor": other.pk})
    edit_contact(kim, Draft(name="Kim", department="Law", emails=Draft.of(kim).emails), version=1, by=SYSTEM)
    answer = as_supervisor.post(reverse("contacts:merge"), data)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "edited one of these contacts" in text and "Law" in text
    assert f'name="survivor" value="{other.pk}" checked' in text
    assert f'name="choice-name" value="{other.pk}" checked' in text
    assert f'name="version-{kim.pk}" value="2"' in text


def test_one_that_was_merged_in_between_is_named(as_supervisor: Client) -> None:
    kim, other, third = make_contact("Kim"), make_contact("Other"), make_contact("Third")
    data = filled(as_supervisor, kim, other, merge="1")
    press_merge(as_supervisor, third, other, **{"survivor": third.pk, "choice-name": third.pk})
    answer = as_supervisor.post(reverse("contacts:merge"), data)
    assert answer.status_code == 422
    assert f"“Other #{other.pk}” has been merged into “Third #{third.pk}”." in answer.content.decode()


@pytest.mark.parametrize("ids", [[], ["1"], ["999999999", "999999998"], ["x", "-"], ["-1", "0"], ["9" * 30]])
def test_ids_that_lead_nowhere(ids: list[str], as_supervisor: Client) -> None:
    address = f"{reverse('contacts:merge')}?{urlencode([('contact', text) for text in ids])}"
    assert "cannot be merged" in as_supervisor.get(address).content.decode()
    assert as_supervisor.post(reverse("contacts:merge"), {"contact": ids, "merge": "1"}).status_code == 422


def test_the_same_one_twice_is_alone(as_supervisor: Client) -> None:
    kim = make_contact()
    text = as_supervisor.get(f"{reverse('contacts:merge')}?contact={kim.pk}&contact=0{kim.pk}").content.decode()
    assert "at least two" in text


def test_more_than_ten_are_refused(as_supervisor: Client) -> None:
    people = [make_contact() for _ in range(11)]
    assert "At most 10 contacts" in as_supervisor.get(page_of(*people)).content.decode()


def test_an_agent_is_refused_with_the_reason(as_supervisor: Client) -> None:
    ada = make_contact("Ada", user=make_agent())
    assert "works here as an agent" in as_supervisor.get(page_of(ada, make_contact())).content.decode()


def test_hostile_choices_merge_by_default(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim"), make_contact("Kim Min")
    hostile = {f"choice-{name}": "9" * 30 for name in ("name", "primary", "notes")}
    answer = press_merge(as_supervisor, kim, other, survivor="\x00", **hostile)
    assert answer.status_code == 302


class TestTheOldAddress:
    def test_leads_to_the_survivor_with_a_notice(self, as_supervisor: Client, as_agent: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        answer = as_agent.get(other.get_absolute_url(), follow=True)
        assert answer.redirect_chain == [(kim.get_absolute_url(), 302)]
        assert f"“Kim Min” (#{other.pk}) has been merged into this contact." in answer.content.decode()

    def test_of_a_survivor_who_was_merged_too_leads_to_the_last(self, as_supervisor: Client) -> None:
        first, second, third = make_contact(), make_contact(), make_contact()
        press_merge(as_supervisor, second, third, survivor=second.pk)
        press_merge(as_supervisor, first, second, survivor=first.pk)
        answer = as_supervisor.get(third.get_absolute_url(), follow=True)
        assert answer.redirect_chain == [(first.get_absolute_url(), 302)]

    def test_an_edit_that_was_begun_before_goes_on_at_the_survivor(self, as_supervisor: Client) -> None:
        kim = make_contact("Kim", email="kim@acme.example", external_id="1")
        other = make_contact("Kim Min", email="min@acme.example", external_id="2")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        typed = {
            "name": "Kim Min", "emails-0": "min@acme.example", "emails-1": "new@acme.example", "emails-primary": "0",
            "department": "Law", "external_id": "2", "version": "1",
        }  # fmt: skip
        answer = as_supervisor.post(reverse("contacts:edit", args=[other.pk]), typed)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "“Kim Min” was merged into “Kim” while you were editing." in text
        form = next(form for form in forms_of(text, "") if "department" in form.fields)
        assert form.action == reverse("contacts:edit", args=[kim.pk])
        assert (form.fields["department"], form.fields["name"], form.fields["external_id"]) == (["Law"], ["Kim"], ["1"])
        assert [form.fields[f"emails-{place}"] for place in range(3)] == [
            ["kim@acme.example"],
            ["min@acme.example"],
            ["new@acme.example"],
        ]
        assert not Contact.objects.filter(department="Law").exists()

    def test_of_its_edit_page_leads_there_too(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        assert as_supervisor.get(reverse("contacts:edit", args=[other.pk]))["Location"] == kim.get_absolute_url()

    def test_a_note_that_was_begun_before_is_the_survivors(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        answer = as_supervisor.post(reverse("contacts:add_note", args=[other.pk]), {"text": "Called."}, follow=True)
        assert Note.objects.get().about_id == kim.pk
        for words in ("Called.", "The note was added.", f"“Kim Min” (#{other.pk}) has been merged into this contact."):
            assert words in answer.text

    def test_a_note_that_was_being_edited_goes_on_at_the_survivor(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        as_supervisor.post(reverse("contacts:add_note", args=[other.pk]), {"text": "Called."})
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        edit = reverse("contacts:edit_note", args=[other.pk, Note.objects.get().pk])
        assert as_supervisor.post(edit, {"text": "Called twice.", "version": "1"}).status_code == 302
        assert (Note.objects.get().about_id, Note.objects.get().text) == (kim.pk, "Called twice.")


class TestFindingTheOther:
    def test_looks_for_the_same_name_first(self, as_supervisor: Client) -> None:
        kim, other = make_contact("김민준"), make_contact("김민준", email="mj@acme.example")
        make_contact("이영희")
        text = as_supervisor.get(reverse("contacts:find_other", args=[kim.pk])).content.decode()
        assert re.findall(r'type="checkbox" name="contact" value="(\d+)"', text) == [str(other.pk)]

    def test_finds_by_email(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact(email="rare@acme.example")
        text = as_supervisor.get(reverse("contacts:find_other", args=[kim.pk]), {"q": "rare@"}).content.decode()
        assert f'value="{other.pk}"' in text


class TestUnmerging:
    def test_from_the_profile(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        address = reverse("contacts:unmerge", args=[kim.pk, Merge.objects.get().pk])
        assert address in as_supervisor.get(kim.get_absolute_url()).content.decode()
        answer = as_supervisor.post(address, follow=True)
        assert "These contacts are back:" in answer.content.decode()
        assert as_supervisor.get(other.get_absolute_url()).status_code == 200

    def test_namesakes_are_told_apart(self, as_supervisor: Client) -> None:
        kim = make_contact("Kim")
        others = [make_contact("Kim Min", email=email) for email in ("one@acme.example", "two@acme.example")]
        press_merge(as_supervisor, kim, *others, survivor=kim.pk)
        address = reverse("contacts:unmerge", args=[kim.pk, Merge.objects.get().pk])
        page, done = (
            answer.content.decode() for answer in (as_supervisor.get(address), as_supervisor.post(address, follow=True))
        )
        for one, email in zip(others, ("one@acme.example", "two@acme.example"), strict=True):
            assert f"<li>Kim Min · #{one.pk} · {email}</li>" in page
            assert f">Kim Min · #{one.pk} · {email}</a>" in done

    def test_names_alone_stand_where_no_more_is_known(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        Merge.objects.update(snapshot=None)
        assert merged_away(Merge.objects.get()) == ["Kim Min"]

    def test_twice_says_so(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        address = reverse("contacts:unmerge", args=[kim.pk, Merge.objects.get().pk])
        as_supervisor.post(address)
        assert "undone already" in as_supervisor.post(address, follow=True).content.decode()
        assert "undone already" in as_supervisor.get(address).content.decode()

    def test_what_was_left_is_told(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim", external_id="1"), make_contact("Kim Min", external_id="2")
        press_merge(as_supervisor, kim, other, survivor=kim.pk)
        make_contact(external_id="2")
        address = reverse("contacts:unmerge", args=[kim.pk, Merge.objects.get().pk])
        assert "external ID 2" in as_supervisor.post(address, follow=True).content.decode()


class TestOffers:
    def test_a_taken_address_offers_to_merge_to_those_who_may(self, as_supervisor: Client, as_agent: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Other", email="other@acme.example")
        data = {"name": "Kim", "emails-0": "other@acme.example", "emails-primary": "0", "version": "1"}
        link = f"{reverse('contacts:merge')}?contact={kim.pk}&amp;contact={other.pk}"
        edit = reverse("contacts:edit", args=[kim.pk])
        assert link in as_supervisor.post(edit, data).content.decode()
        assert link not in as_agent.post(edit, data).content.decode()

    def test_agents_see_no_merge_button(self, as_agent: Client, as_supervisor: Client) -> None:
        kim = make_contact()
        for client, is_there in ((as_agent, False), (as_supervisor, True)):
            profile, listing = (client.get(url).content.decode() for url in (kim.get_absolute_url(), "/contacts/"))
            assert (reverse("contacts:find_other", args=[kim.pk]) in profile) is is_there
            assert ('name="act" value="merge"' in listing) is is_there

    def test_the_button_of_the_list_leads_there_with_those_ticked_and_no_token(self, as_supervisor: Client) -> None:
        kim, other = make_contact("Kim"), make_contact("Kim Min")
        text = as_supervisor.get("/contacts/").content.decode()
        button = next(tag for tag in re.findall(r"<button[^>]*>", text) if 'value="merge"' in tag)
        assert "formmethod" not in button and f'formaction="{reverse("contacts:act")}"' in button
        sent = {"csrfmiddlewaretoken": "t" * 64, "next": "/contacts/", "contact": [kim.pk, other.pk], "act": "merge"}
        answer = as_supervisor.post(reverse("contacts:act"), sent)
        assert (answer.status_code, answer["Location"]) == (302, page_of(kim, other))


def test_companies_and_further_ones_show_in_the_preview(as_supervisor: Client) -> None:
    kim, other = make_contact(company=make_company("Acme One")), make_contact(company=make_company("Globex Two"))
    Membership.objects.create(contact=other, company=make_company("Initech Three"))
    text = as_supervisor.get(page_of(kim, other)).content.decode()
    preview = text[text.index('id="merge-preview"') :]
    assert all(name in preview for name in ("Acme One", "Globex Two", "Initech Three"))


def test_the_preview_and_the_choices_mark_deleted_companies(as_supervisor: Client) -> None:
    gone = make_company("Acme One", deleted_at=timezone.now())
    kim, other = make_contact(company=gone), make_contact(company=make_company("Globex Two"))
    Membership.objects.create(contact=other, company=make_company("Initech Three", deleted_at=timezone.now()))
    text = as_supervisor.get(page_of(kim, other)).content.decode()
    choices, preview = text.split('id="merge-preview"')
    deleted = re.compile(r">Deleted</span>")
    assert (len(deleted.findall(choices)), len(deleted.findall(preview))) == (1, 2)


def test_phones_read_as_on_the_profile(as_supervisor: Client) -> None:
    kim, other = make_contact(mobile_phone="010 9819 9234"), make_contact(mobile_phone="01098190000")
    choices, preview = as_supervisor.get(page_of(kim, other)).content.decode().split('id="merge-preview"')
    assert all(f'<span class="merge-value">{phone}</span>' in choices for phone in ("010-9819-9234", "010-9819-0000"))
    assert "010-9819-9234" in preview


def test_the_preview_counts_letters_as_letters(as_supervisor: Client) -> None:
    kim, other = make_contact("Kim"), make_contact("Kim Min")
    letter_about(other, "one")
    text = as_supervisor.get(page_of(kim, other)).content.decode()
    assert "Letters: 1" in text and "Emails: 1" not in text
