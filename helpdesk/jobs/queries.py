"""What the pages of jobs ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.audit.lines import Change
from helpdesk.audit.models import AuditEntry
from helpdesk.audit.wording import TARGETS
from helpdesk.jobs.changes import changes_of
from helpdesk.jobs.kinds import KINDS, OUTCOMES, JobKind, Words
from helpdesk.jobs.models import Job, JobQuerySet
from helpdesk.jobs.states import HOLDING, UNDER_WAY, State
from helpdesk.ui.paging import PAGE_SIZE, Cursor, Order, Page, page_from
from helpdesk.users.models import User

NEWEST = Order("newest", "pk", descending=True)
IN_ORDER = Order("number", "pk")

FILTERS: dict[str, tuple[Words, Sequence[str]]] = {
    "unfinished": (_("To be continued"), (State.DRAFT, State.REVIEWED)),
    "under-way": (_("Under way"), UNDER_WAY),
    "done": (pgettext_lazy("job", "Done"), (State.DONE,)),
    "failed": (pgettext_lazy("job", "Failed"), (State.FAILED,)),
    "cancelled": (pgettext_lazy("job", "Cancelled"), (State.CANCELLED,)),
    "undone": (_("Undone"), (State.UNDONE,)),
}
"""`?state=` → what the chip says, which states it shows."""

PREDICTED: dict[str, Words] = {
    "created": _("will be created"),
    "updated": _("will be updated"),
    "skipped": _("will be skipped: nothing differs"),
    "failed": _("will fail"),
}
"""Outcome → what a review says of it: nothing has been written yet."""

UNDO_OUTCOMES: dict[str, Words] = {"restored": _("Restored"), "removed": _("Removed"), "left": _("Left as it is")}


@dataclass(frozen=True)
class Count:
    """A counter in words."""

    outcome: str
    label: Words
    count: int


@dataclass(frozen=True)
class Line:
    """One row as the job's page shows it; `url` and `name` are of its target, "" where there is none.

    `changes`: from what to what, field by field. `problems`: {"text", "params"} and, of imports, "column" and "value".
    """

    number: int
    outcome: str
    label: Words
    name: str
    url: str
    changes: Sequence[Change]
    problems: Sequence[dict[str, Any]]


def jobs(user: User, *, kind: str = "", state: str = "", mine: bool = False) -> JobQuerySet:
    """Those `user` may see, of one kind and one of FILTERS (anything else: all); of drafts only one's own."""
    rows = _listed(user)
    if mine:
        rows = rows.filter(owner=user)
    if state in FILTERS:
        rows = rows.filter(state__in=FILTERS[state][1])
    return rows.filter(kind=kind) if kind in KINDS else rows


def kinds_seen(user: User) -> list[tuple[str, Words]]:
    """The kinds of which `user` can see a job, by label."""
    names = _listed(user).order_by().values_list("kind", flat=True).distinct()
    return sorted(((name, label_of(name)) for name in names if name in KINDS), key=lambda kind: str(kind[1]))


def label_of(name: str) -> Words:
    """What a kind is called; its name where its app is gone."""
    return KINDS[name].label if name in KINDS else name


def counts(job: Job) -> list[Count]:
    """The counters that are shown now, in the kind's order, the rest behind."""
    return _counts(job, job.counters)


def before_undo(job: Job) -> list[Count]:
    """What it had done before it was taken back; [] of a job that was not."""
    return _counts(job, job.totals) if job.is_undo else []


def undo_asked(job: Job) -> AuditEntry | None:
    """Who had it taken back, and when; None where nobody had, or the log does not say any more."""
    asked = AuditEntry.objects.filter(action="job.undo", target_kind=job._meta.label_lower, target_id=job.pk)
    return asked.order_by("-pk").first() if job.is_undo else None


def _counts(job: Job, counters: Mapping[str, int]) -> list[Count]:
    words = outcome_words(job)
    names = [*(name for name in words if name in counters), *(name for name in counters if name not in words)]
    return [Count(name, words.get(name, name), counters[name]) for name in names]


def told(job: Job) -> list[Count]:
    """`counts`, those of a review as what would become of the rows."""
    words = PREDICTED if job.state in (State.REVIEWING, State.REVIEWED) else {}
    return [replace(count, label=words.get(count.outcome, count.label)) for count in counts(job)]


def outcome_words(job: Job) -> Mapping[str, Words]:
    kind = job.known_kind
    return {**(kind.outcomes if kind else OUTCOMES), **_missing(kind.outcomes if kind else {})}


def lines_of(job: Job, *, outcome: str, cursor: Cursor | None) -> Page:
    """A page of the job's rows, those with `outcome` only where it is one of its counters."""
    page = _page(job, outcome if outcome in job.counters else "", cursor)
    kind, words = job.known_kind, outcome_words(job)
    ids = [row["target_id"] for row in page.rows if row["target_id"]]
    names = kind.names(ids) if kind and kind.names and ids else {}
    nameless = [row["number"] for row in page.rows if row["target_id"] not in names]
    titles = kind.titles(job, nameless) if kind and kind.titles and nameless else {}
    return Page([_line(kind, row, words, names, titles) for row in page.rows], page.next, page.previous)


def blocker_of(job: Job) -> Job | None:
    """The job that keeps this one waiting in the queue."""
    if job.state != State.QUEUED or not job.slot:
        return None
    return Job.objects.filter(slot=job.slot, state__in=HOLDING).select_related("owner").first()


def _listed(user: User) -> JobQuerySet:
    """Drafts are their owner's own affair, and only of kinds that can be gone on with."""
    resumable = [name for name, kind in KINDS.items() if kind.unfinished]
    drafts = Q(state=State.DRAFT) & ~Q(owner=user, kind__in=resumable)
    return Job.objects.visible_to(user).exclude(drafts)


def _page(job: Job, outcome: str, cursor: Cursor | None) -> Page:
    """By number: the rows' key has two columns, which `page_of` does not know."""
    field = _outcome_field(job)
    rows = job.rows.filter(**{field: outcome} if outcome else {})
    backwards = cursor is not None and cursor.direction == "before"
    if cursor:
        rows = rows.filter(**{"number__lt" if backwards else "number__gt": cursor.pk})
    found = rows.order_by("-number" if backwards else "number").values(
        "number", "target_kind", "target_id", "before", "problems", shown=F(field), id=F("number")
    )
    return page_from(list(found[: PAGE_SIZE + 1]), IN_ORDER, cursor)


def _outcome_field(job: Job) -> str:
    if job.state in (State.REVIEWING, State.REVIEWED):
        return "predicted"
    return "undo_outcome" if job.is_undo else "outcome"


def _line(
    kind: JobKind | None,
    row: dict[str, Any],
    words: Mapping[str, Words],
    names: Mapping[int, str],
    titles: Mapping[int, str],
) -> Line:
    shown, target = row["shown"], row["target_id"]
    return Line(
        number=row["number"],
        outcome=shown,
        label=words.get(shown, shown),
        name=names.get(target) or titles.get(row["number"]) or (f"#{target}" if target else ""),
        url=_url(row["target_kind"], target) if target in names else "",
        changes=changes_of(kind, row["before"]),
        problems=row["problems"] or [],
    )


def _url(kind: str, pk: int) -> str:
    words = TARGETS.get(kind)
    try:
        return reverse(words.url_name, args=[pk]) if words and words.url_name else ""
    except NoReverseMatch:
        return ""


def _missing(outcomes: Mapping[str, Words]) -> dict[str, Words]:
    return {name: label for name, label in {**OUTCOMES, **UNDO_OUTCOMES}.items() if name not in outcomes}
