from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from companies.models import Company
from helpdesk.jobs import actions, chores, claims, engine, kinds, selection
from helpdesk.jobs.kinds import Done, JobError, JobKind, PauseJob, WaitJob
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.progress import duration_of
from helpdesk.jobs.states import State
from helpdesk.users import actors
from tests import factories, jobkinds
from tests.jobkinds import SLOTTED, WORD, companies, started, started_over
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db
BY = actors.system("command")


def go(job: Job, *, slices: int = 50) -> Job:
    """Work on it as workers would, until nothing is left to do now."""
    job.refresh_from_db()
    epoch: int | None = job.epoch
    for _slice in range(slices):
        if epoch is None:
            break
        epoch = engine.run(job.pk, epoch)
    job.refresh_from_db()
    return job


def test_does_every_row_once_and_counts_them() -> None:
    job = go(started(25))
    assert (job.state, job.totals, job.total, job.cursor) == ("done", {"done": 25}, 25, 25)
    assert list(job.rows.order_by("number").values_list("number", flat=True)) == list(range(1, 26))
    assert set(Company.objects.values_list("notes", flat=True)) == {"x"}
    assert job.finished_at is not None and job.lease_until is None


def test_the_selection_is_what_was_chosen_then() -> None:
    job = started(3)
    companies(2)
    assert go(job).totals == {"done": 3}


def test_the_selection_has_each_once_however_often_a_join_finds_it() -> None:
    both = factories.make_company("Acme", domains=("acme.example", "acme.test"))
    other = factories.make_company("Hanbit", domains=("hanbit.example",))
    found = Company.objects.filter(domains__domain__contains=".")
    assert len(found) == 3
    job = actions.start(WORD, found, params={"word": "x"}, by=BY)
    assert list(job.targets.order_by("number").values_list("number", "target_id")) == [(1, both.pk), (2, other.pk)]


def test_choosing_nothing_starts_nothing() -> None:
    with pytest.raises(actions.NothingChosenError):
        actions.start(WORD, Company.objects.none(), by=BY)
    assert not Job.objects.exists()


def test_a_bad_row_alone_fails_with_its_reason() -> None:
    bad = factories.make_company("Bad Ltd")
    job = go(started_over(*companies(7), bad, *companies(6)))
    assert (job.state, job.totals) == ("done", {"done": 13, "failed": 1})
    row = job.rows.get(outcome="failed")
    assert (row.target_id, row.problems) == (bad.pk, [{"text": "“%(name)s” is bad.", "params": {"name": "Bad Ltd"}}])
    assert Counter(job.rows.values_list("outcome", flat=True)) == Counter(job.totals)


def test_what_nobody_expected_fails_that_row_only() -> None:
    lost = factories.make_company()
    job = started_over(*companies(3), lost)
    lost.delete()
    job = go(job)
    assert job.totals == {"done": 3, "failed": 1}
    assert (job.rows.get(outcome="failed").problems or [])[0]["params"] == {"kind": "KeyError"}


def test_counts_that_do_not_add_up_end_the_job() -> None:
    job = go(started(kind=odd(lambda job, rows: Done(Counter(done=1)))))
    assert (job.state, told(job)["kind"], job.rows.count()) == ("failed", "MiscountError", 0)


def test_a_kind_may_do_the_first_rows_only_and_gets_as_few_the_next_time() -> None:
    given = list[int]()

    def part(job: Job, rows: Any) -> Done:
        given.append(len(rows))
        return replace(jobkinds.work(job, rows[:3]), is_part=len(rows) > 3)

    job = go(started(25, kind=odd(part)))
    assert (job.state, job.totals, job.rows.count()) == ("done", {"done": 25}, 25)
    assert given == [10, 3, 6, 3, 6, 3, 6, 3, 1]


def test_a_kind_that_does_none_of_its_rows_ends_the_job() -> None:
    job = go(started(kind=odd(lambda job, rows: Done(is_part=True))))
    assert (job.state, told(job)["kind"]) == ("failed", "MiscountError")


def test_nobody_else_can_claim_what_is_held() -> None:
    job = started()
    held = claims.claim(job.pk, job.epoch)
    assert held is not None and held.epoch == job.epoch + 1
    assert claims.claim(job.pk, job.epoch) is None
    assert claims.claim(job.pk, held.epoch) is None


def test_a_stale_ring_does_nothing() -> None:
    job = started()
    assert engine.run(job.pk, job.epoch - 1) is None
    assert not JobRow.objects.exists()


def test_an_expired_lease_is_taken_over_and_the_zombie_writes_nothing() -> None:
    job = started(25)
    zombie = claims.claim(job.pk, job.epoch)
    assert zombie is not None
    expire()
    assert engine.run(job.pk, job.epoch) is None  # the epoch it was queued with is gone
    assert go(job).totals == {"done": 25}
    with pytest.raises(claims.LostError), transaction.atomic():
        claims.locked(zombie)
    claims.release(zombie, crash_count=2)
    with pytest.raises(claims.LostError):
        claims.renewed(zombie, cursor=1)
    with pytest.raises(claims.LostError):
        claims.move(zombie, State.FAILED)
    assert Job.objects.get().state == "done"


def test_three_crashes_without_progress_end_it() -> None:
    job = started(25)
    for _crash in range(3):
        assert claims.claim(job.pk, Job.objects.get().epoch) is not None
        expire()
    job = go(job)
    assert (job.state, job.error) == ("failed", {"text": engine.CRASHED, "params": {"row": 0}})


def test_progress_forgets_crashes() -> None:
    job = started(25)
    claims.claim(job.pk, job.epoch)
    expire()
    assert go(job).crash_count == 0 and job.state == "done"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_cut_connection_is_tried_again_but_not_for_ever(error: type[Exception]) -> None:
    def cut(job: Job, rows: Any) -> Done:
        raise error("server closed the connection")

    job = started(kind=odd(cut))
    for crashes in (1, 2, 3):
        job = go(job)
        assert (job.state, job.crash_count, job.lease_until) == ("running", crashes, None)
        Job.objects.update(run_at=Now())
    assert go(job).state == "failed"


def test_what_is_noted_leaves_what_was_changed_meanwhile() -> None:
    job = started(1)
    Job.objects.filter(pk=job.pk).update(params={"word": "[erased]"})
    claims.note(job, seen=7)
    assert job.params == Job.objects.get(pk=job.pk).params == {"word": "[erased]", "seen": 7}


def test_works_in_slices_and_rings_again(rings: list[tuple[int, int]]) -> None:
    job = started(25)
    epoch = engine.run(job.pk, job.epoch, seconds=0)
    job.refresh_from_db()
    assert (job.state, job.totals, job.lease_until, epoch) == ("running", {"done": 10}, None, job.epoch)


def test_a_kind_may_end_pause_or_wait() -> None:
    def ends(job: Job, rows: Any) -> Done:
        raise JobError("The file breaks off at line %(line)s.", line=7)

    def pauses(job: Job, rows: Any) -> Done:
        raise PauseJob("Too many failures.")

    def waits(job: Job, rows: Any) -> Done:
        raise WaitJob(60)

    job = go(started(kind=odd(ends)))
    assert (job.state, told(job)) == ("failed", {"line": 7})
    job = go(started(kind=odd(pauses)))
    assert (job.state, (job.error or {})["text"]) == ("paused", "Too many failures.")
    job = go(started(kind=odd(waits)))
    assert (job.state, job.lease_until) == ("running", None)
    assert not Job.objects.waiting().filter(pk=job.pk).exists()


def test_one_job_a_slot_the_next_one_waits_and_then_goes() -> None:
    first, second = started(5, kind=SLOTTED), started(5, kind=SLOTTED)
    assert claims.claim(first.pk, first.epoch) is not None
    assert list(Job.objects.waiting()) == []
    assert claims.claim(second.pk, second.epoch) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=second.pk).update(state="running")
    expire()
    go(first)
    assert go(second).state == "done"


def test_acts_without_a_slot_run_beside_each_other() -> None:
    first, second = started(5), started(5)
    assert claims.claim(first.pk, first.epoch) and claims.claim(second.pk, second.epoch)


def test_undo_takes_back_what_nobody_changed_since_last_row_first() -> None:
    job = go(started(12))
    edited = Company.objects.order_by("pk")[0]
    Company.objects.filter(pk=edited.pk).update(version=9, notes="by hand")
    actions.undo(job, by=BY)
    job = go(job)
    assert (job.state, job.undo_totals, job.totals) == ("undone", {"restored": 11, "left": 1}, {"done": 12})
    assert sorted(Company.objects.values_list("notes", flat=True)) == [""] * 11 + ["by hand"]


def test_what_was_cancelled_may_go_on_until_it_is_taken_back() -> None:
    job = started(25)
    engine.run(job.pk, job.epoch, seconds=0)
    actions.cancel(job, by=BY)
    actions.go_on(job, by=BY)
    assert go(job).totals == {"done": 25}

    other = started(25)
    engine.run(other.pk, other.epoch, seconds=0)
    actions.cancel(other, by=BY)
    actions.undo(other, by=BY)
    assert go(other).undo_totals == {"restored": 10}
    with pytest.raises(actions.NotPossibleError):
        actions.go_on(other, by=BY)


def test_a_draft_and_a_failed_review_do_not_start_by_going_on() -> None:
    job = actions.draft(SLOTTED, by=BY)
    with pytest.raises(actions.NotPossibleError):
        actions.go_on(job, by=BY)
    actions.cancel(job, by=BY)
    with pytest.raises(actions.NotPossibleError):
        actions.go_on(job, by=BY)


def test_an_undo_that_breaks_off_is_begun_again_where_it_stopped() -> None:
    job = go(started(25))
    actions.undo(job, by=BY)
    job.refresh_from_db()
    engine.run(job.pk, job.epoch, seconds=0)
    claims.move(Job.objects.get(), State.FAILED)
    assert Job.objects.get().undo_totals == {"restored": 10}
    actions.undo(job, by=BY)
    assert go(job).undo_totals == {"restored": 25}


def test_undo_waits_for_the_slot() -> None:
    job, other = go(started(2, kind=SLOTTED)), started(2, kind=SLOTTED)
    claims.claim(other.pk, other.epoch)
    with pytest.raises(actions.SlotTakenError):
        actions.undo(job, by=BY)


def test_a_review_predicts_without_the_slot_and_then_runs() -> None:
    companies(4)
    job = actions.draft(SLOTTED, params={"word": "x"}, by=BY)
    selection.freeze(job, Company.objects.all())
    actions.review(job, by=BY)
    job = go(job)
    assert (job.state, job.predicted, job.totals) == ("reviewed", {"done": 4}, {})
    actions.submit(job, by=BY)
    assert go(job).totals == {"done": 4}


def test_the_clock_stands_still_while_a_review_waits_for_a_person() -> None:
    companies(4)
    job = actions.draft(SLOTTED, params={"word": "x"}, by=BY)
    selection.freeze(job, Company.objects.all())
    actions.review(job, by=BY)
    job = go(job)
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(started_at=Now() - hour, heartbeat_at=Now() - hour + minute)
    job.refresh_from_db()
    assert duration_of(job) == minute
    actions.review(job, by=BY)
    job.refresh_from_db()
    assert duration_of(job) is None


def test_where_nobody_hears_the_bell_the_sweeper_works(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(chores, "ring", lambda *_args: False)
    monkeypatch.setattr(chores, "_work_aside", lambda: done.append(1))
    started()
    chores.ring_for_waiting()
    assert done == [1]


def test_a_kind_that_is_gone_ends_the_job() -> None:
    job = started()
    jobkinds.forget()
    assert told(go(job))["kind"] == "tests.word"


def test_the_end_is_told_once_and_breaks_nothing() -> None:
    told: list[str] = []

    def ended(job: Job) -> None:
        told.append(job.state)
        raise ValueError

    job = started(3, kind=kinds.register(replace(WORD, ended=ended)))
    assert (go(job).state, told) == ("done", ["done"])


def test_set_based_work_writes_the_same_rows() -> None:
    job = go(started(30, kind=jobkinds.BULK))
    assert (job.totals, job.rows.filter(after_version=2).count()) == ({"done": 30}, 30)


def odd(work: Any) -> JobKind:
    return kinds.register(replace(WORD, work=work))


def expire() -> None:
    Job.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def told(job: Job) -> dict[str, Any]:
    """What is put into the words of its error."""
    return dict((job.error or {})["params"])


@contextmanager
def frozen() -> Iterator[None]:
    """A worker is stopped over what it has locked (SQLite knows one lock, of everything), and nobody waits for long."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Job.objects.select_for_update())
            is_held.set()
            is_over.wait(PATIENCE)
        connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    is_held.wait(PATIENCE)
    try:
        with pytest.MonkeyPatch.context() as patch, connection.cursor() as cursor:
            patch.setattr(actions, "PATIENCE", 0.1)
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA busy_timeout = 100")
            yield
    finally:
        is_over.set()
        worker.join()
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", [actions.cancel, actions.pause, actions.go_on, actions.undo])
def test_what_a_frozen_worker_holds_keeps_nobody_waiting_for_long(verb: Any) -> None:
    job = started(3)
    with frozen(), pytest.raises(actions.BusyError):
        verb(job, by=BY)
    actions.cancel(job, by=BY)
    assert Job.objects.get().state == "cancelled"


def test_interruptions_with_progress_between_them_do_not_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three at the same place end a job; ten, each a chunk further, do not."""
    job = started(100)
    done: list[int] = []

    def cut(job: Job, rows: Any) -> Done:
        if len(done) % 2:
            done.append(0)
            raise OperationalError("terminating connection")
        done.append(1)
        return jobkinds.work(job, rows)

    monkeypatch.setitem(kinds.KINDS, WORD.name, replace(WORD, work=cut))
    for _slice in range(20):
        Job.objects.update(run_at=Now())
        job = go(job, slices=1)
    assert (job.state, job.totals, job.crash_count) == ("done", {"done": 100}, 0)
