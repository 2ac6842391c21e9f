"""Selections in blocks: the same targets in the same order, however they are taken; found again when somebody is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from companies.models import Company
from helpdesk.jobs import blocks
from helpdesk.jobs.models import Job, JobTarget, JobTargetBlock
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 3)


def companies(*names: str) -> list[int]:
    return [factories.make_company(name).pk for name in names]


def taken(job: Job, limit: int) -> list[tuple[int, int | None]]:
    rows: list[tuple[int, int | None]] = []
    while found := blocks.take(job, limit):
        assert len(found) <= limit
        assert all(row.cursor == row.number for row in found)
        rows += [(row.number, row.target_id) for row in found]
        job.cursor = rows[-1][0]
    return rows


def numbered(ids: Sequence[int]) -> list[tuple[int, int]]:
    return list(enumerate(ids, 1))


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("count", [1, 3, 4, 8])
def test_each_target_is_taken_once_in_the_order_of_ids(count: int, limit: int) -> None:
    ids, job = companies(*(f"{'abcdefgh'[number]}" for number in range(count))), Job.objects.create(kind="x")
    assert blocks.freeze(job, Company.objects.order_by("-name")) == count
    assert JobTargetBlock.objects.count() == -(-count // 3)
    assert taken(job, limit) == numbered(ids)


def test_or_in_an_order_of_their_own() -> None:
    c, a, d, b = companies("c", "a", "d", "b")
    job = Job.objects.create(kind="x")
    assert blocks.freeze(job, Company.objects.order_by("name"), in_order=True) == 4
    assert taken(job, 100) == numbered([a, b, c, d])
    assert blocks.first(job, 2) == [a, b]


def test_each_once_however_often_a_join_finds_it() -> None:
    both = factories.make_company("Acme", domains=("acme.example", "acme.test"))
    other = factories.make_company("Hanbit", domains=("hanbit.example",))
    job = Job.objects.create(kind="x")
    assert blocks.freeze(job, Company.objects.filter(domains__domain__contains=".")) == 2
    assert taken(job, 100) == numbered([both.pk, other.pk])


def test_nothing_chosen_is_nothing_frozen() -> None:
    job = Job.objects.create(kind="x")
    assert (blocks.freeze(job, Company.objects.none()), blocks.freeze(job, Company.objects.filter(name="x"))) == (0, 0)
    assert (list(blocks.take(job, 10)), list(blocks.first(job, 10))) == ([], [])


def test_who_is_in_a_block_is_found_and_nobody_whose_number_only_looks_like_it() -> None:
    jobs = [Job.objects.create(kind="x") for _number in range(3)]
    for job, ids in zip(jobs, ([7, 70, 700], [71, 17, 177], [6, 8]), strict=True):
        text = ",".join(map(str, ids))
        JobTargetBlock.objects.create(job=job, number=1, size=len(ids), lowest=min(ids), highest=max(ids), ids=text)
    found = {pk: [block.job_id for block in blocks.holding([pk])] for pk in (7, 17, 177, 70, 1, 77)}
    assert found == {7: [jobs[0].pk], 17: [jobs[1].pk], 177: [jobs[1].pk], 70: [jobs[0].pk], 1: [], 77: []}
    assert {block.job_id for block in blocks.holding([700, 6])} == {jobs[0].pk, jobs[2].pk}
    assert list(blocks.holding([])) == []


def test_exports_under_way_are_packed_when_the_program_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 10_000)
    jobs = [Job.objects.create(kind="contacts.export", state=state) for state in ("queued", "paused", "done")]
    jobs.append(Job.objects.create(kind="contacts.tag", state="queued"))
    ids = range(50, 10_053)
    for job in jobs:
        JobTarget.objects.bulk_create(
            JobTarget(job=job, number=number, target_id=pk) for number, pk in enumerate(reversed(ids), 1)
        )
    migration = import_module("helpdesk.jobs.migrations.0004_target_blocks")
    migration.pack_unfinished_exports(None, SimpleNamespace(connection=connection))
    assert {block.job_id for block in JobTargetBlock.objects.all()} == {jobs[0].pk, jobs[1].pk}
    assert taken(jobs[1], 4_000) == numbered(list(reversed(ids)))
