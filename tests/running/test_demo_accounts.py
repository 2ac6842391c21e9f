from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from pytest_django.fixtures import Settings

from contacts.models import Address
from helpdesk.management.commands.up import is_private, refuse_demo_accounts
from helpdesk.running import demo, welcome
from helpdesk.running.errors import CannotRunError
from helpdesk.users.models import User

pytestmark = pytest.mark.django_db


def make_demo_account() -> None:
    user = User.objects.create(name="Admin", role="admin", password=make_password("demo-helpdesk"))
    Address.objects.create(key="admin@helpdesk.example", email="admin@helpdesk.example", user=user)


def test_demo_accounts_are_refused_by_name_of_the_cure(settings: Settings) -> None:
    settings.HOST = "192.0.2.1"
    make_demo_account()
    with pytest.raises(CannotRunError, match=r"manage\.py demo --remove"):
        refuse_demo_accounts()


def test_without_demo_accounts_nothing_is_refused() -> None:
    refuse_demo_accounts()


def test_the_box_of_an_empty_helpdesk_holds_one_first_run_link_that_works(client: Client) -> None:
    urls = set(re.findall(r"https?://\S+/setup/\S+", welcome.box()))
    assert len(urls) == 1
    assert client.get(urlsplit(urls.pop()).path, follow=True).status_code == 200


def test_the_box_names_the_demo_sign_ins_where_they_exist() -> None:
    make_demo_account()
    assert all(address in welcome.box() for address in demo.ACCOUNTS)
    assert demo.PASSWORD in welcome.box()
    assert "/setup/" not in welcome.box()


@pytest.mark.parametrize(
    ("host", "is_loopback", "expected"),
    [("127.0.0.1", True, True), ("127.0.0.1", False, False), ("192.0.2.1", True, False)],
)
def test_only_loopback_by_address_and_by_base_url_is_private(
    settings: Settings, host: str, is_loopback: bool, expected: bool
) -> None:
    settings.HOST, settings.IS_LOOPBACK = host, is_loopback
    assert is_private() is expected
