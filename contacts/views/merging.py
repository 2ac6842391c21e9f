"""Merging contacts: find the other one, choose and preview, merge, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contacts.actions.forgetting import counts_of
from contacts.actions.limits import TooMany
from contacts.actions.merge_plans import MOST, default_survivor, loosened, obstacles, plan_of
from contacts.actions.merging import merge_contacts
from contacts.actions.signins import Refused
from contacts.actions.unmerging import Unmerged, why_not
from contacts.actions.unmerging import unmerge as undo
from contacts.forms.merging import Asked, questions_of
from contacts.models import Contact, Merge
from contacts.phones import format_phone
from contacts.queries.listing import Listing
from contacts.queries.merges import merged_away, told_apart
from contacts.views.choosing import chosen_ids
from contacts.wording import counted
from helpdesk.ui.conflicts import EditConflict
from helpdesk.ui.house import house
from helpdesk.ui.once import once
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission

MOST_FOUND = 15


@allow(Permission.CONTACT_MERGE)
@require_safe
def find_other(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look for the other record of the same person; at first for the same name."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).present(), pk=pk)
    listing = Listing(text=Listing.asked(request.GET).text if "q" in request.GET else contact.name)
    page, _search = listing.page(Contact.objects.visible_to(request.user).exclude(pk=pk))
    rows = page.rows[:MOST_FOUND] if listing.text else []
    context = {"contact": contact, "text": listing.text, "rows": rows, "is_more": len(page.rows) > MOST_FOUND}
    return render(request, "contacts/merge_find.html", context)


@allow(Permission.CONTACT_MERGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def merge(request: SignedInRequest) -> HttpResponse:
    """Choose the survivor and the values, see what comes of it, and merge."""
    query = request.POST if request.method == "POST" else request.GET
    try:
        ids = chosen_ids(query)
    except TooMany as refused:
        return _refuse(request, [], [_too_many(refused.count)])
    contacts = _contacts(request, ids)
    if reasons := _missing(ids, contacts) or obstacles(contacts):
        return _refuse(request, contacts, reasons)
    asked = Asked.of(query, ids)
    if "merge" not in request.POST:
        return _choose(request, contacts, _following(contacts, asked))
    return _merge(request, contacts, asked)


@allow(Permission.CONTACT_MERGE)
@require_http_methods(["GET", "HEAD", "POST"])
def unmerge(request: SignedInRequest, pk: int, merge_pk: int) -> HttpResponse:
    """Ask, then bring back whoever was merged into this contact."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    done = get_object_or_404(Merge.objects.select_related("survivor__merged_into"), pk=merge_pk, survivor=contact)
    if request.method == "POST":
        try:
            messages.success(request, _told(undo(done, by=request.actor)))
        except Refused as refused:
            messages.error(request, refused.reason)
        return redirect(contact)
    context = {"contact": contact, "others": merged_away(done), "reason": why_not(done)}
    return render(request, "contacts/unmerge.html", context)


def _merge(request: SignedInRequest, contacts: Sequence[Contact], asked: Asked) -> HttpResponse:
    people = {one.pk: one for one in contacts}
    survivor = people.pop(_survivor(contacts, asked))
    try:
        merge_contacts(survivor, people.values(), asked.choices, versions=asked.versions, by=request.actor)
    except EditConflict:
        return _ask_again(request, contacts, asked, status=409)
    except Refused as refused:
        return _ask_again(request, contacts, asked, reason=refused.reason, status=422)
    count = len(contacts)
    text = ngettext("%(count)s contact is one now.", "%(count)s contacts are one now.", count)
    messages.success(request, text % {"count": count})
    return redirect(survivor)


def _ask_again(
    request: SignedInRequest, contacts: Sequence[Contact], asked: Asked, *, reason: str = "", status: int
) -> HttpResponse:
    """As they stand by now, with what was chosen."""
    ids = [one.pk for one in contacts]
    fresh = _contacts(request, ids)
    if reasons := _missing(ids, fresh) or obstacles(fresh):
        return _refuse(request, fresh, reasons)
    return _choose(request, fresh, asked, reason=reason, status=status)


def _following(contacts: Sequence[Contact], asked: Asked) -> Asked:
    """Where another survivor was chosen, what was not chosen by hand follows it."""
    is_drawn = any(one.pk == asked.shown for one in contacts)
    if not is_drawn or asked.shown == _survivor(contacts, asked):
        return asked
    return replace(asked, choices=loosened(plan_of(contacts, asked.shown, {}), asked.choices))


def _choose(
    request: SignedInRequest, contacts: Sequence[Contact], asked: Asked, *, reason: str = "", status: int = 200
) -> HttpResponse:
    """The page with what was chosen so far; for htmx only its form."""
    plan = plan_of(contacts, _survivor(contacts, asked), asked.choices)
    typed_phones = (plan.after.mobile_phone, plan.after.work_phone)
    edited = [one for one in contacts if asked.versions.get(one.pk, one.version) != one.version]
    context = {
        "plan": plan,
        "contacts": sorted(contacts, key=lambda one: one.pk),
        "questions": questions_of(plan),
        "phones": [format_phone(typed, house().phone_region) for typed in typed_phones if typed],
        "moving": [counted(*one) for one in counts_of([side.pk for side in plan.others])],
        "reason": reason,
        "edited": [told_apart(one) for one in edited] if status == 409 else [],
    }
    is_part = request.htmx and request.htmx.target == "merge-form"
    return render(request, "contacts/_merge_form.html" if is_part else "contacts/merge.html", context, status=status)


def _refuse(request: SignedInRequest, contacts: Sequence[Contact], reasons: Sequence[str]) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"contacts": [(one, told_apart(one)) for one in contacts], "reasons": reasons}
    return render(request, "contacts/merge_refused.html", context, status=status)


def _contacts(request: SignedInRequest, ids: Sequence[int]) -> list[Contact]:
    chosen = Contact.objects.visible_to(request.user).filter(pk__in=ids)
    return list(chosen.select_related("company", "user").order_by("pk"))


def _missing(ids: Sequence[int], contacts: Sequence[Contact]) -> list[str]:
    """Chosen ones that are nobody's, or somebody else by now."""
    gone = set(ids) - {one.pk for one in contacts}
    merged = Contact.objects.filter(pk__in=gone, merged_into__isnull=False).select_related("merged_into")
    text = _("“%(name)s” has been merged into “%(survivor)s”.")
    told = {one.pk: text % {"name": _numbered(one), "survivor": _numbered(one.merged_into)} for one in merged}
    return [told.get(pk, _("There is no contact #%(number)s.") % {"number": pk}) for pk in sorted(gone)]


def _numbered(contact: Contact | None) -> str:
    return f"{contact} #{contact.pk}" if contact else ""


def _survivor(contacts: Sequence[Contact], asked: Asked) -> int:
    is_one = any(one.pk == asked.survivor for one in contacts)
    return asked.survivor if is_one else default_survivor(contacts)


def _too_many(count: int) -> str:
    text = _("At most %(limit)s contacts can be merged at once; %(count)s were chosen.")
    return text % {"limit": MOST, "count": count}


def _told(done: Unmerged) -> SafeString:
    names = format_html_join(
        ", ", '<a href="{}">{}</a>', ((one.get_absolute_url(), told_apart(one)) for one in done.back)
    )
    sentence = format_html("{} {}", _("These contacts are back:"), names)
    if not done.left:
        return sentence
    items = format_html_join("", "<li>{}</li>", ((text,) for text in done.left))
    return format_html('{}<br>{}<ul class="message-list">{}</ul>', sentence, _("This stays as it is now:"), items)
