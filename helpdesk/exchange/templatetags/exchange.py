"""How imports read: sizes, columns without a name, which step one is at."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from helpdesk.exchange import describing, history
from helpdesk.exchange.sheets import Sheet
from helpdesk.jobs.models import Job
from helpdesk.jobs.states import State
from helpdesk.users.models import User

register = template.Library()


@dataclass(frozen=True)
class Step:
    """`standing`: done, now or ahead."""

    number: int
    label: str
    standing: str


@register.simple_tag
def import_steps(current: int) -> list[Step]:
    """The steps of an import, `current` (from 1) being where one is."""
    labels = [_("Upload a file"), _("Map the fields"), _("Review"), _("Import"), _("Complete")]
    return [Step(number, label, _standing(number, current)) for number, label in enumerate(labels, start=1)]


def _standing(number: int, current: int) -> str:
    if number == current:
        return "now"
    return "done" if number < current else "ahead"


@register.filter
def sheet_of(job: Job) -> Sheet | None:
    """The record type that an import is of; None where its app is gone."""
    return history.sheet_of(job)


@register.filter
def is_importer(user: User, sheet: Sheet) -> bool:
    """Whether `user` may import records of this type."""
    return user.may(sheet.import_permission)


@register.filter
def headed(header: str) -> str:
    return describing.headed(header)


@register.filter
def sized(size: int) -> str:
    return describing.sized(size)


@register.filter
def kind_words(kind: str) -> str:
    """What a kind of file is called."""
    return str(describing.KINDS.get(kind, kind))


@register.filter
def dialect_words(dialect: dict[str, object]) -> list[str]:
    """How a file is read, in a few words."""
    words = [str(describing.KINDS.get(str(dialect["kind"]), dialect["kind"]))]
    if dialect["kind"] == "csv":
        words += [str(describing.ENCODINGS.get(str(dialect["encoding"]), dialect["encoding"]))]
    elif dialect["worksheet"]:
        words += [_("worksheet “%(name)s”") % {"name": dialect["worksheet"]}]
    return words


@register.filter
def standing_words(job: Job) -> str:
    """How far an import is that has not begun."""
    words = {
        State.DRAFT: _("Uploaded"),
        State.REVIEWING: _("Being reviewed"),
        State.REVIEWED: _("Ready to import"),
        State.FAILED: _("Could not be reviewed"),
    }
    return words.get(State(job.state), "")
