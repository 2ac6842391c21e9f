"""Everything running in a house, and an admin who works there over plain HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from django.conf import global_settings
from django.test import override_settings

from tests.factories import PASSWORD
from tests.faults.house import House, wait_until
from tests.faults.sending import ADMIN, people
from tests.flows.browsing import Visitor
from tests.patience import free_port

PAGES = ("/contacts/", "/jobs/", "/admin/background-work/", "/admin/outbox/", "/healthz")


class Desk:
    """`manage.py up` in `home`, signed in; `people` are the ids of its contacts."""

    def __init__(self, home: House, contacts: int, **env: str) -> None:
        with home.inside(), override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):  # as the house's own
            self.people = [str(pk) for pk in people(contacts)]
        port = free_port()
        home.start("manage.py", "up", PORT=str(port), **env)
        self.base = f"http://127.0.0.1:{port}"
        wait_until(self._is_up, what="the helpdesk is up", house=home)
        self.admin = Visitor(self.base)
        self.admin.sign_in(ADMIN, PASSWORD)

    def invite(self, people: Iterable[str], *, form_id: str = "") -> str:
        """Send activation emails to these by hand, as the list's bar does; the page it led to."""
        fields = [*(("contact", pk) for pk in people), ("form_id", form_id)]
        return self.admin.post("/contacts/activations/", fields, form_at="/contacts/")

    def slowest_page(self) -> float:
        """Seconds, each page's better one of two tries: a busy machine is not the helpdesk's fault."""
        return max(min(seconds(lambda page=page: self.admin.get(page)) for _try in range(2)) for page in PAGES)

    def _is_up(self) -> bool:
        try:
            return bool(Visitor(self.base).get("/readyz"))
        except OSError:
            return False


def seconds(act: Callable[[], object]) -> float:
    """How long it took."""
    begun = time.monotonic()
    act()
    return time.monotonic() - begun
