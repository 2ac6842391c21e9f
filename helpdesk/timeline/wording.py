"""How the acts on notes read in the audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from helpdesk.audit import wording
from helpdesk.audit.models import Strand

ACTS = {
    "note.add": _("added a note"),
    "note.edit": _("edited a note"),
    "note.delete": _("deleted a note"),
}


def register_words() -> None:
    """Give them to the log; called once, at the start. That a note was added the note itself tells."""
    wording.register("note", _("Notes"), ACTS, fields={"note": _("Note")})
    wording.register_strand(Strand.TOLD, ["note.add"])
