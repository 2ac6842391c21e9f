"""The steps of an import as pages: upload, mapping, review, import; each refusal in a sentence."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from companies.models import Company
from contacts.models import Contact
from helpdesk.exchange import actions, store, uploads
from helpdesk.exchange.models import JobFile
from helpdesk.jobs import chunks, claims
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users import actors
from helpdesk.users.models import User
from tests.exchange.drafts import CUSTOMERS, tried, uploaded
from tests.exchange.imports import queued
from tests.exchange.wizard import START, at, mapped, sent
from tests.factories import make_admin, make_company, make_contact
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db


class TestUpload:
    def test_leads_to_the_mapping_of_a_draft(self, browser: Client, admin: User) -> None:
        status, where, _page = sent(browser, CUSTOMERS.encode("cp949"), "고객 명단.csv")
        job = Job.objects.get()
        assert (status, where) == (302, at(job, "map"))
        assert (job.state, job.owner, job.params["file"]) == (State.DRAFT, admin, "고객 명단.csv")
        assert job.params["dialect"]["encoding"] == "cp949"
        assert store.path_of(JobFile.objects.get(job=job)).read_bytes() == CUSTOMERS.encode("cp949")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_leads_a_file_of_excels_unicode_text_to_its_end(self, browser: Client, encoding: str) -> None:
        text = "이름\t이메일\r\n김철수\ta@b.example\r\n가수신\tc@d.example\r\n"
        status, where, _page = sent(browser, text.encode(encoding), "명단.txt")
        job = Job.objects.get()
        assert (status, where) == (302, at(job, "map"))
        assert list(mapped(browser.get(where).text).values()) == ["name", "email"]
        shown = {name: value for name, value in job.params["dialect"].items() if name != "kind"}
        browser.post(where, {**shown, "column-0": "name", "column-1": "email"})
        go(job)
        browser.post(at(job, "start"))
        assert go(job).totals == {"created": 2}
        assert set(Contact.objects.values_list("name", flat=True)) == {"김철수", "가수신"}

    def test_sent_twice_makes_one_draft(self, browser: Client) -> None:
        first, second = (sent(browser, b"name,email\nA,a@x.example\n", form_id="a" * 20) for _ in range(2))
        assert first[:2] == second[:2]
        assert Job.objects.count() == 1

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "The file is empty."),
            (b"\x00\x01\x02\x03" * 100, "neither a workbook nor text"),
            (b"%PDF-1.7\n%x\n", "another kind"),
        ],
    )
    def test_what_cannot_be_read_is_said_and_leaves_nothing(self, browser: Client, data: bytes, sentence: str) -> None:
        status, _where, page = sent(browser, data, "list.csv")
        assert status == 422
        assert sentence in page
        assert "list.csv" in page
        assert not Job.objects.exists()

    def test_asks_for_a_file(self, browser: Client) -> None:
        answer = browser.post(START, {})
        assert answer.status_code == 422
        assert "Choose a file first." in answer.text

    def test_above_the_limit_nothing_is_kept_and_the_limit_named(
        self, browser: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(uploads, "MEGABYTE", 1000)
        status, _where, page = sent(browser, b"x" * 120_000)
        assert status == 422
        assert "The file is larger than 50 MB." in page
        assert "Choose a file first." not in page
        assert not Job.objects.exists()

    def test_names_what_is_under_way_and_lets_one_go_on(self, browser: Client, admin: User) -> None:
        other = queued([("Kim", "kim@acme.example", "", "")], by=make_admin(name="Berta Boss"))
        Job.objects.filter(pk=other.pk).update(state=State.RUNNING, lease_until=timezone.now() + timedelta(hours=1))
        page = browser.get(START).text
        assert "An import is already running" in page
        assert "Berta Boss" in page
        assert f"Cancel #{other.pk}" in page
        job = tried(by=admin)
        assert browser.post(at(job, "start")).headers["Location"] == job.get_absolute_url()
        job.refresh_from_db()
        assert job.state == State.QUEUED

    def test_lists_what_one_has_not_imported_yet(self, browser: Client, admin: User) -> None:
        job, others = uploaded(by=admin, name="mine.csv"), uploaded(by=make_admin(), name="theirs.csv")
        page = browser.get(START).text
        assert "mine.csv" in page
        assert at(job, "review") in page
        assert others.params["file"] not in page


class TestReview:
    def test_shows_the_four_totals_and_writes_nothing(self, browser: Client, admin: User) -> None:
        contact = make_contact("Minjun", email="minjun@hanbit.example", job_title="CEO")
        job = tried(by=admin)
        page = browser.get(at(job, "review")).text
        assert job.predicted == {"created": 1, "updated": 1, "failed": 1}
        assert re.findall(r"<strong>(\d+)</strong><span>will", page) == ["1", "1", "0", "1"]
        assert Contact.objects.get() == contact
        assert re.search(r"<del>Minjun</del>.*<ins>김민준</ins>", page, re.S)
        assert "not an address" in page
        assert '<th scope="col" class="review-who">Contact</th>' in page

    def test_tells_everything_that_a_row_says_and_the_name_once(self, browser: Client, admin: User) -> None:
        rows = (
            "name,email,work phone,mobile phone,company,department,job title,external id,notes\n"
            "Kim,kim@acme.example,02-123-4567,010-1234-5678,Acme,Sales,CEO,K-1,Calls early\n"
            "Lee,lee@acme.example,,,,,,,\n"
            ",choi@acme.example,,,,,,,\n"
            "Seo,seo@acme.example,02-123-4568,010-1234-5679,Acme,Sales,CEO,K-2,\n"
        )
        kim, lee, choi, seo = (
            browser.get(at(tried(rows, by=admin), "review")).text.split("<tbody>")[1].split("</tr>")[:4]
        )
        shown, folded = kim.split("<details")
        assert re.findall("<dd>(.*?)</dd>", shown + folded) == [
            "kim@acme.example", "02-123-4567", "010-1234-5678", "Acme", "CEO", "Sales", "K-1", "Calls early",
        ]  # fmt: skip
        assert "+2 more" in folded and len(re.findall("<dd>", folded)) == 2
        assert kim.count("Kim") == 1
        assert "<details" not in lee
        assert "<details" not in seo and len(re.findall("<dd>", seo)) == 7  # one more is no more than its label
        assert "<dt>Email</dt><dd>choi@acme.example</dd>" in choi

    def test_says_how_many_companies_come_along(self, browser: Client, admin: User) -> None:
        make_company("Acme")
        rows = "name,email,company\nA,a@x.example,Acme\nB,b@x.example,Globex\nC,c@x.example,Initech\nD,d@x.example,Globex\n"
        job = tried(rows, by=admin)
        assert "2 companies that are not there yet will be created as well." in browser.get(at(job, "review")).text
        actions.answer(job, {}, by=actors.person(admin))
        assert go(job).params["companies"] == 2
        assert "companies" not in tried(rows, by=admin, choices={"create_companies": False}).params

    def test_shows_only_rows_of_one_outcome(self, browser: Client, admin: User) -> None:
        page = browser.get(at(tried(by=admin), "review"), {"outcome": "failed"}).text
        assert "박도윤" in page
        assert "이서연" not in page

    def test_shows_how_far_it_is_until_it_is_done(self, browser: Client, admin: User) -> None:
        job = uploaded(by=admin)
        browser.post(at(job, "map"), {"column-0": "name", "column-1": "email"})
        page = browser.get(at(job, "review")).text
        assert "The file is being read" in page
        assert at(job, "progress") in page
        seen = {"seen": State.REVIEWING.value}
        assert browser.get(at(job, "progress"), seen, headers={"hx-request": "true"}).headers.get("HX-Refresh") is None
        go(job)
        assert browser.get(at(job, "progress"), seen, headers={"hx-request": "true"}).headers["HX-Refresh"] == "true"

    def test_one_that_could_not_be_read_says_why_and_leads_back(self, browser: Client, admin: User) -> None:
        job = uploaded(by=admin)
        store.path_of(JobFile.objects.get()).write_bytes(b"\x00" * 10)
        browser.post(at(job, "map"), {"column-0": "name", "column-1": "email"})
        job = uploaded(by=admin)
        browser.post(at(job, "map"), {"column-0": "name", "column-1": "email"})
        store.path_of(JobFile.objects.get(job=job)).unlink()
        assert go(job).state == State.FAILED
        page = browser.get(at(job, "review")).text
        assert "The file could not be reviewed." in page
        assert at(job, "map") in page
        assert re.search(f'btn-primary" href="{START}">.*Upload another file', page, re.S)

    def test_says_where_a_file_breaks_off(self, browser: Client, admin: User) -> None:
        job = tried('name,email\nA,a@x.example\n"B,b@x.example\nC,c@x.example\n', by=admin)
        page = browser.get(at(job, "review")).text
        assert "The file breaks off." in page
        assert "In row 3" in page

    def test_asks_once_about_a_name_that_is_only_spelt_otherwise(self, browser: Client, admin: User) -> None:
        make_company("누리상사 주식회사")
        job = tried(by=admin)
        page = browser.get(at(job, "review")).text
        assert "It is “누리상사 주식회사”" in page
        assert browser.post(at(job, "review"), {"answer-0": "new"}).status_code == 302
        job.refresh_from_db()
        assert (job.state, job.params["answers"]) == (State.REVIEWING, {"누리상사": "new"})
        assert go(job).state == State.REVIEWED

    def test_can_be_mapped_again(self, browser: Client, admin: User) -> None:
        job = tried(by=admin)
        page = browser.get(at(job, "map")).text
        assert "guessed" not in page
        other = {"encoding": "cp949", "delimiter": ",", "header_row": "2", "column-1": "email"}
        assert browser.post(at(job, "map"), other).status_code == 302
        assert go(job).predicted == {"created": 1, "failed": 1}

    def test_leads_to_the_step_where_it_stands(self, browser: Client, admin: User) -> None:
        draft = uploaded(by=admin)
        assert browser.get(at(draft, "review")).headers["Location"] == at(draft, "map")
        done = queued([("Kim", "kim@acme.example", "", "")], by=admin)
        go(done)
        for step in ("map", "review"):
            assert browser.get(at(done, step)).headers["Location"] == done.get_absolute_url()


def reviewed(page: str) -> str:
    """Which review the page shows, as its form says."""
    found = re.search(r'name="reviewed" value="(\d+)"', page)
    return found[1] if found else ""


class TestImport:
    def test_begins_once(self, browser: Client, admin: User) -> None:
        job = tried(by=admin)
        for _click in range(2):
            assert browser.post(at(job, "start")).headers["Location"] == job.get_absolute_url()
        assert go(job).totals == {"created": 2, "failed": 1}
        assert Contact.objects.count() == 2

    def test_is_not_offered_where_nothing_would_change(self, browser: Client, admin: User) -> None:
        page = browser.get(at(tried("name,email\nA,nonsense\n", by=admin), "review")).text
        assert "There is nothing to import" in page
        assert "/start/" not in page

    def test_takes_no_answers_that_were_not_reviewed(self, browser: Client, admin: User) -> None:
        make_company("누리상사 주식회사")
        job = tried(by=admin)
        page = browser.get(at(job, "review")).text
        assert re.search(rf'<button [^>]*form="spellings" formaction="{at(job, "start")}"', page)
        shown = {"reviewed": reviewed(page), "answer-0": "new"}
        answer = browser.post(at(job, "start"), shown, follow=True)
        assert "Your answers were not reviewed yet." in answer.text
        job.refresh_from_db()
        assert (job.state, job.params["answers"]) == (State.REVIEWING, {"누리상사": "new"})
        go(job)
        now = {"reviewed": reviewed(browser.get(at(job, "review")).text), "answer-0": "new"}
        assert browser.post(at(job, "start"), now).headers["Location"] == job.get_absolute_url()
        go(job)
        assert Company.objects.filter(name="누리상사").exists()

    def test_of_a_page_older_than_the_last_review_imports_nothing(self, browser: Client, admin: User) -> None:
        job = tried(by=admin)
        old = reviewed(browser.get(at(job, "review")).text)
        mapping = {"encoding": "cp949", "delimiter": ",", "header_row": "1", "column-1": "email"}
        assert browser.post(at(job, "map"), mapping).status_code == 302
        assert go(job).state == State.REVIEWED
        answer = browser.post(at(job, "start"), {"reviewed": old}, follow=True)
        assert "This import was reviewed again meanwhile." in answer.text
        assert Job.objects.get().state == State.REVIEWED
        assert not Contact.objects.exists()

    def test_needs_a_review(self, browser: Client, admin: User) -> None:
        job = uploaded(by=admin)
        assert browser.post(at(job, "start")).headers["Location"] == at(job, "review")
        assert Job.objects.get().state == State.DRAFT


class TestGivingUp:
    def test_deletes_the_import_and_its_file(
        self, browser: Client, admin: User, django_capture_on_commit_callbacks: object
    ) -> None:
        job = tried(by=admin)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            assert browser.post(at(job, "cancel")).headers["Location"] == START
        assert not Job.objects.exists()
        assert not list(store._root().glob("*"))

    def test_of_one_that_a_worker_tries_takes_it_away_from_under_it(self, browser: Client, admin: User) -> None:
        job = tried(by=admin)
        Job.objects.filter(pk=job.pk).update(state=State.REVIEWING, epoch=F("epoch") + 1)
        held = claims.claim(job.pk, job.epoch + 1)
        assert held is not None
        browser.post(at(job, "cancel"))
        assert not Job.objects.exists()
        with pytest.raises(claims.LostError):
            chunks.advance(held)

    def test_is_too_late_once_it_runs(self, browser: Client, admin: User) -> None:
        job = queued([("Kim", "kim@acme.example", "", "")], by=admin)
        assert browser.post(at(job, "cancel")).headers["Location"] == job.get_absolute_url()
        assert Job.objects.get().state == State.QUEUED

    def test_happens_by_itself_after_a_day(self, admin: User) -> None:
        old, new = uploaded(by=admin), uploaded(by=admin)
        begun = queued([("Kim", "kim@acme.example", "", "")], by=admin)
        Job.objects.filter(pk__in=[old.pk, begun.pk]).update(created_at=timezone.now() - timedelta(hours=25))
        assert actions.tidy()["jobs.Job"] == 1
        assert set(Job.objects.all()) == {new, begun}

    def test_leaves_alone_what_was_begun_and_cancelled_in_the_queue(self, admin: User) -> None:
        job = tried(by=admin)
        actions.start(job, by=actors.person(admin))
        Job.objects.filter(pk=job.pk).update(state=State.CANCELLED, created_at=timezone.now() - timedelta(hours=25))
        assert not actions.tidy()


class TestAccess:
    @pytest.mark.parametrize("step", ["map", "review", "progress"])
    def test_others_imports_are_not_there(self, browser: Client, step: str) -> None:
        assert browser.get(at(uploaded(by=make_admin()), step)).status_code == 404

    @pytest.mark.parametrize("step", ["start", "cancel"])
    def test_nor_are_they_touched(self, browser: Client, step: str) -> None:
        job = tried(by=make_admin())
        assert browser.post(at(job, step)).status_code == 404
        assert Job.objects.get().state == State.REVIEWED


class TestGuide:
    def test_tells_of_every_field_that_can_be_imported(self, browser: Client) -> None:
        page = browser.get("/contacts/import/guide/").text
        for words in (
            "Mobile phone",
            "010-1234-5678",
            "휴대폰",
            "At most 50 MB, 1,000,000 rows and 200 columns.",
            "Blank clears the field",
        ):
            assert words in page

    @pytest.mark.parametrize(("language", "header"), [("en", "Mobile phone"), ("ko", "휴대전화")])
    def test_the_sample_comes_mapped_and_can_be_imported(
        self, browser: Client, admin: User, language: str, header: str
    ) -> None:
        User.objects.filter(pk=admin.pk).update(language=language)
        for kind in ("csv", "xlsx"):
            data = browser.get(f"/contacts/import/sample/{kind}/").content
            status, where, _page = sent(browser, data, f"sample.{kind}")
            assert status == 302
            page = browser.get(where).text
            assert header in page
            assert "guessed" not in page
            assert "" not in mapped(page).values()
        assert io.BytesIO(data).read(2) == b"PK"
