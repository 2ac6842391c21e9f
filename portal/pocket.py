"""What a visitor's session keeps between two pages of the door, so that addresses and tokens stay out of URLs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contacts.notices import CONTACT
from helpdesk.outbox import links
from helpdesk.outbox.links import Found
from helpdesk.users.signing_in import next_of

_POCKET = "portal"


def keep_link(request: HttpRequest, purpose: str, found: Found) -> None:
    """Which link was opened: its id, never its token. The unknown one is kept, too, to say so on the next page."""
    is_ours = found.link is not None and found.link.subject_kind == CONTACT  # an agent's opens no customer's door
    _put(request, **{purpose: found.link.pk if found.link and is_ours else None})


def link_in(request: HttpRequest, purpose: str) -> Found:
    """The link opened last, and whether it still works."""
    return links.by_id(_kept(request).get(purpose), purpose)


def drop_link(request: HttpRequest, purpose: str) -> None:
    request.session[_POCKET] = {key: value for key, value in _kept(request).items() if key != purpose}


def keep_email(request: HttpRequest, email: str) -> None:
    """The address somebody typed, or set a password for: the next form has it filled in."""
    _put(request, email=email)


def email_in(request: HttpRequest) -> str:
    return str(_kept(request).get("email", ""))


def keep_next(request: HttpRequest) -> None:
    """Where somebody wanted to go before they were asked to sign in; the last such page counts."""
    if wanted := next_of(request):
        _put(request, next=wanted)


def next_in(request: HttpRequest) -> str:
    return str(_kept(request).get("next", ""))


def empty(request: HttpRequest) -> dict[str, Any]:
    """Forget all of it, and return it: whoever signs somebody out puts it back into the new session."""
    return dict(request.session.pop(_POCKET, {}))


def refill(request: HttpRequest, kept: dict[str, Any]) -> None:
    request.session[_POCKET] = kept


def _kept(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(_POCKET, {}))


def _put(request: HttpRequest, **values: Any) -> None:
    kept = _kept(request)
    if {**kept, **values} != kept:
        request.session[_POCKET] = {**kept, **values}
