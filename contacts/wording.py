"""How the acts on contacts read in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.followers import Words
from helpdesk.audit import wording
from helpdesk.audit.models import Strand

ACTS = {
    "contact.create": _("created a contact"),
    "contact.edit": _("edited a contact"),
    "contact.block": _("blocked a contact"),
    "contact.unblock": _("unblocked a contact"),
    "contact.delete": _("deleted a contact"),
    "contact.restore": _("restored a contact"),
    "contact.forget": _("deleted a contact forever"),
    "contact.merge": _("merged contacts into one"),
    "contact.merge_away": _("merged away a contact"),
    "contact.unmerge": _("unmerged contacts"),
    "contact.unmerge_away": _("brought back a merged contact"),
    "contact.tag": _("gave a contact tags"),
    "contact.untag": _("took tags from a contact"),
    "contact.activate_many": _("sent activation emails to a whole view"),
    "contact.tag_many": _("gave tags to a whole view of contacts"),
    "contact.untag_many": _("took tags from a whole view of contacts"),
    "contact.set_company_many": _("set the company of a whole view of contacts"),
    "contact.apply_domains": _("linked existing contacts by the company's email domains"),
    "contact.apply_domains_many": _("linked existing contacts by a company's email domains"),
    "contact.make_agent": _("made a contact an agent"),
    "contact.step_back": _("took the agent role away"),
    "contact.block_many": _("blocked a whole view of contacts"),
    "contact.unblock_many": _("unblocked a whole view of contacts"),
    "contact.delete_many": _("deleted a whole view of contacts"),
    "contact.restore_many": _("restored a whole view of contacts"),
    "contact.send_activation": _("sent an activation email to a contact"),
    "contact.send_reset": _("sent a password reset email to a contact"),
    "contact.change_password": _("changed the password of a contact"),
    "contact.activate": _("activated a portal account"),
    "contact.reset_password": _("chose a new portal password by an emailed link"),
    "contact.choose_password": _("chose a new portal password after signing in"),
    "contact.sign_in": _("signed in to the portal"),
    "contact.lock_out": _("used up the tries to sign in"),
    "contact.unlock": _("let a contact try to sign in again"),
}
ASKED = {
    "contact.send_activation": _("asked for an activation email to a contact"),
    "contact.send_reset": _("asked for a password reset email to a contact"),
}
FIELDS = {
    "email": _("Email"),
    "emails": _("Emails"),
    "other_companies": _("Further companies"),
    "tags": _("Tags"),
    "blocked_at": _("Blocked"),
    "deleted_at": _("Deleted"),
    "verified_at": pgettext_lazy("moment", "Verified"),
    "merged": _("Merged contacts"),
    "merged_into": _("Merged into"),
    "left": _("Left as it is"),
    "letters": _("Emails"),
}


SIGN_INS = ("contact.activate", "contact.reset_password", "contact.choose_password")
TOLD_BY_LETTERS = ("contact.send_activation", "contact.send_reset")


_COUNTED = {"letters": _("Letters: %(count)s"), "notes": _("Notes: %(count)s")}


def counted(name: str, label: Words, count: int) -> str:
    """ "Letters: 3": how many rows of the follower `name`; addresses are emails too, so letters are called letters."""
    words = _COUNTED.get(name)
    return str(words) % {"count": count} if words else f"{label}: {count}"


def register_all() -> None:
    """Give them to the log; called once, at the start."""
    wording.register("contact", _("Contacts"), ACTS, fields=FIELDS)
    wording.register_asked(ASKED)
    wording.register_strand(Strand.SIGN_IN, SIGN_INS)
    wording.register_strand(Strand.SIGN_IN, ("contact.sign_in", "contact.lock_out"), passing=True)
    wording.register_strand(Strand.TOLD, TOLD_BY_LETTERS)
    wording.register_target("contacts.contact", _("Contact"), "contacts:show")
