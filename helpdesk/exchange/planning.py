"""What a review would have made of the records by now: later rows, and later chunks, meet what earlier ones would do.

A run needs no such memory, the database has it all: its planner is given `NOTHING`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from django.db import connection

from helpdesk.exchange.rows import fetch, put
from helpdesk.jobs.models import Job


class Shadow(Protocol):
    """`ref`: a record's id, or a negative number of one not yet made."""

    def refs(self, keys: Collection[str]) -> Mapping[str, int]:
        """Which planned records have these keys; one that lost its key since may still be named."""

    def states(self, refs: Collection[int]) -> Mapping[int, Any]:
        """Of those of `refs` that are planned: their state, as it was kept."""

    def keep(self, states: Mapping[int, Any], keys: Mapping[str, int]) -> None:
        """Remember these states, in place of older ones, and by which keys they are found."""


class Review:
    """The memory of one job's review; begun anew with its first chunk."""

    def __init__(self, job: Job) -> None:
        self._job = job.pk
        if not job.rows.exists():
            forget(job)

    def refs(self, keys: Collection[str]) -> Mapping[str, int]:
        return dict(fetch(_REFS, self._job, keys)) if keys else {}

    def states(self, refs: Collection[int]) -> Mapping[int, Any]:
        found = fetch(_STATES, self._job, refs) if refs else []
        return {ref: json.loads(state) if isinstance(state, str) else state for ref, state in found}

    def keep(self, states: Mapping[int, Any], keys: Mapping[str, int]) -> None:
        fetch(_DROP_STATES, self._job, [*states])
        fetch(_DROP_KEYS, self._job, [*keys])
        put("exchange_planned", ("job_id", "ref", "state"), _dumped(self._job, states))
        put("exchange_plannedkey", ("job_id", "key", "ref"), ((self._job, key, ref) for key, ref in keys.items()))


def note_companies(job: Job, count: int) -> None:
    """Add to `params["companies"]`: how many companies the rows would make along."""
    if count:
        params = Job.objects.values_list("params", flat=True).get(pk=job.pk)
        Job.objects.filter(pk=job.pk).update(params={**params, "companies": params.get("companies", 0) + count})


class Nothing:
    """No memory."""

    def refs(self, keys: Collection[str]) -> Mapping[str, int]:
        return {}

    def states(self, refs: Collection[int]) -> Mapping[int, Any]:
        return {}

    def keep(self, states: Mapping[int, Any], keys: Mapping[str, int]) -> None:
        """Nothing to remember."""


NOTHING = Nothing()


def forget(job: Job, most: int | None = None) -> int:
    """Drop what a review of the job remembers; `most`: of either table so many rows. Returns how many went."""
    gone = 0
    for table, key in (("exchange_planned", "ref"), ("exchange_plannedkey", "key")):
        some = "" if most is None else f" AND {key} IN (SELECT {key} FROM {table} WHERE job_id = %s LIMIT {most:d})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE job_id = %s{some}", [job.pk] * (1 if most is None else 2))  # noqa: S608
            gone += cursor.rowcount
    return gone


def _dumped(job: int, states: Mapping[int, Any]) -> Iterable[tuple[int, int, str]]:
    return ((job, ref, json.dumps(state, ensure_ascii=False)) for ref, state in states.items())


_REFS = "SELECT key, ref FROM exchange_plannedkey WHERE job_id = %s AND key {among}"
_STATES = "SELECT ref, state FROM exchange_planned WHERE job_id = %s AND ref {among}"
_DROP_STATES = "DELETE FROM exchange_planned WHERE job_id = %s AND ref {among}"
_DROP_KEYS = "DELETE FROM exchange_plannedkey WHERE job_id = %s AND key {among}"
