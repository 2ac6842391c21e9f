"""The set-based twins leave what the verbs leave: the same contacts, tags, companies, sign-ins and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.models import Company
from contacts.actions import standing
from contacts.actions.drafts import Draft
from contacts.actions.placing import set_company
from contacts.actions.records import edit_contact
from contacts.actions.tags import add_tags, remove_tags
from contacts.acts import companies, standings, tags
from contacts.models import Contact, Membership, Tag
from contacts.notices import CONTACT
from helpdesk.jobs import actions, engine
from helpdesk.jobs.kinds import JobKind
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import SecretLink
from helpdesk.users import actors
from tests.factories import make_company, make_contact, make_customer
from tests.faults.invariants import check_invariants

pytestmark = pytest.mark.django_db(transaction=True)
BY = actors.system("command")
LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)
NAMES = ("vip", "new", "gold")
FIRMS = ("Acme", "Globex")

Person = dict[str, Any]
PEOPLE: st.SearchStrategy[list[Person]] = st.lists(
    st.fixed_dictionaries(
        {
            "is_customer": st.booleans(),
            "is_blocked": st.booleans(),
            "is_deleted": st.booleans(),
            "tags": st.sets(st.sampled_from(NAMES)),
            "company": st.sampled_from([None, *FIRMS]),
            "further": st.sets(st.sampled_from(FIRMS)),
        }
    ),
    min_size=1,
    max_size=6,
)
ACTS: dict[str, tuple[Callable[[list[Contact]], Any], JobKind, dict[str, Any]]] = {
    "add": (lambda people: add_tags(people, ["vip", "2026"], by=BY), tags.ADD, {"tags": ["vip", "2026"]}),
    "remove": (lambda people: remove_tags(people, ["vip", "gold"], by=BY), tags.REMOVE, {"tags": ["vip", "gold"]}),
    "company": (lambda people: set_company(people, _acme(), by=BY), companies.COMPANY, {"company": "Acme"}),
    "no company": (lambda people: set_company(people, None, by=BY), companies.COMPANY, {"company": None}),
    "block": (lambda people: standing.block(people, by=BY), standings.BLOCK, {}),
    "unblock": (lambda people: standing.unblock(people, by=BY), standings.UNBLOCK, {}),
    "delete": (lambda people: standing.delete(people, by=BY), standings.DELETE, {}),
    "restore": (lambda people: standing.restore(people, by=BY), standings.RESTORE, {}),
}


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


def do(kind: JobKind, people: Iterable[Contact], **params: Any) -> Job:
    job = actions.start(kind, Contact.objects.filter(pk__in=[one.pk for one in people]), params=params, by=BY)
    return go(job)


def go(job: Job) -> Job:
    job.refresh_from_db()
    epoch: int | None = job.epoch
    while epoch is not None:
        epoch = engine.run(job.pk, epoch)
    job.refresh_from_db()
    return job


def _acme() -> Company:
    return Company.objects.get(name="Acme")


def _params(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "company": _acme().pk, "name": "Acme"} if params.get("company") else {"name": "", **params}


def _made(people: list[Person]) -> list[Contact]:
    return [_one(person) for person in people]


def _one(person: Person) -> Contact:
    contact = make_customer() if person["is_customer"] else make_contact()
    firms = {firm.name: firm for firm in Company.objects.all()}
    contact.company = firms.get(person["company"])
    contact.blocked_at = LONG_AGO if person["is_blocked"] else None
    contact.deleted_at = LONG_AGO if person["is_deleted"] else None
    add_tags(contact, person["tags"], by=BY)
    contact.updated_at = LONG_AGO
    contact.save()
    further = sorted(person["further"] - {person["company"]})
    Membership.objects.bulk_create(Membership(contact=contact, company=firms[name]) for name in further)
    SecretLink.objects.create(
        purpose="activate", subject_kind=CONTACT, subject_id=contact.pk, token_hash=str(contact.pk), expires_at=timezone.now()
    )  # fmt: skip
    return contact


def _facts(people: list[Contact]) -> list[dict[str, Any]]:
    """All that an act may change, but for the moments of now."""
    return [_of(Contact.objects.select_related("user", "company").get(pk=one.pk)) for one in people]


def _of(one: Contact) -> dict[str, Any]:
    user, link = one.user, SecretLink.objects.get(subject_kind=CONTACT, subject_id=one.pk)
    return {
        "tags": list(Tag.objects.filter(taggings__contact=one).order_by("key").values_list("name", flat=True)),
        "company": one.company.name if one.company else None,
        "further": list(one.memberships.order_by("company__name").values_list("company__name", flat=True)),
        "version": one.version,
        "is_updated": one.updated_at != LONG_AGO,
        "blocked": one.blocked_at and (one.blocked_at == LONG_AGO or "now"),
        "deleted": one.deleted_at and (one.deleted_at == LONG_AGO or "now"),
        "user": (user.is_active, user.sessions_epoch) if user else None,
        "is_revoked": link.revoked_at is not None,
    }


@pytest.mark.parametrize("act", ACTS)
@given(people=PEOPLE)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_twin_does_what_its_verb_does(act: str, people: list[Person]) -> None:
    verb, kind, params = ACTS[act]
    for name in FIRMS:
        Company.objects.filter(name=name).exists() or make_company(name)
    by_verb, by_twin = _made(people), _made(people)
    changed = verb(by_verb)
    job = do(kind, by_twin, **_params(params))
    assert _facts(by_verb) == _facts(by_twin)
    assert job.state == "done"
    assert job.totals.get("done", 0) == len(changed)
    assert sum(job.totals.values()) == len(people) == job.rows.count()


@pytest.mark.parametrize("act", ["add", "remove", "company", "no company"])
@given(people=PEOPLE)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_brings_all_of_it_back(act: str, people: list[Person]) -> None:
    _verb, kind, params = ACTS[act]
    for name in FIRMS:
        Company.objects.filter(name=name).exists() or make_company(name)
    made = _made(people)
    before = _facts(made)
    job = do(kind, made, **_params(params))
    if not job.totals.get("done"):  # nothing was done that could be taken back
        assert not actions.can_undo(job)
        return
    actions.undo(job, by=BY)
    job = go(job)
    passing = ("version", "is_updated")
    after = _facts(made)
    assert [_without(one, passing) for one in after] == [_without(one, passing) for one in before]
    assert (job.state, job.undo_totals.get("restored", 0)) == ("undone", job.totals["done"])


def _without(facts: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


def test_undo_leaves_what_was_changed_since() -> None:
    acme, globex = make_company("Acme"), make_company("Globex")
    kept, moved = make_contact(), make_contact()
    job = do(companies.COMPANY, [kept, moved], company=acme.pk, name="Acme")
    set_company([moved], globex, by=BY)
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"restored": 1, "left": 1}
    assert [Contact.objects.get(pk=one.pk).company for one in (kept, moved)] == [None, globex]


def test_undo_leaves_a_company_in_one_place() -> None:
    acme, globex, initech = make_company("Acme"), make_company("Globex"), make_company("Initech")
    contact = make_contact(company=acme)
    job = do(companies.COMPANY, [contact], company=globex.pk, name="Globex")
    contact.refresh_from_db()
    further = replace(Draft.of(contact), other_companies=(acme, initech))
    edit_contact(contact, further, version=contact.version, by=BY)
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"restored": 1}
    contact.refresh_from_db()
    assert (contact.company, [one.company for one in contact.memberships.all()]) == (acme, [initech])
    check_invariants(audited=False)


def test_who_lost_a_tag_since_keeps_it_lost() -> None:
    one, two = make_contact(), make_contact()
    job = do(tags.ADD, [one, two], tags=["vip"])
    remove_tags(one, ["vip"], by=BY)
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"restored": 1, "left": 1}
    assert not Tag.objects.exists()


@pytest.mark.parametrize("typed", ["vip", "ＶＩＰ"])
def test_a_tag_taken_in_another_spelling_comes_back_as_it_was(typed: str) -> None:
    one = make_contact()
    add_tags(one, ["VIP"], by=BY)
    job = do(tags.REMOVE, [one], tags=[typed])
    assert not Tag.objects.exists()
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"restored": 1}
    assert list(Tag.objects.values_list("name", "taggings__contact")) == [("VIP", one.pk)]
    check_invariants(audited=False)


def test_a_tag_that_others_spell_otherwise_since_is_the_same() -> None:
    lost, got, other = make_contact(), make_contact(), make_contact()
    add_tags(lost, ["Gold"], by=BY)
    taken, given = do(tags.REMOVE, [lost], tags=["Gold"]), do(tags.ADD, [got], tags=["New"])
    remove_tags(got, ["New"], by=BY)
    add_tags([got, other], ["gold", "new"], by=BY)
    for job in (taken, given):
        actions.undo(job, by=BY)
        assert go(job).undo_totals == {"restored": 1}
    names = {one: list(Tag.objects.filter(taggings__contact=one).values_list("name", flat=True)) for one in (lost, got)}
    assert names == {lost: ["gold"], got: ["gold"]}
    check_invariants(audited=False)


def test_a_tag_of_people_who_are_gone_stays_gone() -> None:
    gone, other = make_contact(), make_contact()
    add_tags([gone, other], ["vip"], by=BY)
    job = do(tags.REMOVE, [gone, other], tags=["vip"])
    gone.delete()
    other.delete()
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"left": 2}
    assert not Tag.objects.exists()


def test_a_company_that_is_gone_ends_the_job() -> None:
    job = do(companies.COMPANY, [make_contact()], company=10**9, name="Gone")
    assert (job.state, (job.error or {})["text"]) == ("failed", companies.COMPANY_GONE)


def test_rows_tell_before_and_why() -> None:
    one, two = make_contact(), make_contact()
    add_tags(two, ["vip"], by=BY)
    job = do(tags.ADD, [one, two], tags=["vip"])
    rows = {row.target_id: row for row in job.rows.all()}
    assert rows[one.pk].before == {"tags": ["vip"]}
    assert [problem["text"] for problem in rows[two.pk].problems or []] == ["nothing to change"]
    assert job.totals == {"done": 1, "skipped": 1}


def test_a_contact_that_is_gone_is_skipped() -> None:
    one, two = make_contact(), make_contact()
    job = actions.start(tags.ADD, Contact.objects.all(), params={"tags": ["vip"]}, by=BY)
    one.delete()
    job = go(job)
    assert job.totals == {"done": 1, "skipped": 1}
    assert Tag.objects.get(taggings__contact=two).name == "vip"
