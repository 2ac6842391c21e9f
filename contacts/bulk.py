"""Set-based twins of the verbs, for thousands of contacts at once; tests/contacts/test_bulk.py proves them equal.

Each does the rows of one chunk of a job: their `JobRow`s, which are the record, and the change itself, by a handful of
statements whatever their number. Contacts are locked in one order, before tags, as the verbs do.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext_noop

from companies.models import Company
from contacts.actions.standing import open_or_close
from contacts.models import Contact
from helpdesk.jobs.models import Job, JobRow

GONE = gettext_noop("deleted in the meantime")
SAME_TAGS = gettext_noop("nothing to change")
SAME_COMPANY = gettext_noop("already of this company")
SAME_STANDING = gettext_noop("already so")


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of a job whose frozen selection are contacts."""

    job: Job
    first: int
    last: int

    def run(self, statement: str, **values: Any) -> None:
        """`statement` may use {done}: the contacts of this chunk that change, and the words of DIALECTS."""
        filled = statement.format(done=_DONE, **DIALECTS[connection.vendor])
        between = {"job": self.job.pk, "first": self.first, "last": self.last}
        with connection.cursor() as cursor:
            cursor.execute(filled, {**between, **values})

    def lock(self) -> None:
        """Nobody else changes these contacts until the transaction ends."""
        if connection.vendor == "postgresql":
            self.run(_LOCK)

    def changed(self) -> list[int]:
        return list(self._rows().filter(outcome="done").order_by("target_id").values_list("target_id", flat=True))

    def counts(self) -> Counter[str]:
        counted = self._rows().order_by().values_list("outcome").annotate(Count("number"))
        return Counter(dict(counted))

    def _rows(self) -> Any:
        return JobRow.objects.filter(job=self.job, number__range=(self.first, self.last))


@dataclass(frozen=True)
class Standing:
    """Block, unblock, delete or restore: whom it changes, and which moment it sets or clears."""

    whom: str
    field: str
    is_set: bool


STANDINGS = {
    "block": Standing("c.id IS NOT NULL AND c.blocked_at IS NULL AND c.deleted_at IS NULL", "blocked_at", is_set=True),
    "unblock": Standing("c.blocked_at IS NOT NULL AND c.deleted_at IS NULL", "blocked_at", is_set=False),
    "delete": Standing("c.id IS NOT NULL AND c.deleted_at IS NULL", "deleted_at", is_set=True),
    "restore": Standing(
        "c.deleted_at IS NOT NULL AND c.merged_into_id IS NULL AND c.forgotten_at IS NULL", "deleted_at", is_set=False
    ),
}


def add_tags(chunk: Chunk, tags: Collection[int]) -> Counter[str]:
    """Twin of `actions.tags.add_tags`; the tags are locked already."""
    chunk.run(_RECORD_TAGS.replace("{had}", "NOT EXISTS"), **_tag_values(tags))
    chunk.run(_ADD_TAGS, **_tag_values(tags))
    return chunk.counts()


def remove_tags(chunk: Chunk, tags: Collection[int]) -> Counter[str]:
    """Twin of `actions.tags.remove_tags`; tags that nobody has any more are left to the caller."""
    chunk.run(_RECORD_TAGS.replace("{had}", "EXISTS"), **_tag_values(tags))
    chunk.run(_REMOVE_TAGS, **_tag_values(tags))
    return chunk.counts()


def set_company(chunk: Chunk, company: Company | None) -> Counter[str]:
    """Twin of `actions.placing.set_company`."""
    chunk.lock()
    values = {"company": company.pk if company else 0}
    chunk.run(_RECORD_COMPANY, **values, gone=_why(GONE), same=_why(SAME_COMPANY))
    changed = Contact.objects.filter(pk__in=chunk.changed())
    changed.update(company=company, version=F("version") + 1, updated_at=timezone.now())
    chunk.run(_NO_FURTHER, **values)
    return chunk.counts()


def stand(chunk: Chunk, verb: str) -> Counter[str]:
    """Twin of `actions.standing.block`, `unblock`, `delete` and `restore`."""
    chunk.lock()
    standing, now = STANDINGS[verb], timezone.now()
    recorded = _RECORD_STANDING.replace("{whom}", standing.whom).replace("{field}", standing.field)
    chunk.run(recorded, same=_why(SAME_STANDING))
    ids = chunk.changed()
    moment = now if standing.is_set else None
    Contact.objects.filter(pk__in=ids).update(**{standing.field: moment, "updated_at": now})
    open_or_close(ids)
    return chunk.counts()


def _tag_values(tags: Collection[int]) -> dict[str, Any]:
    """One value as an array for PostgreSQL, as JSON for SQLite: a list of any length is one parameter."""
    wanted = list(tags) if connection.vendor == "postgresql" else json.dumps(list(tags))
    return {"tags": wanted, "gone": _why(GONE), "same": _why(SAME_TAGS)}


def _why(text: str) -> str:
    return json.dumps([{"text": text, "params": {}}])


# `once`: PostgreSQL would look for the tags again wherever the outer query mentions them.
DIALECTS = {
    "postgresql": {
        "json": "jsonb", "object": "jsonb_build_object", "names": "jsonb_agg(w.name ORDER BY w.key)", "as_json": "",
        "wanted": "w.id = ANY(%(tags)s)", "moment": "to_jsonb", "once": "OFFSET 0",
    },
    "sqlite": {
        "json": "text", "object": "json_object", "names": "nullif(json_group_array(w.name), '[]')", "as_json": "json",
        "wanted": "w.id IN (SELECT value FROM json_each(%(tags)s))", "moment": "", "once": "",
    },
}  # fmt: skip

_LOCK = """SELECT c.id FROM contacts_contact c JOIN jobs_jobtarget t ON t.target_id = c.id
    WHERE t.job_id = %(job)s AND t.number BETWEEN %(first)s AND %(last)s ORDER BY c.id FOR NO KEY UPDATE OF c"""

_DONE = """SELECT target_id FROM jobs_jobrow
    WHERE job_id = %(job)s AND number BETWEEN %(first)s AND %(last)s AND outcome = 'done'"""

_RECORD_TAGS = """INSERT INTO jobs_jobrow (job_id, number, outcome, target_kind, target_id, before, problems)
    SELECT job_id, number, CASE WHEN tags IS NULL THEN 'skipped' ELSE 'done' END, 'contacts.contact', target_id,
        CASE WHEN tags IS NOT NULL THEN {object}('tags', {as_json}(tags)) END,
        CASE WHEN contact_id IS NULL THEN CAST(%(gone)s AS {json}) WHEN tags IS NULL THEN CAST(%(same)s AS {json}) END
    FROM (
        SELECT t.job_id, t.number, t.target_id, c.id AS contact_id, CASE WHEN c.id IS NOT NULL THEN (
            SELECT {names} FROM contacts_tag w WHERE {wanted} AND {had} (
                SELECT 1 FROM contacts_tagging g WHERE g.contact_id = c.id AND g.tag_id = w.id)) END AS tags
        FROM jobs_jobtarget t LEFT JOIN contacts_contact c ON c.id = t.target_id AND c.deleted_at IS NULL
        WHERE t.job_id = %(job)s AND t.number BETWEEN %(first)s AND %(last)s {once}) AS looked"""

_ADD_TAGS = """INSERT INTO contacts_tagging (contact_id, tag_id)
    SELECT changed.target_id, w.id FROM ({done}) AS changed CROSS JOIN contacts_tag w WHERE {wanted}
    ON CONFLICT DO NOTHING"""

_REMOVE_TAGS = """DELETE FROM contacts_tagging WHERE contact_id IN ({done})
    AND tag_id IN (SELECT w.id FROM contacts_tag w WHERE {wanted})"""

_RECORD_COMPANY = """INSERT INTO jobs_jobrow
        (job_id, number, outcome, target_kind, target_id, before, after_version, problems)
    SELECT job_id, number, outcome, 'contacts.contact', target_id,
        CASE WHEN outcome = 'done' THEN {object}('company', company_id, 'further', is_further) END,
        CASE WHEN outcome = 'done' THEN version + 1 END,
        CASE WHEN contact_id IS NULL THEN CAST(%(gone)s AS {json})
            WHEN outcome = 'skipped' THEN CAST(%(same)s AS {json}) END
    FROM (
        SELECT t.job_id, t.number, t.target_id, c.id AS contact_id, c.company_id, c.version,
            EXISTS (SELECT 1 FROM contacts_membership m WHERE m.contact_id = c.id AND m.company_id = %(company)s) AS is_further,
            CASE WHEN c.id IS NULL OR coalesce(c.company_id, 0) = %(company)s THEN 'skipped' ELSE 'done' END AS outcome
        FROM jobs_jobtarget t LEFT JOIN contacts_contact c ON c.id = t.target_id AND c.deleted_at IS NULL
        WHERE t.job_id = %(job)s AND t.number BETWEEN %(first)s AND %(last)s) AS looked"""

_NO_FURTHER = "DELETE FROM contacts_membership WHERE company_id = %(company)s AND contact_id IN ({done})"

_RECORD_STANDING = """INSERT INTO jobs_jobrow (job_id, number, outcome, target_kind, target_id, before, problems)
    SELECT t.job_id, t.number, CASE WHEN {whom} THEN 'done' ELSE 'skipped' END, 'contacts.contact', t.target_id,
        CASE WHEN {whom} THEN {object}('{field}', {moment}(c.{field})) END,
        CASE WHEN {whom} THEN NULL ELSE CAST(%(same)s AS {json}) END
    FROM jobs_jobtarget t LEFT JOIN contacts_contact c ON c.id = t.target_id
    WHERE t.job_id = %(job)s AND t.number BETWEEN %(first)s AND %(last)s"""
