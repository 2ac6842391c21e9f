"""What another primary email means for one contact, asked before it is replaced."""

from __future__ import annotations

from dataclasses import dataclass

from contacts.models import MOST_ADDRESSES, Contact
from contacts.notices import CONTACT, PASSWORD_RESET, USER_ACTIVATION
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State

WITH_A_LINK = (USER_ACTIVATION.code, PASSWORD_RESET.code)
STILL_ASKED = (State.QUEUED, State.CLAIMED)  # whether they are wanted, before they go


@dataclass(frozen=True)
class Consequences:
    """`old` is the primary email now, "" where there is none; `links` live ones that die, `waiting` letters that stay.

    `was_invited`: an activation email was written before. `is_full`: the old address can only stay if another goes.
    """

    old: str
    links: int
    waiting: int
    was_invited: bool
    is_full: bool
    agent_email: str

    @property
    def is_agent(self) -> bool:
        return bool(self.agent_email)


def consequences_of(contact: Contact) -> Consequences:
    emails = list(contact.addresses.order_by("-is_primary", "pk").values_list("email", flat=True))
    letters = OutgoingEmail.objects.about(CONTACT, contact.pk).filter(notice__in=WITH_A_LINK)
    purposes = (SecretLink.Purpose.ACTIVATE, SecretLink.Purpose.RESET)
    return Consequences(
        old=emails[0] if emails else "",
        links=SecretLink.objects.live().of(CONTACT, contact.pk).filter(purpose__in=purposes).count(),
        waiting=letters.filter(state__in=STILL_ASKED).count(),
        was_invited=letters.filter(notice=USER_ACTIVATION.code).exists(),
        is_full=len(emails) >= MOST_ADDRESSES,
        agent_email=contact.user.email if contact.user and contact.user.is_agent else "",
    )
