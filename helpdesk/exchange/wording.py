"""How imports and exports are spoken of, whatever their records are."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.audit.wording import register


def register_words() -> None:
    """How the log reads; called once, at the start."""
    register(
        "job",
        gettext_lazy("Imports & exports"),
        {
            "job.import_contacts": gettext_lazy("imported contacts"),
            "job.export_contacts": gettext_lazy("exported contacts"),
            "job.import_companies": gettext_lazy("imported companies"),
            "job.export_companies": gettext_lazy("exported companies"),
        },
    )


def imported_records(count: int) -> str:
    """For records of which nobody said how they are spoken of."""
    return ngettext(
        "%(count)s record was imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        "%(count)s records were imported (%(created)s created, %(updated)s updated); %(skipped)s skipped, %(failed)s failed.",
        count,
    )


def filled(sentence: str, counts: Mapping[str, int]) -> str:
    """A sentence with these numbers in it, thousands apart."""
    return sentence % {name: number_format(count, force_grouping=True) for name, count in counts.items()}


def not_reached(count: int) -> str:
    words = ngettext("%(count)s row was not reached.", "%(count)s rows were not reached.", count)
    return filled(words, {"count": count})


def was_undone(totals: Mapping[str, int]) -> str:
    """What became of what an import did."""
    words = _("The import was undone: %(restored)s restored, %(removed)s removed, %(left)s left as they are.")
    return filled(words, {name: totals.get(name, 0) for name in ("restored", "removed", "left")})


def undo_words(totals: Mapping[str, int]) -> str:
    """What undoing an import would do; nothing of what there is none of."""
    sentences = {
        "created": _(
            "Of what it created (%(created)s), all that nobody has used since is removed for good; what got a ticket, "
            "note, letter or sign-in stays."
        ),
        "updated": _("What it updated (%(updated)s) becomes as it was, unless somebody has changed it since."),
    }
    told = [filled(words, {name: totals[name]}) for name, words in sentences.items() if totals.get(name)]
    return " ".join([*told, _("What is left is listed, with the reason.")])
