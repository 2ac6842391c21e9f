"""/help/: open to everyone, in both languages, with labels that the screens really have."""

from __future__ import annotations

import string

import pytest
from django.test import Client
from django.utils.translation import gettext, override
from messages import collected

from helpdesk.help import ANSWERS, Step

STEPS = [step for answer in ANSWERS for step in answer.steps]


def placeholders(text: str) -> set[str]:
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["client", "as_customer", "as_agent", "as_admin"])
def test_everyone_may_read_it(request: pytest.FixtureRequest, reader: str) -> None:
    client: Client = request.getfixturevalue(reader)

    response = client.get("/help/")

    assert response.status_code == 200
    assert "Contacts and companies FAQ" in response.content.decode()


@pytest.mark.django_db
def test_every_answer_has_an_address_of_its_own(client: Client) -> None:
    body = client.get("/help/").content.decode()

    for answer in ANSWERS:
        assert body.count(f'id="{answer.slug}"') == 1
        assert f'href="#{answer.slug}"' in body


@pytest.mark.django_db
def test_it_speaks_korean(client: Client) -> None:
    body = client.get("/help/", headers={"accept-language": "ko"}).content.decode()

    assert "연락처 및 회사 FAQ" in body
    assert "<b>연락처</b>" in body


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.text))
def test_a_step_has_a_label_for_each_placeholder_in_each_language(step: Step, language: str) -> None:
    with override(language):
        assert placeholders(str(step.text)) == set(step.labels)
        assert step.html().count("<b>") >= len(step.labels)


def test_every_label_is_a_message_some_screen_shows() -> None:
    shown = {entry.msgid for entry in collected().values()}

    assert {label for step in STEPS for label in step.labels.values()} <= shown


def test_every_label_is_translated() -> None:
    with override("ko"):
        same = [label for step in STEPS for label in step.labels.values() if gettext(label) == label]

    assert same == []


def test_labels_are_text_not_markup() -> None:
    with override("en"):
        assert Step("Press {x}.", {"x": "<i>"}).html() == "Press <b>&lt;i&gt;</b>."  # type: ignore[arg-type]
