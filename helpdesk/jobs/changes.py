"""What a job's row says, in words: from what to what it changed something, and why it could not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.audit.lines import Change
from helpdesk.audit.wording import FIELDS
from helpdesk.jobs.kinds import JobKind, Words


def changes_of(kind: JobKind | None, before: Any) -> list[Change]:
    """Those of {"field": [old, new]}, in its order; none for kinds that keep something else there (they name no `fields`)."""
    if kind is None or kind.fields is None or not isinstance(before, dict):
        return []
    labels = kind.fields()
    pairs = ((name, pair) for name, pair in before.items() if isinstance(pair, list) and len(pair) == 2)
    return [Change(_label(name, labels), shown(old), shown(new)) for name, (old, new) in pairs]


def shown(value: Any) -> str:
    """A JSON value as people read it; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return str(value.get("name") or value.get("email") or ", ".join(shown(one) for one in value.values()))
    if isinstance(value, list):
        return ", ".join(filter(None, (shown(one) for one in value)))
    return str(value)


def reason(problem: Mapping[str, Any] | None) -> str:
    """A reason as it was marked for translation, in the reader's language; "" for none."""
    if not problem or not problem.get("text"):
        return ""
    words = _(str(problem["text"]))
    try:
        return str(words % problem.get("params", {}))
    except (KeyError, TypeError, ValueError):
        return words


def _label(name: str, labels: Mapping[str, Words]) -> str:
    return str(labels.get(name) or FIELDS.get(name) or name.replace("_", " ").capitalize())
