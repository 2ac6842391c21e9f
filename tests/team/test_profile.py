"""What agents say about themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.audit.models import AuditEntry
from helpdesk.users.models import User

pytestmark = pytest.mark.django_db
FORM = {"name": "Ada Neu", "language": "ko", "time_zone": "Asia/Seoul", "theme": "dark", "signature": "Ada\nHelpdesk"}


def test_is_saved_recorded_and_speaks_the_new_language(as_agent: Client) -> None:
    page = as_agent.post("/profile/", FORM, follow=True)
    user = User.objects.get(pk=as_agent.user.pk)  # type: ignore[attr-defined]
    assert (user.name, user.language, user.time_zone, user.theme) == ("Ada Neu", "ko", "Asia/Seoul", "dark")
    assert '<html lang="ko"' in page.content.decode()
    assert AuditEntry.objects.get(action="user.edit_profile").changes["name"] == ["Ada Agent", "Ada Neu"]


def test_the_helpdesks_time_zone_and_utc_are_two_choices(as_agent: Client) -> None:
    page = as_agent.get("/profile/").content.decode()
    assert '<option value="" selected>As the helpdesk: UTC</option><option value="UTC">UTC</option>' in page
    as_agent.post("/profile/", {**FORM, "time_zone": "UTC"})
    assert User.objects.get(pk=as_agent.user.pk).time_zone == "UTC"  # type: ignore[attr-defined]


def test_what_is_as_before_is_not_recorded(as_agent: Client) -> None:
    same = {"name": "Ada Agent", "language": "en", "time_zone": "", "theme": "auto", "signature": ""}
    assert as_agent.post("/profile/", same).status_code == 302
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "x" * 201),
        ("name", "nul\x00"),
        ("language", "fr"),
        ("time_zone", "Mars/Base"),
        ("theme", "pink"),
        ("signature", "x" * 4001),
    ],
)
def test_bad_input_is_answered_at_its_field_and_changes_nothing(as_agent: Client, field: str, value: str) -> None:
    page = as_agent.post("/profile/", {**FORM, field: value})
    assert field in page.context["form"].errors
    assert "Your menu: Ada Agent" in page.content.decode()
    assert User.objects.get(pk=as_agent.user.pk).name == "Ada Agent"  # type: ignore[attr-defined]


def test_role_and_email_cannot_be_smuggled_in(as_agent: Client) -> None:
    as_agent.post("/profile/", {**FORM, "role": "admin", "email": "root@helpdesk.example", "is_active": ""})
    user = User.objects.get(pk=as_agent.user.pk)  # type: ignore[attr-defined]
    assert (user.role, user.email, user.is_active) == ("agent", as_agent.user.email, True)  # type: ignore[attr-defined]


def test_is_for_agents(as_customer: Client, client: Client) -> None:
    assert as_customer.get("/profile/").status_code == 403
    assert client.get("/profile/")["Location"] == "/login/?next=/profile/"
