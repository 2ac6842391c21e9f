"""What agents say about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from helpdesk.audit.actions import differences, record
from helpdesk.users.actors import Actor
from helpdesk.users.models import User

FIELDS = ("name", "language", "time_zone", "theme", "signature")


@transaction.atomic
def edit_profile(user: User, given: Mapping[str, Any], *, by: Actor) -> None:
    """Keep what was `given` for FIELDS; recorded only where something differs."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {name: getattr(user, name) for name in FIELDS}
    changes = differences(before, {name: given[name] for name in FIELDS})
    if not changes:
        return
    for name, (_before, after) in changes.items():
        setattr(user, name, after)
    user.save(update_fields=list(changes))
    record("user.edit_profile", user, changes=changes, by=by)
