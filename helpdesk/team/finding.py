""" "Find a setting": everything that can be set, found by its words in any language of the helpdesk, whoever reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.outbox.notices import CATALOGUE
from helpdesk.team.house_forms import HelpdeskForm
from helpdesk.team.shelves import ALL
from helpdesk.ui.sorting import folded
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

Words = str | Promise


@dataclass(frozen=True)
class Setting:
    """One thing to set: what it is called, the page it stands on, what else it is found by."""

    title: Words
    page: Words
    url: str
    permission: Permission
    more: Words = ""

    def has(self, words: list[str]) -> bool:
        """Whether all of `words` stand in it, in one language or the other, with spaces or without: "timezone"."""
        text = " ".join(_in_every_language(self))
        joined = text.replace(" ", "")
        return all(word in text or word in joined for word in words)


def find(typed: str, user: User) -> list[Setting]:
    """What `user` may open and has every word of `typed`, in the order of the Admin page; nothing for no word."""
    words = folded(typed).split()
    found = (one for one in _all(translation.get_language()) if user.may(one.permission) and one.url)
    return [one for one in found if one.has(words)] if words else []


def _in_every_language(one: Setting) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield folded(f"{one.title} {one.page} {one.more}")


def _all(language: str) -> Iterator[Setting]:
    for shelf in ALL:
        for tile in shelf.tiles:
            yield Setting(tile.title, shelf.title, tile.url, tile.permission, tile.text)
    yield from _letters(language)
    yield from _whole_house()


def _letters(language: str) -> Iterator[Setting]:
    for notice in CATALOGUE.values():
        if notice.template and notice.audience:
            url = reverse("outbox:wording", args=[notice.code, language])
            may = Permission.NOTIFICATIONS_CONFIGURE
            yield Setting(notice.name, _("Email Notifications"), url, may, notice.description)


def _whole_house() -> Iterator[Setting]:
    page, url, may = _("Helpdesk settings"), reverse("settings:show"), Permission.SETTINGS_CONFIGURE
    for name, field in HelpdeskForm.base_fields.items():
        yield Setting(field.label or name, page, f"{url}#id_{name}", may, field.help_text)
    yield Setting(_("Send a test email"), page, f"{url}#test-email", may)
    yield Setting(_("Require two-step sign-in for all agents"), page, f"{url}#two-step", may, "MFA 2FA OTP")
