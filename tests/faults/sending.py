"""An admin and contacts, and a send to all of them that no worker has seen yet; inside a house."""

from __future__ import annotations

ADMIN = "admin@helpdesk.example"


def people(count: int) -> list[int]:
    """Make the admin and this many contacts; the contacts' ids."""
    from django.db import transaction

    from helpdesk.users.models import User
    from tests.factories import make_admin, make_contact

    with transaction.atomic():
        if not User.objects.filter(email=ADMIN).exists():
            make_admin(email=ADMIN)
        return [make_contact().pk for _number in range(count)]


def whole() -> int:
    """Send activation emails to all unverified contacts; the job's id."""
    from contacts.acts.invitations import ACTIVATE
    from contacts.acts.starting import confirm, freeze
    from contacts.models import Contact
    from helpdesk.users import actors
    from helpdesk.users.models import User

    admin = User.objects.get(email=ADMIN)
    by = actors.person(admin)
    job = freeze(ACTIVATE, Contact.objects.visible_to(admin).unverified(), by=by)
    confirm(job, ACTIVATE, {}, by=by)
    return job.pk
