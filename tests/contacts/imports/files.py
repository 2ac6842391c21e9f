"""Random files about a handful of people, so that rows meet each other; and all that an import may change, to compare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from companies.models import Company
from contacts.actions.tags import add_tags
from contacts.models import Address, Contact, Membership, Tag, Tagging
from helpdesk.users.models import User
from tests.contacts.imports.spreadsheet import BY
from tests.factories import make_agent, make_company, make_contact, make_customer

EMAILS = ("a@example.com", "b@example.com", "C@acme.com", "d@example.com", "agent@helpdesk.example", "bad@", "")
CELLS: dict[str, st.SearchStrategy[str]] = {
    "external_id": st.sampled_from(("", "", "X1", "X2", "X3")),
    "email": st.sampled_from(EMAILS),
    "emails": st.lists(st.sampled_from(EMAILS), max_size=2).map(";".join),
    "name": st.sampled_from(("", "Kim", "Lee", "박 지성")),
    "mobile_phone": st.sampled_from(("", "", "010-1234-5678", "01012345678", "1088887777", "?")),
    "company": st.sampled_from(("", "Acme", "acme inc.", "Globex", "New Ltd", "new", "Gone", "Twin")),
    "other_companies": st.sampled_from(("", "", "Acme; Globex", "New")),
    "tags": st.sampled_from(("", "", "vip", "VIP; new", "gold")),
    "language": st.sampled_from(("", "ko", "English", "fr")),
    "notes": st.sampled_from(("", "line\r\nline")),
}
COLUMNS = list(CELLS)
ROWS = st.lists(st.tuples(*CELLS.values()).map(list), min_size=1, max_size=7)
CHOICES = st.fixed_dictionaries(
    {
        name: st.booleans()
        for name in (
            "create_companies",
            "blank_clears",
            "primary_from_file",
            "add_company",
            "replace_tags",
            "restore_deleted",
        )
    },
    optional={"answers": st.just({"acme inc.": "new", "new": "new"})},
)


def populate() -> None:
    """A customer who signs in, somebody blocked, somebody deleted, an agent; companies with a domain, deleted, and namesakes."""
    acme = make_company("Acme", domains=("acme.com",))
    make_company("Gone", deleted_at="2026-01-02T00:00:00Z")
    make_company("Twin")
    make_company("TWIN")
    make_agent(email="agent@helpdesk.example")
    known = make_customer("Known", email="a@example.com", external_id="X1", company=acme)
    add_tags(known, ["vip", "old"], by=BY)
    make_contact("Blocked", email="b@example.com", mobile_phone="010-1234-5678", blocked_at="2026-01-02T00:00:00Z")
    make_contact("Deleted", email="d@example.com", external_id="X2", deleted_at="2026-01-02T00:00:00Z")
    make_contact("Phone", email=None, mobile_phone="010-8888-7777")


@contextmanager
def passing() -> Iterator[None]:
    """What happens inside has never been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def facts(*, with_versions: bool = True) -> dict[str, Any]:
    """All that an import may change, but for moments; people and companies by rank, as ids differ from try to try.

    Without versions for what undoing brings back: they only grow, and a sign-in keeps the language it was given once.
    """
    people = {pk: rank for rank, pk in enumerate(Contact.objects.order_by("pk").values_list("pk", flat=True))}
    firms = dict(Company.objects.values_list("pk", "name"))
    return {
        "people": [_person(one, firms, with_versions) for one in Contact.objects.order_by("pk")],
        "emails": [
            (people.get(one.contact_id or 0), one.key, one.email, one.is_primary)
            for one in Address.objects.order_by("contact", "is_primary", "pk")
        ],
        "further": [
            (people[one.contact_id], firms[one.company_id]) for one in Membership.objects.order_by("contact", "pk")
        ],
        "tags": [
            (people[one.contact_id], one.tag.key)
            for one in Tagging.objects.select_related("tag").order_by("contact", "tag__key")
        ],
        "all tags": sorted(Tag.objects.values_list("key", flat=True)),
        "companies": sorted(firms.values()),
        "users": list(User.objects.order_by("pk").values_list("name", "email", "time_zone", "is_active")),
        "languages": list(User.objects.order_by("pk").values_list("language", flat=True)) if with_versions else [],
    }


def _person(one: Contact, firms: dict[int, str], with_versions: bool) -> dict[str, Any]:
    names = (
        "name", "name_key", "job_title", "department", "work_phone", "mobile_phone", "work_phone_key", "mobile_phone_key",
        "language", "time_zone", "address", "external_id", "notes", "search_text", "activation",
    )  # fmt: skip
    told = {name: getattr(one, name) for name in names}
    told["search_text"] = sorted(one.search_text.split())
    told |= {"verified": bool(one.verified_at), "signs in": one.user_id is not None}
    told |= {
        "company": firms.get(one.company_id or 0),
        "blocked": bool(one.blocked_at),
        "deleted": bool(one.deleted_at),
    }
    return {**told, "version": one.version} if with_versions else told
