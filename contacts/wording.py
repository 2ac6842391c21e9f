"""How the acts on contacts read in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.audit import wording

ACTS = {
    "contact.create": _("created a contact"),
    "contact.edit": _("edited a contact"),
    "contact.block": _("blocked a contact"),
    "contact.unblock": _("unblocked a contact"),
    "contact.delete": _("deleted a contact"),
    "contact.restore": _("restored a contact"),
    "contact.send_activation": _("sent an activation email to a contact"),
    "contact.send_reset": _("sent a password reset email to a contact"),
    "contact.change_password": _("changed the password of a contact"),
    "contact.activate": _("activated a portal account"),
    "contact.reset_password": _("chose a new portal password by an emailed link"),
    "contact.choose_password": _("chose a new portal password after signing in"),
}
FIELDS = {
    "emails": _("Emails"),
    "other_companies": _("Further companies"),
    "blocked_at": _("Blocked"),
    "deleted_at": _("Deleted"),
    "verified_at": _("Verified"),
}


def register_all() -> None:
    """Give them to the log; called once, at the start."""
    wording.register("contact", _("Contacts"), ACTS, fields=FIELDS)
    wording.register_target("contacts.contact", _("Contact"), "contacts:show")
