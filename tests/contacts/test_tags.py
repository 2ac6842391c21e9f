"""Tags: one tag whatever its spelling, on the form, the profile and the list, in the record, gone when unused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from contacts.actions.drafts import Draft
from contacts.actions.records import create_contact, edit_contact
from contacts.actions.tags import add_tags, remove_tags
from contacts.models import Contact, Tag, Tagging
from contacts.queries.tags import FEW, suggested
from contacts.tag_names import LONGEST, merge, split, tag_key
from helpdesk.audit.models import AuditEntry
from helpdesk.users import actors
from tests.contacts.test_lists import names
from tests.factories import make_contact

pytestmark = pytest.mark.django_db
BY = actors.system("command")
URL = "/contacts/"


def tags_of(contact: Contact) -> list[str]:
    return list(Tag.objects.filter(taggings__contact=contact).order_by("key").values_list("name", flat=True))


def form_of(contact: Contact, **typed: str) -> dict[str, str]:
    return {"name": contact.name, "emails-0": "", "external_id": "1", "version": str(contact.version), **typed}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" , ,", ()),
        ("vip", ("vip",)),
        ("VIP, vip ,\u200bvip,ＶＩＰ", ("VIP",)),
        ("b,a", ("a", "b")),
        ("a  b，c、d", ("a b", "c", "d")),
        ("\u1112\u1161\u11ab,한", ("\u1112\u1161\u11ab",)),
    ],
)
def test_a_line_names_each_tag_once(text: str, found: tuple[str, ...]) -> None:
    assert split(text) == found


def test_equal_whatever_case_width_and_spaces() -> None:
    assert tag_key(" Ｎew   Customer\u200b ") == tag_key("new customer")


@pytest.mark.parametrize(
    ("standing", "seen", "wanted", "merged"),
    [
        (["a"], ["a"], ["a", "b"], ("a", "b")),
        (["a", "x"], ["a"], ["b"], ("b", "x")),
        (["x"], ["a"], ["a"], ("x",)),
        (["A"], [], ["a"], ("A",)),
    ],
)
def test_what_others_did_meanwhile_stays(
    standing: list[str], seen: list[str], wanted: list[str], merged: tuple[str, ...]
) -> None:
    assert merge(standing, seen, wanted) == merged


def test_the_record_holds_before_and_after_of_those_who_changed() -> None:
    one, two = make_contact("One"), make_contact("Two")
    add_tags(two, ["VIP"], by=BY)
    assert add_tags([one, two], ["vip", "new"], by=BY) == [one, two]
    assert add_tags([one, two], ["New"], by=BY) == []
    entry = AuditEntry.objects.filter(action="contact.tag", target_id=two.pk).latest("pk")
    assert entry.changes == {"tags": [["VIP"], ["new", "VIP"]]}
    assert remove_tags([one, two], ["vip"], by=BY) == [one, two]
    assert AuditEntry.objects.get(action="contact.untag", target_id=one.pk).changes == {
        "tags": [["new", "VIP"], ["new"]]
    }


def test_a_tag_that_nobody_has_any_more_is_gone() -> None:
    one, two = make_contact(), make_contact()
    add_tags([one, two], ["vip"], by=BY)
    remove_tags(one, ["vip"], by=BY)
    assert Tag.objects.count() == 1
    remove_tags(two, ["VIP"], by=BY)
    assert not Tag.objects.exists()


def test_a_contact_is_made_and_edited_with_tags() -> None:
    contact = create_contact(Draft(name="Kim", external_id="1", tags=("vip",)), by=BY)
    edit_contact(contact, Draft(name="Kim", external_id="1", tags=("gold",)), version=1, by=BY)
    assert tags_of(contact) == ["gold"]
    assert AuditEntry.objects.get(action="contact.edit").changes == {"tags": [["vip"], ["gold"]]}
    assert list(Tag.objects.values_list("name", flat=True)) == ["gold"]


def test_the_form_keeps_what_was_typed_when_it_is_refused(as_agent: Client) -> None:
    contact = make_contact()
    long = "x" * (LONGEST + 1)
    answer = as_agent.post(f"/contacts/{contact.pk}/edit/", form_of(contact, tags=f"vip, {long}"))
    assert answer.status_code == 422
    assert f"vip, {long}" in answer.content.decode()
    assert "is too long" in answer.content.decode()
    assert tags_of(contact) == []


def test_the_form_leaves_alone_what_others_did_to_the_tags(as_agent: Client) -> None:
    contact = make_contact()
    add_tags(contact, ["mine"], by=BY)
    add_tags(contact, ["theirs"], by=BY)  # while the form was open
    answer = as_agent.post(f"/contacts/{contact.pk}/edit/", form_of(contact, tags="mine, own", tags_seen="mine"))
    assert answer.status_code == 302
    assert tags_of(contact) == ["mine", "own", "theirs"]


def test_two_forms_with_other_tags_ask_nobody_about_tags(as_agent: Client) -> None:
    contact = make_contact("Kim")
    as_agent.post(f"/contacts/{contact.pk}/edit/", form_of(contact, tags="theirs", tags_seen=""))
    answer = as_agent.post(f"/contacts/{contact.pk}/edit/", form_of(contact, tags="own", tags_seen=""))
    assert answer.status_code == 409
    again = {**form_of(contact, tags="own, theirs", tags_seen="theirs"), "version": "2"}
    assert 'value="own, theirs"' in answer.content.decode()
    as_agent.post(f"/contacts/{contact.pk}/edit/", again)
    assert tags_of(contact) == ["own", "theirs"]


def test_the_profile_shows_tags_that_lead_to_the_list(as_agent: Client) -> None:
    contact = make_contact()
    add_tags(contact, ['a&b "c"'], by=BY)
    content = as_agent.get(f"/contacts/{contact.pk}/").content.decode()
    assert f'href="/contacts/?tag={quote("a&b ") + quote(chr(34))}c{quote(chr(34))}"' in content


def test_the_list_is_narrowed_to_a_tag_in_any_spelling(as_agent: Client) -> None:
    add_tags([make_contact("Ann"), make_contact("Bea")], ["VIP"], by=BY)
    make_contact("Cid")
    assert names(as_agent, tag=" vip ") == ["Ann", "Bea"]
    assert names(as_agent, tag="vip", q="bea") == ["Bea"]
    assert names(as_agent, tag="none-such") == []
    assert names(as_agent, tag="\x07") == ["Ann", "Bea", "Cid"]


def test_many_with_a_tag_are_paged_like_few(as_agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contacts.queries.tags.FEW", 2)
    people = [make_contact(f"Kim {number:02}") for number in range(40)]
    add_tags(people[::2], ["vip"], by=BY)
    assert names(as_agent, tag="vip") == [f"Kim {number:02}" for number in range(0, 40, 2)]
    assert FEW > 2


@pytest.mark.parametrize("view", ["all", "unverified", "verified", "blocked", "deleted"])
def test_a_page_with_a_tag_costs_at_most_six_queries_and_no_offset(
    as_agent: Client, django_assert_max_num_queries: object, view: str
) -> None:
    add_tags([make_contact(f"Kim {number:02}") for number in range(65)], ["vip"], by=BY)
    with django_assert_max_num_queries(6) as asked:  # type: ignore[operator]
        content = as_agent.get(URL, {"tag": "vip", "view": view}).content.decode()
    assert not any("OFFSET" in query["sql"] for query in asked)
    if view in ("all", "unverified"):
        assert "cursor=" in content


def test_tags_in_use_are_suggested(as_agent: Client) -> None:
    add_tags(make_contact(), ["gold", "old gold"], by=BY)
    Tag.objects.create(name="gone gold", key="gone gold")
    assert suggested("GOLD") == ["gold", "old gold"]
    assert 'value="old gold"' in as_agent.get("/contacts/tag-names/", {"tag": "ol"}).content.decode()


def test_deleting_a_contact_for_good_takes_its_tags_along() -> None:
    contact = make_contact()
    add_tags(contact, ["vip"], by=BY)
    contact.delete()
    assert not Tagging.objects.exists()
