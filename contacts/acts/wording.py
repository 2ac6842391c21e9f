"""Words that all acts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.models import Contact
from helpdesk.jobs.models import Job

Words = str | Promise


class Grouped(int):
    """A number that reads 1,204 in a sentence."""

    def __str__(self) -> str:
        return f"{int(self):,}"


UNDONE: Mapping[str, Words] = {"restored": gettext_lazy("Taken back"), "left": gettext_lazy("Left as it is")}


def outcomes(done: Words) -> Mapping[str, Words]:
    return {"done": done, "skipped": gettext_lazy("Skipped"), "failed": gettext_lazy("Failed"), **UNDONE}


def names(ids: Sequence[int]) -> Mapping[int, str]:
    """Whoever was merged away or deleted forever has no page."""
    return dict(Contact.objects.filter(pk__in=ids, merged_into=None).values_list("pk", "name"))


def summary(done: Callable[[int], str]) -> Callable[[Job], str]:
    """A sentence for the end: "1,204 contacts were tagged; 96 skipped." `done` says the first half."""

    def said(job: Job) -> str:
        if job.is_undo:
            return _undone(job.undo_totals.get("restored", 0), job.undo_totals.get("left", 0))
        skipped, failed = job.totals.get("skipped", 0), job.totals.get("failed", 0)
        return "".join(
            [done(job.totals.get("done", 0)), _behind(_("; %(count)s skipped"), skipped), _failed(failed), "."]
        )

    return said


def _failed(count: int) -> str:
    return _behind(_("; %(count)s failed"), count)


def _behind(words: str, count: int) -> str:
    return words % {"count": Grouped(count)} if count else ""


def _undone(restored: int, left: int) -> str:
    words = ngettext("%(count)s contact is as before", "%(count)s contacts are as before", restored)
    return words % {"count": Grouped(restored)} + _behind(_("; %(count)s left as they are"), left) + "."
