"""Merging while somebody saves an edit of either side, or tags them: each of the two counts, or is told that it did not."""

from __future__ import annotations

import random
from functools import partial

import pytest
from django.test import Client

from contacts.models import Contact
from helpdesk.users.models import User
from tests.factories import make_contact, make_supervisor
from tests.faults.conftest import Tell
from tests.faults.invariants import check_invariants
from tests.faults.ledger import Line
from tests.faults.profile import LIMIT, SEED, rounds
from tests.hostile import forms_of
from tests.team.test_races import at_once

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True), pytest.mark.timeout(LIMIT)]
TIMES = rounds(8, 200)
Filled = tuple[Client, str, dict[str, list[str]]]
"""Who sends it, where to, and what."""


def test_merge_while_either_side_is_edited(tell: Tell) -> None:
    chance, line = random.Random(SEED), Line("merge while either side is edited", TIMES, 2 * TIMES)
    wins = {"merge": 0, "edit": 0, "both": 0}
    for number in range(TIMES):
        people = [make_contact(), make_contact()]
        edited, title = chance.choice(people), f"Title {number}"
        merge, edit = merge_form(people), edit_form(edited, title)
        answers: dict[str, int] = {}
        acts = [partial(sent, merge, "merge", answers), partial(sent, edit, "edit", answers)]
        chance.shuffle(acts)
        at_once(*acts)
        is_merged, is_kept = happened(people), Contact.objects.filter(job_title=title).exists()
        line.lost += (answers["edit"] == 302) is not is_kept
        line.lost += (answers["merge"] == 302) is not is_merged
        line.doubled += Contact.objects.filter(job_title=title, merged_into=None).count() > 1
        wins["both" if is_merged and is_kept else "merge" if is_merged else "edit"] += 1
    line.notes = ", ".join(f"{who} {n}" for who, n in wins.items())
    try:
        check_invariants()
    except AssertionError:
        line.invariants = "BROKEN"
        raise
    finally:
        tell(line)
    assert (line.lost, line.doubled, wins["merge"] + wins["edit"] + wins["both"]) == (0, 0, TIMES)


def merge_form(people: list[Contact]) -> Filled:
    query = "&".join(f"contact={one.pk}" for one in people)
    client, action, fields = form(f"/contacts/merge/?{query}", "merge")
    return client, action, {**fields, "survivor": [str(people[0].pk)]}


def edit_form(contact: Contact, title: str) -> Filled:
    client, action, fields = form(f"/contacts/{contact.pk}/edit/", "job_title")
    return client, action, {**fields, "job_title": [title]}


def form(address: str, field: str) -> Filled:
    """The form of a page that has `field`, as its visitor would send it."""
    client = Client()
    client.force_login(supervisor(), backend="helpdesk.signin.AddressBackend")
    page = client.get(address).content.decode()
    found = next(one for one in forms_of(page, address) if field in one.fields and one.method == "post")
    return client, found.action, found.fields


def supervisor() -> User:
    return User.objects.filter(role="supervisor").first() or make_supervisor()


def sent(given: Filled, name: str, answers: dict[str, int]) -> None:
    client, action, fields = given
    answers[name] = client.post(action, fields).status_code


def happened(people: list[Contact]) -> bool:
    return Contact.objects.filter(pk__in=[one.pk for one in people], merged_into__isnull=False).exists()
