"""Several email addresses in one field: add, remove, promote and replace in one save (PRODUCT 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.models import MOST_ADDRESSES
from helpdesk.ui.forms import refuse_unstorable
from helpdesk.ui.sorting import has_forbidden
from helpdesk.users.addresses import AddressError, clean_address

MOST_ROWS = 20  # that are looked at


@dataclass(frozen=True)
class EmailRow:
    """One line as typed, and whether "Remove" is ticked."""

    text: str
    is_removed: bool = False


@dataclass(frozen=True)
class TypedEmails:
    """What came in: lines, which of them is the primary, and whether a replaced primary stays as a secondary email."""

    rows: tuple[EmailRow, ...] = ()
    primary: int = 0
    keeps_old: bool = True

    @classmethod
    def of(cls, emails: tuple[str, ...]) -> TypedEmails:
        return cls(tuple(EmailRow(email) for email in emails))

    @property
    def in_order(self) -> list[str]:
        """What is to stay, the primary first; the first of them where the primary was removed or left blank."""
        ordered = [
            *self.rows[self.primary : self.primary + 1],
            *self.rows[: self.primary],
            *self.rows[self.primary + 1 :],
        ]
        return [row.text for row in ordered if row.text and not row.is_removed]

    @property
    def removed(self) -> list[str]:
        return [row.text for row in self.rows if row.text and row.is_removed]


class EmailsInput(forms.Widget):
    """A line an address, with "Make primary" and "Remove"; works without JavaScript by a spare line."""

    template_name = "contacts/widgets/emails.html"
    use_fieldset = True
    old_primary = ""
    refused: Mapping[str, str] = {}
    first_refused = 0

    def refuse(self, typed: TypedEmails, reasons: Mapping[str, str]) -> None:
        """Show each reason (text of a line → why) at its line; a link to the field leads to the first of them."""
        self.refused = reasons
        filled = [row.text for row in typed.rows if row.text]
        self.first_refused = next((at for at, text in enumerate(filled) if text in self.refused), 0)

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_{self.first_refused}" if id_ else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedEmails:
        places = [place for place in range(MOST_ROWS) if f"{name}-{place}" in data]
        chosen = data.get(f"{name}-primary", "0")
        return TypedEmails(
            rows=tuple(EmailRow(data[f"{name}-{place}"].strip(), f"{name}-remove-{place}" in data) for place in places),
            primary=next((at for at, place in enumerate(places) if str(place) == chosen), 0),
            keeps_old=f"{name}-keep" in data,
        )

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}-{place}" in data for place in range(MOST_ROWS))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = value if isinstance(value, TypedEmails) else TypedEmails.of(tuple((value or "").split()))
        filled = tuple(row for row in typed.rows if row.text) or (EmailRow(""),)
        primary = typed.rows[typed.primary] if typed.primary < len(typed.rows) else None
        context["widget"] |= {
            "rows": [(row, self.refused.get(row.text, "")) for row in filled],
            "primary": filled.index(primary) if primary in filled else 0,
            "spare": len(filled),
            "most": MOST_ADDRESSES,
            "is_full": sum(not row.is_removed for row in filled) >= MOST_ADDRESSES,
            "keeps_old": typed.keeps_old,
            "old_primary": self.old_primary,
        }
        return context


class EmailsField(forms.Field):
    """Cleans to the addresses as they will be stored, the primary first.

    `old_primary` is the primary address so far: where another text stands in its place it stays as a secondary one,
    unless that was declined.
    """

    widget = EmailsInput
    old_primary = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(template_name="contacts/widgets/emails_field.html", **kwargs)

    def refuse(self, typed: TypedEmails, key: str, reason: str) -> None:
        """Mark the line whose address has this key."""
        texts = [text for text in typed.in_order if _keys([text]) == {key}]
        self.widget.refuse(typed, dict.fromkeys(texts, reason))  # type: ignore[call-arg]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def clean(self, value: TypedEmails | None) -> tuple[str, ...]:
        typed = value or TypedEmails()
        wanted = self._stored(typed)
        kept = wanted | self._old_unless_declined(typed, wanted)
        if len(kept) > MOST_ADDRESSES:
            raise ValidationError(
                _("A contact can have at most %(count)s email addresses.") % {"count": MOST_ADDRESSES}
            )
        return tuple(kept.values())

    def _stored(self, typed: TypedEmails) -> dict[str, str]:
        """Key → address as stored, each once; or every refusal with its reason."""
        stored: dict[str, str] = {}
        refused: dict[str, str] = {}
        for text in typed.in_order:
            try:
                refuse_unstorable(text)
                cleaned = clean_address(text)
                stored.setdefault(cleaned.key, cleaned.stored)
            except (AddressError, ValidationError) as error:
                refused[text] = str(error.message)
        if refused:
            self.widget.refuse(typed, refused)  # type: ignore[call-arg]
            raise ValidationError([_named(text, why, among=typed.in_order) for text, why in refused.items()])
        return stored

    def _old_unless_declined(self, typed: TypedEmails, wanted: dict[str, str]) -> dict[str, str]:
        if not (self.old_primary and typed.keeps_old and wanted):
            return {}
        old = clean_address(self.old_primary)
        return {} if old.key in _keys(typed.removed) else {old.key: old.stored}


def _keys(texts: list[str]) -> set[str]:
    keys = set()
    for text in texts:
        try:
            keys.add(clean_address(text).key)
        except AddressError:
            continue
    return keys


def _named(text: str, reason: str, *, among: list[str]) -> str:
    """The reason; where there are several lines, with the one it is about."""
    shown = text if len(text) <= 60 else text[:60] + "…"
    return f"“{shown}”: {reason}" if len(among) > 1 and not has_forbidden(text) else reason
