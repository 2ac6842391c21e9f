from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import context, delivery
from helpdesk.outbox.models import MailChannel, NoticeSwitch, OutgoingEmail, State
from tests.letters import GREETING, delivered, posted

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/"


def test_only_admins_see_the_outbox(as_agent: Client, as_supervisor: Client, as_customer: Client) -> None:
    row = posted()
    for address in (LIST, f"{LIST}{row.pk}/", f"{LIST}{row.pk}/body/", "/admin/email-notifications/"):
        assert [c.get(address).status_code for c in (as_agent, as_supervisor, as_customer)] == [403] * 3
        assert Client().get(address).status_code == 302
    assert as_agent.post(f"{LIST}{row.pk}/again/").status_code == 403


def test_lists_letters_newest_first_by_pages(as_admin: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(31):
        posted(to_email=f"p{number:02}@acme.example")
    with django_assert_max_num_queries(6):
        first = as_admin.get(LIST)
    assert re.search(rb'</table>\s*<nav class="pager"', first.content)
    assert b"p30@acme.example" in first.content and b"p00@acme.example" not in first.content
    second = as_admin.get(LIST, {"cursor": first.context["page"].next})
    assert [row.to_email for row in second.context["page"].rows] == ["p00@acme.example"]


def test_filters_by_state_and_searches_by_address(as_admin: Client) -> None:
    delivered(State.FAILED, to_email="kim@acme.example")
    posted(to_email="kim@other.example")
    found = {
        name: [row.to_email for row in as_admin.get(LIST, {"state": state, "q": q}).context["page"].rows]
        for name, state, q in (
            ("failed", "failed", ""),
            ("waiting", "waiting", ""),
            ("q", "", "OTHER"),
            ("odd", "x", "%_"),
        )
    }
    assert found == {
        "failed": ["kim@acme.example"],
        "waiting": ["kim@other.example"],
        "q": ["kim@other.example"],
        "odd": [],
    }


def test_a_search_without_hits_is_not_taken_for_an_empty_outbox(as_admin: Client) -> None:
    assert "Every email the helpdesk writes" in as_admin.get(LIST).text
    posted()
    for query in ({"q": "nobody"}, {"state": "failed"}):
        page = as_admin.get(LIST, query).text
        assert "No letter matches." in page and "Every email the helpdesk writes" not in page


@pytest.mark.parametrize("query", ["cursor=garbage", "cursor=WyJhIiw%3D", "state=%F0%9F%98%80", "q=" + "x" * 3000])
def test_forged_queries_are_no_error(as_admin: Client, query: str) -> None:
    assert as_admin.get(f"{LIST}?{query}").status_code == 200


def test_shows_a_letter_with_the_servers_words(as_admin: Client) -> None:
    row = posted(text="Hello <b>you</b>", subject="<script>")
    OutgoingEmail.objects.update(state=State.FAILED, server_reply="550 <No> such user", finished_at=Now(), attempts=1)
    page = as_admin.get(f"{LIST}{row.pk}/")
    assert (
        "550 &lt;No&gt; such user" in page.text
        and "&lt;b&gt;you" in page.text
        and "<script>" not in page.text.split("<main")[1]
    )
    assert "Send again" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert as_admin.get(f"{LIST}{10**30}/").status_code == 404


def test_the_letters_html_stands_in_a_frame_where_nothing_runs(as_admin: Client) -> None:
    row = posted(html="<script>alert(1)</script><p>Hi</p>")
    answer = as_admin.get(f"{LIST}{row.pk}/body/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_where_the_secret_link_stood_there_is_none(as_admin: Client) -> None:
    row = posted()
    for address in ("", "body/"):
        page = as_admin.get(f"{LIST}{row.pk}/{address}").text
        assert "link.invalid" not in page
        assert "[[until]]" not in page
    assert "Open [link] until […]" in as_admin.get(f"{LIST}{row.pk}/").text
    assert "<a >this</a>" in as_admin.get(f"{LIST}{row.pk}/body/").text


def test_send_again_makes_one_new_row_and_an_audit_entry(as_admin: Client, mailoutbox: list[Any]) -> None:
    row, _token = delivered(State.UNKNOWN, to_email="kim@acme.example")
    for _click in range(2):
        assert as_admin.post(f"{LIST}{row.pk}/again/").status_code == 302
    (copy,) = row.resends.all()
    assert (copy.cause, copy.state, copy.text, copy.attempts) == (f"resend:{row.pk}:1", State.QUEUED, row.text, 0)
    assert AuditEntry.objects.filter(action="letter.resend", target_id=row.pk).count() == 1
    delivery.deliver_due()
    assert [message.to for message in mailoutbox] == [['"김민준" <kim@acme.example>']]
    as_admin.post(f"{LIST}{row.pk}/again/")
    assert row.resends.count() == 1  # with the like of its link no second one within a minute
    OutgoingEmail.objects.update(created_at=Now() - timedelta(seconds=61))
    as_admin.post(f"{LIST}{row.pk}/again/")
    assert row.resends.count() == 2


@pytest.mark.parametrize(("state", "is_called_for"), [(State.SENT, False), (State.FAILED, True), (State.UNKNOWN, True)])
def test_sending_again_is_called_for_only_where_it_may_not_have_arrived(
    as_admin: Client, state: State, is_called_for: bool
) -> None:
    row = posted()
    OutgoingEmail.objects.update(state=state, finished_at=Now(), attempts=1)
    form = as_admin.get(f"{LIST}{row.pk}/").text.split(f'action="{LIST}{row.pk}/again/"')[1].split("</form>")[0]
    assert "Send again" in form
    assert ("btn-primary" in form) == is_called_for


def test_a_letter_on_its_way_is_not_sent_again(as_admin: Client) -> None:
    row = posted()
    assert "Send again" not in as_admin.get(f"{LIST}{row.pk}/").text
    as_admin.post(f"{LIST}{row.pk}/again/")
    assert OutgoingEmail.objects.count() == 1


def test_a_queued_letter_can_be_kept_from_going(as_admin: Client, mailoutbox: list[Any]) -> None:
    row = posted()
    as_admin.post(f"{LIST}{row.pk}/cancel/")
    row.refresh_from_db()
    delivery.deliver_due()
    assert (row.state, mailoutbox) == (State.CANCELLED, [])
    assert AuditEntry.objects.filter(action="letter.cancel").count() == 1
    sent, _token = delivered()
    assert "too late" in as_admin.post(f"{LIST}{sent.pk}/cancel/", follow=True).text
    assert AuditEntry.objects.filter(action="letter.cancel").count() == 1


def test_the_demo_shows_the_message_as_it_arrived_with_its_live_link(
    as_admin: Client, tmp_path: Path, settings: Any
) -> None:
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "helpdesk.outbox.eml.EmlBackend", tmp_path
    row = posted()
    delivery.deliver_due()
    page = as_admin.get(f"{LIST}{row.pk}/").text
    assert f'<a href="{settings.BASE_URL}/portal/activate/' in page
    settings.PLAYS_MAIL_SERVER = False
    assert "/portal/activate/" not in as_admin.get(f"{LIST}{row.pk}/").text


def test_says_when_no_mail_server_is_set_to_admins_only(as_admin: Client, as_agent: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.NoMailServer"
    assert "No mail server is set" in as_admin.get(LIST).text
    assert "No mail server is set" not in as_agent.get("/contacts/").text


def test_says_when_sending_is_paused(as_admin: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HAS_MAIL_SERVER, settings.PLAYS_MAIL_SERVER = True, False
    monkeypatch.setattr(context, "_seen", (0.0, None))
    MailChannel.objects.create(pk=1, failures=5, paused_at=Now(), last_error="535 Bad credentials")
    page = as_admin.get(LIST).text
    assert "paused since" in page and "535 Bad credentials" in page
    monkeypatch.setattr(context, "_seen", (0.0, None))


def test_switches_a_notice_with_a_trace(as_admin: Client) -> None:
    page = as_admin.get("/admin/email-notifications/?tab=requester")
    assert "Greeting" in page.text and "User activation email" in page.text
    as_admin.post(f"/admin/email-notifications/{GREETING.code}/", {"on": "0"})
    assert not NoticeSwitch.objects.get(notice=GREETING.code).is_on
    entry = AuditEntry.objects.get(action="notice.switch")
    assert (entry.target_name, entry.changes) == ("Greeting", {"is_on": [True, False]})
    as_admin.post(f"/admin/email-notifications/{GREETING.code}/", {"on": "0"})
    assert AuditEntry.objects.filter(action="notice.switch").count() == 1
    as_admin.post(f"/admin/email-notifications/{GREETING.code}/", {"on": "1"})
    assert NoticeSwitch.objects.get(notice=GREETING.code).is_on


def test_only_switchable_notices_can_be_switched(as_admin: Client, as_supervisor: Client) -> None:
    assert as_admin.post("/admin/email-notifications/nobody.knows/", {"on": "1"}).status_code == 404
    assert as_admin.post("/admin/email-notifications/password_reset/", {"on": "0"}).status_code == 404
    assert as_admin.get("/admin/email-notifications/?tab=x").status_code == 404
    assert as_supervisor.post(f"/admin/email-notifications/{GREETING.code}/", {"on": "0"}).status_code == 403
    assert "Greeting" not in as_admin.get("/admin/email-notifications/?tab=agent").text
