"""The catalogue of letters: each app registers its own in `ready()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from helpdesk.outbox.placeholders import Placeholder

if TYPE_CHECKING:
    from helpdesk.outbox.models import OutgoingEmail
    from helpdesk.users.models import User

StillWanted = Callable[["OutgoingEmail"], str]
"""Asked just before sending: "" when the letter is still wanted, else the reason why not (a sentence, translated).

Of a letter that is sent again, too, whose `cause` is another one: see `first_cause`.
"""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One kind of letter. `audience` says on which tab of Admin → Email Notifications it stands, "" for none.

    `always`: why it cannot be switched off; "" for letters with a switch, which `post` obeys, unless people also send
    the letter by hand: then the verb that sends it by itself asks `is_on`. Letters with a `template` can be reworded with
    `placeholders`.
    """

    code: str
    name: str | Promise
    description: str | Promise = ""
    audience: Literal["agent", "requester", ""] = ""
    is_on_by_default: bool = True
    is_sent_by_hand: bool = False
    always: str | Promise = ""
    template: str = ""
    placeholders: Sequence[Placeholder] = ()
    still_wanted: StillWanted | None = None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A real person, as letters are written to them: for looking at a wording."""

    name: str
    email: str
    time_zone: str
    context: Mapping[str, Any]


Sampler = Callable[[str, "User"], Sample | None]
"""Finds the first person for these words ("": the newest) among those whom this agent may see."""

CATALOGUE: dict[str, Notice] = {}
SAMPLERS: dict[str, Sampler] = {}


def register(notice: Notice) -> Notice:
    CATALOGUE[notice.code] = notice
    return notice


TEST = register(Notice(code="test", name=gettext_lazy("Test email")))
"""What an admin sends to themselves."""


def register_sampler(sampler: Sampler, *notices: Notice) -> None:
    """Say who can be looked up to preview these letters."""
    SAMPLERS.update({notice.code: sampler for notice in notices})
