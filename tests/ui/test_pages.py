"""The frames every page stands in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.gallery")]
FRAMES = ["desk", "portal", "door", "plain"]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_page_has_one_title_one_main_and_a_way_past_the_navigation(frame: str, as_agent: Client) -> None:
    html = as_agent.get(f"/gallery/{frame}/").content.decode()
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert 'href="#content"' in html


@pytest.mark.parametrize("frame", FRAMES)
def test_no_page_holds_inline_scripts_styles_or_handlers(frame: str, as_agent: Client) -> None:
    html = as_agent.get(f"/gallery/{frame}/?said=1").content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", html)


def test_the_desk_shows_admin_only_to_admins(as_agent: Client, as_admin: Client) -> None:
    assert 'href="/admin/index/"' not in as_agent.get("/gallery/desk/").content.decode()
    assert 'href="/admin/index/"' in as_admin.get("/gallery/desk/").content.decode()


def test_the_portal_names_whom_to_ask(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.SUPPORT_EMAIL, settings.SUPPORT_PHONE = "care@helpdesk.example", "02-123-4567"  # type: ignore[attr-defined]
    html = client.get("/gallery/portal/").content.decode()
    assert 'href="mailto:care@helpdesk.example"' in html
    assert 'href="tel:021234567"' in html
