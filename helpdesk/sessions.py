"""Sessions as Django keeps them in the database, asked for by a question that is put together once (ADR 0030)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from helpdesk.ui.questions import Blank, Question


class SessionStore(db.SessionStore):
    """Every request loads one."""

    def load(self) -> dict[str, Any]:
        found = _session().ask(key=self.session_key, now=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0]["session_data"])


@cache
def _session() -> Question:
    model = SessionStore.get_model_class()
    key, expiry = model._meta.get_field("session_key"), model._meta.get_field("expire_date")
    living = model._default_manager.filter(session_key=Blank("key", key), expire_date__gt=Blank("now", expiry))
    return Question(living.values("session_data"))
