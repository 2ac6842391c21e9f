"""Admin → Email Notifications → one letter: its words in each language, looked at and tried before they count."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from helpdesk.outbox import actions
from helpdesk.outbox.forms import WordingForm
from helpdesk.outbox.models import NoticeWording, hash_of
from helpdesk.outbox.notices import CATALOGUE, SAMPLERS, Notice
from helpdesk.outbox.previewing import preview as preview_of
from helpdesk.outbox.previewing import sample_of
from helpdesk.outbox.views import FRAME_POLICY
from helpdesk.outbox.writing import default_words
from helpdesk.ui.conflicts import EditConflict, differences, version_in
from helpdesk.ui.once import new_form_id
from helpdesk.users.access import SignedInRequest, allow
from helpdesk.users.roles import Permission


@allow(Permission.NOTIFICATIONS_CONFIGURE)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def edit_wording(request: SignedInRequest, code: str, language: str) -> HttpResponse:
    """Subject and text in one language; the preview beside them shows what is typed, not only what is saved."""
    notice = _notice(code, language)
    form = _form(request, notice, language)
    if form.is_valid():
        try:
            actions.word_notice(notice, language, form.words, version=version_in(request), by=request.actor)
        except EditConflict:
            return _show_conflict(request, notice, language, form)
        messages.success(request, _("Saved. Letters are written in these words from now on."))
        return redirect("outbox:wording", code, language)
    return _page(request, notice, language, form, status=422 if form.is_bound else 200)


@allow(Permission.NOTIFICATIONS_CONFIGURE)
@xframe_options_sameorigin
def preview(request: SignedInRequest, code: str, language: str) -> HttpResponse:
    """The letter with its subject, for the frame: as saved, or (by POST) as typed."""
    notice = _notice(code, language)
    form = _form(request, notice, language)
    if form.is_bound and not form.is_valid():
        return _framed(render(request, "outbox/preview_errors.html", {"form": form}, status=422))
    search = form.cleaned_data["sample"] if form.is_bound else ""
    sample = sample_of(notice, search, request.user)
    if sample is None:
        return _framed(render(request, "outbox/preview_errors.html", {"search": search}))
    words = form.words if form.is_bound else None
    return _framed(HttpResponse(preview_of(notice, language, sample, words=words, is_framed=True).html))


@allow(Permission.NOTIFICATIONS_CONFIGURE)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
@require_POST
def send_test(request: SignedInRequest, code: str, language: str) -> HttpResponse:
    """What is typed, as a letter to oneself; the page stays as it is, nothing is saved."""
    notice = _notice(code, language)
    form = _form(request, notice, language)
    if not form.is_valid():
        return _page(request, notice, language, form, status=422)
    sample = sample_of(notice, form.cleaned_data["sample"], request.user)
    if sample is None:
        form.add_error("sample", _("Nobody was found."))
        return _page(request, notice, language, form, status=422)
    written = preview_of(notice, language, sample, words=form.words)
    cause = f"test:{request.user.pk}:{hash_of(request.POST.get('form_id') or new_form_id())}"
    letter = actions.send_test(notice, written, language=language, cause=cause, by=request.actor)
    messages.success(request, _("A test is on its way to %(email)s.") % {"email": letter.to_email})
    return _page(request, notice, language, form, letter=letter)


@allow(Permission.NOTIFICATIONS_CONFIGURE)
def reset(request: SignedInRequest, code: str, language: str) -> HttpResponse:
    """ "Back to the default wording": asked first."""
    notice = _notice(code, language)
    if request.method != "POST":
        context = {"notice": notice, "language": language, "came_with": default_words(notice, language)}
        return render(request, "outbox/reset_wording.html", {**context, "version": _version(notice, language)})
    try:
        actions.unword_notice(notice, language, version=version_in(request), by=request.actor)
    except EditConflict:
        messages.error(request, _("Somebody else has changed these words in the meantime. Look at them first."))
    else:
        messages.success(request, _("The letter has its default wording again."))
    return redirect("outbox:wording", code, language)


def _notice(code: str, language: str) -> Notice:
    notice = CATALOGUE.get(code)
    if notice is None or not notice.template or language not in dict(settings.LANGUAGES):
        raise Http404
    return notice


def _form(request: SignedInRequest, notice: Notice, language: str) -> WordingForm:
    words = actions.own_words_of(notice, language)
    initial = {"subject": words.subject, "body": words.body}
    return WordingForm(request.POST or None, notice=notice, language=language, initial=initial)


def _version(notice: Notice, language: str) -> int:
    row = NoticeWording.objects.filter(notice=notice.code, language=language).first()
    return row.version if row else 0


def _show_conflict(request: SignedInRequest, notice: Notice, language: str, form: WordingForm) -> HttpResponse:
    saved = actions.own_words_of(notice, language)
    found = differences(form, {"subject": saved.subject, "body": saved.body})
    if not found:
        return redirect("outbox:wording", notice.code, language)
    version = _version(notice, language)
    return _page(request, notice, language, form, status=409, differences=found, version=version)


def _page(
    request: SignedInRequest, notice: Notice, language: str, form: WordingForm, *, status: int = 200, **more: object
) -> HttpResponse:
    typed = request.POST.get("version", "")
    context = {
        "notice": notice,
        "language": language,
        "tabs": _tabs(notice, language),
        "form": form,
        "version": typed if typed else _version(notice, language),
        "has_own_words": actions.own_words_of(notice, language) != default_words(notice, language),
        "has_samples": notice.code in SAMPLERS,
        **more,
    }
    return render(request, "outbox/wording.html", context, status=status)


def _tabs(notice: Notice, current: str) -> list[dict[str, object]]:
    return [
        {"label": name, "url": reverse("outbox:wording", args=[notice.code, code]), "is_current": code == current}
        for code, name in settings.LANGUAGES
    ]


def _framed(response: HttpResponse) -> HttpResponse:
    """Styles work, nothing else does."""
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response
