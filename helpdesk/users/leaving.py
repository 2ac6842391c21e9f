"""What this room knows of somebody who is forgotten: sign-ins, sessions, tries."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from helpdesk.users.erasing import Traces, strings_in
from helpdesk.users.models import User
from helpdesk.users.signing_in import PER_KEY, PER_KEY_AND_IP, PER_USER, network_of
from helpdesk.users.throttling import forget

OF_SIGN_IN = "_auth_user"
"""How the parts of a session begin that say who is signed in."""


def erase(traces: Traces) -> None:
    """Their own sessions end; what other people's sessions say of them is taken out. An agent's sign-in stays."""
    users = list(User.objects.filter(pk__in=traces.users, role="").values_list("pk", flat=True))
    _erase_sessions(traces, {str(pk) for pk in users})
    _erase_tallies(traces)
    User.objects.filter(pk__in=users).delete()


def _erase_sessions(traces: Traces, users: set[str]) -> None:
    """Sessions are sealed: there is no way but to open each."""
    store = SessionStore()
    for session in Session.objects.order_by("pk").iterator(chunk_size=500):
        kept = store.decode(session.session_data)
        if kept.get(SESSION_KEY) in users or _is_nobodys_about(traces, kept):
            Session.objects.filter(pk=session.pk).delete()
        elif traces.are_in(_text_of(kept)):
            left = {key: part for key, part in kept.items() if not _tells(traces, key, part)}
            Session.objects.filter(pk=session.pk).update(session_data=store.encode(left))


def _is_nobodys_about(traces: Traces, kept: dict[str, Any]) -> bool:
    return SESSION_KEY not in kept and traces.are_in(_text_of(kept))


def _tells(traces: Traces, key: str, part: Any) -> bool:
    return not key.startswith(OF_SIGN_IN) and traces.are_in(_text_of(part))


def _text_of(kept: Any) -> str:
    return "\n".join(strings_in(kept))


def _erase_tallies(traces: Traces) -> None:
    networks = {network_of(ip) for ip in traces.ips}
    for email in traces.emails:
        forget(PER_KEY, email)
        for network in networks:
            forget(PER_KEY_AND_IP, f"{email} {network}")
    for user in traces.users:
        forget(PER_USER, str(user))
