from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from contacts.models import Address
from helpdesk.management.commands.up import refuse_demo_accounts
from helpdesk.running import demo, welcome
from helpdesk.running.errors import CannotRunError
from helpdesk.users.models import User

pytestmark = pytest.mark.django_db


def make_demo_account() -> None:
    user = User.objects.create(name="Admin", role="admin")
    Address.objects.create(key="admin@helpdesk.example", email="admin@helpdesk.example", user=user)


def test_demo_accounts_are_refused_by_name_of_the_cure(settings: Settings) -> None:
    settings.HOST = "192.0.2.1"
    make_demo_account()
    with pytest.raises(CannotRunError, match=r"manage\.py demo --remove"):
        refuse_demo_accounts()


def test_without_demo_accounts_nothing_is_refused() -> None:
    refuse_demo_accounts()


def test_the_box_names_the_demo_sign_ins_only_where_they_exist() -> None:
    assert "agent@helpdesk.example" not in welcome.box()
    make_demo_account()
    assert all(address in welcome.box() for address in demo.ACCOUNTS)
    assert demo.PASSWORD in welcome.box()
