"""What admins set for the whole helpdesk, and trying whether its letters arrive."""

from __future__ import annotations

from dataclasses import asdict, replace

from allauth.mfa.models import Authenticator
from django.db import transaction

from helpdesk.audit.actions import Target, differences, record
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import TEST
from helpdesk.outbox.posting import post
from helpdesk.team import emails
from helpdesk.ui.conflicts import claim_version
from helpdesk.ui.house import MEMORY, House, by_environment
from helpdesk.ui.models import Helpdesk
from helpdesk.users.actors import Actor
from helpdesk.users.models import SignInPolicy

SEOUL = "Asia/Seoul"


class NoSecondStepYet(Exception):
    """Whoever asks everybody for a second step has it themselves first."""


@transaction.atomic
def change_house(house: House, *, version: int, by: Actor) -> None:
    """Let these settings hold from now on. EditConflict where somebody else saved since `version` (0: nobody ever did)."""
    before, wanted = saved_house()[0], asdict(house)
    row, is_new = Helpdesk.objects.select_for_update().get_or_create(pk=Helpdesk.ONLY, defaults=wanted)
    if not is_new:
        claim_version(row, version)
        Helpdesk.objects.filter(pk=row.pk).update(**wanted)
    MEMORY.forget()
    if changes := differences(asdict(before), wanted):
        target = Target(kind=Helpdesk._meta.label_lower, id=None, name=house.name)
        record("helpdesk.change", target, changes=changes, by=by)


def saved_house() -> tuple[House, int]:
    """The settings and their version, by the database; what the environment says, and 0, until somebody saves them."""
    row = Helpdesk.objects.filter(pk=Helpdesk.ONLY).first()
    if row is None:
        return by_environment(), 0
    return House(**{name: getattr(row, name) for name in asdict(by_environment())}), row.version


def first_house(language: str) -> House:
    """What to propose to the first admin, who reads `language`: what holds, but Korean and Seoul's time where that is Korean."""
    saved, version = saved_house()
    if version or language != "ko":
        return saved
    return replace(saved, language=language, time_zone=SEOUL if saved.time_zone == "UTC" else saved.time_zone)


@transaction.atomic
def settle(house: House, *, by: Actor) -> None:
    """Let these settings hold. Where they do anyway nothing is saved: what the environment says may still change."""
    saved, version = saved_house()
    if house != saved:
        change_house(house, version=version, by=by)


@transaction.atomic
def send_test_email(email: str, *, cause: str, by: Actor) -> OutgoingEmail:
    """Write a letter that says only that letters arrive; once for each `cause`."""
    if post(TEST, [emails.test(email, by, cause=cause)], by=by):
        target = Target(kind=Helpdesk._meta.label_lower, id=None, name=email)
        record("helpdesk.test_email", target, by=by)
    return OutgoingEmail.objects.get(cause=cause)


@transaction.atomic
def require_mfa(*, on: bool, by: Actor) -> None:
    """Ask every agent for a second step from their next request on, or no longer.

    Raises NoSecondStepYet for an admin who would lock themselves out of the page.
    """
    if on and by.user and not Authenticator.objects.filter(user=by.user, type=Authenticator.Type.TOTP).exists():
        raise NoSecondStepYet
    policy, _is_new = SignInPolicy.objects.select_for_update().get_or_create(pk=SignInPolicy.ONLY)
    if policy.requires_mfa == on:
        return
    SignInPolicy.objects.filter(pk=policy.pk).update(requires_mfa=on)
    target = Target(kind=SignInPolicy._meta.label_lower, id=None, name="")
    record("helpdesk.require_mfa", target, changes={"requires_mfa": (not on, on)}, by=by)
