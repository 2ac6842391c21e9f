"""How acts on the team read in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.audit.models import Strand
from helpdesk.audit.wording import register, register_strand, register_target

ACTIONS = {
    "user.invite": _("invited an agent"),
    "user.invite_again": _("sent an invitation again"),
    "user.withdraw": _("withdrew an invitation"),
    "user.accept": _("accepted the invitation"),
    "user.create_admin": _("created an admin"),
    "user.change_role": _("changed the role of an agent"),
    "user.make_agent": _("made a contact an agent"),
    "user.step_back": _("took the agent role away"),
    "user.deactivate": _("deactivated an agent"),
    "user.reactivate": _("reactivated an agent"),
    "user.claim_address": _("gave an address to an agent"),
    "user.edit_profile": _("changed their profile"),
    "user.ask_email": _("asked for another email address of theirs"),
    "user.change_email": _("changed their email address"),
    "user.change_password": _("changed their password"),
    "user.ask_reset": _("asked for a password reset"),
    "user.reset_password": _("reset their password"),
    "user.sign_in": _("signed in"),
    "user.mfa_on": _("turned on two-step sign-in"),
    "user.mfa_off": _("turned off two-step sign-in"),
    "user.mfa_codes": _("made new recovery codes"),
    "user.mfa_reset": _("removed the two-step sign-in of an agent"),
}


def register_all() -> None:
    """Give the log its words; called once, at the start."""
    register("user", _("Team and sign-in"), ACTIONS, fields={"is_active": _("Active")})
    register_strand(Strand.SIGN_IN, ["user.sign_in"])
    register(
        "helpdesk",
        _("Helpdesk settings"),
        {
            "helpdesk.change": _("changed the helpdesk settings"),
            "helpdesk.test_email": _("sent a test email"),
            "helpdesk.require_mfa": _("changed who needs two-step sign-in"),
        },
    )
    register_target("ui.helpdesk", _("Helpdesk settings"))
    register_target("users.signinpolicy", _("Sign-in"))
    register_target("users.user", _("User"), "team:edit")
