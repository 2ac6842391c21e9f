"""Taking an import back: as it was, but for what people did since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from companies.models import Company
from contacts.actions.records import Draft, edit_contact
from contacts.actions.tags import add_tags
from contacts.models import Address, Contact, Membership, Tag, Tagging
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.timeline.models import Note
from tests.contacts.imports.spreadsheet import BY, go, import_rows, in_chunks_of, undo
from tests.factories import make_company, make_contact, make_customer

pytestmark = pytest.mark.django_db
COLUMNS = ["external_id", "email", "name", "company", "tags", "mobile_phone"]


@pytest.fixture(autouse=True)
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: None)


def facts() -> dict[str, Any]:
    """All that an import may change, but for versions and moments."""
    people: list[dict[str, Any]] = [dict(one) for one in Contact.objects.order_by("pk").values()]
    return {
        "people": [{name: one[name] for name in one if name not in ("version", "updated_at")} for one in people],
        "emails": list(Address.objects.order_by("contact", "pk").values_list("contact", "key", "email", "is_primary")),
        "further": list(Membership.objects.order_by("pk").values_list("contact", "company")),
        "tags": list(Tagging.objects.order_by("contact", "tag__key").values_list("contact", "tag__name")),
        "companies": list(Company.objects.order_by("pk").values_list("name", flat=True)),
        "all tags": sorted(Tag.objects.values_list("name", flat=True)),
    }


@pytest.mark.parametrize("size", [1, 2, 5000])
def test_undo_brings_back_what_was(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = make_company("Acme")
    known = make_customer("Kim", email="kim@example.com", company=acme, external_id="K")
    add_tags(known, ["old"], by=BY)
    before = facts()
    in_chunks_of(monkeypatch, size)
    job = import_rows(
        COLUMNS,
        ["K", "new@example.com", "Kim 2", "Globex", "vip", "010-1234-5678"], ["N", "n@example.com", "N", "Globex", "vip", ""],
        ["K", "", "Kim 3", "", "gold", ""], ["N", "m@example.com", "N 2", "한빛", "", ""], ["N", "", "N 2", "", "", ""],
        primary_from_file=True,
    )  # fmt: skip
    assert job.totals == {"created": 1, "updated": 3, "skipped": 1}
    job = undo(job)
    assert (job.state, job.undo_totals) == ("undone", {"restored": 3, "removed": 1})
    assert facts() == before


def test_what_people_changed_since_stays_and_is_told() -> None:
    contact = make_contact("Kim", email="kim@example.com", job_title="Old")
    job = import_rows(["email", "name", "job_title"], ["kim@example.com", "Kim 2", "New"])
    contact.refresh_from_db()
    edit_contact(contact, replace(Draft.of(contact), job_title="Mine"), version=contact.version, by=BY)
    assert undo(job).undo_totals == {"restored": 1}
    contact.refresh_from_db()
    assert (contact.name, contact.job_title) == ("Kim", "Mine")
    assert [one["field"] for one in job.rows.get().problems or []] == ["job_title"]


@pytest.mark.parametrize("what", ["note", "edit", "tag", "second import"])
def test_who_was_used_since_is_left(what: str) -> None:
    job = import_rows(["email", "name"], ["kim@example.com", "Kim"])
    contact = Contact.objects.get()
    if what == "note":
        Note.objects.create(about_kind="contacts.contact", about_id=contact.pk, text="Called")
    elif what == "edit":
        edit_contact(contact, replace(Draft.of(contact), name="Lee"), version=contact.version, by=BY)
    elif what == "tag":
        add_tags(contact, ["vip"], by=BY)
    else:
        import_rows(["email", "name"], ["kim@example.com", "Lee"])
    assert undo(job).undo_totals == {"left": 1}
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert job.rows.get().problems


def test_two_imports_undone_one_after_the_other_leave_nothing() -> None:
    first = import_rows(["email", "name"], ["kim@example.com", "Kim"])
    second = import_rows(["email", "name"], ["kim@example.com", "Lee"])
    undo(second)
    assert Contact.objects.get().name == "Kim"
    assert undo(first).undo_totals == {"removed": 1}
    assert not Contact.objects.exists()


def test_a_company_that_somebody_else_has_by_now_stays() -> None:
    job = import_rows(["email", "company"], ["kim@example.com", "한빛"], ["lee@example.com", "두빛"])
    make_contact(company=Company.objects.get(name="한빛"))
    undo(job)
    assert [one.name for one in Company.objects.all()] == ["한빛"]


def test_an_external_id_given_to_somebody_else_since_is_not_taken_from_them() -> None:
    contact = make_contact("Kim", email="kim@example.com", external_id="A")
    job: Job = import_rows(["email", "external_id"], ["kim@example.com", "B"])
    other = make_contact(external_id="A")
    assert undo(go(job)).undo_totals == {"left": 1}
    contact.refresh_from_db()
    assert (contact.external_id, other.external_id) == ("B", "A")


def test_an_external_id_that_wandered_within_the_file_comes_back() -> None:
    contact = make_contact("Kim", email="kim@example.com", external_id="A")
    job = import_rows(["email", "external_id"], ["kim@example.com", "B"], ["", "A"])
    assert job.totals == {"updated": 1, "created": 1}
    assert undo(job).undo_totals == {"restored": 1, "removed": 1}
    contact.refresh_from_db()
    assert contact.external_id == "A"
