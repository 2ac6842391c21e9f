"""Tags as people type them: separated by commas, the same tag whatever its case, width and spaces (ADR 0022)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helpdesk.ui.cleaning import clean_name
from helpdesk.ui.sorting import name_key
from helpdesk.users.addresses import strip_invisible

LONGEST = 60
_comma = re.compile("[,，、]")


def tag_key(name: str) -> str:
    """By what two spellings are one tag; "" for nothing."""
    return name_key(strip_invisible(name))


def split(text: str) -> tuple[str, ...]:
    """The names in a line, each tag once in its first spelling, in the order of their keys."""
    named: dict[str, str] = {}
    for part in map(clean_name, _comma.split(text)):
        if key := tag_key(part):
            named.setdefault(key, " ".join(part.split()))
    return tuple(named[key] for key in sorted(named))


def joined(names: Iterable[str]) -> str:
    return ", ".join(names)


def merge(standing: Iterable[str], seen: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """What somebody makes of `standing` who was shown `seen` and typed `wanted`: what others did meanwhile stays."""
    known, typed = {tag_key(name) for name in seen}, {tag_key(name): name for name in wanted}
    kept = {tag_key(name): name for name in standing}
    merged = {key: name for key, name in kept.items() if key in typed or key not in known}
    merged |= {key: name for key, name in typed.items() if key not in known and key not in kept}
    return tuple(merged[key] for key in sorted(merged))
