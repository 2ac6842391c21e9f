"""Taking an import of companies back, the last row first: what people changed since stays, and is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext_noop

from companies.domains import display_domain
from companies.imports.cells import TEXTS
from companies.imports.chunks import COMPANY, save
from companies.imports.firms import Firm, read
from companies.models import Company, CompanyDomain
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange.rows import Problem, fetch, write_undone
from helpdesk.jobs.kinds import Done
from helpdesk.jobs.models import Job, JobRow
from helpdesk.timeline.models import Note

GONE = gettext_noop("The company does not exist any more.")
CHANGED = gettext_noop("The company has been changed since.")
USED = gettext_noop("The company has contacts, notes or the like by now.")
SINCE = gettext_noop("It has been changed since the import.")


def undo(job: Job, rows: Sequence[JobRow]) -> Done:
    """Remove what was created and nobody has used since; give the others their old values, where they stand as imported."""
    work = _Undoing(job, rows)
    for row in rows:
        work.undo(row)
    work.write()
    return Done(Counter(outcome for outcome, _problems in work.outcomes.values()))


class _Undoing:
    """One chunk. `outcomes`: row number → what became of it, with the problems of what was left."""

    def __init__(self, job: Job, rows: Sequence[JobRow]) -> None:
        self._job = job
        ids = sorted({row.target_id for row in rows if row.target_id})
        if connection.vendor == "postgresql":
            fetch("SELECT id FROM companies_company WHERE id {among} ORDER BY id FOR NO KEY UPDATE", ids)
        self._firms = {firm.ref: firm for firm in read(ids)}
        self._used = _used(job, [row.target_id or 0 for row in rows if row.outcome == "created"])
        self.outcomes: dict[int, tuple[str, list[Problem]]] = {}

    def undo(self, row: JobRow) -> None:
        firm = self._firms.get(row.target_id or 0)
        if firm is None or (row.outcome == "updated" and not row.before):
            self._leave(row, GONE)
        elif row.outcome == "created":
            self._remove(row, firm)
        else:
            self._restore(row, firm)

    def _remove(self, row: JobRow, firm: Firm) -> None:
        if reason := self._used.get(firm.ref):
            return self._leave(row, reason)
        try:
            with transaction.atomic():
                Company.objects.filter(pk=firm.ref).delete()
        except ProtectedError:
            return self._leave(row, USED)
        del self._firms[firm.ref]
        self.outcomes[row.number] = ("removed", [])
        return None

    def _restore(self, row: JobRow, firm: Firm) -> None:
        firm.remember()
        before: Mapping[str, Sequence[Any]] = row.before or {}
        left = [_left(name) for name, pair in before.items() if not _put_back(firm, name, *pair)]
        is_changed = len(left) < len(before)
        if is_changed:
            firm.version += 1
        self.outcomes[row.number] = ("restored" if is_changed else "left", left)

    def _leave(self, row: JobRow, reason: str) -> None:
        self.outcomes[row.number] = ("left", [{"text": reason, "params": {}}])

    def write(self) -> None:
        changed = [one for one in self._firms.values() if one.was and one.version != one.was.version]
        save(changed)
        for firm in changed:
            assert firm.was is not None  # noqa: S101 (asked for above)
            lost = set(firm.was.domains) - set(firm.domains)
            CompanyDomain.objects.filter(company=firm.ref, domain__in=lost).delete()
        write_undone(self._job, self.outcomes)


def _put_back(firm: Firm, name: str, old: Any, new: Any) -> bool:
    """Set one field to what it was, unless it has been changed since."""
    if name == "domains":
        return _put_back_domains(firm, set(new) - set(old))
    if name == "deleted_at":
        is_as_left = firm.deleted_at is None
        firm.deleted_at = old if is_as_left else firm.deleted_at
        return is_as_left
    if name not in TEXTS or firm.texts[name] != new:
        return False
    firm.texts[name] = old
    return True


def _put_back_domains(firm: Firm, added: Collection[str]) -> bool:
    """Those the import added go; others stay."""
    shown = {display_domain(domain) for domain in firm.domains}
    if not shown.issuperset(added):
        return False
    firm.domains = [domain for domain in firm.domains if display_domain(domain) not in added]
    return True


def _left(name: str) -> Problem:
    return {"text": SINCE, "params": {}, "field": name, "column": "", "value": ""}


def _used(job: Job, ids: Collection[int]) -> Mapping[int, str]:
    """Which of these companies, which the job made, are more than that by now, and why.

    Whoever edits one leaves a line in the log or a row of a job; one that was taken back counts no more.
    """
    entries = AuditEntry.objects.filter(target_kind=COMPANY, target_id__in=ids, is_event=True).order_by()
    rows = JobRow.objects.filter(target_kind=COMPANY, target_id__in=ids).exclude(job=job).order_by()
    others = rows.exclude(outcome__in=("", "skipped", "failed")).exclude(undo_outcome__in=("restored", "removed"))
    notes = Note.objects.filter(about_kind=COMPANY, about_id__in=ids).order_by()
    changed = [*entries.values_list("target_id", flat=True), *others.values_list("target_id", flat=True)]
    return {**{pk or 0: CHANGED for pk in changed}, **dict.fromkeys(notes.values_list("about_id", flat=True), USED)}
