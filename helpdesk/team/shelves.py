"""What stands on the Admin page: only what is built, and what the reader's role may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.users.models import User
from helpdesk.users.roles import Permission


@dataclass(frozen=True)
class Tile:
    """One thing to configure or to read: where it is (a URL name), and who may."""

    view: str
    permission: Permission
    icon: str
    title: Promise
    text: Promise

    @property
    def url(self) -> str:
        """Its address; "" while no room of the house has it."""
        try:
            return reverse(self.view)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Shelf:
    title: Promise
    tiles: Sequence[Tile]


ALL = (
    Shelf(
        _("Customers"),
        (
            Tile("contacts:list", Permission.CONTACT_VIEW, "users", _("Contacts"), _("The people who write to you")),
            Tile(
                "companies:list",
                Permission.COMPANY_VIEW,
                "building-2",
                _("Companies"),
                _("Organisations and their email domains"),
            ),
            Tile(
                "contacts:import",
                Permission.CONTACT_IMPORT,
                "upload",
                _("Import contacts"),
                _("From CSV and Excel files, with a review before anything is written"),
            ),
        ),
    ),
    Shelf(
        _("Workflows"),
        (
            Tile(
                "outbox:notifications",
                Permission.NOTIFICATIONS_CONFIGURE,
                "bell",
                _("Email Notifications"),
                _("Which letters go out by themselves, and their words"),
            ),
        ),
    ),
    Shelf(
        _("Helpdesk"),
        (
            Tile(
                "settings:show",
                Permission.SETTINGS_CONFIGURE,
                "sliders-horizontal",
                _("Helpdesk settings"),
                _("Name, language, time zone, phones, support contact, two-step sign-in"),
            ),
        ),
    ),
    Shelf(
        _("Team"),
        (
            Tile("team:list", Permission.TEAM_MANAGE, "user-cog", _("Agents"), _("Invite, change roles, deactivate")),
            Tile("team:roles", Permission.TEAM_MANAGE, "shield-check", _("Roles"), _("Which role may what")),
        ),
    ),
    Shelf(
        _("Record"),
        (
            Tile("audit:list", Permission.AUDIT_VIEW, "scroll-text", _("Audit log"), _("Who did what, and when")),
            Tile("outbox:list", Permission.OUTBOX_VIEW, "send", _("Outbox"), _("Every letter and what became of it")),
            Tile(
                "jobs:background",
                Permission.JOBS_SEE_ALL,
                "activity",
                _("Background work"),
                _("Workers, what waits, and why nothing moves"),
            ),
        ),
    ),
)


def shelves_for(user: User) -> list[Shelf]:
    """The shelves with what `user` may open; empty ones left out."""
    shelves = [
        Shelf(shelf.title, [tile for tile in shelf.tiles if user.may(tile.permission) and tile.url]) for shelf in ALL
    ]
    return [shelf for shelf in shelves if shelf.tiles]
