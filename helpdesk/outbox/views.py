"""Admin → Outbox, and Admin → Email Notifications."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from helpdesk.outbox import actions, channel, eml, queries
from helpdesk.outbox.models import MailChannel, OutgoingEmail
from helpdesk.outbox.notices import CATALOGUE
from helpdesk.outbox.templatetags.letters import kept_html
from helpdesk.ui.once import once
from helpdesk.ui.paging import decode, page_of
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission

FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
AUDIENCES = ("agent", "requester")


@allow(Permission.OUTBOX_VIEW)
@require_safe
def list_letters(request: SignedInRequest) -> HttpResponse:
    """Newest first; `?state=` and `?q=` (part of the address)."""
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()[:254]
    cursor = decode(request.GET.get("cursor", ""), queries.NEWEST)
    page = page_of(queries.letters(state=state, search=search), queries.NEWEST, cursor)
    context = {"page": page, "state": state, "search": search, "filters": queries.FILTERS, **_channel()}
    return render(request, "outbox/list.html", context)


@allow(Permission.OUTBOX_VIEW)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_safe
def show_letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its fate, its words; in the demo also the message that arrived, with its live link."""
    letter = get_object_or_404(OutgoingEmail.objects.select_related("resent_from"), pk=pk)
    context = {
        "letter": letter,
        "about_url": queries.about_url(letter),
        "resends": letter.resends.order_by("pk"),
        "received": eml.received(letter.message_id) if settings.PLAYS_MAIL_SERVER else None,
    }
    return render(request, "outbox/show.html", context)


@allow(Permission.OUTBOX_VIEW)
@require_safe
@xframe_options_sameorigin
def show_body(request: SignedInRequest, pk: int) -> HttpResponse:
    """The HTML of a letter, for the frame on its page: styles work, nothing else does."""
    letter = get_object_or_404(OutgoingEmail, pk=pk)
    return HttpResponse(kept_html(letter.html), headers={"Content-Security-Policy": FRAME_POLICY})


@allow(Permission.OUTBOX_VIEW)
@require_POST
@once
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """ "Send again"."""
    letter = get_object_or_404(OutgoingEmail, pk=pk)
    try:
        copy = actions.resend(letter, by=request.actor)
    except actions.NotFinishedError:
        messages.error(request, _("This letter is still on its way."))
        return redirect(letter)
    messages.success(request, _("The letter is on its way again."))
    return redirect(copy)


@allow(Permission.OUTBOX_VIEW)
@require_POST
@once
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a queued letter out."""
    letter = get_object_or_404(OutgoingEmail, pk=pk)
    if actions.cancel(letter, by=request.actor):
        messages.success(request, _("The letter will not be sent."))
    else:
        messages.error(request, _("It is too late: the letter no longer waits."))
    return redirect(letter)


@allow(Permission.NOTIFICATIONS_CONFIGURE)
@require_safe
def list_notifications(request: SignedInRequest) -> HttpResponse:
    """`?tab=agent` or `?tab=requester` (which is first shown: it has the switch that everybody looks for)."""
    tab = request.GET.get("tab", "requester")
    if tab not in AUDIENCES:
        raise Http404
    return render(
        request, "outbox/notifications.html", {"tab": tab, "tabs": _tabs(tab), "rows": queries.switchables(tab)}
    )


@allow(Permission.NOTIFICATIONS_CONFIGURE)
@require_POST
def switch_notice(request: SignedInRequest, code: str) -> HttpResponse:
    """`on=1` switches on, anything else off."""
    notice = CATALOGUE.get(code)
    if notice is None or notice.audience not in AUDIENCES or notice.always:
        raise Http404
    is_on = request.POST.get("on") == "1"
    actions.switch_notice(notice, on=is_on, by=request.actor)
    said = _("“%(notice)s” is on.") if is_on else _("“%(notice)s” is off.")
    messages.success(request, said % {"notice": notice.name})
    return redirect(f"{reverse('outbox:notifications')}?tab={notice.audience}")


def _tabs(current: str) -> list[dict[str, object]]:
    labels = {"agent": _("Agent notifications"), "requester": _("Requester notifications")}
    url = reverse("outbox:notifications")
    return [{"label": labels[tab], "url": f"{url}?tab={tab}", "is_current": tab == current} for tab in AUDIENCES]


def _channel() -> dict[str, object]:
    return {
        "leads_somewhere": channel.leads_somewhere(),
        "plays_mail_server": settings.PLAYS_MAIL_SERVER,
        "mail_dir": settings.MAIL_DIR,
        "channel": MailChannel.objects.filter(pk=1).first(),
    }
