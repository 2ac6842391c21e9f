""" "Send me one first": the letter of a draft, to the person who is about to send it."""

from __future__ import annotations

from contacts import emails
from contacts.models import Contact
from contacts.notices import USER_ACTIVATION
from contacts.queries.prospects import first_ready
from helpdesk.jobs.models import Job
from helpdesk.outbox.actions import send_test
from helpdesk.outbox.models import OutgoingEmail, hash_of
from helpdesk.outbox.previewing import preview
from helpdesk.ui.once import new_form_id
from helpdesk.users.actors import Actor
from helpdesk.users.models import User


class NobodyError(Exception):
    """None of the selection can be written to."""


def send_one_to_oneself(job: Job, reader: User, *, form_id: str, by: Actor) -> OutgoingEmail:
    """What the first of the selection would get, with a harmless word for the link; once for each `form_id`."""
    contact = Contact.objects.visible_to(reader).filter(pk=first_ready(job) or 0).select_related("user").first()
    if contact is None:
        raise NobodyError
    language = emails.language_of(contact)
    written = preview(USER_ACTIVATION, language, emails.sample_of(contact))
    cause = f"test:{reader.pk}:{hash_of(form_id or new_form_id())}"
    return send_test(USER_ACTIVATION, written, language=language, cause=cause, by=by)
