"""The page that maps columns on fields: what it recognises, reads anew, remembers and refuses."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from helpdesk.exchange.models import HeaderMap
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.models import User
from tests.exchange.drafts import uploaded
from tests.exchange.wizard import at, mapped, reading, sent, workbook
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db


class TestMapping:
    def test_korean_headers_come_mapped_and_guesses_say_so(self, browser: Client, admin: User) -> None:
        page = browser.get(at(uploaded(by=admin), "map")).text
        assert list(mapped(page).values()) == ["name", "email", "company", "mobile_phone", "notes"]
        assert page.count("guessed") == 1
        assert "김민준" in page

    def test_reads_the_sample_anew(self, browser: Client, admin: User) -> None:
        job = uploaded("title\nname;email\nKim;kim@x.example\n", by=admin, encoding="utf-8")
        asked = {"encoding": "utf-8", "delimiter": ";", "header_row": "2"}
        page = browser.get(at(job, "map"), asked).text
        assert list(mapped(page).values()) == ["name", "email"]
        assert '<input type="hidden" name="header_row" value="2">' in page
        wrong = browser.get(at(job, "map"), {**asked, "encoding": "utf-16"})
        assert wrong.status_code == 200

    def test_a_row_that_is_not_there_is_named_and_can_be_mended(self, browser: Client, admin: User) -> None:
        answer = browser.get(at(uploaded(by=admin), "map"), {"encoding": "cp949", "delimiter": ",", "header_row": "40"})
        assert answer.status_code == 200
        assert "The table has no row 40" in answer.text
        assert 'name="header_row"' in answer.text

    def test_two_columns_on_one_field_are_refused_with_both_named(self, browser: Client, admin: User) -> None:
        job = uploaded(by=admin)
        answer = browser.post(at(job, "map"), {"column-0": "name", "column-1": "email", "column-4": "name"})
        assert answer.status_code == 422
        assert "“Name” takes one column, and “고객명(필수)” is mapped to it, too." in answer.text
        assert '<a href="#id_column-4">비고</a>' in answer.text
        assert Job.objects.get().state == State.DRAFT

    def test_one_identifier_must_be_mapped(self, browser: Client, admin: User) -> None:
        answer = browser.post(at(uploaded(by=admin), "map"), {"column-0": "name"})
        assert answer.status_code == 422
        assert "Map a column to one of these" in answer.text

    def test_is_remembered_for_the_next_file_with_these_columns(self, browser: Client, admin: User) -> None:
        told = {"column-0": "name", "column-1": "email", "column-4": "job_title", "choice-blank_clears": "on"}
        browser.post(at(uploaded(by=admin), "map"), told)
        assert HeaderMap.objects.count() == 1
        page = browser.get(at(uploaded(by=admin), "map")).text
        assert list(mapped(page).values()) == ["name", "email", "", "", "job_title"]
        assert "Mapped as the last time" in page
        assert re.search(r'name="choice-blank_clears"[^>]*checked', page)

    def test_markup_in_headers_and_cells_stays_text(self, browser: Client, admin: User) -> None:
        page = browser.get(at(uploaded("email,<script>a</script>\na@x.example,<b>x</b>\n", by=admin), "map")).text
        assert "<script>a" not in page
        assert "&lt;script&gt;a&lt;/script&gt;" in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page

    def test_many_columns_that_nobody_knows_are_folded_away(self, browser: Client, admin: User) -> None:
        headers = ",".join(f"x{number}" for number in range(190))
        job = uploaded(f"email,{headers}\na@x.example,{',' * 189}1\n", by=admin)
        page = browser.get(at(job, "map")).text
        assert "190 more columns are not imported" in page
        assert len(mapped(page)) == 191

    def test_forged_answers_are_refused(self, browser: Client, admin: User) -> None:
        job = uploaded(by=admin)
        forged = {"column-0": "is_superuser", "column-1": "email", "column-99": "name"}
        assert browser.post(at(job, "map"), forged).status_code == 422
        assert (
            browser.post(at(job, "map"), {"encoding": "rot13", "header_row": "-1", "column-1": "email"}).status_code
            == 302
        )
        job.refresh_from_db()
        assert job.params["dialect"]["encoding"] == "cp949"


class TestWorksheets:
    """One has its column names in row 3, the others in row 1."""

    PEOPLE = [["Name", "Email"], *([f"Ann {number}", f"ann{number}@b.example"] for number in range(6))]
    BOOK = workbook(
        First=[["Customers of 2026"], [], ["Name", "Email"], ["Kim", "kim@a.example"]],
        People=PEOPLE,
        Short=PEOPLE[:2],
        Empty=[],
    )

    @pytest.fixture
    def where(self, browser: Client) -> str:
        return sent(browser, self.BOOK, "book.xlsx")[1]

    def test_another_ones_column_names_are_looked_for_anew(self, browser: Client, where: str) -> None:
        first = reading(browser.get(where).text)
        assert (first["worksheet"], first["header_row"]) == ("First", "3")
        page = browser.get(where, {**first, "worksheet": "People"}).text
        assert reading(page)["header_row"] == "1"
        assert list(mapped(page).values()) == ["name", "email"]
        hidden = dict(re.findall(r'<input type="hidden" name="(worksheet|header_row)" value="([^"]*)"', page))
        browser.post(where, {**hidden, "column-0": "name", "column-1": "email"})
        assert go(Job.objects.get()).predicted == {"created": 6}

    def test_neither_need_one_look_at_the_page_before(self, browser: Client, where: str) -> None:
        page = browser.get(where, {"worksheet": "People", "header_row": "3"}).text
        assert (reading(page)["header_row"], "ann0@b.example" in page) == ("1", True)

    def test_a_short_one_can_be_reviewed_at_once(self, browser: Client, where: str) -> None:
        page = browser.get(where, {**reading(browser.get(where).text), "worksheet": "Short"}).text
        assert "The table has no row" not in page
        assert 'form="map-form"' in page

    def test_a_row_that_somebody_chose_stays(self, browser: Client, where: str) -> None:
        both = {**reading(browser.get(where).text), "worksheet": "People", "header_row": "2"}
        assert reading(browser.get(where, both).text)["header_row"] == "2"
        page = browser.get(where, {**reading(browser.get(where).text), "worksheet": "People"}).text
        page = browser.get(where, {**reading(page), "header_row": "3"}).text
        assert reading(page)["header_row"] == "3"
        assert "ann1@b.example" in re.findall(r"<thead>.*?</thead>", page, re.S)[0]
        again = {"worksheet": "People", "header_row": "3", "column-1": "email"}
        assert browser.post(where, again).status_code == 302
        assert go(Job.objects.get()).predicted == {"created": 4}

    def test_one_that_there_is_not_changes_nothing(self, browser: Client, where: str) -> None:
        shown = reading(browser.get(where, {"worksheet": "First", "header_row": "4"}).text)
        assert shown["header_row"] == "4"
        page = browser.get(where, {**shown, "worksheet": "Other"}).text
        assert "kim@a.example" in re.findall(r"<tbody>.*?</tbody>", page, re.S)[0]

    def test_the_first_one_is_as_it_was_when_one_comes_back(self, browser: Client, where: str) -> None:
        page = browser.get(where, {**reading(browser.get(where).text), "worksheet": "People"}).text
        back = reading(browser.get(where, {**reading(page), "worksheet": "First"}).text)
        assert (back["worksheet"], back["header_row"]) == ("First", "3")

    def test_an_empty_one_says_so_and_lets_one_choose_again(self, browser: Client, where: str) -> None:
        page = browser.get(where, {**reading(browser.get(where).text), "worksheet": "Empty"}).text
        assert "Empty” is empty" in page
        page = browser.get(where, {**reading(page), "worksheet": "People"}).text
        assert list(mapped(page).values()) == ["name", "email"]

    @pytest.mark.parametrize("change", [{"delimiter": ";"}, {"encoding": "utf-16-le"}])
    def test_the_chosen_row_of_a_csv_file_stays_whatever_else_is_changed(
        self, browser: Client, admin: User, change: dict[str, str]
    ) -> None:
        where = at(uploaded("title\nname,email\nKim,kim@x.example\n", by=admin, encoding="utf-8"), "map")
        chosen = reading(browser.get(where, {**reading(browser.get(where).text), "header_row": "2"}).text)
        assert chosen == {"encoding": "utf-8", "delimiter": ",", "header_row": "2"}
        assert reading(browser.get(where, {**chosen, **change}).text) == {**chosen, **change}
