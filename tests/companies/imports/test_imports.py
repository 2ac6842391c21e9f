"""Companies from rows: what becomes of each row, what a review says of it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from companies import actions as verbs
from companies.actions import Draft
from companies.imports import chunks
from companies.models import Company, CompanyDomain
from helpdesk.jobs import kinds
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from tests import factories
from tests.contacts.imports import spreadsheet

pytestmark = pytest.mark.django_db
BY = actors.system("command")
COLUMNS = ("name", "domains", "phone", "notes")


def make(*rows: Sequence[str], **choices: Any) -> Job:
    return spreadsheet.make_job(COLUMNS, rows, sheet="companies", **choices)


def imported(*rows: Sequence[str], **choices: Any) -> Job:
    return spreadsheet.run(make(*rows, **choices))


def outcomes(job: Job) -> list[str]:
    return spreadsheet.outcomes(job)


def reasons(job: Job) -> list[str]:
    return [one["text"] % one["params"] for one in spreadsheet.problems(job)]


def company(name: str, *domains: str, **texts: str) -> Company:
    return verbs.create_company(Draft(name=name, domains=domains, **texts), by=BY)


def domains_of(name: str) -> list[str]:
    return list(CompanyDomain.objects.filter(company__name=name).order_by("pk").values_list("domain", flat=True))


def test_makes_what_is_missing_and_completes_what_is_there() -> None:
    known = company("Acme", "acme.com", phone="1")
    job = imported(["ACME", "acme.co.kr", "02-123-4567", ""], ["한빛", "hanbit.kr; hanbit.com", "", "좋은 회사"])
    known.refresh_from_db()
    assert outcomes(job) == ["updated", "created"]
    assert (known.name, known.phone, known.version) == ("Acme", "02-123-4567", 2)
    assert domains_of("Acme") == ["acme.com", "acme.co.kr"]
    assert sorted(domains_of("한빛")) == ["hanbit.com", "hanbit.kr"]
    assert Company.objects.get(name="한빛").notes == "좋은 회사"
    assert job.totals == {"created": 1, "updated": 1}


def test_a_row_that_changes_nothing_touches_nothing() -> None:
    known = company("Acme", "acme.com", notes="a\r\nb")
    job = imported(["Acme", "ACME.com", "", "a\nb"])
    assert outcomes(job) == ["skipped"]
    assert Company.objects.get(pk=known.pk).updated_at == known.updated_at


def test_updated_rows_keep_what_was_and_what_is() -> None:
    company("Acme", "acme.com", phone="1")
    job = imported(["Acme", "acme.kr", "2", ""])
    assert job.rows.get().before == {"phone": ["1", "2"], "domains": [["acme.com"], ["acme.com", "acme.kr"]]}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "a.com", "", ""], "The row has no name."),
        (["Beta", "acme.com", "", ""], "The domain belongs to the company “Acme”."),
        (["Beta", "gmail.com", "", ""], "Everybody can have an address at this domain, so it cannot belong to one company."),
        (["Gone", "", "1", ""], "“Gone” is a deleted company. Restore it first."),
        (["Beta", "gone.com", "", ""], "The domain belongs to the deleted company “Gone”, which keeps its domains."),
        (["Twins", "", "9", ""], "Several companies are called “Twins”: it is not clear which one is meant."),
        (["B" * 201, "", "", ""], "The text is too long: at most 200 characters."),
        (["Be\x00ta", "", "", ""], "The cell has control characters, which no text may have."),
    ],
)  # fmt: skip
def test_a_row_fails_alone_with_its_reason(row: list[str], reason: str) -> None:
    company("Acme", "acme.com")
    verbs.delete_company(company("Gone", "gone.com"), by=BY)
    company("Twins", phone="1")
    company("Twins", phone="2")
    job = imported(row, ["Fine", "", "", ""])
    assert outcomes(job) == ["failed", "created"]
    assert reasons(job) == [reason]


def test_a_taken_domain_is_named_as_it_is_typed() -> None:
    company("Acme", "acme.com")
    (one,) = imported(["Beta", "beta.com; @ACME.com", "", ""]).rows.get().problems
    assert (one["column"], one["value"]) == ("DOMAINS", "@ACME.com")


def test_the_domain_that_is_too_many_for_the_company_is_named() -> None:
    company("Acme", *(f"a{at}.com" for at in range(49)))
    (one,) = imported(["Acme", "a3.com, b.com, c.com", "", ""]).rows.get().problems
    assert (one["column"], one["value"]) == ("DOMAINS", "c.com")


def test_a_name_is_read_in_the_order_in_which_it_is_written() -> None:
    imported(["\u202eAcme\u202c \u2066محمد\u2069", "", "", ""])
    assert Company.objects.get().name == "Acme محمد"


def test_of_namesakes_the_one_that_stays_as_it_is_is_meant() -> None:
    company("Twins", phone="1")
    company("Twins", phone="2")
    assert outcomes(imported(["Twins", "", "2", ""], ["Twins", "", "1", ""])) == ["skipped", "skipped"]


def test_another_spelling_is_the_same_company_unless_somebody_says_no() -> None:
    company("한빛전자 주식회사")
    job = spreadsheet.review(make(["(주)한빛전자", "", "1", ""], ["(주)한빛전자", "", "1", ""]))
    assert job.params["spellings"] == [{"typed": "(주)한빛전자", "found": "한빛전자 주식회사", "rows": 2}]
    assert spreadsheet.predictions(job) == ["updated", "skipped"]
    assert outcomes(imported(["(주)한빛전자", "", "1", ""], answers={"(주)한빛전자": "new"})) == ["created"]


def test_blank_cells_clear_only_when_chosen() -> None:
    known = company("Acme", phone="1")
    assert outcomes(imported(["Acme", "", "", "x"])) == ["updated"]
    assert outcomes(imported(["Acme", "", "", ""], blank_clears=True)) == ["updated"]
    known.refresh_from_db()
    assert (known.phone, known.notes) == ("", "")


def test_deleted_companies_come_back_when_chosen_and_go_again_when_undone() -> None:
    gone = company("Gone")
    verbs.delete_company(gone, by=BY)
    job = imported(["Gone", "", "1", ""], restore_deleted=True)
    assert not Company.objects.get(pk=gone.pk).deleted_at
    spreadsheet.undo(job)
    gone.refresh_from_db()
    assert (gone.deleted_at is not None, gone.phone) == (True, "")


def test_undo_gives_back_what_stands_as_imported_and_leaves_the_rest() -> None:
    known = company("Acme", "acme.com", phone="1", notes="old")
    job = imported(["Acme", "acme.kr", "2", "new"], ["Beta", "", "", ""], ["Used", "", "", ""], ["Edited", "", "", ""])
    verbs.edit_company(Company.objects.get(pk=known.pk), Draft(name="Acme", phone="3", notes="new", domains=("acme.com", "acme.kr")), version=2, by=BY)  # fmt: skip
    verbs.edit_company(Company.objects.get(name="Edited"), Draft(name="Edited", phone="3"), version=1, by=BY)
    factories.make_contact(company=Company.objects.get(name="Used"))
    spreadsheet.undo(job)
    known.refresh_from_db()
    assert (known.phone, known.notes, domains_of("Acme")) == ("3", "old", ["acme.com"])
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme", "Edited", "Used"]
    assert list(job.rows.order_by("number").values_list("undo_outcome", flat=True)) == ["restored", "removed", "left", "left"]  # fmt: skip
    assert job.rows.get(number=2).problems == [
        {"text": "It has been changed since the import.", "params": {}, "field": "phone", "column": "", "value": ""}
    ]


def test_undo_of_two_rows_about_one_company_leads_back_to_the_beginning() -> None:
    company("Acme", phone="1")
    job = imported(["Acme", "", "2", ""], ["Acme", "", "3", ""], ["New", "", "1", ""], ["New", "", "2", ""])
    assert outcomes(job) == ["updated", "updated", "created", "updated"]
    spreadsheet.undo(job)
    assert list(Company.objects.values_list("name", "phone")) == [("Acme", "1")]


NAMES = st.sampled_from(["Acme", "ACME", "Acme Inc.", "한빛", "(주)한빛", "Beta", "", "Gone"])
DOMAINS = st.lists(st.sampled_from(["acme.com", "hanbit.kr", "beta.io", "gone.com", "gmail.com"]), max_size=2).map(
    ";".join
)
ROWS = st.lists(st.tuples(NAMES, DOMAINS, st.sampled_from(["", "1", "2"]), st.just("")), max_size=12)


class ReviewIsRun(TestCase):
    """Whatever the file, and however it falls into chunks: the review says what the run then does."""

    @settings(max_examples=25, deadline=None)
    @given(rows=ROWS, size=st.sampled_from([1, 3, 2000]), blank_clears=st.booleans())
    def test_predictions_come_true(self, rows: list[tuple[str, ...]], size: int, blank_clears: bool) -> None:
        company("Acme", "acme.com", phone="1")
        verbs.delete_company(company("Gone", "gone.com"), by=BY)
        with pytest.MonkeyPatch.context() as patched:
            kind = kinds.KINDS["companies.import"]
            patched.setitem(kinds.KINDS, kind.name, type(kind)(**{**kind.__dict__, "batch": size}))
            job = spreadsheet.review(make(*rows, blank_clears=blank_clears))
            predicted, foretold = spreadsheet.predictions(job), dict(job.predicted)
            job = spreadsheet.run(job)
        assert predicted == outcomes(job) == spreadsheet.predictions(job)
        assert foretold == job.totals
        assert sum(job.totals.values()) == len(rows)
        assert chunks.BATCH == 2000
