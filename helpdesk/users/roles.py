"""Who may do what: the whole policy on one screen (PRODUCT 3.13)."""

from __future__ import annotations

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What an agent is. A customer has no role."""

    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    ADMIN = "admin", _("Admin")


class Permission(enum.Enum):
    """One thing somebody may do; the value says it to a person who may not."""

    DESK_VIEW = _("open the desk")
    CONTACT_VIEW = _("see contacts")
    CONTACT_EDIT = _("create and edit contacts")
    CONTACT_ACTIVATE = _("send activation emails and password resets")
    CONTACT_BLOCK = _("block and unblock contacts")
    CONTACT_DELETE = _("delete and restore contacts")
    CONTACT_MERGE = _("merge contacts")
    CONTACT_ACT_ON_VIEW = _("do something to all contacts of a view at once")
    CONTACT_DOWNLOAD = _("download everything about a contact")
    CONTACT_FORGET = _("delete contacts forever")
    CONTACT_CHANGE_PASSWORD = _("change a contact's password")
    CONTACT_IMPORT = _("import contacts")
    CONTACT_EXPORT = _("export contacts")
    NOTE_DELETE_OTHERS = _("delete notes of others")
    COMPANY_VIEW = _("see companies")
    COMPANY_EDIT = _("create and edit companies")
    COMPANY_DELETE = _("delete and restore companies")
    COMPANY_IMPORT = _("import companies")
    COMPANY_EXPORT = _("export companies")
    ADMIN_VIEW = _("open the admin pages")
    NOTIFICATIONS_CONFIGURE = _("configure email notifications")
    SETTINGS_CONFIGURE = _("change the helpdesk settings")
    TEAM_MANAGE = _("manage the team")
    AUDIT_VIEW = _("read the audit log")
    OUTBOX_VIEW = _("see the outbox and send letters again")
    JOBS_SEE_ALL = _("see everybody's imports, exports and background work")
    JOBS_UNDO = _("undo imports and whole-view acts")


_AGENT = frozenset(
    {
        Permission.DESK_VIEW,
        Permission.CONTACT_VIEW,
        Permission.CONTACT_EDIT,
        Permission.CONTACT_ACTIVATE,
        Permission.COMPANY_VIEW,
        Permission.COMPANY_EDIT,
    }
)
_SUPERVISOR = _AGENT | {
    Permission.CONTACT_BLOCK,
    Permission.CONTACT_DELETE,
    Permission.CONTACT_MERGE,
    Permission.CONTACT_DOWNLOAD,
    Permission.CONTACT_ACT_ON_VIEW,
    Permission.CONTACT_EXPORT,
    Permission.COMPANY_DELETE,
    Permission.COMPANY_EXPORT,
}

GRANTS: dict[str, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.ADMIN: frozenset(Permission),
}


def who_may(permission: Permission) -> list[Role]:
    """The roles that hold `permission`, least first."""
    return [role for role in Role if permission in GRANTS[role]]
