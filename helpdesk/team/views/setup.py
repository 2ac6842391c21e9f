"""The first run: the helpdesk gets its first admin."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from contacts.actions.addresses import Taken
from helpdesk.outbox.models import SecretLink
from helpdesk.team.actions import admins
from helpdesk.team.actions.house import first_house
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.team.house_forms import SetupForm
from helpdesk.team.views import links
from helpdesk.team.views.passwords import welcome
from helpdesk.team.views.taken import taken_by
from helpdesk.ui.once import once
from helpdesk.ui.views import remember_language
from helpdesk.users.access import PersonRequest, anyone

SETUP = SecretLink.Purpose.SETUP


@anyone
@require_safe
def setup(request: PersonRequest, token: str) -> HttpResponse:
    return links.take(request, token, SETUP)


@anyone
@once
def setup_form(request: PersonRequest) -> HttpResponse:
    """The link dies as soon as there is an admin."""
    link = links.kept(request, SETUP)
    if link is None or admins.admin_exists():
        return _over(request)
    if request.user.is_authenticated:
        return links.someone_is_here(request, SETUP)
    language = (get_language() or "en").partition("-")[0]
    if request.POST.get("language") in dict(settings.LANGUAGES):
        return _in_other_words(request, request.POST["language"], before=language)
    form = SetupForm(request.POST or None, proposed=first_house(language))
    if form.is_valid() and (answer := _created(request, link, form, language)):
        return answer
    return render(request, "team/setup.html", {"form": form})


def _in_other_words(request: PersonRequest, code: str, *, before: str) -> HttpResponse:
    """The page in another language, with what was typed; what was only proposed is proposed anew."""
    old = SetupForm(proposed=first_house(before))
    form = SetupForm(proposed=first_house(code))
    given = {name: request.POST[name] for name in form.fields if name in request.POST and name != "password"}
    form.initial.update({name: text for name, text in given.items() if text != old.initial.get(name)})
    request.LANGUAGE_CODE = code
    with translation.override(code):
        return remember_language(render(request, "team/setup.html", {"form": form}), code)


def _over(request: PersonRequest) -> HttpResponse:
    """Of this link there was no email: what helps is the sign-in, or the link that the next start prints."""
    return render(request, "team/setup_over.html", {"has_admin": admins.admin_exists()}, status=410)


def _created(request: PersonRequest, link: SecretLink, form: SetupForm, language: str) -> HttpResponse | None:
    """To the sign-in page; None, with the reason in the form, where the address is somebody's."""
    try:
        user = admins.create_first_admin(link, **form.admin, language=language, house=form.house, by=request.actor)
    except LinkSpent:
        return _over(request)
    except Taken as error:
        form.add_error("email", taken_by(error.owner))
        return None
    links.forget(request, SETUP)
    return welcome(request, user)
