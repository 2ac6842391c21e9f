"""Two people edit one record: the second is told, and nothing they typed is lost (PRODUCT 3.12).

The pattern, the same for every record with a `version`: the form's page carries a hidden `version`, the verb
calls `claim_version` first, the view catches `EditConflict` and renders its own page again with status 409 and
`differences`, which `ui/conflict.html` shows above the form. That page carries the newer version, so a
second "Save" is a decision, not an accident. Without any difference (a double click) there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.forms import BaseForm
from django.http import HttpRequest


class EditConflict(Exception):
    """The record was saved by somebody else since its form was opened."""


@dataclass(frozen=True)
class Difference:
    """One field on which the saved record and the form disagree, both as people read them; "" for nothing."""

    label: str
    saved: str
    typed: str


def claim_version(thing: models.Model, version: int) -> None:
    """Move `thing` from `version` to the next and keep its row until the transaction ends; else raise EditConflict."""
    same = type(thing)._default_manager.filter(pk=thing.pk, version=version)
    if not same.update(version=version + 1):
        raise EditConflict
    thing.version = version + 1  # type: ignore[attr-defined]


def version_in(request: HttpRequest) -> int:
    """The version the form was opened with; 0, which no record has, when it is missing or no number."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def differences(form: BaseForm, saved: Mapping[str, Any]) -> list[Difference]:
    """Where the typed values of a valid `form` differ from `saved` (form field → stored value)."""
    return [
        Difference(
            str(form.fields[name].label or name), _readable(form, name, saved[name]), _readable(form, name, typed)
        )
        for name, typed in form.cleaned_data.items()
        if name in saved and _plain(typed) != _plain(saved[name])
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value or None


def _readable(form: BaseForm, name: str, value: Any) -> str:
    shown = form.fields[name].prepare_value(value)
    choices = dict(getattr(form.fields[name], "choices", ()) or ()) if isinstance(shown, str) else {}
    return "" if shown is None else str(choices.get(shown, shown))
