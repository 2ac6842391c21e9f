"""The letters to agents about their sign-in, as the catalogue lists them, and whether each is still wanted."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import Notice, register
from helpdesk.users.models import User

USER = User._meta.label_lower
"""How letters, links and the log name an agent."""


def still_wants_invitation(letter: OutgoingEmail) -> str:
    """ "" while the agent has not accepted yet, else why not."""
    user = _subject_of(letter)
    if user is None:
        return _("The invitation was withdrawn.")
    if not user.is_invited:
        return _("The invitation has been accepted.")
    return "" if user.is_active else _("The agent was deactivated.")


def still_wants_reset(letter: OutgoingEmail) -> str:
    """ "" while the agent may sign in, else why not."""
    user = _subject_of(letter)
    return "" if user is not None and user.is_active else _("The agent was deactivated.")


def _subject_of(letter: OutgoingEmail) -> User | None:
    """Kept as they are until the letter's handoff is committed: whoever changes them finds its link, and revokes it."""
    return User.objects.select_for_update(no_key=True).filter(pk=letter.about_id or 0).first()


INVITATION = Notice(
    code="team_invitation", name=gettext_lazy("Agent invitation email"), still_wanted=still_wants_invitation
)
RESET = Notice(code="team_reset", name=gettext_lazy("Agent password reset email"), still_wanted=still_wants_reset)
SECURITY = Notice(code="team_security", name=gettext_lazy("Agent security email"))


def register_all() -> None:
    """Put them into the catalogue; called once, at the start."""
    for notice in (INVITATION, RESET, SECURITY):
        register(notice)
