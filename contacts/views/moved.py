"""The old addresses of contacts that were merged away, or deleted forever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.actions.drafts import TEXTS, Draft
from contacts.forms.records import ContactForm, facts
from contacts.models import Contact
from contacts.queries.merges import survivor_of
from contacts.queries.profile import values_before
from contacts.tag_names import joined
from helpdesk.ui.conflicts import version_in
from helpdesk.users.access import SignedInRequest


def to_survivor(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the contact that #pk was merged into, saying so; one deleted forever is gone, and others never were (Http404)."""
    if Contact.objects.filter(pk=pk, forgotten_at__isnull=False).exists():
        return render(request, "contacts/forgotten.html", {"number": pk}, status=410)
    return redirect(survivor_for(request, pk))


def survivor_for(request: SignedInRequest, pk: int) -> Contact:
    """The contact that #pk was merged into; the page that comes next says so. Http404 where there is none."""
    gone, survivor = _found(request, pk)
    text = _("“%(name)s” (#%(number)s) has been merged into this contact.")
    messages.info(request, text % {"name": gone.name, "number": gone.pk})
    return survivor


def edit_survivor(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whoever was editing #pk when it was merged away gets the survivor's form with what they had changed."""
    if request.method != "POST":
        return to_survivor(request, pk)
    gone, survivor = _found(request, pk)
    saved = facts(Draft.of(survivor))
    typed = _changed(gone, ContactForm(request.POST, contact=gone, reader=request.user), version_in(request))
    typed["emails"] = tuple(dict.fromkeys((*saved["emails"], *typed["emails"])))
    form = ContactForm(contact=survivor, reader=request.user, initial={**saved, **typed})
    context = {
        "form": form,
        "contact": survivor,
        "moved": gone,
        "version": survivor.version,
        "tags_seen": joined(saved["tags"]),
        "taken_over": [form.fields[name].label for name in typed if typed[name] != saved[name]],
    }
    return render(request, "contacts/edit.html", context, status=409)


def _changed(gone: Contact, form: ContactForm, version: int) -> dict[str, Any]:
    """What was typed and is not what the form had been opened with; all typed emails, as far as they can be any."""
    form.is_valid()
    recorded = values_before(gone, version)
    shown: Mapping[str, Any] = {**facts(Draft.of(gone)), **{name: recorded[name] for name in TEXTS if name in recorded}}
    names = (*TEXTS, "company")
    typed = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
    changed = {name: value for name, value in typed.items() if (value or "") != (shown[name] or "")}
    return {**changed, "emails": _emails(form)}


def _emails(form: ContactForm) -> tuple[str, ...]:
    try:
        return tuple(form.fields["emails"].clean(form["emails"].data))
    except ValidationError:
        return ()


def _found(request: SignedInRequest, pk: int) -> tuple[Contact, Contact]:
    found = survivor_of(pk, request.user)
    if found is None:
        raise Http404
    return found
