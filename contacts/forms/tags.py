"""Tags as people type them: in one line, separated by commas."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.tag_names import LONGEST, joined, split, tag_key

MOST = 50


class TagsField(forms.CharField):
    """Cleans to the tags' names, each once, in the order of their keys. `current`: those that stand, which are never too many."""

    current: Collection[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        given = {"label": gettext_lazy("Tags"), "help_text": gettext_lazy("Separated by commas."), **kwargs}
        super().__init__(**given)

    def prepare_value(self, value: Any) -> Any:
        return joined(value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        names = split(text)
        if len(names) > MOST and not {*map(tag_key, names)} <= {*map(tag_key, self.current)}:
            raise ValidationError(_("At most %(count)s tags.") % {"count": MOST})
        if long := next((name for name in names if len(name) > LONGEST), ""):
            words = _("“%(name)s…” is too long: a tag has at most %(count)s characters.")
            raise ValidationError(words % {"name": long[:LONGEST], "count": LONGEST})
        if self.required and not names:
            raise ValidationError(self.error_messages["required"], code="required")
        return names
