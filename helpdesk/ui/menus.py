"""What the lists of the desk have in common: views and sorts to choose from, a search, all of it in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.sorting import has_forbidden

SORTS: dict[str, str | Promise] = {"name": _("Name"), "newest": _("Newest"), "updated": _("Recently updated")}
STANDARD = {"view": "all", "sort": "name"}
LONGEST_SEARCH = 200


@dataclass(frozen=True)
class Choice:
    """One entry of a menu of a list."""

    label: str | Promise
    url: str
    is_current: bool


def list_url(**parameters: str) -> str:
    """The query that leads to the list so narrowed and sorted; what is standard or empty is left out."""
    given = {name: value for name, value in parameters.items() if value and value != STANDARD.get(name)}
    return f"?{urlencode(given)}" if given else "?"


def typed_search(query: QueryDict) -> str:
    """What was searched for; "" for nothing, and for what no row can hold."""
    text = query.get("q", "").strip()
    return "" if has_forbidden(text) else text[:LONGEST_SEARCH]
