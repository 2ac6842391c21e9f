"""Tags and company for those ticked on a page: one page that asks what, and an answer for each."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods

from contacts.actions.placing import set_company
from contacts.actions.tags import add_tags, remove_tags
from contacts.forms.acts import ChangeTagsForm, ConfirmForm, SetCompanyForm
from contacts.models import Contact
from contacts.tag_names import joined
from contacts.views.answers import told
from contacts.views.choosing import back_to, chosen_contacts
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission

Answer = tuple[str, list[Contact], str]
"""The sentence, who was changed, and why the others were not."""

asked_first = require_http_methods(["GET", "HEAD", "POST"])


@allow(Permission.CONTACT_EDIT)
@asked_first
def change_tags(request: SignedInRequest) -> HttpResponse:
    question = ngettext_lazy("Change the tags of %(count)s contact?", "Change the tags of %(count)s contacts?", "count")
    return _ask(request, ChangeTagsForm, question, gettext_lazy("Change tags"), _change_tags)


@allow(Permission.CONTACT_EDIT)
@asked_first
def change_company(request: SignedInRequest) -> HttpResponse:
    question = ngettext_lazy("Set the company of %(count)s contact?", "Set the company of %(count)s contacts?", "count")
    return _ask(request, SetCompanyForm, question, gettext_lazy("Set company"), _set_company)


def _ask(
    request: SignedInRequest,
    form_of: Callable[..., ConfirmForm],
    question: Promise,
    label: str | Promise,
    change: Callable[[SignedInRequest, ConfirmForm, list[Contact]], Answer],
) -> HttpResponse:
    """Ask about those chosen, at most 30; a valid answer changes them."""
    back = back_to(request)
    if not (contacts := chosen_contacts(request)):
        return redirect(back)
    form = form_of(request.POST if request.method == "POST" else None, count=len(contacts))
    if form.is_valid():
        _answer(request, contacts, change(request, form, contacts))
        return redirect(back)
    asked = question % {"count": len(contacts)}
    context = {"question": asked, "contacts": contacts, "form": form, "label": label, "back": back}
    return render(request, "contacts/mark.html", context, status=422 if form.is_bound else 200)


def _answer(request: SignedInRequest, contacts: list[Contact], answer: Answer) -> None:
    sentence, changed, reason = answer
    skipped = [(one, reason if one.deleted_at is None else _("deleted")) for one in contacts if one not in changed]
    level = messages.SUCCESS if changed else messages.WARNING
    messages.add_message(request, level, told(sentence, skipped))


def _change_tags(request: SignedInRequest, form: ConfirmForm, contacts: list[Contact]) -> Answer:
    assert isinstance(form, ChangeTagsForm)  # noqa: S101 (for the type)
    named = {"tags": joined(form.names)}
    if form.removes:
        changed = remove_tags(contacts, form.names, by=request.actor)
        words = ngettext("%(count)s contact lost %(tags)s.", "%(count)s contacts lost %(tags)s.", len(changed))
        return words % {"count": len(changed), **named}, changed, _("had none of these tags")
    changed = add_tags(contacts, form.names, by=request.actor)
    words = ngettext("%(count)s contact got %(tags)s.", "%(count)s contacts got %(tags)s.", len(changed))
    return words % {"count": len(changed), **named}, changed, _("had these tags already")


def _set_company(request: SignedInRequest, form: ConfirmForm, contacts: list[Contact]) -> Answer:
    assert isinstance(form, SetCompanyForm)  # noqa: S101 (for the type)
    changed = set_company(contacts, form.chosen, by=request.actor)
    words = ngettext("%(count)s contact was changed.", "%(count)s contacts were changed.", len(changed))
    return words % {"count": len(changed)}, changed, _("already of this company")
