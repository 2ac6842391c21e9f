"""The letters the demo's people once got and what was done with them: rows in final states, so nothing is ever sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from contacts import emails
from contacts.actions import progress
from contacts.models import Address, Contact
from contacts.notices import CONTACT, USER_ACTIVATION
from helpdesk.audit.actions import Entry, record_all
from helpdesk.demo.marks import BY_DEMO
from helpdesk.demo.people import End, Person, Story
from helpdesk.outbox.chores import WORKER_GONE
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State, hash_of, new_token
from helpdesk.outbox.posting import post
from helpdesk.users import actors
from helpdesk.users.actors import Actor
from helpdesk.users.models import User
from helpdesk.users.roles import Role

Pairs = list[tuple[Person, Contact]]

FINAL_STATES = {Story.FAILED: State.FAILED, Story.UNKNOWN: State.UNKNOWN}
ACCEPTED = "250 2.0.0 OK"
REFUSED = "550 5.1.1 <{}>: Recipient address rejected: User unknown"
ENDED = {End.BLOCKED: ("contact.block", "blocked_at"), End.DELETED: ("contact.delete", "deleted_at")}


def write(pairs: Pairs, team: dict[str, User]) -> None:
    """Everything that happened to these contacts after they were made, done by `team` (role → who) and themselves."""
    agent, supervisor, admin = (_actor(team, role) for role in (Role.AGENT, Role.SUPERVISOR, Role.ADMIN))
    written = [(person, contact) for person, contact in pairs if person.story.has_letter]
    _write_letters(written, by=agent)
    record_all([_sent(person, contact) for person, contact in written], by=agent)
    record_all(
        [_set_by_admin(person, contact) for person, contact in pairs if person.story is Story.BY_ADMIN], by=admin
    )
    for person, contact in pairs:
        if contact.user is not None and person.story is not Story.BY_ADMIN:
            verified = (None, person.verified_at)
            entry = Entry("contact.activate", contact, {"verified_at": verified}, at=person.verified_at)
            record_all([entry], by=actors.person(contact.user))
    record_all([_ended(person, contact) for person, contact in pairs if person.ended_at], by=supervisor)


def _actor(team: dict[str, User], role: str) -> Actor:
    """Who has this role; the demo itself where the address was somebody's already."""
    return actors.person(team[role]) if role in team else BY_DEMO


def _write_letters(written: Pairs, *, by: Actor) -> None:
    """Post the letters as they were and finish them before anybody can claim one: it is the same transaction."""
    primaries = {
        address.contact_id: address
        for address in Address.objects.filter(is_primary=True, contact__in=[c.pk for _p, c in written])
    }
    causes = {f"demo:{contact.pk}": (person, contact) for person, contact in written}
    post(
        USER_ACTIVATION,
        [emails.activation(contact, primaries[contact.pk], cause=cause) for cause, (_p, contact) in causes.items()],
        by=by,
    )
    letters = list(OutgoingEmail.objects.filter(cause__in=causes).order_by("pk"))
    for letter in letters:
        _finish(letter, causes[letter.cause][0])
    SecretLink.objects.bulk_create(
        _link(letter, causes[letter.cause][0]) for letter in letters if letter.state != State.FAILED
    )
    progress.settle([contact.pk for _person, contact in written])


def _finish(letter: OutgoingEmail, person: Person) -> None:
    sent_at = _known(person.sent_at)
    letter.state = FINAL_STATES.get(person.story, State.SENT)
    letter.server_reply = {State.SENT: ACCEPTED, State.FAILED: REFUSED.format(letter.to_email)}.get(letter.state, "")
    letter.reason = WORKER_GONE if letter.state == State.UNKNOWN else ""
    letter.attempts = 1
    letter.message_id = f"<{letter.cause.replace(':', '.')}@helpdesk.example>"
    letter.created_at = letter.run_at = sent_at - timedelta(seconds=2)
    letter.handoff_at, letter.finished_at = sent_at - timedelta(seconds=1), sent_at
    letter.save()  # one by one: Django's bulk_update of eight columns takes ten times as long


def _link(letter: OutgoingEmail, person: Person) -> SecretLink:
    """The link the letter carried; nobody ever knew its token."""
    sent_at = _known(person.sent_at)
    return SecretLink(
        purpose=SecretLink.Purpose.ACTIVATE, subject_kind=CONTACT, subject_id=letter.about_id or 0, sent_to=letter.to_email,
        letter=letter, token_hash=hash_of(new_token()), created_at=sent_at,
        expires_at=sent_at + timedelta(hours=settings.ACTIVATION_HOURS), opened_at=person.opened_at,
        used_at=person.verified_at, revoked_at=person.ended_at if person.verified_at is None else None,
    )  # fmt: skip


def _sent(person: Person, contact: Contact) -> Entry:
    return Entry("contact.send_activation", contact, {"email": (None, person.emails[0])}, at=person.sent_at)


def _set_by_admin(person: Person, contact: Contact) -> Entry:
    return Entry("contact.change_password", contact, {"verified_at": (None, person.verified_at)}, at=person.verified_at)


def _ended(person: Person, contact: Contact) -> Entry:
    action, field = ENDED[person.end]
    return Entry(action, contact, {field: (None, person.ended_at)}, at=person.ended_at)


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise LookupError("a letter without its moment")
    return moment
