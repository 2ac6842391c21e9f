"""Every form that can be sent is sent twice in the same moment, as by a double click: nothing happens twice.

Each page is visited in a world of its own, each of its forms filled in by name, and posted by two threads at once.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from companies.models import Company
from contacts.actions.merging import merge_contacts
from contacts.models import Contact, Merge
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs.models import Job
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.invitations import invite
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from helpdesk.users.models import User
from tests import factories
from tests.browser.pages import PAGES, Seed, Stop
from tests.faults.conftest import Tell
from tests.faults.invariants import check_invariants
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT, rounds
from tests.hostile import Form, forms_of
from tests.team.test_races import at_once

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True), pytest.mark.timeout(LIMIT)]
TIMES = rounds(1, 10)
LEAST = 30  # forms that do something: should the pages or the filling in change, this notices

UNLIKE: dict[type[Any], tuple[str, ...]] = {
    AuditEntry: ("action", "target_kind", "target_id"),
    OutgoingEmail: ("notice", "to_email"),
    Contact: ("name",),
    Company: ("name",),
    User: ("name",),
    Note: ("text",),
    Job: ("kind",),
    Merge: ("survivor",),
}
"""Of what one click makes of each kind, no two are alike in these."""

_numbers = itertools.count(1)


def test_a_double_click_on_every_form_acts_once(tell: Tell) -> None:
    line, acted = Line("double click on every form", TIMES, 0), set[tuple[str, ...]]()
    twice: list[str] = []
    for _round in range(TIMES):
        tried: set[tuple[str, ...]] = set()
        for stop in PAGES:
            for form, found in double_clicks(stop, tried):
                line.items += 1
                twice += [f"{stop}: {form.action}: {what}" for what, n in found.items() if n > 1]
                acted |= {form.shape} if found else set()
    line.doubled, line.notes = len(twice), f"{len(acted)} forms that change something"
    try:
        check_invariants()
    except AssertionError:
        line.invariants = "BROKEN"
        raise
    finally:
        tell(line)
    assert not twice, "\n".join(twice)
    assert len(acted) >= LEAST, sorted(acted)


def double_clicks(stop: Stop, tried: set[tuple[str, ...]]) -> Iterator[tuple[Form, Counter[tuple[str, ...]]]]:
    """Each form of the page that was not seen on another one, and what came of it, each in a world of its own."""
    client, forms = open_page(stop)
    is_new = True
    for shape in dict.fromkeys(form.shape for form in forms):
        if shape in tried:
            continue
        tried.add(shape)
        if not is_new:
            client, forms = open_page(stop)
        is_new = False
        if fresh := next((form for form in forms if form.shape == shape), None):
            yield fresh, double_click(client, fresh)


def open_page(stop: Stop) -> tuple[Client, list[Form]]:
    """Somebody who has opened the page in a new world, and the page's forms that change something."""
    given = world()
    client = visitor(stop, given)
    page = client.get(stop.address(given), follow=True)
    forms = forms_of(page.content.decode(), page.request["PATH_INFO"])
    return client, [form for form in forms if form.method == "post"]


def double_click(first: Client, form: Form) -> Counter[tuple[str, ...]]:
    """Fill the form in and send it twice at once; what came of it, and how often."""
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in UNLIKE}
    typed, second = filled(form), Client()
    second.cookies = first.cookies
    answers = at_once(*(partial(one.post, form.action, typed) for one in (first, second)))
    broken = Counter({(f"answered with {answer!r}",): 2 for answer in answers if isinstance(answer, Exception)})
    return broken + new_ones(before)


def new_ones(before: dict[type[Any], set[int]]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for model, columns in UNLIKE.items():
        made = model.objects.exclude(pk__in=before[model])
        made = made.exclude(state="draft") if model is Job else made  # asked for, not begun
        made = made.exclude(action__startswith="access.") if model is AuditEntry else made  # who downloads twice, did
        found.update((model.__name__, *map(str, row)) for row in made.values_list(*columns))
    return found


def filled(form: Form) -> dict[str, list[str]]:
    number = next(_numbers)
    typed = {
        "name": f"Double {number}",
        "job_title": f"Title {number}",
        "text": f"Called {number}",
        "subject": f"Subject {number}",
        "notes": f"Notes {number}",
        "tags": f"tag {number}",
        "mobile_phone": "010-2073-1215",
        "current_password": factories.PASSWORD,
        "password": factories.PASSWORD,
    }
    values = {name: [typed[name]] if name in typed else given for name, given in form.fields.items()}
    values.pop("generate", None)  # the other button: each click makes a password of its own, and shows it
    for name, given in values.items():
        if not given and "email" in name:
            values[name] = [f"double{number}@acme.example"]
        elif not given and "password" in name:
            values[name] = ["gate-lantern-42"]
    return values


def visitor(stop: Stop, given: Seed) -> Client:
    client = Client()
    user = given.user(stop.who)
    if user is not None:
        client.force_login(user, backend="helpdesk.signin.AddressBackend")
    return client


@transaction.atomic
def world() -> Seed:
    """What pages are about, each time anew."""
    number = next(_numbers)
    admin, agent = factories.make_admin(), factories.make_agent()
    company = factories.make_company(f"Company {number}", domains=(f"company{number}.example",))
    contact = factories.make_contact(company=company, work_phone="02-123-4567")
    by = actors.person(agent)
    letter = OutgoingEmail.objects.create(
        notice="user_activation", cause=f"tests {number}", to_email=f"letter{number}@acme.example", language="en",
        subject="…", text="…", html="<p>…</p>", state="failed", finished_at=contact.created_at,
    )  # fmt: skip
    things: dict[str, Any] = {
        "admin": admin,
        "agent": agent,
        "customer": factories.make_customer(company=company),
        "contact": contact,
        "company": company,
        "letter": letter,
        "note": add_note(contact, f"Note {number}", by=by),
        "job": _job(agent, "done"),
        "running": _job(agent, "running"),
        "draft": _draft(admin),
        "merge": _merge(),
        "invited": invite(
            f"invited{number}@helpdesk.example", name=f"Ivy {number}", role="agent", language="en", by=by
        ),
    }
    return Seed(**{field.name: things.get(field.name, agent) for field in fields(Seed)})


def _job(owner: User, state: str) -> Job:
    return Job.objects.create(kind="tests.none", state=state, owner=owner, owner_name="Ada", total=0)


def _draft(owner: User) -> Job:
    return Job.objects.create(kind="contacts.block", owner=owner, owner_name="Alma", total=0)


def _merge() -> Merge:
    kept, other = factories.make_contact(), factories.make_contact()
    versions = {one.pk: one.version for one in (kept, other)}
    return merge_contacts(kept, [other], {}, versions=versions, by=actors.system("command"))
