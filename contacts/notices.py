"""The letters about a contact's portal sign-in, as the catalogue lists them, and whether each is still wanted."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Address, Contact
from helpdesk.outbox.models import WAITING, OutgoingEmail, State
from helpdesk.outbox.notices import Notice, register
from helpdesk.outbox.placeholders import EMAIL, HELPDESK, LINK, NAME, SIGN_IN, SUPPORT, UNTIL, Placeholder
from helpdesk.users.addresses import address_key

CONTACT = "contacts.contact"
"""How letters, links and the log name a contact."""


def still_wants_activation(letter: OutgoingEmail) -> str:
    """ "" while the contact still waits for this invitation at this address, else why not."""
    contact = _subject_of(letter)
    if contact is not None and contact.verified_at:
        return _("The contact has been verified in the meantime.")
    return _no_longer_reachable(letter, contact) or _replaced(letter)


def still_wants_reset(letter: OutgoingEmail) -> str:
    """ "" while the contact can still sign in, has no newer password and lives at this address, else why not."""
    contact = _subject_of(letter)
    if contact is not None and not contact.verified_at:
        return _("The contact has no password any more.")
    if contact is not None and contact.user and contact.user.has_new_password_since(letter.created_at):
        return _("A new password has been set in the meantime.")
    return _no_longer_reachable(letter, contact) or _replaced(letter)


def _subject_of(letter: OutgoingEmail) -> Contact | None:
    """Kept as they are until the letter's handoff is committed: whoever changes them finds its link, and revokes it."""
    return Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk=letter.about_id or 0).first()


def _no_longer_reachable(letter: OutgoingEmail, contact: Contact | None) -> str:
    if contact is not None and contact.merged_into_id:
        return _("The contact has been merged into another in the meantime.")
    if contact is None or contact.deleted_at:
        return _("The contact has been deleted in the meantime.")
    if contact.blocked_at:
        return _("The contact has been blocked in the meantime.")
    if contact.user is not None and contact.user.is_agent:
        return _("The contact has become an agent in the meantime.")
    if not Address.objects.filter(contact=contact, is_primary=True, key=address_key(letter.to_email)).exists():
        return _("The primary email has changed in the meantime.")
    return ""


def _replaced(letter: OutgoingEmail) -> str:
    """A letter that waited too long gives way to a newer one: two at once would only confuse, one link works."""
    standing = (*WAITING, State.SENT, State.UNKNOWN)
    newer = OutgoingEmail.objects.about(letter.about_kind, letter.about_id or 0).filter(
        notice=letter.notice, pk__gt=letter.pk, state__in=standing
    )
    return _("A newer email has replaced this one.") if newer.exists() else ""


ASKED_FOR = gettext_lazy("People ask for it themselves and wait for it.")
WARNS = gettext_lazy("It warns the customer if it was somebody else.")
COMMON = (HELPDESK, SUPPORT)

USER_ACTIVATION = Notice(
    code="user_activation",
    name=gettext_lazy("User activation email"),
    description=gettext_lazy("Invites every new contact with an email address to set a password for the portal."),
    audience="requester",
    is_on_by_default=True,
    is_sent_by_hand=True,
    still_wanted=still_wants_activation,
    template="contacts/activation",
    placeholders=(NAME, EMAIL, LINK, UNTIL, *COMMON),
)
PASSWORD_RESET = Notice(
    code="password_reset",
    name=gettext_lazy("Password reset email"),
    description=gettext_lazy("Brings customers the link to choose a new password."),
    audience="requester",
    always=ASKED_FOR,
    still_wanted=still_wants_reset,
    template="contacts/password_reset",
    placeholders=(NAME, EMAIL, LINK, UNTIL, *COMMON),
)
PASSWORD_SET = Notice(
    code="password_set",
    name=gettext_lazy("“Your password was set” email"),
    description=gettext_lazy("Tells customers that their sign-in works, and with which address."),
    audience="requester",
    template="contacts/password_set",
    placeholders=(NAME, EMAIL, SIGN_IN, *COMMON),
)
PASSWORD_CHANGED = Notice(
    code="password_changed",
    name=gettext_lazy("“Your password was changed” email"),
    description=gettext_lazy("Tells customers that their password is another one now, and who changed it."),
    audience="requester",
    always=WARNS,
    template="contacts/password_changed",
    placeholders=(
        NAME,
        EMAIL,
        Placeholder(
            name="what",
            meaning=gettext_lazy("what happened, in a sentence"),
            value="what",
            template="letters/contacts/_changed_words.html",
        ),
        SIGN_IN,
        *COMMON,
    ),
)
PRIMARY_CHANGED = Notice(
    code="primary_email_changed",
    name=gettext_lazy("“Your email address was changed” email"),
    description=gettext_lazy("Tells customers at both addresses which one is their primary email now."),
    audience="requester",
    always=WARNS,
    template="contacts/primary_changed",
    placeholders=(
        NAME,
        Placeholder(name="new", meaning=gettext_lazy("the new primary email"), value="new"),
        Placeholder(name="old", meaning=gettext_lazy("the primary email before"), value="old"),
        *COMMON,
    ),
)


ALL = (USER_ACTIVATION, PASSWORD_RESET, PASSWORD_SET, PASSWORD_CHANGED, PRIMARY_CHANGED)


def register_all() -> None:
    """Put them into the catalogue; called once, at the start."""
    for notice in ALL:
        register(notice)
