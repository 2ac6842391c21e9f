"""Admins from nowhere: the first one, and those made on the command line."""

from __future__ import annotations

from django.db import transaction

from contacts.actions.addresses import claim_for_agent
from contacts.models import Address
from helpdesk.audit.actions import record
from helpdesk.outbox import links
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions.house import first_house, settle
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.ui.house import House
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.addresses import address_key
from helpdesk.users.models import User
from helpdesk.users.roles import Role


def admin_exists() -> bool:
    """Whether somebody can manage the team: an active admin who has a password."""
    return User.objects.admins().able_to_sign_in().exists()


@transaction.atomic
def create_first_admin(
    link: SecretLink, *, name: str, email: str, password: str, language: str, house: House, by: Actor
) -> User:
    """The one who sets the helpdesk up, and what it is called and speaks.

    Raises LinkSpent (somebody was faster), AddressError and Taken.
    """
    if admin_exists() or not links.consume(link):
        raise LinkSpent
    user = _created(email, name=name, password=password, language=language, by=by)
    themselves = actors.person(user, ip=by.ip, request_id=by.request_id)
    record("user.create_admin", user, by=themselves)
    settle(house, by=themselves)
    return user


@transaction.atomic
def create_admin(email: str, *, name: str, password: str, language: str, by: Actor) -> User:
    """An admin who can sign in at once; raises AddressError, and Taken for an address that has an owner.

    The first one's language is the helpdesk's (`first_house`).
    """
    if not admin_exists():
        settle(first_house(language), by=by)
    user = _created(email, name=name, password=password, language=language, by=by)
    record("user.create_admin", user, by=by)
    return user


@transaction.atomic
def make_admin(user: User, *, by: Actor) -> bool:
    """Give an agent every right, and let them in again if they were deactivated. False when there was nothing to do."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"role": (user.role, Role.ADMIN.value), "is_active": (user.is_active, True)}
    changes = {name: pair for name, pair in before.items() if pair[0] != pair[1]}
    if not changes:
        return False
    user.role, user.is_active = Role.ADMIN, True
    user.save(update_fields=["role", "is_active"])
    record("user.change_role", user, changes=changes, by=by)
    return True


def agent_at(email: str) -> User | None:
    """The agent who has this address, or whose contact has it; raises AddressError."""
    address = Address.objects.owned_by_key(address_key(email)).first()
    if address is None:
        return None
    user = address.user or (address.contact.user if address.contact else None)
    return user if user and user.is_agent else None


def _created(email: str, *, name: str, password: str, language: str, by: Actor) -> User:
    user = User(name=name or email.partition("@")[0].strip(), role=Role.ADMIN, language=language)
    user.set_password(password)
    user.save()
    claim_for_agent(user, email, by=by)
    return user
