"""The house's own sources: the record (changes, sign-ins) and notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from helpdesk.audit.lines import Line, line
from helpdesk.audit.models import AuditEntry, Strand
from helpdesk.timeline import sources
from helpdesk.timeline.models import Note
from helpdesk.timeline.sources import Asked, Event, TimelineSource
from helpdesk.ui.questions import Blank, Records

ACT = "timeline/_act.html"
WHO_SIGNS_IN: list[str] = []
STRANDS = {"changes": Strand.CHANGE, "signins": Strand.SIGN_IN}


@dataclass(frozen=True)
class Written:
    """A note, and where it is changed; "" where its subject's room has no such page."""

    note: Note
    edit_url: str
    delete_url: str


def older(rows: QuerySet[Any, Any], moment: str, after: tuple[Any, Any] | None, limit: int) -> QuerySet[Any, Any]:
    """The next rows by the field `moment` and pk, newest first, compared as one row value: the index begins there."""
    if after is not None:
        rows = rows.filter(TupleLessThan(Tuple(F(moment), F("pk")), after))
    return rows.order_by(F(moment).desc(), F("pk").desc())[:limit]


def recorded(asked: Asked) -> list[Event]:
    """What was done with the subject, and who signed in as it."""
    entries = _entries(asked.subject_kind, asked.kind, asked.limit, is_first=asked.after is None)
    return [_act(entry, ACT) for entry in entries.ask(**_given(asked))]


def recorded_among(lines: QuerySet[AuditEntry], asked: Asked, template: str = ACT) -> list[Event]:
    """The lines of these that the timeline asks for: what has become part of the subject has a record, too."""
    after = (asked.after.at, asked.after.id) if asked.after else None
    return [_act(entry, template) for entry in older(_of_kind(lines, asked.kind), "at", after, asked.limit)]


def noted(asked: Asked) -> list[Event]:
    notes = _notes(asked.subject_kind, asked.limit, is_first=asked.after is None)
    return [_note(note) for note in notes.ask(**_given(asked))]


def _given(asked: Asked) -> dict[str, Any]:
    place = {"at": asked.after.at, "pk": asked.after.id} if asked.after else {}
    return {"subject": asked.subject_id, **place}


@cache
def _entries(subject_kind: str, kind: str, limit: int, *, is_first: bool) -> Records[AuditEntry]:
    lines = AuditEntry.objects.filter(target_kind=subject_kind, target_id=_blank(AuditEntry, "subject", "target_id"))
    return Records(older(_of_kind(lines, kind), "at", _after(AuditEntry, "at", is_first), limit))


@cache
def _notes(subject_kind: str, limit: int, *, is_first: bool) -> Records[Note]:
    notes = Note.objects.filter(about_kind=subject_kind, about_id=_blank(Note, "subject", "about_id"))
    return Records(older(notes, "created_at", _after(Note, "created_at", is_first), limit))


def _of_kind(lines: QuerySet[AuditEntry], kind: str) -> QuerySet[AuditEntry]:
    return lines.filter(strand=STRANDS[kind]) if kind else lines.filter(is_event=True)


def _after(model: type[Model], moment: str, is_first: bool) -> tuple[Blank, Blank] | None:
    return None if is_first else (_blank(model, "at", moment), _blank(model, "pk", "id"))


def _blank(model: type[Model], name: str, field: str) -> Blank:
    return Blank(name, model._meta.get_field(field))


def register_sources() -> None:
    sources.register(TimelineSource(name="notes", kinds={"notes": _("Notes")}, events=noted, facts=facts_of_note))
    kinds = {"changes": Strand.CHANGE.label, "signins": Strand.SIGN_IN.label}
    sources.register(
        TimelineSource(
            name="record", kinds=kinds, events=recorded, kinds_of={"signins": WHO_SIGNS_IN}, facts=facts_of_act
        )
    )


def tell_sign_ins(kind: str) -> None:
    """Things of `kind` sign in: their timelines can be filtered by that. Called in `ready()`."""
    WHO_SIGNS_IN.append(kind)


def facts_of_act(told: Line) -> dict[str, Any]:
    changes = [{"field": one.label, "before": one.before, "after": one.after} for one in told.changes]
    return {
        "who": told.who,
        "did": str(told.did),
        "to": told.entry.target_name,
        "changes": changes,
        "ip": told.entry.ip,
    }


def facts_of_note(told: Written) -> dict[str, Any]:
    note = told.note
    return {"who": note.author_name, "note": note.text, "edited_at": note.edited_at}


def _act(entry: AuditEntry, template: str) -> Event:
    is_sign_in = entry.strand == Strand.SIGN_IN
    icon = "key-round" if is_sign_in else "history"
    return Event(at=entry.at, id=entry.pk, icon=icon, template=template, tell=partial(line, entry))


def _note(note: Note) -> Event:
    return Event(
        at=note.created_at, id=note.pk, icon="sticky-note", template="timeline/_note.html", tell=partial(_written, note)
    )


def _written(note: Note) -> Written:
    return Written(note, _page("edit_note", note), _page("delete_note", note))


def _page(name: str, note: Note) -> str:
    try:
        return reverse(f"{note.about_kind.partition('.')[0]}:{name}", args=[note.about_id, note.pk])
    except NoReverseMatch:
        return ""
