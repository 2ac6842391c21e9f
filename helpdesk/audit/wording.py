"""How the log reads: each room registers the words for its acts, its nouns and its fields in `ready()`.

Acts complete the sentence "Alma Admin …": English in the past tense ("blocked a contact"), Korean in 합니다체 with its
object ("연락처를 차단했습니다"). The log names the target behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class TargetWords:
    """What a kind of target is called, and the URL name (with its pk as the only argument) that shows it."""

    noun: Words
    url_name: str = ""


GROUPS: dict[str, Words] = {}
"""First half of an action → the heading it is filtered by: "contact" → "Contacts"."""

ACTIONS: dict[str, Words] = {}
ASKED: dict[str, Words] = {}
"""How acts read that a visitor did not do but caused: "asked for an activation email …"."""

TARGETS: dict[str, TargetWords] = {}
FIELDS: dict[str, Words] = {}
"""Names of changes that are no model field (or want other words than its verbose name)."""

STRANDS: dict[str, str] = {}
"""Action → its strand (`models.Strand`), where that is not "change"."""

PASSING: set[str] = set()
"""Actions whose lines are deleted once they have been kept long enough (`retention`); all others stay."""


def register(
    group: str, label: Words, actions: Mapping[str, Words], *, fields: Mapping[str, Words] | None = None
) -> None:
    """Say how the acts of `group` read; each begins with it and a dot: "contact.block"."""
    if strays := [action for action in actions if action.partition(".")[0] != group]:
        raise ValueError(f"not of group {group!r}: {strays}")
    GROUPS[group] = label
    ACTIONS.update(actions)
    FIELDS.update(fields or {})


def register_asked(actions: Mapping[str, Words]) -> None:
    """Say how these acts read where somebody who was not signed in caused them."""
    ASKED.update(actions)


def register_target(kind: str, noun: Words, url_name: str = "") -> None:
    """Say what "contacts.contact" is called, and which page shows one."""
    TARGETS[kind] = TargetWords(noun, url_name)


def register_strand(strand: str, actions: Iterable[str], *, passing: bool = False) -> None:
    """Say to which part of the record these acts belong, and whether their lines are deleted in time."""
    STRANDS.update(dict.fromkeys(actions, strand))
    if passing:
        PASSING.update(actions)
