"""Block, unblock, delete and restore for a whole view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.utils.translation import gettext_lazy, ngettext

from contacts import bulk
from contacts.acts.wording import Grouped, Words, names, outcomes, summary
from contacts.bulk import Chunk
from contacts.notices import CONTACT
from helpdesk.jobs.kinds import Done, JobKind, Row
from helpdesk.jobs.models import Job
from helpdesk.users.roles import Permission

BATCH = 500


def stand(verb: str, job: Job, rows: Sequence[Row]) -> Done:
    return Done(bulk.stand(Chunk(job, rows[0].number, rows[-1].number), verb))


def _blocked(count: int) -> str:
    return ngettext("%(count)s contact was blocked", "%(count)s contacts were blocked", count) % {
        "count": Grouped(count)
    }


def _unblocked(count: int) -> str:
    words = ngettext("%(count)s contact was unblocked", "%(count)s contacts were unblocked", count)
    return words % {"count": Grouped(count)}


def _deleted(count: int) -> str:
    return ngettext("%(count)s contact was deleted", "%(count)s contacts were deleted", count) % {
        "count": Grouped(count)
    }


def _restored(count: int) -> str:
    words = ngettext("%(count)s contact was restored", "%(count)s contacts were restored", count)
    return words % {"count": Grouped(count)}


def _kind(verb: str, label: Words, done: Words, said: Callable[[int], str]) -> JobKind:
    return JobKind(
        name=f"contacts.{verb}", label=label, permission=Permission.CONTACT_ACT_ON_VIEW, target=CONTACT,
        work=partial(stand, verb), batch=BATCH, action=f"contact.{verb}_many", outcomes=outcomes(done),
        summary=summary(said), names=names,
    )  # fmt: skip


BLOCK = _kind("block", gettext_lazy("Block contacts"), gettext_lazy("Blocked"), _blocked)
UNBLOCK = _kind("unblock", gettext_lazy("Unblock contacts"), gettext_lazy("Unblocked"), _unblocked)
DELETE = _kind("delete", gettext_lazy("Delete contacts"), gettext_lazy("Deleted"), _deleted)
RESTORE = _kind("restore", gettext_lazy("Restore contacts"), gettext_lazy("Restored"), _restored)
