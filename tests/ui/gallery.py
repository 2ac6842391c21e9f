"""A page of every shared component, and the rooms' addresses it links to, for the tests of the look alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from helpdesk.ui.forms import Form
from helpdesk.ui.paging import Page
from helpdesk.users.access import anyone

HERE = Path(__file__).parent


class GalleryForm(Form):
    name = forms.CharField(label="Name", max_length=40, help_text="As they sign their letters.")
    email = forms.EmailField(label="Primary email", required=False)
    language = forms.ChoiceField(label="Language", choices=[("en", "English"), ("ko", "한국어")])
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput, help_text="At least 10 characters.")
    send = forms.BooleanField(label="Send activation email now", required=False, help_text="It works once.")
    role = forms.ChoiceField(
        label="Role", choices=[("a", "Agent"), ("s", "Supervisor")], widget=forms.RadioSelect, required=False
    )


def _context(request: HttpRequest) -> dict[str, object]:
    return {
        "form": GalleryForm(request.POST or None),
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(minutes=5),
        "page": Page([1], next="n", previous="p"),
        "people": PEOPLE,
        "views": [
            {"label": "All contacts", "url": "?view=all", "is_current": False},
            {"label": "Unverified contacts", "url": "?view=unverified", "is_current": True},
        ],
        "tabs": [
            {"label": f"Tab number {number}", "url": f"?tab={number}", "is_current": number == 1, "count": number * 12}
            for number in range(1, 6)
        ],
    }


@anyone
def gallery(request: HttpRequest, base: str) -> HttpResponse:
    if "said" in request.GET:
        messages.success(request, "28 activation emails are on their way; 2 skipped.")
        messages.error(request, "That did not work.")
    template = engines["django"].from_string((HERE / "gallery.html").read_text())
    return HttpResponse(template.render({**_context(request), "base": f"base_{base}.html"}, request))


@anyone
def blank(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


@anyone
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def _room(name: str, *pages: str) -> tuple[Any, str | None, str | None]:
    return include(([path(f"{page}/", blank, name=page) for page in pages], name))


PEOPLE = [
    {
        "name": "Amelia Hughes",
        "email": "amelia@acme.example",
        "title": "Buyer",
        "company": "Acme Logistics",
        "phone": "+44 20 7946 0991",
        "kind": "warning",
        "state": "Unverified",
    },
    {
        "name": "김민준",
        "email": "minjun.kim@hanbit.example",
        "title": "구매팀 과장",
        "company": "한빛전자 주식회사",
        "phone": "010-2073-1215",
        "kind": "success",
        "state": "Verified",
    },
    {
        "name": "Maximiliane von Wittelsbach-Hohenzollern",
        "email": "a.rather.long.address.indeed@subsidiary.northwind.example",
        "title": "",
        "company": "Northwind Traders",
        "phone": "",
        "kind": "danger",
        "state": "Failed",
    },
    {
        "name": "이서연",
        "email": "",
        "title": "대표",
        "company": "서울커피",
        "phone": "02-123-4567",
        "kind": "muted",
        "state": "Blocked",
    },
    {
        "name": "Liam O’Connor",
        "email": "liam@acme.example",
        "title": "",
        "company": "",
        "phone": "1588-1234",
        "kind": "info",
        "state": "Link opened",
    },
]

urlpatterns = [
    path("", include("helpdesk.ui.urls")),
    path("gallery/<str:base>/", gallery, name="gallery"),
    path("broken/", broken),
    path("contacts/", _room("contacts", "list", "create")),
    path("companies/", _room("companies", "list", "create")),
    path("admin/", _room("admin", "index")),
    path("profile/", _room("profile", "show", "password")),
    path("portal/", _room("portal", "home", "login", "profile")),
    path("jobs/", _room("jobs", "list")),
    path("help/", _room("help", "faq")),
    path("login/", blank, name="account_login"),
    path("logout/", blank, name="account_logout"),
]

handler400 = "helpdesk.errors.bad_request"
handler403 = "helpdesk.errors.forbidden"
handler404 = "helpdesk.errors.not_found"
handler500 = "helpdesk.errors.broken"
