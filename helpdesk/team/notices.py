"""The letters to agents about their sign-in, as the catalogue lists them, and whether each is still wanted."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from helpdesk.outbox.models import OutgoingEmail
from helpdesk.outbox.notices import Notice, register
from helpdesk.outbox.placeholders import EMAIL, HELPDESK, LINK, NAME, SIGN_IN, SUPPORT, UNTIL, Placeholder
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
    """ "" while the agent may sign in and has no newer password, else why not."""
    user = _subject_of(letter)
    if user is None or not user.is_active:
        return _("The agent was deactivated.")
    if user.email != letter.to_email:
        return _("The agent's email has changed in the meantime.")
    return _("A new password has been set in the meantime.") if user.has_new_password_since(letter.created_at) else ""


def still_wants_confirmation(letter: OutgoingEmail) -> str:
    """ "" while the agent may sign in and has another address, else why not."""
    user = _subject_of(letter)
    if user is None or not user.is_active:
        return _("The agent was deactivated.")
    return _("The agent has this address already.") if user.email == letter.to_email else ""


def _subject_of(letter: OutgoingEmail) -> User | None:
    """Kept as they are until the letter's handoff is committed: whoever changes them finds its link, and revokes it."""
    return User.objects.select_for_update(no_key=True).filter(pk=letter.about_id or 0).first()


ROLE = Placeholder(name="role", meaning=gettext_lazy("the agent's role"), value="role")
INVITER = Placeholder(
    name="inviter",
    meaning=gettext_lazy("who invited them"),
    value="invited_by",
    instead=pgettext_lazy("instead of the inviter's name", "The team"),
)
WHAT = Placeholder(
    name="what",
    meaning=gettext_lazy("what happened, in a sentence"),
    value="what",
    template="letters/team/_security_words.html",
)
IP = Placeholder(
    name="ip",
    meaning=gettext_lazy("the network address it was done from"),
    value="ip",
    instead=pgettext_lazy("instead of a network address", "(unknown)"),
)
COMMON = (HELPDESK, SUPPORT)

INVITATION = Notice(
    code="team_invitation",
    name=gettext_lazy("Agent invitation email"),
    description=gettext_lazy("Brings new agents the link to choose a name and a password."),
    audience="agent",
    always=gettext_lazy("Without it nobody could join the team."),
    still_wanted=still_wants_invitation,
    template="team/invitation",
    placeholders=(NAME, EMAIL, INVITER, ROLE, LINK, UNTIL, *COMMON),
)
RESET = Notice(
    code="team_reset",
    name=gettext_lazy("Agent password reset email"),
    description=gettext_lazy("Brings agents the link to choose a new password."),
    audience="agent",
    always=gettext_lazy("People ask for it themselves and wait for it."),
    still_wanted=still_wants_reset,
    template="team/password_reset",
    placeholders=(NAME, EMAIL, LINK, UNTIL, *COMMON),
)
SECURITY = Notice(
    code="team_security",
    name=gettext_lazy("Agent security email"),
    description=gettext_lazy("Tells agents that their password or two-step sign-in changed, and from where."),
    audience="agent",
    always=gettext_lazy("It warns the agent if it was somebody else."),
    template="team/security",
    placeholders=(NAME, EMAIL, WHAT, IP, SIGN_IN, *COMMON),
)
EMAIL_CONFIRMATION = Notice(
    code="team_email",
    name=gettext_lazy("Agent email confirmation"),
    description=gettext_lazy("Asks agents who change their address to confirm the new one."),
    audience="agent",
    always=gettext_lazy("People ask for it themselves and wait for it."),
    still_wanted=still_wants_confirmation,
    template="team/confirm_email",
    placeholders=(NAME, EMAIL, LINK, UNTIL, *COMMON),
)


ALL = (INVITATION, RESET, EMAIL_CONFIRMATION, SECURITY)


def register_all() -> None:
    """Put them into the catalogue; called once, at the start."""
    for notice in ALL:
        register(notice)
