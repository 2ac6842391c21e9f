"""How forms look, and what no text field may hold. Every form of the house inherits from `Form` or `ModelForm`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from helpdesk.ui.cleaning import clean_id, clean_line, clean_name
from helpdesk.ui.sorting import has_forbidden

MOST_CHARACTERS = 20_000
LONGEST_NAME = 200


class StyledField(forms.BoundField):
    """A field whose widget wears the design's class."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        look = _class_of(widget or self.field.widget)
        own = str(attrs.get("class") or (widget or self.field.widget).attrs.get("class", ""))
        if look and look not in own.split():
            attrs["class"] = f"{look} {own}".strip()
        return attrs


class FormRenderer(TemplatesSetting):
    """Fields and forms by the templates in `templates/forms/`."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = StyledField


class _RefusesUnstorable:
    """Text that one of the databases could not keep is refused, with the reason, before any rule sees it."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                _guard(field)


class Form(_RefusesUnstorable, forms.Form):
    pass


class ModelForm(_RefusesUnstorable, forms.ModelForm):  # type: ignore[type-arg]
    pass


class LineField(forms.CharField):
    """Text of one line: what is pasted with tabs and line breaks gets spaces, as in imports."""

    def to_python(self, value: Any) -> Any:
        return clean_line(super().to_python(value) or "")


class IdField(LineField):
    """A number or code of another system; cleans to what people see of it, as in imports."""

    def to_python(self, value: Any) -> Any:
        return clean_id(super().to_python(value))


class NameField(LineField):
    """The name of a person or a company; cleans to what people see of it, as imports do."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Name"), "max_length": LONGEST_NAME, **kwargs})

    def clean(self, value: Any) -> Any:
        name = clean_name(super().clean(value))
        if self.required and not name:
            raise ValidationError(_("Enter a name."), code="required")
        return name


def refuse_unstorable(text: object) -> None:
    """ValidationError where `text` holds NUL, other control characters or half a character."""
    if isinstance(text, str) and has_forbidden(text):
        raise ValidationError(
            _("This text contains characters that cannot be used (control characters)."), code="unstorable"
        )


def _guard(field: forms.CharField) -> None:
    others = [validator for validator in field.validators if not isinstance(validator, ProhibitNullCharactersValidator)]
    field.validators = [refuse_unstorable, *others]  # ours says the same of more characters
    if field.max_length is None:
        field.validators.append(MaxLengthValidator(MOST_CHARACTERS))


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control" if not widget.is_hidden else ""
