"""The list of contacts: views, filters, sorts, pages, rows, and who may see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from contacts.models import Contact, Membership
from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State
from tests.factories import make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db
URL = "/contacts/"


def names(client: Client, **query: str) -> list[str]:
    """The names on the page, from top to bottom."""
    content = client.get(URL, query).content.decode()
    return re.findall(r'class="row-link" href="/contacts/\d+/">([^<]+)</a>', content)


def make_letter(contact: Contact, state: str, **fields: object) -> OutgoingEmail:
    cause = f"test:{OutgoingEmail.objects.count()}"
    return OutgoingEmail.objects.create(
        notice=USER_ACTIVATION.code, cause=cause, about_kind=CONTACT, about_id=contact.pk, to_email="k@acme.example",
        language="en", subject="s", text="t", html="h", state=state, **{"finished_at": timezone.now(), **fields},
    )  # fmt: skip


@pytest.fixture
def everybody() -> None:
    now = timezone.now()
    make_contact("Una Unverified")
    make_customer("Vera Verified")
    make_contact("Bo Blocked", blocked_at=now)
    make_contact("Dee Deleted", deleted_at=now)
    make_contact("Bea Both", blocked_at=now, deleted_at=now)


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("", ["Bo Blocked", "Una Unverified", "Vera Verified"]),
        ("all", ["Bo Blocked", "Una Unverified", "Vera Verified"]),
        ("unverified", ["Una Unverified"]),
        ("verified", ["Vera Verified"]),
        ("blocked", ["Bo Blocked"]),
        ("deleted", ["Bea Both", "Dee Deleted"]),
        ("nonsense", ["Bo Blocked", "Una Unverified", "Vera Verified"]),
    ],
)
def test_five_views(everybody: None, as_agent: Client, view: str, shown: list[str]) -> None:
    assert names(as_agent, view=view) == shown


def test_a_visitor_signs_in_first_and_comes_back(client: Client) -> None:
    response = client.get(URL + "?view=blocked")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/contacts/%3Fview%3Dblocked")


@pytest.mark.parametrize("address", [URL, "/contacts/rows/", "/contacts/company-names/", "/contacts/of-company/1/"])
def test_no_customer_gets_in(as_customer: Client, address: str) -> None:
    assert as_customer.get(address).status_code == 403


def test_the_view_button_has_its_accessible_name(as_agent: Client) -> None:
    content = as_agent.get(URL + "?view=unverified").content.decode()
    assert 'aria-label="Views: Unverified contacts"' in content


def test_sorts_by_name_newest_and_recently_updated(as_agent: Client) -> None:
    old, new = make_contact("b"), make_contact("a")
    Contact.objects.filter(pk=old.pk).update(updated_at=timezone.now() + timedelta(hours=1))
    Contact.objects.filter(pk=new.pk).update(name="a", name_key="a")
    assert names(as_agent) == ["a", "b"]
    assert names(as_agent, sort="newest") == ["a", "b"]
    assert names(as_agent, sort="updated") == ["b", "a"]
    assert names(as_agent, sort="phone") == ["a", "b"]


def test_thirty_a_page_and_every_contact_once(as_agent: Client) -> None:
    for number in range(65):
        make_contact(f"Kim {number:02}")
    content = as_agent.get(URL).content.decode()
    shown = names(as_agent)
    assert len(shown) == 30
    while found := re.search(r'rel="next" href="([^"]+)"', content):
        content = as_agent.get(URL + found[1].replace("&amp;", "&")).content.decode()
        shown += re.findall(r'class="row-link" href="/contacts/\d+/">([^<]+)</a>', content)
    assert shown == [f"Kim {number:02}" for number in range(65)]


def test_filters_by_company_further_ones_too_and_by_none(as_agent: Client) -> None:
    acme = make_company("Acme")
    make_contact("Default", company=acme)
    further = make_contact("Further", company=make_company("Other"))
    Membership.objects.create(contact=further, company=acme)
    make_contact("Free")
    assert names(as_agent, company=str(acme.pk)) == ["Default", "Further"]
    assert names(as_agent, company="none") == ["Free"]
    assert len(names(as_agent, company="x'; --")) == 3
    assert names(as_agent, company="999999999999999999") == []


@pytest.mark.parametrize(
    "query", ["?cursor=AAAA", "?view=%F0", "?q=%EF%BF%BF", "?sort=-id", "?company=-1", "?q=" + "a" * 3000]
)
def test_a_strange_address_is_a_page(as_agent: Client, query: str) -> None:
    make_contact("Kim")
    assert as_agent.get(URL + query).status_code == 200


@pytest.mark.parametrize("query", ["?q=%00", "?cursor=%00", "?view=%00"])
def test_nul_in_the_address_is_refused(as_agent: Client, query: str) -> None:
    assert as_agent.get(URL + query).status_code == 400


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (State.QUEUED, {}, "being sent"),
        (State.SENT, {}, "sent "),
        (State.FAILED, {}, "failed"),
        (State.UNKNOWN, {}, "unknown whether sent"),
        (State.SKIPPED, {}, "not sent"),
    ],
)
def test_a_row_tells_what_became_of_the_activation_email(
    as_agent: Client, state: str, fields: dict[str, object], words: str
) -> None:
    make_letter(make_contact("Kim"), state, **fields)
    assert f"· {words}" in as_agent.get(URL).content.decode()


def test_a_row_tells_never_sent_no_email_and_an_expired_link(as_agent: Client) -> None:
    make_contact("Never")
    make_contact("Without", email=None, external_id="1")
    expired = make_contact("Expired")
    letter = make_letter(expired, State.SENT)
    SecretLink.objects.create(
        purpose="activate",
        subject_kind=CONTACT,
        subject_id=expired.pk,
        letter=letter,
        token_hash="x",
        expires_at=timezone.now(),
    )
    content = as_agent.get(URL).content.decode()
    for words in ("never sent", "no email", "link expired"):
        assert f"· {words}" in content


def test_a_sent_letter_shows_its_time_today(as_agent: Client) -> None:
    make_letter(make_contact("Kim"), State.SENT)
    assert f"· sent {timezone.localtime():%H:}" in as_agent.get(URL).content.decode()


def test_the_row_action_is_offered_to_whom_it_can_reach(as_agent: Client) -> None:
    make_contact("김민준")
    make_customer("Vera")
    make_contact("Nomail", email=None, external_id="1")
    content = as_agent.get(URL).content.decode()
    assert re.findall(r'aria-label="(Send activation email to [^"]+)"', content) == ["Send activation email to 김민준"]


def test_what_a_cell_may_cut_off_is_its_title(as_agent: Client) -> None:
    firm = make_company("Tidewater Shipping")
    make_contact("Alice Rossi", email="alice.rossi@tidewater.example", company=firm, job_title="Head of Operations")
    content = as_agent.get(URL).content.decode()
    for text in ("Alice Rossi", "Head of Operations", "Tidewater Shipping", "alice.rossi@tidewater.example"):
        assert re.search(rf'title="{re.escape(text)}"[^>]*>{re.escape(text)}<', content), text


def test_phones_are_shown_in_national_form_and_can_be_called(as_agent: Client) -> None:
    make_contact("Kim", mobile_phone="+82 10 1234 5678")
    assert '<a href="tel:+821012345678">010-1234-5678</a>' in as_agent.get(URL).content.decode()


def test_a_phone_without_digits_is_no_link(as_agent: Client) -> None:
    contact = make_contact("Kim", mobile_phone="<대표번호>로 문의", work_phone="call me")
    content = as_agent.get(URL).content.decode() + as_agent.get(f"{URL}{contact.pk}/").content.decode()
    assert "tel:" not in content
    assert content.count("&lt;대표번호&gt;로 문의") == 2


def test_what_a_role_may_not_do_is_absent(as_agent: Client, as_supervisor: Client) -> None:
    make_contact("Kim")
    agents, supervisors = as_agent.get(URL).content.decode(), as_supervisor.get(URL).content.decode()
    for act in ("block", "delete"):
        assert f'name="act" value="{act}"' not in agents
        assert f'name="act" value="{act}"' in supervisors


class TestCompaniesBesideContacts:
    def named(self, client: Client, text: str, **more: str) -> list[str]:
        page = client.get(URL, {"q": text, **more}).text
        return re.findall(r'<a href="/companies/\d+/">([^<]+)</a>(?:, |</p>)', page)

    def test_a_company_without_people_is_found(self, as_agent: Client) -> None:
        make_company("Acme Studio 54")
        assert self.named(as_agent, "acme") == self.named(as_agent, "studio 54") == ["Acme Studio 54"]
        assert self.named(as_agent, "acme kim") == self.named(as_agent, "kim") == []

    def test_a_handful_those_that_begin_so_first(self, as_agent: Client) -> None:
        for name in ("Big Acme", "Acme 1", "Acme 2", "Acme 3", "Acme 4", "Acme 5", "Acme Gone"):
            make_company(name)
        Company.objects.filter(name="Acme Gone").update(deleted_at=timezone.now())
        assert self.named(as_agent, "acme") == [f"Acme {number}" for number in range(1, 6)]

    def test_costs_one_query_and_only_where_a_company_is_called_so(self, as_agent: Client) -> None:
        make_company("Acme")
        asked = {}
        for text in ("acme", "zebra"):
            with CaptureQueriesContext(connection) as queries:
                self.named(as_agent, text)
            asked[text] = len(queries)
        assert asked["acme"] == asked["zebra"] + 1


def test_a_customer_is_led_to_the_portal_not_told_of_roles(as_customer: Client) -> None:
    page = as_customer.get(URL)
    assert page.status_code == 403
    assert "This page is for the helpdesk's agents." in page.text
    assert '<a class="btn btn-primary" href="/">Go to the customer portal</a>' in page.text
    assert "Your role" not in page.text


@pytest.mark.parametrize(
    "query", ["", "?view=unverified", "?view=deleted", "?sort=updated", "?sort=newest&view=verified"]
)
def test_a_page_costs_at_most_six_queries(as_agent: Client, django_assert_max_num_queries: object, query: str) -> None:
    for _number in range(35):
        make_contact(company=make_company())
        make_customer()
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert as_agent.get(URL + query).status_code == 200


def test_a_search_answers_htmx_with_the_results_alone(as_agent: Client) -> None:
    make_contact("Kim")
    headers = {"HX-Request": "true", "HX-Target": "results"}
    content = as_agent.get(URL, {"q": "kim"}, headers=headers).content.decode()
    assert '<div id="results"' in content
    assert "<html" not in content
    assert "Kim" in content


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?q=nobody", "No contact found"),
        ("?view=unverified", "No unverified contacts"),
        ("?view=verified", "No verified contacts yet"),
        ("?view=blocked", "No blocked contacts"),
        ("?view=deleted", "No deleted contacts"),
        ("", "No contacts yet"),
    ],
)
def test_an_empty_list_says_what_it_would_show(as_agent: Client, query: str, words: str) -> None:
    assert words in as_agent.get(URL + query).content.decode()


def test_exports_are_offered_to_those_who_may(as_agent: Client, as_supervisor: Client) -> None:
    assert "Export contacts" in as_supervisor.get(URL).content.decode()
    assert "Export contacts" not in as_agent.get(URL).content.decode()


def test_rows_are_refreshed_while_letters_are_under_way(as_agent: Client) -> None:
    waiting, done = make_contact("Kim"), make_contact("Lee")
    make_letter(waiting, State.QUEUED)
    make_letter(done, State.SENT)
    content = as_agent.get(
        "/contacts/rows/", {"contact": [str(waiting.pk), str(done.pk), "x"], "wait": "2"}
    ).content.decode()
    assert f'id="contact-{waiting.pk}"' in content
    assert "load delay:4s" in content
    assert content.count('type="hidden" name="contact"') == 1
    settled = as_agent.get("/contacts/rows/", {"contact": done.pk}).content.decode()
    assert "hx-trigger" not in settled.partition('id="refresher"')[2]


def test_the_people_of_a_company_are_a_part_of_its_page(as_agent: Client) -> None:
    acme = make_company("Acme")
    make_contact("Kim", company=acme)
    make_contact("Gone", company=acme, deleted_at=timezone.now())
    content = as_agent.get(reverse("contacts:of_company", args=[acme.pk])).content.decode()
    assert "Kim" in content
    assert "Gone" not in content
    assert as_agent.get(reverse("contacts:of_company", args=[10**9])).status_code == 404


def test_company_names_are_suggested_from_what_is_typed(as_agent: Client) -> None:
    make_company("Acme Foods")
    make_company("Big Acme")
    make_company("Other")
    content = as_agent.get("/contacts/company-names/", {"company": "ACME"}).content.decode()
    assert re.findall(r'value="([^"]+)"', content) == ["Acme Foods", "Big Acme"]
    assert as_agent.get("/contacts/company-names/").content.strip() == b""


def test_the_list_speaks_the_readers_language(as_agent: Client) -> None:
    as_agent.user.language = "ko"  # type: ignore[attr-defined]
    as_agent.user.save()  # type: ignore[attr-defined]
    assert as_agent.get(URL)["Content-Language"] == "ko"


def test_a_row_escapes_whatever_was_typed(as_agent: Client) -> None:
    hostile = "<i>\"'&{name}</i>"
    company = make_company(f"Co {hostile}")
    make_contact(hostile, company=company, job_title=hostile, mobile_phone=f"<b>{hostile}")
    content = as_agent.get(URL).content.decode()
    assert "<i>" not in content
    assert "<b>" not in content
    escaped = "&lt;i&gt;&quot;&#x27;&amp;{name}&lt;/i&gt;"
    assert f'aria-label="Select {escaped}"' in content
    assert content.count(escaped) >= 6


def test_an_unverified_row_offers_the_button_to_those_who_may(as_agent: Client) -> None:
    contact = make_contact("Una Unverified", email="una@acme.example")
    content = as_agent.get(URL, {"view": "unverified"}).content.decode()
    assert f'id="invite-{contact.pk}"' in content
    assert 'aria-label="Send activation email to Una Unverified"' in content
