"""The catalogue of letters: each app registers its own in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise

if TYPE_CHECKING:
    from helpdesk.outbox.models import OutgoingEmail

StillWanted = Callable[["OutgoingEmail"], str]
"""Asked just before sending: "" when the letter is still wanted, else the reason why not (a sentence, translated)."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One kind of letter. `audience` says on which tab of Admin → Email Notifications its switch stands, "" for none."""

    code: str
    name: str | Promise
    description: str | Promise = ""
    audience: Literal["agent", "requester", ""] = ""
    is_on_by_default: bool = True
    still_wanted: StillWanted | None = None


CATALOGUE: dict[str, Notice] = {}


def register(notice: Notice) -> Notice:
    CATALOGUE[notice.code] = notice
    return notice
