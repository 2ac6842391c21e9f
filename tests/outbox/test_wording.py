"""Letters in an admin's words: what may be typed, what is made of it, who is told when two type at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from contacts.actions.activation import send_activations
from contacts.models import Contact
from contacts.notices import ALL as CONTACT_NOTICES
from contacts.notices import PASSWORD_SET, USER_ACTIVATION
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import actions, delivery, own_words
from helpdesk.outbox.models import LINK_PLACEHOLDER, NoticeWording, OutgoingEmail, SecretLink
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.own_words import Words
from helpdesk.outbox.placeholders import check_body, check_subject
from helpdesk.outbox.posting import post
from helpdesk.outbox.writing import default_words, write
from helpdesk.team.notices import ALL as TEAM_NOTICES
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users import actors
from tests import factories
from tests.letters import GREETING, letter

pytestmark = pytest.mark.django_db
PAGE = "/admin/email-notifications/user_activation/ko/"
BODY = "{name} 고객님, 반갑습니다.\n\n비밀번호 만들기: {link}\n\n{until}까지, {email}\n문의: {support}"
SYSTEM = actors.system("command")


def worded(subject: str = "[{helpdesk}] {name}", body: str = BODY, *, version: int = 0, language: str = "ko") -> None:
    actions.word_notice(USER_ACTIVATION, language, Words(subject, body), version=version, by=SYSTEM)


def written(name: str = "김민준", language: str = "ko", **context: Any) -> Any:
    values = {"name": name, "email": "kim@acme.example", "sign_in_url": "https://x.example/", **context}
    return write("contacts/activation", values, language=language, time_zone="Asia/Seoul")


@pytest.mark.parametrize("notice", [*CONTACT_NOTICES, *TEAM_NOTICES], ids=lambda notice: notice.code)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_default_wording_could_have_been_typed(notice: Notice, language: str) -> None:
    words = default_words(notice, language)
    check_subject(words.subject, notice.placeholders)
    check_body(words.body, notice.placeholders)
    assert words.subject.startswith("[{helpdesk}] ") and "{name}" in words.body and "-- " not in words.body


def test_the_default_wording_saved_as_it_is_writes_the_same_words(settings: Any) -> None:
    for language in ("en", "ko"):
        words, before = default_words(USER_ACTIVATION, language), written(language=language)
        values = {"name": "김민준", "email": "kim@acme.example"}
        after = write("contacts/activation", values, language=language, time_zone="Asia/Seoul", words=words)
        assert (after.subject, after.text) == (before.subject, before.text)


def test_an_admins_words_are_written_with_the_link_as_a_button(settings: Any) -> None:
    settings.SUPPORT_EMAIL, settings.SUPPORT_PHONE = "help@acme.example", "02-123-4567"
    worded()
    letter = written()
    assert letter.subject == "[Helpdesk] 김민준"
    assert letter.text.startswith(
        f"김민준 고객님, 반갑습니다.\n\n비밀번호 만들기: {LINK_PLACEHOLDER}\n\n[[until]]까지, kim@acme.example\n"
    )
    assert "문의: help@acme.example, 02-123-4567" in letter.html
    assert f'<a class="button" href="{LINK_PLACEHOLDER}"' in letter.html and ">비밀번호 만들기</a>" in letter.html
    assert "[[until]]까지, kim@acme.example<br>" in letter.html


def test_other_languages_keep_their_words() -> None:
    worded()
    assert written(language="en").subject == "[Helpdesk] Set your password"


@pytest.mark.parametrize(
    "name",
    [
        "Kim\r\nBcc: all@acme.example",
        "<script>alert(1)</script>",
        "{link}",
        LINK_PLACEHOLDER,
        "[[until]]",
        "a\u2028b\x1b",
        "\u202eevil",
    ],
)
@pytest.mark.parametrize("is_worded", [True, False])
def test_a_name_is_never_more_than_a_name(name: str, is_worded: bool) -> None:
    if is_worded:
        worded()
    letter, plain = written(name), written("PLAIN")
    assert "\n" not in letter.subject and "\r" not in letter.subject and LINK_PLACEHOLDER not in letter.subject
    assert letter.text.count("\n") == plain.text.count("\n") and letter.html.count("\n") == plain.html.count("\n")
    assert letter.html.count("<") == plain.html.count("<")
    for part in ("text", "html"):
        assert getattr(letter, part).count(LINK_PLACEHOLDER) == getattr(plain, part).count(LINK_PLACEHOLDER)
        assert getattr(letter, part).count("[[until]]") == getattr(plain, part).count("[[until]]")


def test_html_that_an_admin_types_is_shown_not_obeyed() -> None:
    worded(body="<b>Hi</b> & <a href='https://evil.example'>x</a>\n\nOpen: {link}")
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; &lt;a" in written().html and "<b>" not in written().html


def test_without_a_name_the_greeting_still_reads() -> None:
    worded()
    assert written(name="").text.startswith("고객 고객님") or written(name="").text.startswith("there 고객님")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("Hello", "{link}"),
        ("Open: {link} {nmae}", "{nmae}"),
        ("Open: {link}\n{ name }", "{ name }"),
        ("Open: {link}\n{{name}}\n{__class__}", "{__class__}"),
        ("Press {link} now", "{link}"),
        ("{link}", "{link}"),
        ("Open: {link}\nOr: {link}", "{link}"),
        ("Open {link}: {link}", "{link}"),
        (": {link}", "{link}"),
        ("Open: {link}\n{sign_in}", "{sign_in}"),
    ],
)
def test_unknown_missing_and_misplaced_placeholders_are_refused_by_name(body: str, named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_body(body, USER_ACTIVATION.placeholders)
    assert named in refused.value.message


@pytest.mark.parametrize("subject", ["{link}", "until {until}", "{what}"])
def test_no_link_in_a_subject(subject: str) -> None:
    with pytest.raises(ValidationError):
        check_subject(subject, USER_ACTIVATION.placeholders)


def test_the_page_saves_and_the_next_letter_has_the_words(as_admin: Client, mailoutbox: list[Any]) -> None:
    contact = factories.make_contact("김민준", email="kim@acme.example", language="ko")
    assert (
        as_admin.post(PAGE, {"subject": "어서 오세요\n, {name}", "body": BODY.replace("\n", "\r\n")}).status_code == 302
    )
    send_activations(Contact.objects.filter(pk=contact.pk), by=SYSTEM)
    delivery.deliver_due()
    (message,) = mailoutbox
    assert message.subject == "어서 오세요 , 김민준"
    assert "김민준 고객님, 반갑습니다." in message.body and "/portal/activate/" in message.body
    assert OutgoingEmail.objects.get().link_purpose == SecretLink.Purpose.ACTIVATE


def test_before_and_after_stand_in_the_log(as_admin: Client) -> None:
    came_with = default_words(USER_ACTIVATION, "ko")
    as_admin.post(PAGE, {"subject": "어서 오세요", "body": BODY})
    as_admin.post(PAGE, {"subject": "어서 오세요", "body": BODY, "version": "1"})
    entry = AuditEntry.objects.get(action="notice.wording")
    assert entry.changes == {
        "letter_subject": [came_with.subject, "어서 오세요"],
        "letter_body": [came_with.body, BODY],
    }


def test_the_second_of_two_is_told_and_loses_nothing(as_admin: Client) -> None:
    worded("Theirs", BODY)
    answer = as_admin.post(PAGE, {"subject": "Mine", "body": BODY, "version": "0"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text and 'value="Mine"' in answer.text and 'name="version" value="1"' in answer.text
    assert NoticeWording.objects.get().subject == "Theirs"
    assert as_admin.post(PAGE, {"subject": "Mine", "body": BODY, "version": "1"}).status_code == 302
    assert NoticeWording.objects.get().subject == "Mine"


def test_words_reset_and_written_anew_meanwhile_are_not_overwritten() -> None:
    worded("First", BODY)
    actions.unword_notice(USER_ACTIVATION, "ko", version=1, by=SYSTEM)
    worded("Second", BODY, version=2)
    with pytest.raises(EditConflict):
        worded("Stale", BODY, version=1)


def test_back_to_the_default_wording(as_admin: Client) -> None:
    default = written().subject
    worded("Ours", BODY)
    assert "Back to the default wording" in as_admin.get(PAGE).text
    assert written().subject == "Ours"
    assert as_admin.post(f"{PAGE}default/", {"version": "1"}).status_code == 302
    assert written().subject == default
    assert "Back to the default wording" not in as_admin.get(PAGE).text
    assert AuditEntry.objects.filter(action="notice.wording").count() == 2


def test_a_refused_wording_keeps_what_was_typed(as_admin: Client) -> None:
    answer = as_admin.post(PAGE, {"subject": "Hello {nmae}", "body": "No way in"})
    assert answer.status_code == 422
    assert "{nmae}" in answer.text and "{link}" in answer.text and "No way in" in answer.text
    assert not NoticeWording.objects.exists()


def test_the_preview_shows_a_real_contact_what_is_typed_and_no_link(as_admin: Client) -> None:
    factories.make_contact("김민준", email="kim@acme.example")
    factories.make_contact("Newest <i>", email="newest@acme.example")
    typed = {"subject": "Hi {name}", "body": BODY}
    newest = as_admin.post(f"{PAGE}preview/", typed)
    assert "Hi Newest &lt;i&gt;" in newest.text and LINK_PLACEHOLDER not in newest.text
    assert 'href="#"' in newest.text and "[link]" in newest.text and "[[until]]" not in newest.text
    assert newest.headers["Content-Security-Policy"].endswith("sandbox")
    chosen = as_admin.post(f"{PAGE}preview/", {**typed, "sample": "김민준"})
    assert "kim@acme.example" in chosen.text
    assert "Nobody was found" in as_admin.post(f"{PAGE}preview/", {**typed, "sample": "no such"}).text
    refused = as_admin.post(f"{PAGE}preview/", {"subject": "x", "body": "<b>"})
    assert refused.status_code == 422 and "{link}" in refused.text
    assert not NoticeWording.objects.exists() and not SecretLink.objects.exists()


@pytest.mark.parametrize("notice", [*CONTACT_NOTICES, *TEAM_NOTICES], ids=lambda notice: notice.code)
def test_every_letter_can_be_looked_at(as_admin: Client, notice: Notice) -> None:
    factories.make_contact("김민준", email="kim@acme.example")
    for language in ("en", "ko"):
        address = f"/admin/email-notifications/{notice.code}/{language}/"
        assert as_admin.get(address).status_code == 200
        shown = as_admin.get(f"{address}preview/").text
        assert LINK_PLACEHOLDER not in shown and "{" not in shown.split("</style>")[1]


def test_a_test_goes_to_the_admin_once_and_carries_no_link(as_admin: Client, mailoutbox: list[Any]) -> None:
    contact = factories.make_contact("김민준", email="kim@acme.example")
    typed = {"subject": "Try {name}", "body": BODY, "form_id": "x" * 20}
    for _click in range(2):
        answer = as_admin.post(f"{PAGE}test/", typed)
        assert answer.status_code == 200 and 'value="Try {name}"' in answer.text
    delivery.deliver_due()
    (message,) = mailoutbox
    admin = as_admin.user  # type: ignore[attr-defined]
    assert admin.email in message.to[0] and message.subject == "Try 김민준"
    assert "비밀번호 만들기: [link]" in message.body
    assert not SecretLink.objects.exists() and not NoticeWording.objects.exists()
    assert not OutgoingEmail.objects.about("contacts.contact", contact.pk).exists()
    assert AuditEntry.objects.filter(action="notice.test").count() == 1


def test_letters_with_a_switch_obey_it_and_others_have_none(as_admin: Client) -> None:
    as_admin.post(f"/admin/email-notifications/{PASSWORD_SET.code}/", {"on": "0"})
    assert post(PASSWORD_SET, [letter()], by=SYSTEM) == 0
    as_admin.post(f"/admin/email-notifications/{PASSWORD_SET.code}/", {"on": "1"})
    assert post(PASSWORD_SET, [letter()], by=SYSTEM) == 1
    actions.switch_notice(USER_ACTIVATION, on=False, by=SYSTEM)
    assert post(USER_ACTIVATION, [letter()], by=SYSTEM) == 1  # the button still sends it
    page = as_admin.get("/admin/email-notifications/?tab=agent").text
    assert "Always on" in page and "Without it nobody could join the team." in page
    assert 'action="/admin/email-notifications/team_invitation/"' not in page
    assert as_admin.post("/admin/email-notifications/team_invitation/", {"on": "0"}).status_code == 404


def test_notices_without_a_template_have_no_words_to_change(as_admin: Client) -> None:
    assert as_admin.get(f"/admin/email-notifications/{GREETING.code}/en/").status_code == 404
    assert "Greeting" in as_admin.get("/admin/email-notifications/").text


def test_the_words_are_asked_for_once_for_many_letters(django_assert_num_queries: Any) -> None:
    worded()
    own_words.MEMORY.forget()
    with django_assert_num_queries(1):
        for _letter in range(10):
            written()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_savers_at_once_one_is_told() -> None:
    barrier, outcomes = threading.Barrier(2), []

    def save(subject: str) -> None:
        barrier.wait()
        try:
            worded(subject)
            outcomes.append("saved")
        except EditConflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert AuditEntry.objects.filter(action="notice.wording").count() == 1
