from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from companies.models import Company
from helpdesk.audit.models import AuditEntry
from helpdesk.jobs import actions, chunks, claims, engine, kinds
from helpdesk.jobs.chunks import Step
from helpdesk.jobs.models import Job
from helpdesk.users import actors
from helpdesk.users.models import User
from helpdesk.users.roles import Permission
from tests import factories, jobkinds
from tests.jobkinds import SLOTTED, WORD, companies, started, started_over
from tests.jobs.test_engine import expire, frozen, go

pytestmark = pytest.mark.django_db


def me(client: Client) -> User:
    user: User = client.user  # type: ignore[attr-defined]
    return user


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_anything_has_run_it_says_what_will_be_here(as_agent: Client) -> None:
    assert "Nothing has run yet" in page(as_agent, "jobs:list")


def test_agents_see_their_own_jobs_admins_all(as_agent: Client, as_admin: Client) -> None:
    own, other = started(1, by=me(as_agent)), started(1, by=factories.make_agent())
    seen = page(as_agent, "jobs:list")
    assert f"#{own.pk}<" in seen and f"#{other.pk}<" not in seen
    seen = page(as_admin, "jobs:list")
    assert f"#{own.pk}<" in seen and f"#{other.pk}<" in seen
    assert as_agent.get(other.get_absolute_url()).status_code == 404


def test_the_list_is_filtered_by_kind_and_state(as_admin: Client) -> None:
    done, waiting, slotted = go(started(1)), started(1), started(1, kind=SLOTTED)
    assert listed(as_admin, state="under-way") == [slotted.pk, waiting.pk]
    assert listed(as_admin, state="done") == [done.pk]
    assert listed(as_admin, kind="tests.slotted") == [slotted.pk]
    assert "No such jobs" in page(as_admin, "jobs:list", state="cancelled")


def test_drafts_are_not_listed(as_admin: Client) -> None:
    actions.draft(WORD, by=actors.person(me(as_admin)))
    assert "Nothing has run yet" in page(as_admin, "jobs:list")
    kept = started(1)
    assert listed(as_admin) == [kept.pk]


def test_what_is_only_reviewed_is_told_as_what_would_happen(as_admin: Client) -> None:
    job = started(3)
    Job.objects.filter(pk=job.pk).update(state="reviewed", predicted={"created": 1204, "failed": 2}, started_at=Now())
    row = page(as_admin, "jobs:list").split("<tbody>")[1]
    assert "1,204 will be created" in row and "2 will fail" in row and "Created" not in row
    assert '<td data-label="Duration"></td>' in row
    assert "<strong>1,204</strong> will be created" in page(as_admin, "jobs:show", job.pk)


def test_the_list_asks_the_same_few_questions_however_long(as_admin: Client, django_assert_num_queries: Any) -> None:
    for _job in range(3):
        go(started(1, by=me(as_admin)))
    page(as_admin, "jobs:list")
    with django_assert_num_queries(4):  # session, user, page, kinds
        page(as_admin, "jobs:list")


def test_progress_comes_from_the_row_and_stops_asking_at_the_end(as_admin: Client) -> None:
    job = started(25)
    engine.run(job.pk, job.epoch, seconds=0)
    seen = page(as_admin, "jobs:show", job.pk)
    assert "10 of 25 rows" in seen and 'value="40"' in seen and "hx-get" in seen
    go(job)
    seen = page(as_admin, "jobs:show", job.pk)
    assert "25 of 25 rows" in seen and "hx-get" not in seen


def test_the_moving_part_asks_for_the_whole_page_when_the_state_has_changed(as_admin: Client) -> None:
    job = started(25)
    address = reverse("jobs:progress", args=[job.pk])
    answer = as_admin.get(address, {"seen": "queued"}, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in answer.headers and "0 of 25 rows" in answer.content.decode()
    go(job)
    answer = as_admin.get(address, {"seen": "queued"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_rate_and_time_left_are_of_this_stretch(as_admin: Client) -> None:
    job = started(25)
    engine.run(job.pk, job.epoch, seconds=0)
    Job.objects.update(resumed_at=Now() - timedelta(seconds=5), heartbeat_at=Now())
    seen = page(as_admin, "jobs:show", job.pk)
    assert "rows a second" in seen and "left" in seen


def test_rows_are_paged_filtered_and_say_why(as_admin: Client) -> None:
    bad = factories.make_company("Bad <b>Ltd</b>")
    job = go(started_over(*companies(40), bad, by=me(as_admin)))
    seen = page(as_admin, "jobs:show", job.pk)
    assert seen.count('class="job-number"') == 30 and 'rel="next"' in seen
    seen = page(as_admin, "jobs:show", job.pk, outcome="failed")
    assert seen.count('class="job-number"') == 1
    assert "“Bad &lt;b&gt;Ltd&lt;/b&gt;” is bad." in seen
    assert reverse("companies:show", args=[bad.pk]) in seen


def test_turning_pages_forth_and_back_shows_each_row_once(as_admin: Client) -> None:
    job = go(started(70, by=me(as_admin)))
    first = as_admin.get(job.get_absolute_url()).context["page"]
    second = as_admin.get(job.get_absolute_url(), {"cursor": first.next}).context["page"]
    third = as_admin.get(job.get_absolute_url(), {"cursor": second.next}).context["page"]
    numbers = [line.number for part in (first, second, third) for line in part.rows]
    assert numbers == list(range(1, 71)) and not third.next
    back = as_admin.get(job.get_absolute_url(), {"cursor": second.previous}).context["page"]
    assert [line.number for line in back.rows] == list(range(1, 31))


def test_cancel_with_nobody_at_work_is_at_once(as_agent: Client) -> None:
    job = started(25, by=me(as_agent))
    claims.claim(job.pk, job.epoch)
    expire()
    act(as_agent, "jobs:cancel", job)
    assert job.state == "cancelled"
    assert go(job).totals == {}


@pytest.mark.parametrize(("verb", "state"), [("cancel", "cancelled"), ("pause", "paused")])
def test_who_works_on_it_has_lost_it_at_once_alive_or_dead(as_agent: Client, verb: str, state: str) -> None:
    """Between two chunks, with a lease that still runs: nobody waits for whoever holds it."""
    job = started(25, by=me(as_agent))
    held = claims.claim(job.pk, job.epoch)
    assert held is not None and chunks.advance(held) is Step.MORE
    act(as_agent, f"jobs:{verb}", job)
    assert (job.state, job.totals, job.lease_until) == (state, {"done": 10}, None)
    with pytest.raises(claims.LostError):
        chunks.advance(held)
    with pytest.raises(claims.LostError):
        claims.keep(held)
    job.refresh_from_db()
    assert (job.state, job.totals, job.rows.count()) == (state, {"done": 10}, 10)


def test_pause_and_go_on(as_agent: Client) -> None:
    job = started(25, by=me(as_agent))
    engine.run(job.pk, job.epoch, seconds=0)
    act(as_agent, "jobs:pause", job)
    assert job.state == "paused"
    assert "Go on" in page(as_agent, "jobs:show", job.pk)
    act(as_agent, "jobs:go_on", job)
    assert go(job).totals == {"done": 25}


def test_what_a_cancelled_job_never_came_to_is_counted(as_agent: Client) -> None:
    job = started(25, by=me(as_agent))
    engine.run(job.pk, job.epoch, seconds=0)
    act(as_agent, "jobs:cancel", job)
    assert "<strong>15</strong> Not reached" in page(as_agent, "jobs:show", job.pk)


def test_only_admins_undo_and_are_asked_first(as_admin: Client, as_supervisor: Client) -> None:
    job = go(started(3, by=me(as_supervisor)))
    assert reverse("jobs:undo", args=[job.pk]) not in page(as_supervisor, "jobs:show", job.pk)
    assert as_supervisor.post(reverse("jobs:undo", args=[job.pk])).status_code == 403
    assert "Take back what this job did?" in page(as_admin, "jobs:undo", job.pk)
    act(as_admin, "jobs:undo", job)
    assert go(job).undo_totals == {"restored": 3}
    assert set(Company.objects.values_list("notes", flat=True)) == {""}
    shown = page(as_admin, "jobs:show", job.pk)
    assert re.search(r"<dt>Had done</dt><dd>\S+ 3</dd>", shown)
    assert re.search(rf"<dt>Undo asked for</dt><dd>[^<]+ · {me(as_admin).name}</dd>", shown)


def test_whoever_lost_the_permission_cannot_let_it_go_on(as_agent: Client) -> None:
    kinds.register(replace(WORD, permission=Permission.CONTACT_BLOCK))
    job = started(3, by=me(as_agent))
    act(as_agent, "jobs:pause", job)
    assert as_agent.post(reverse("jobs:go_on", args=[job.pk])).status_code == 403
    assert "Go on" not in page(as_agent, "jobs:show", job.pk)


def test_what_is_over_cannot_be_cancelled_nor_paused(as_admin: Client) -> None:
    job = go(started(3))
    for name in ("jobs:cancel", "jobs:pause", "jobs:go_on"):
        act(as_admin, name, job)
        assert job.state == "done"
    assert "the job has changed meanwhile" in page(as_admin, "jobs:show", job.pk)


def test_a_double_click_acts_once(as_admin: Client) -> None:
    job = started(3)
    for _click in range(2):
        as_admin.post(reverse("jobs:pause", args=[job.pk]), {"form_id": "a" * 20})
    assert AuditEntry.objects.filter(action="job.pause").count() == 1


def test_the_log_has_one_entry_a_job_and_one_for_each_wish(as_admin: Client) -> None:
    job = started(25, by=me(as_admin))
    act(as_admin, "jobs:pause", job)
    act(as_admin, "jobs:go_on", job)
    go(job)
    act(as_admin, "jobs:undo", job)
    go(job)
    actions = AuditEntry.objects.filter(target_kind="jobs.job").order_by("pk").values_list("action", "target_name")
    assert [*actions] == [(f"job.{verb}", f"#{job.pk}") for verb in ("start", "pause", "resume", "undo")]


def test_a_queued_import_names_the_one_it_waits_for(as_admin: Client) -> None:
    first, second = started(3, kind=SLOTTED, by=me(as_admin)), started(3, kind=SLOTTED)
    claims.claim(first.pk, first.epoch)
    seen = page(as_admin, "jobs:show", second.pk)
    assert f"Waits until #{first.pk} of Alma Admin has ended, which is at 0 % now." in seen


def test_a_download_is_offered_only_where_there_is_one(as_admin: Client) -> None:
    with_file, without = go(started(1)), go(started(1, kind=SLOTTED))
    assert "/download/" in page(as_admin, "jobs:show", with_file.pk)
    assert as_admin.get(reverse("jobs:download", args=[with_file.pk])).content == b"failed rows"
    assert "/download/" not in page(as_admin, "jobs:show", without.pk)
    assert as_admin.get(reverse("jobs:download", args=[without.pk])).status_code == 404


def test_a_job_whose_app_is_gone_is_still_shown(as_admin: Client) -> None:
    job = go(started(3))
    jobkinds.forget()
    assert "tests.word" in page(as_admin, "jobs:show", job.pk)
    assert "tests.word" in page(as_admin, "jobs:list")


def listed(client: Client, **query: str) -> list[int]:
    return [job.pk for job in client.get(reverse("jobs:list"), query).context["page"].rows]


def act(client: Client, name: str, job: Job) -> None:
    """Press the button; `job` is then as it stands."""
    assert client.post(reverse(name, args=[job.pk])).status_code == 302
    job.refresh_from_db()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("button", ["cancel", "pause", "go_on", "undo"])
@pytest.mark.parametrize("form_id", ["", "a" * 20])
def test_while_a_frozen_worker_holds_the_job_the_buttons_say_so(button: str, form_id: str, as_admin: Client) -> None:
    job = started(3)
    with frozen():
        answer = as_admin.post(reverse(f"jobs:{button}", args=[job.pk]), {"form_id": form_id})
    assert answer.status_code == 503
    assert "A worker holds this job and does not answer." in answer.text
    assert job.get_absolute_url() in answer.text
    if button == "cancel":
        answer = as_admin.post(reverse("jobs:cancel", args=[job.pk]), {"form_id": form_id}, follow=True)
        assert "The job is cancelled." in answer.text
