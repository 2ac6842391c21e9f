"""One contact: new, profile, edit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import Company
from contacts.actions import records
from contacts.actions.addresses import Taken
from contacts.actions.drafts import Draft
from contacts.actions.records import ExternalIdTaken
from contacts.badges import Badge, badge_of
from contacts.forms.records import ContactForm, NewContactForm, facts
from contacts.models import Address, Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from contacts.phones import format_phone
from contacts.queries.locks import watched_addresses
from contacts.queries.merges import merges_into
from contacts.queries.obstacles import obstacle_of
from contacts.queries.profile import (
    activation_letter,
    contact_for,
    emails_of,
    further_companies,
    sign_in_letters,
    values_before,
)
from contacts.queries.tags import tags_of
from contacts.tag_names import joined, merge, split
from contacts.views.moved import edit_survivor, to_survivor
from helpdesk.audit.reading import note_view
from helpdesk.outbox.history import LatestLetter, history_of, refused_among
from helpdesk.outbox.posting import is_on
from helpdesk.outbox.telling import events_of
from helpdesk.timeline import pages as notes
from helpdesk.timeline.queries import Timeline
from helpdesk.timeline.sources import Event
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from helpdesk.ui.house import house
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.CONTACT_EDIT)
@once
def create_contact(request: SignedInRequest) -> HttpResponse:
    form = NewContactForm(request.POST or None, reader=request.user, initial=_first_values(request))
    if form.is_valid():
        try:
            contact = records.create_contact(
                form.draft(), send_activation=form.cleaned_data["send_activation"], by=request.actor
            )
        except (Taken, ExternalIdTaken) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The contact was created."))
            _tell_new_companies(request, form)
            return redirect(contact)
    return render(request, "contacts/create.html", {"form": form}, status=_status(form))


@allow(Permission.CONTACT_VIEW)
@require_safe
def show_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        contact = _contact(request, pk)
    except Http404:
        return to_survivor(request, pk)
    if part := notes.part(request, Timeline.asked(contact, request.GET)):
        return part
    note_view(contact, by=request.actor)
    has_merged = bool(contact.__dict__["has_merged"])
    merged: dict[str, list[Event]] = {} if has_merged else {"merged": []}
    letters = history_of(CONTACT, contact.pk)
    addresses, letter = watched_addresses(contact), activation_letter(contact, letters)
    refused = refused_among(letters)
    context = {
        "contact": contact,
        "addresses": addresses,
        "emails": emails_of(addresses, refused),
        "obstacle": obstacle_of(contact, addresses, letter, refused),
        "further": further_companies(contact),
        "phones": {
            "mobile": format_phone(contact.mobile_phone, house().phone_region),
            "work": format_phone(contact.work_phone, house().phone_region),
        },
        "language": dict(settings.LANGUAGES).get(contact.language, contact.language),
        "badge": _badge(contact, addresses, letter),
        "tags": tags_of(contact),
        "merges": merges_into(contact) if has_merged and request.user.may(Permission.CONTACT_MERGE) else [],
        "letters": sign_in_letters(letters),
        "timeline": Timeline.asked(contact, request.GET, letters=events_of(letters), **merged),
    }
    return render(request, "contacts/show.html", context)


@allow(Permission.CONTACT_EDIT)
def edit_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    try:
        contact = _contact(request, pk)
    except Http404:
        return edit_survivor(request, pk)
    if contact.deleted_at and request.method != "POST":
        messages.warning(request, _("This contact was deleted. Restore it to edit it."))
        return redirect(contact)
    form = ContactForm(request.POST or None, contact=contact, reader=request.user)
    restores = "restore" in request.POST and request.user.may(Permission.CONTACT_DELETE)
    if form.is_valid() and (restores or not contact.deleted_at):
        save = records.restore_and_edit if restores else records.edit_contact
        try:
            seen, version = _tags_seen(request), version_in(request)
            save(contact, form.draft(), version=version, tags_seen=seen, by=request.actor)
        except (Taken, ExternalIdTaken) as refusal:
            form.refuse(refusal)
        except EditConflict:
            return _overtaken(request, pk, form)
        else:
            messages.success(request, _("Saved."))
            _tell_new_companies(request, form)
            return redirect(contact)
    return _edit_page(request, contact, form)


def _overtaken(request: SignedInRequest, pk: int, form: ContactForm) -> HttpResponse:
    """Somebody merged, deleted or changed the contact while this was typed."""
    if Contact.objects.filter(pk=pk, merged_into__isnull=False).exists():
        return edit_survivor(request, pk)
    contact = _contact(request, pk)
    if contact.deleted_at and contact.version == version_in(request):
        return _edit_page(request, contact, form)
    return _show_conflict(request, contact, form)


def _edit_page(request: SignedInRequest, contact: Contact, form: ContactForm) -> HttpResponse:
    context = {
        "form": form,
        "contact": contact,
        "version": request.POST.get("version", contact.version),
        "tags_seen": request.POST.get("tags_seen", joined(tags_of(contact))),
    }
    return render(request, "contacts/edit.html", context, status=409 if contact.deleted_at else _status(form))


def _show_conflict(request: SignedInRequest, contact: Contact, form: ContactForm) -> HttpResponse:
    """The same page with both values of each field that differs. What only the other one changed is taken over."""
    saved = facts(Draft.of(contact))
    form.cleaned_data["tags"] = merge(saved["tags"], _tags_seen(request) or (), form.cleaned_data["tags"])
    found = differences(form, saved)
    if not found:
        return redirect(contact)
    untouched = _untouched(form.draft(), values_before(contact, version_in(request)))
    merged = {name: saved[name] if name in untouched else value for name, value in form.cleaned_data.items()}
    context = {
        "form": ContactForm(contact=contact, reader=request.user, initial=merged),
        "contact": contact,
        "version": contact.version,
        "tags_seen": joined(saved["tags"]),
        "differences": found,
        "taken_over": [form.fields[name].label for name in saved if name in untouched],
    }
    return render(request, "contacts/edit.html", context, status=409)


def _tell_new_companies(request: SignedInRequest, form: ContactForm) -> None:
    for name in form.new_companies:
        messages.success(request, _("The company “%(company)s” was created.") % {"company": name})


def _tags_seen(request: SignedInRequest) -> tuple[str, ...] | None:
    """The tags that the form was opened with; None where it does not say."""
    return split(request.POST["tags_seen"]) if "tags_seen" in request.POST else None


def _untouched(draft: Draft, before: Any) -> set[str]:
    """The fields that were changed meanwhile and still stand in the form as they were."""
    typed = draft.as_recorded()
    return {name for name, value in before.items() if name in typed and typed[name] == value}


def _contact(request: SignedInRequest, pk: int) -> Contact:
    contact = contact_for(request.user, pk)
    if contact is None:
        raise Http404
    return contact


def _badge(contact: Contact, addresses: list[Address], letter: LatestLetter | None) -> Badge:
    return badge_of(
        verified_at=contact.verified_at,
        blocked_at=contact.blocked_at,
        deleted_at=contact.deleted_at,
        has_email=bool(addresses),
        letter=letter,
    )


def _first_values(request: SignedInRequest) -> dict[str, Any]:
    """The tick as the switch says; the company from whose page "Add contact" was pressed."""
    given = request.GET.get("company", "")
    is_id = given.isascii() and given.isdigit() and len(given) < 19
    company = Company.objects.present().filter(pk=int(given)).first() if is_id else None
    return {"send_activation": is_on(USER_ACTIVATION), "company": company}


def _status(form: ContactForm) -> int:
    return 422 if form.is_bound and form.errors else 200
