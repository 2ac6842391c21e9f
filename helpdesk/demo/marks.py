"""What the demo made: told by the log, so that neither an edit nor a look-alike row of somebody else's changes it."""

from __future__ import annotations

from django.db import models

from helpdesk.audit.models import AuditEntry
from helpdesk.users import actors
from helpdesk.users.actors import Actor

BY_DEMO: Actor = actors.system("demo")
ACTS = {"companies.company": "company.create", "contacts.contact": "contact.create", "users.user": "user.invite"}
"""How the log tells that a thing of each kind was made."""


def lines_about_made() -> models.QuerySet[AuditEntry]:
    """The lines by which the demo made things. Only the demo acts under its name: no request can write one."""
    return AuditEntry.objects.filter(
        actor_kind=BY_DEMO.kind, actor_name=BY_DEMO.name, action__in=ACTS.values(), target_kind__in=ACTS
    )


def made(model: type[models.Model]) -> list[int]:
    """The ids of the demo's rows of this kind, deleted ones too."""
    lines = lines_about_made().filter(target_kind=model._meta.label_lower)
    return [pk for pk in lines.values_list("target_id", flat=True) if pk is not None]
