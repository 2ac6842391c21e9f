"""Block, unblock, delete and restore: asked first on a page of their own, for one contact or a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from contacts.actions import standing
from contacts.models import Contact
from contacts.views.answers import told
from contacts.views.choosing import back_to, chosen_contacts
from helpdesk.users.access import Door, SignedInRequest, allow
from helpdesk.users.roles import Permission

asked_first = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Act:
    """One verb, who may, and how its page and its message speak."""

    verb: Callable[..., list[Contact]]
    permission: Permission
    label: str | Promise
    one: str | Promise
    few: Promise
    text: str | Promise
    done: Promise
    kind: str = "danger"


BLOCK = Act(
    verb=standing.block,
    permission=Permission.CONTACT_BLOCK,
    label=gettext_lazy("Block"),
    one=gettext_lazy("Block %(name)s?"),
    few=ngettext_lazy("Block %(count)s contact?", "Block %(count)s contacts?", "count"),
    text=gettext_lazy("A blocked contact is kept but may do nothing on any channel, and is signed out at once."),
    done=ngettext_lazy("%(count)s contact was blocked.", "%(count)s contacts were blocked.", "count"),
)
UNBLOCK = Act(
    verb=standing.unblock,
    permission=Permission.CONTACT_BLOCK,
    label=gettext_lazy("Unblock"),
    one=gettext_lazy("Unblock %(name)s?"),
    few=ngettext_lazy("Unblock %(count)s contact?", "Unblock %(count)s contacts?", "count"),
    text=gettext_lazy("Whoever had a password can sign in with it again."),
    done=ngettext_lazy("%(count)s contact was unblocked.", "%(count)s contacts were unblocked.", "count"),
    kind="primary",
)
DELETE = Act(
    verb=standing.delete,
    permission=Permission.CONTACT_DELETE,
    label=gettext_lazy("Delete"),
    one=gettext_lazy("Delete %(name)s?"),
    few=ngettext_lazy("Delete %(count)s contact?", "Delete %(count)s contacts?", "count"),
    text=gettext_lazy("Deleted contacts cannot sign in. They can be restored from the view “Deleted contacts”."),
    done=ngettext_lazy("%(count)s contact was deleted.", "%(count)s contacts were deleted.", "count"),
)
RESTORE = Act(
    verb=standing.restore,
    permission=Permission.CONTACT_DELETE,
    label=gettext_lazy("Restore"),
    one=gettext_lazy("Restore %(name)s?"),
    few=ngettext_lazy("Restore %(count)s contact?", "Restore %(count)s contacts?", "count"),
    text=gettext_lazy("Restored contacts come back as they were: verified, unverified or blocked."),
    done=ngettext_lazy("%(count)s contact was restored.", "%(count)s contacts were restored.", "count"),
    kind="primary",
)


def _doors(act: Act) -> tuple[Door, Door]:
    """The page that asks about one contact, and the one that asks about a few."""

    @allow(act.permission)
    @asked_first
    def one(request: SignedInRequest, pk: int) -> HttpResponse:
        return _one(request, act, pk)

    @allow(act.permission)
    @asked_first
    def few(request: SignedInRequest) -> HttpResponse:
        return _few(request, act)

    return one, few


def _one(request: SignedInRequest, act: Act, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        return _done(request, act, [contact], contact.get_absolute_url())
    question = act.one % {"name": contact.name}
    return _ask(request, act, question, [contact], contact.get_absolute_url())


def _few(request: SignedInRequest, act: Act) -> HttpResponse:
    back = back_to(request)
    if not (contacts := chosen_contacts(request)):
        return redirect(back)
    if request.method == "POST":
        return _done(request, act, contacts, back)
    return _ask(request, act, act.few % {"count": len(contacts)}, contacts, back)


def _done(request: SignedInRequest, act: Act, contacts: Sequence[Contact], back: str) -> HttpResponse:
    changed = act.verb(contacts, by=request.actor)
    skipped = [(one, _("already so")) for one in contacts if one not in changed]
    level = messages.SUCCESS if changed else messages.WARNING
    messages.add_message(request, level, told(act.done % {"count": len(changed)}, skipped))
    return redirect(back)


def _ask(request: SignedInRequest, act: Act, question: str, contacts: Sequence[Contact], back: str) -> HttpResponse:
    context = {"act": act, "question": question, "contacts": contacts, "back": back}
    return render(request, "contacts/confirm.html", context)


block_contact, block_contacts = _doors(BLOCK)
unblock_contact, unblock_contacts = _doors(UNBLOCK)
delete_contact, delete_contacts = _doors(DELETE)
restore_contact, restore_contacts = _doors(RESTORE)
