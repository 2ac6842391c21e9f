"""What is drawn once: for whom, and what it cannot see."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from helpdesk.ui.context import May
from helpdesk.ui.templatetags import kept
from helpdesk.users.models import User
from helpdesk.users.roles import Role


class Counted:
    """A value that is the same for everybody and counts how often it is drawn."""

    drawn = 0

    def __str__(self) -> str:
        self.drawn += 1
        return "drawn"


def test_draws_once_for_the_same_values() -> None:
    template, value = Template("{% kept value=value %}<b>{{ value }}</b>{% endkept %}"), Counted()
    assert {template.render(Context({"value": value})) for _ in range(3)} == {"<b>drawn</b>"}
    assert value.drawn == 1


def test_draws_anew_for_other_values_and_another_language() -> None:
    template = Template('{% kept view=view %}{{ view }}: {% translate "Save" %}{% endkept %}')
    for language, view, expected in [
        ("en", "all", "all: Save"),
        ("en", "new", "new: Save"),
        ("ko", "all", "all: 저장"),
    ]:
        with translation.override(language):
            assert template.render(Context({"view": view})) == expected


def test_sees_nothing_but_what_it_is_given() -> None:
    template = Template(
        "{% kept view=view %}[{{ user }}{{ csrf_token }}{% csrf_token %}{{ request }}]{% endkept %}{{ user }}"
    )
    context = Context({"view": "all", "user": "Kim", "csrf_token": "secret", "request": "a request"})
    assert template.render(context) == "[]Kim"


def test_people_who_may_do_the_same_share_a_drawing() -> None:
    template = Template("{% kept may=may %}{% if may.ADMIN_VIEW %}Admin{% endif %}{% endkept %}")
    people: list[tuple[Any, str]] = [
        (User(role=Role.ADMIN), "Admin"), (User(role=Role.ADMIN), "Admin"), (User(role=Role.AGENT), ""), (User(), ""),
        (User(role=Role.ADMIN, is_active=False), ""), (AnonymousUser(), ""),
    ]  # fmt: skip
    assert [template.render(Context({"may": May(user)})) for user, _shown in people] == [
        shown for _user, shown in people
    ]
    node = template.nodelist[0]
    assert isinstance(node, kept.KeptNode)
    assert len(node.drawings) == 3


def test_keeps_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    template = Template("{% kept number=number %}{{ number }}{% endkept %}")
    assert [template.render(Context({"number": number})) for number in range(5)] == ["0", "1", "2", "3", "4"]
    node = template.nodelist[0]
    assert isinstance(node, kept.KeptNode)
    assert len(node.drawings) == 2


def test_takes_only_named_values() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% kept view %}{% endkept %}")
