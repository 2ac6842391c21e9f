"""A person who has left a trace wherever one can be left, and a search for what is left of them."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from contacts.actions.drafts import Draft
from contacts.actions.forgetting import forget_contact
from contacts.actions.passwords import change_password
from contacts.actions.records import create_contact, edit_contact
from contacts.actions.unmerging import unmerge
from contacts.models import Contact
from contacts.notices import CONTACT
from helpdesk.jobs.models import Job, JobRow
from helpdesk.outbox.delivery import deliver_batch
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.models import LinkRequest
from helpdesk.timeline.actions import add_note
from helpdesk.ui.models import FormReceipt
from helpdesk.users.actors import Actor
from tests.conftest import SignIn
from tests.contacts.test_merging import letter_about, merge
from tests.factories import PASSWORD, make_company, make_contact, make_customer

NAME, FORMER = "백두산하늘", "Zebedee O'Quillan"
WORDS = [
    *(NAME, FORMER, "Quillan Twin", "Quillan Copy"),
    *("zebedee@quillan.example", "old.zebedee@quillan.example", "twin@quillan.example", "copy@quillan.example"),
    *("010-8765-4321", "01087654321", "1087654321", "EXT-QX-4711", "Quillan Lane", "likes walnuts", "prefers mornings"),
]  # fmt: skip


@pytest.fixture
def mail(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MAIL_DIR = tmp_path
    settings.EMAIL_BACKEND = "helpdesk.outbox.eml.EmlBackend"
    return tmp_path


def forget(contact: Contact, by: Actor) -> None:
    forget_contact(contact, version=Contact.objects.get(pk=contact.pk).version, by=by)


def edit(contact: Contact, by: Actor, **fields: Any) -> Contact:
    from dataclasses import replace

    fresh = Contact.objects.get(pk=contact.pk)
    return edit_contact(fresh, replace(Draft.of(fresh), **fields), version=fresh.version, by=by)


def everything_happens(by: Actor, mail: Path, sign_in: SignIn) -> Contact:
    """A person who has left a trace wherever one can be left."""
    zebedee = create_contact(
        Draft(
            name=FORMER, emails=("zebedee@quillan.example", "old.zebedee@quillan.example"), job_title="Keeper",
            mobile_phone="010-8765-4321", external_id="EXT-QX-4711", address="7 Quillan Lane", notes="likes walnuts",
            tags=("vip",), company=make_company("Walnut Works"),
        ),
        by=by,
        send_activation=True,
    )  # fmt: skip
    deliver_batch()
    edit(zebedee, by, name=NAME, emails=("zebedee@quillan.example",))
    change_password(zebedee, PASSWORD, must_change=False, by=by)
    twin = make_contact("Quillan Twin", email="twin@quillan.example")
    unmerge(merge(again(zebedee), twin, by=by), by=by)
    unmerge(merge(again(twin), again(zebedee), by=by), by=by)
    copy = make_customer("Quillan Copy", email="copy@quillan.example")
    merge(again(zebedee), again(twin), copy, by=by)
    add_note(zebedee, "prefers mornings", by=by)
    deliver_batch()
    _walk_the_pages(zebedee, by, sign_in)
    _leave_rows(zebedee)
    return again(zebedee)


def again(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def _walk_the_pages(zebedee: Contact, by: Actor, sign_in: SignIn) -> None:
    portal = Client()
    for password in ("wrong", PASSWORD):
        portal.post(reverse("portal:login"), {"email": "zebedee@quillan.example", "password": password})
    assert portal.session["_auth_user_id"]
    Client().post(reverse("portal:reset_request"), {"email": "zebedee@quillan.example"})
    assert by.user
    desk = sign_in(by.user)
    desk.get(reverse("contacts:list"), {"q": NAME})
    desk.get(zebedee.get_absolute_url())
    back = f"{reverse('contacts:list')}?q={NAME}"
    desk.post(reverse("contacts:block_few"), {"contact": zebedee.pk, "next": back})
    desk.post(reverse("contacts:unblock_few"), {"contact": zebedee.pk, "next": back})


def _leave_rows(zebedee: Contact) -> None:
    job = Job.objects.create(kind="tests.none", state="done", owner_name="Alma")
    JobRow.objects.create(
        job=job, number=1, outcome="done", target_kind=CONTACT, target_id=zebedee.pk, before={"name": FORMER},
        problems=[{"text": "%(name)s", "params": {"name": NAME}}],
    )  # fmt: skip
    FormReceipt.objects.create(form_id="f" * 20, owner="user:1", location=f"/contacts/?q={NAME}")
    LinkRequest.objects.create(email=" Zebedee@Quillan.example ", ip="192.0.2.9")
    letter_about(zebedee, "queued", to_email="zebedee@quillan.example", text=f"Dear {NAME}")
    letter_about(make_contact(), "stray", to_email="zebedee@quillan.example")
    OutgoingEmail.objects.create(
        notice="test", cause="test:1", about_kind="users.user", about_id=1, to_email="alma@helpdesk.example",
        language="en", subject="s", text=f"Hello {NAME}", html="<p>", state="sent",
    )  # fmt: skip


def every_text() -> Iterator[tuple[str, str]]:
    """Each value of each row of each table, JSON and sessions opened: where it stands, and how it reads."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", _opened(value)
    for session in Session.objects.all():
        yield "session", _opened(SessionStore().decode(session.session_data))


def _opened(value: object) -> str:
    """As it stands, and without the escapes of JSON, addresses and HTML."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    while "\\u" in text:
        text = text.encode("ascii", "backslashreplace").decode("unicode_escape")
    return f"{text}\n{unquote_plus(text)}\n{html.unescape(text)}".casefold()


def found(folder: Path, words: list[str] = WORDS) -> set[tuple[str, str]]:
    places = [
        *every_text(),
        *(
            (path.name, path.read_bytes().decode("utf-8", "replace").casefold())
            for path in folder.rglob("*")
            if path.is_file()
        ),
    ]
    return {(place, word) for place, text in places for word in words if word.casefold() in text}
