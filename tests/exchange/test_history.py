"""An import on its page, in the history, in the letter at its end, on the timeline of whom it changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from companies.models import Company
from contacts.actions.addresses import move_agent
from contacts.models import Contact
from helpdesk.audit.lines import lines
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange import history, store
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.notices import still_wants_end
from helpdesk.jobs import actions, claims
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.queries import jobs
from helpdesk.jobs.states import State
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.users.actors import person, system
from helpdesk.users.models import User
from tests.conftest import SignIn
from tests.exchange.imports import BAD, GOOD, imported, queued
from tests.factories import make_admin, make_agent, make_contact
from tests.jobs.test_engine import go

pytestmark = pytest.mark.django_db
SAME = ("Park", "park@acme.example", "", "")


@pytest.fixture
def alma(db: None) -> User:
    return make_admin(email="alma@helpdesk.example")


def page(client: Client, job: Job, **query: str) -> str:
    answer = client.get(job.get_absolute_url(), query)
    assert answer.status_code == 200
    return answer.text


class TestTheSentence:
    def test_is_that_of_the_contract(self, alma: User, sign_in: SignIn) -> None:
        make_contact("Park", email="park@acme.example")
        make_contact("Old", email="kim@acme.example")
        job = imported([GOOD, SAME, ("Choi", "choi@acme.example", "", ""), BAD], by=alma)
        seen = page(sign_in(alma), job)
        assert "2 contacts were imported (1 created, 1 updated); 1 skipped, 1 failed." in seen

    def test_is_followed_by_the_ways_on(self, alma: User, sign_in: SignIn) -> None:
        job = imported([GOOD], by=alma)
        seen = page(sign_in(alma), job)
        assert 'href="/contacts/">Go to contacts</a>' in seen
        assert 'href="/contacts/import/"' in seen and "Import another file" in seen
        assert "Go to contacts" not in page(sign_in(alma), queued([BAD], by=alma))

    def test_speaks_of_one_contact_and_groups_thousands(self, alma: User) -> None:
        kind, job = imported([GOOD], by=alma).known_kind, Job.objects.get()
        assert kind and kind.summary
        assert kind.summary(job) == "1 contact was imported (1 created, 0 updated); 0 skipped, 0 failed."
        job.totals = {"created": 1204}
        assert kind.summary(job).startswith("1,204 contacts were imported")

    def test_counts_what_a_cancelled_one_never_reached(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD, BAD, SAME], by=alma)
        claimed = claims.claim(job.pk, job.epoch)
        assert claimed
        Job.objects.filter(pk=job.pk).update(total=3)
        claims.release(claimed)
        actions.cancel(Job.objects.get(), by=person(alma))
        assert "0 failed. 3 rows were not reached." in page(sign_in(alma), job)

    def test_names_where_a_broken_file_breaks(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD], by=alma)
        with store.path_of(JobFile.objects.get()).open("ab") as source:
            source.write(b'"open,x@acme.example\nlost,y@acme.example\n')
        assert go(job).state == "failed"
        seen = page(sign_in(alma), job)
        assert "1 contact was imported" in seen and "row 3" in seen
        assert reverse("jobs:go_on", args=[job.pk]) not in seen

    def test_says_what_an_undo_took_back(self, alma: User, sign_in: SignIn) -> None:
        job = imported([GOOD], by=alma)
        client = sign_in(alma)
        asked = client.get(reverse("jobs:undo", args=[job.pk])).text
        assert "What it updated" not in asked
        assert "Of what it created (1), all that nobody has used since is removed for good" in asked
        actions.undo(job, by=person(alma))
        assert go(job).state == "undone"
        assert "The import was undone: 0 restored, 1 removed, 0 left as they are." in page(client, job)


class TestTheSentenceOfAnImportAndItsRepairs:
    A, B, C = (("A", "a@x.example"), ("B", "b@x.example"), ("C", "c@x.example"))
    BAD_A, BAD_B, BAD_C = (("A", "a at x"), ("B", "b at x"), ("C", "c at x"))
    ASKED: ClassVar = {"headers": ("Name", "Email"), "columns": ("name", "email")}

    def told(self, by: User, *repairs: tuple[int, Sequence[Sequence[str]]]) -> str:
        """Of three rows that failed, and of repairs: which of the imports so far each repairs, and its rows."""
        jobs = [imported([self.BAD_A, self.BAD_B, self.BAD_C], by=by, **self.ASKED)]
        for repaired, rows in repairs:
            jobs.append(imported(rows, by=by, repairs=jobs[repaired].pk, first=jobs[0].pk, **self.ASKED))
        chain = history.chain_of(jobs[-1])
        assert chain and list(chain.jobs) == jobs
        return chain.words.partition(" imported ")[2]

    def test_counts_a_repair_once_that_was_uploaded_twice(self, alma: User) -> None:
        file = (0, [self.A, self.B, self.BAD_C])
        assert self.told(alma, file, file) == "(2 created, 0 updated); 0 skipped, 1 failed."

    def test_counts_what_was_repaired_only_at_the_second_time(self, alma: User) -> None:
        files = (0, [self.A, self.BAD_B, self.BAD_C]), (0, [("A!", "a@x.example"), self.B, self.C])
        assert self.told(alma, *files) == "(3 created, 0 updated); 0 skipped, 0 failed."

    def test_adds_up_repairs_of_some_rows_each(self, alma: User) -> None:
        assert self.told(alma, (0, [self.A]), (0, [self.C])) == "(2 created, 0 updated); 0 skipped, 1 failed."

    def test_adds_up_repairs_of_what_repairs_left_also_about_the_same_contact(self, alma: User) -> None:
        files = (0, [self.A, self.BAD_B, self.BAD_C]), (1, [self.A, self.BAD_C]), (2, [("C", "a@x.example")])
        assert self.told(alma, *files) == "(1 created, 1 updated); 1 skipped, 0 failed."

    def test_knows_again_what_a_repair_of_a_repair_has_done(self, alma: User) -> None:
        files = (0, [self.A, self.BAD_B, self.BAD_C]), (1, [self.B, self.BAD_C]), (0, [self.A, self.B, self.C])
        assert self.told(alma, *files) == "(3 created, 0 updated); 0 skipped, 0 failed."

    def test_counts_each_row_about_one_contact(self, alma: User) -> None:
        file = (0, [self.A, self.A, self.A])
        assert self.told(alma, file, file) == "(1 created, 0 updated); 2 skipped, 0 failed."

    def test_forgets_a_repair_that_was_undone(self, alma: User) -> None:
        self.told(alma, (0, [self.A, self.B]), (0, [self.C]))
        first, repair, _other = Job.objects.order_by("pk")
        actions.undo(repair, by=person(alma))
        assert go(repair).state == "undone"
        chain = history.chain_of(first)
        assert chain and chain.words == "1 contact was imported (1 created, 0 updated); 0 skipped, 2 failed."

    def test_knows_no_more_what_was_the_same_once_the_rows_are_gone(self, alma: User) -> None:
        self.told(alma, (0, [self.A]), (0, [self.A]))
        JobRow.objects.all().delete()
        chain = history.chain_of(Job.objects.earliest("pk"))
        assert chain and chain.words == "1 contact was imported (1 created, 0 updated); 1 skipped, 1 failed."


class TestThePage:
    def test_shows_each_row_with_old_and_new(self, alma: User, sign_in: SignIn) -> None:
        old = make_contact("Old name", email="kim@acme.example")
        job = imported([GOOD, BAD], by=alma)
        seen = page(sign_in(alma), job, outcome="updated")
        assert "<del>Old name</del>" in seen and "<ins>Kim</ins>" in seen and "<dt>Name</dt>" in seen
        assert old.get_absolute_url() in seen and "lee at" not in seen
        seen = page(sign_in(alma), job, outcome="failed")
        assert "Enter one email address" in seen and "lee at acme.example" in seen and "Email" in seen
        assert '<span class="job-number">3</span> Lee' in seen

    def test_lets_a_cancelled_import_continue_where_it_stopped(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD, BAD], by=alma)
        claimed = claims.claim(job.pk, job.epoch)
        assert claimed
        claims.release(claimed)
        actions.cancel(Job.objects.get(), by=person(alma))
        client = sign_in(alma)
        assert "Continue" in page(client, job)
        client.post(reverse("jobs:go_on", args=[job.pk]))
        assert go(job).totals == {"created": 1, "failed": 1}

    def test_offers_no_continuing_once_the_file_is_gone(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD, BAD], by=alma)
        claimed = claims.claim(job.pk, job.epoch)
        assert claimed
        claims.release(claimed)
        actions.cancel(Job.objects.get(), by=person(alma))
        store.drop(Job.objects.get())
        assert reverse("jobs:go_on", args=[job.pk]) not in page(sign_in(alma), job)
        with pytest.raises(actions.NotPossibleError):
            actions.go_on(Job.objects.get(), by=person(alma))

    def test_of_one_in_the_queue_says_who_is_first_and_offers_to_cancel_it(self, alma: User, sign_in: SignIn) -> None:
        first, second = queued([GOOD], by=make_admin(name="Bora Boss")), queued([BAD], by=alma)
        claims.claim(first.pk, first.epoch)
        client = sign_in(alma)
        seen = page(client, second)
        assert "An import is already running" in seen and "Bora Boss" in seen and "0 %" in seen
        assert f'action="{reverse("jobs:cancel", args=[first.pk])}"' in seen

    def test_shows_its_progress_to_every_admin_after_a_reload(self, alma: User, sign_in: SignIn) -> None:
        job = queued([GOOD] * 3, by=alma)
        claims.claim(job.pk, job.epoch)
        Job.objects.filter(pk=job.pk).update(total=3, totals={"created": 1})
        for reader in (alma, make_admin()):
            seen = page(sign_in(reader), job)
            assert "1 of 3 rows" in seen and 'value="33"' in seen


class TestTheList:
    def test_leads_owners_to_where_they_go_on_and_shows_drafts_to_nobody_else(
        self, alma: User, sign_in: SignIn
    ) -> None:
        job = queued([GOOD], by=alma)
        Job.objects.filter(pk=job.pk).update(state=State.DRAFT)
        further = reverse("contacts:import_map", args=[job.pk])
        assert f'href="{further}"' in sign_in(alma).get("/jobs/", {"state": "unfinished"}).text
        assert sign_in(alma).get(job.get_absolute_url())["Location"] == further
        assert not jobs(make_admin()).exists()

    def test_shows_file_totals_and_progress(self, alma: User, sign_in: SignIn) -> None:
        imported([GOOD, BAD], by=alma)
        running = queued([GOOD] * 4, by=alma, name="second.csv")
        claims.claim(running.pk, running.epoch)
        Job.objects.filter(pk=running.pk).update(total=4, totals={"created": 1})
        seen = sign_in(alma).get("/jobs/").text
        assert "고객.csv" in seen and "second.csv" in seen
        assert "Created 1 · Failed 1" in seen and 'value="25"' in seen and "hx-get" in seen

    def test_of_mine_shows_nobody_elses(self, alma: User, sign_in: SignIn) -> None:
        mine, other = imported([GOOD], by=alma), imported([BAD], by=make_admin())
        seen = sign_in(alma).get("/jobs/", {"who": "mine"}).text
        assert f'id="job-{mine.pk}"' in seen and f'id="job-{other.pk}"' not in seen


class TestTheLetter:
    def test_goes_once_to_who_asked_with_the_sentence_and_a_link(self, alma: User) -> None:
        job = imported([GOOD, BAD], by=alma)
        go(job)
        letter = OutgoingEmail.objects.get(notice="import_ended")
        assert letter.to_email == alma.email and "Your import has ended" in letter.subject
        assert "1 contact was imported (1 created, 0 updated); 0 skipped, 1 failed." in letter.text
        assert job.get_absolute_url() in letter.text and "고객.csv" in letter.text

    def test_says_in_the_readers_language_why_it_failed(self, alma: User) -> None:
        alma.language = "ko"
        alma.save()
        job = queued([GOOD], by=alma)
        store.drop(job)
        assert go(job).state == "failed"
        letter = OutgoingEmail.objects.get(notice="import_ended")
        with translation.override("ko"):
            assert letter.language == "ko" and "가져" in letter.text

    def test_goes_to_the_admins_when_who_asked_was_deactivated_meanwhile(self, alma: User) -> None:
        boss, _agent = make_admin(), make_agent()
        job = queued([GOOD], by=alma)
        alma.is_active = False
        alma.save()
        assert go(job).state == "done"
        letters = OutgoingEmail.objects.filter(notice="import_ended")
        assert [letter.to_email for letter in letters] == [boss.email]
        assert "Alma Admin began this import" in letters[0].text

    def test_is_wanted_though_the_readers_address_has_changed_since(self, alma: User) -> None:
        imported([GOOD], by=alma)
        letter = OutgoingEmail.objects.get(notice="import_ended")
        move_agent(alma, "alma.new@helpdesk.example")
        assert still_wants_end(letter) == ""
        User.objects.filter(pk=alma.pk).update(is_active=False)
        assert still_wants_end(letter) == "The agent was deactivated."

    def test_goes_to_nobody_for_a_review_an_undo_or_a_command(self, alma: User) -> None:
        job = queued([GOOD], by=alma)
        Job.objects.filter(pk=job.pk).update(state=State.DRAFT)
        actions.review(Job.objects.get(), by=person(alma))
        assert go(job).state == "reviewed"
        assert not OutgoingEmail.objects.filter(notice="import_ended").exists()
        Job.objects.filter(pk=job.pk).update(owner=None)
        actions.submit(Job.objects.get(), by=system("command"))
        assert go(job).state == "done"
        actions.undo(Job.objects.get(), by=person(alma))
        assert go(job).state == "undone"
        assert not OutgoingEmail.objects.filter(notice="import_ended").exists()


class TestTheRecord:
    def test_has_one_line_that_says_who_what_and_which_file(self, alma: User) -> None:
        imported([GOOD], by=alma)
        entry = AuditEntry.objects.get(action="job.import_contacts")
        line = lines([entry])[0]
        assert (line.who, str(line.did)) == ("Alma Admin", "imported contacts")
        assert {change.label: change.after for change in line.changes}["About"] == "고객.csv"

    def test_is_told_on_the_timeline_of_whom_it_changed(self, alma: User, sign_in: SignIn) -> None:
        old = make_contact("Old name", email="kim@acme.example")
        imported([GOOD], by=alma)
        seen = sign_in(alma).get(old.get_absolute_url()).text
        assert "Import contacts: 고객.csv" in seen and "<del>Old name</del>" in seen
        assert Contact.objects.get(pk=old.pk).name == "Kim" and not Company.objects.exists()
