"""Block, unblock, delete and restore: asked first on a page of their own, for one contact or a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from contacts.actions import standing
from contacts.models import Contact
from contacts.views.choosing import MOST_AT_ONCE, TooMany, chosen_ids
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.returning import own_page
from helpdesk.users.roles import Permission

asked_first = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Act:
    """One verb, and how its page and its message speak."""

    verb: Callable[..., list[Contact]]
    label: str | Promise
    one: str | Promise
    few: Promise
    text: str | Promise
    done: Promise
    kind: str = "danger"


BLOCK = Act(
    verb=standing.block,
    label=gettext_lazy("Block"),
    one=gettext_lazy("Block %(name)s?"),
    few=ngettext_lazy("Block %(count)s contact?", "Block %(count)s contacts?", "count"),
    text=gettext_lazy("A blocked contact is kept but may do nothing on any channel, and is signed out at once."),
    done=ngettext_lazy("%(count)s contact was blocked.", "%(count)s contacts were blocked.", "count"),
)
UNBLOCK = Act(
    verb=standing.unblock,
    label=gettext_lazy("Unblock"),
    one=gettext_lazy("Unblock %(name)s?"),
    few=ngettext_lazy("Unblock %(count)s contact?", "Unblock %(count)s contacts?", "count"),
    text=gettext_lazy("Whoever had a password can sign in with it again."),
    done=ngettext_lazy("%(count)s contact was unblocked.", "%(count)s contacts were unblocked.", "count"),
    kind="primary",
)
DELETE = Act(
    verb=standing.delete,
    label=gettext_lazy("Delete"),
    one=gettext_lazy("Delete %(name)s?"),
    few=ngettext_lazy("Delete %(count)s contact?", "Delete %(count)s contacts?", "count"),
    text=gettext_lazy("Deleted contacts cannot sign in. They can be restored from the view “Deleted contacts”."),
    done=ngettext_lazy("%(count)s contact was deleted.", "%(count)s contacts were deleted.", "count"),
)
RESTORE = Act(
    verb=standing.restore,
    label=gettext_lazy("Restore"),
    one=gettext_lazy("Restore %(name)s?"),
    few=ngettext_lazy("Restore %(count)s contact?", "Restore %(count)s contacts?", "count"),
    text=gettext_lazy("Restored contacts come back as they were: verified, unverified or blocked."),
    done=ngettext_lazy("%(count)s contact was restored.", "%(count)s contacts were restored.", "count"),
    kind="primary",
)


@allow(Permission.CONTACT_BLOCK)
@asked_first
def block_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    return _one(request, BLOCK, pk)


@allow(Permission.CONTACT_BLOCK)
@asked_first
def unblock_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    return _one(request, UNBLOCK, pk)


@allow(Permission.CONTACT_DELETE)
@asked_first
def delete_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    return _one(request, DELETE, pk)


@allow(Permission.CONTACT_DELETE)
@asked_first
def restore_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    return _one(request, RESTORE, pk)


@allow(Permission.CONTACT_BLOCK)
@asked_first
def block_contacts(request: SignedInRequest) -> HttpResponse:
    return _few(request, BLOCK)


@allow(Permission.CONTACT_BLOCK)
@asked_first
def unblock_contacts(request: SignedInRequest) -> HttpResponse:
    return _few(request, UNBLOCK)


@allow(Permission.CONTACT_DELETE)
@asked_first
def delete_contacts(request: SignedInRequest) -> HttpResponse:
    return _few(request, DELETE)


@allow(Permission.CONTACT_DELETE)
@asked_first
def restore_contacts(request: SignedInRequest) -> HttpResponse:
    return _few(request, RESTORE)


def _one(request: SignedInRequest, act: Act, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        return _done(request, act, [contact], contact.get_absolute_url())
    question = act.one % {"name": contact.name}
    return _ask(request, act, question, [contact], contact.get_absolute_url())


def _few(request: SignedInRequest, act: Act) -> HttpResponse:
    back = _back(request)
    try:
        ids = chosen_ids(request.POST if request.method == "POST" else request.GET)
    except TooMany as refused:
        messages.error(request, _too_many(refused.count))
        return redirect(back)
    contacts = list(Contact.objects.visible_to(request.user).filter(pk__in=ids).order_by("name_key", "pk"))
    if not contacts:
        messages.warning(request, _("Nobody was chosen, so nothing was changed."))
        return redirect(back)
    if request.method == "POST":
        return _done(request, act, contacts, back)
    return _ask(request, act, act.few % {"count": len(contacts)}, contacts, back)


def _done(request: SignedInRequest, act: Act, contacts: Sequence[Contact], back: str) -> HttpResponse:
    changed = act.verb(contacts, by=request.actor)
    messages.success(request, act.done % {"count": len(changed)})
    return redirect(back)


def _ask(request: SignedInRequest, act: Act, question: str, contacts: Sequence[Contact], back: str) -> HttpResponse:
    context = {"act": act, "question": question, "contacts": contacts, "back": back}
    return render(request, "contacts/confirm.html", context)


def _back(request: SignedInRequest) -> str:
    """The list as it was when the contacts were chosen."""
    given = (request.POST if request.method == "POST" else request.GET).get("next", "")
    return own_page(request, given) or reverse("contacts:list")


def _too_many(count: int) -> str:
    text = _("At most %(limit)s contacts can be changed at once; %(count)s were chosen. Nothing was changed.")
    return text % {"limit": MOST_AT_ONCE, "count": count}
