"""Controls that Django draws too slowly."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


class LongSelect(forms.Select):
    """A menu of hundreds of entries, such as the time zones: a template for each took 25 ms of every form. No groups."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        entries = _entries(tuple((str(code), str(label)) for code, label in self.choices))
        chosen = f'value="{escape("" if value is None else value)}"'
        shown = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", shown, mark_safe(entries.replace(chosen, f"{chosen} selected", 1)))  # noqa: S308 (escaped)


@lru_cache(maxsize=16)
def _entries(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(code)}">{escape(label)}</option>' for code, label in choices)
