"""What admins may set for the whole helpdesk."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from helpdesk.team.forms import EmailField, password_field
from helpdesk.ui.forms import Form, NameField
from helpdesk.ui.house import House
from helpdesk.ui.languages import fixed_zone_choices
from helpdesk.ui.widgets import LongSelect
from helpdesk.users.addresses import AddressError, clean_address
from helpdesk.users.models import User


def region_choices() -> list[tuple[str, str]]:
    """Every country that phone numbers can be read in, with its code: KR (+82)."""
    codes = sorted(phonenumbers.SUPPORTED_REGIONS)
    return [(code, f"{code} (+{phonenumbers.country_code_for_region(code)})") for code in codes]


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the helpdesk"), max_length=60, help_text=_("On every page, and in the subject of letters.")
    )


def language_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=settings.LANGUAGES,
        help_text=_("Used where neither a choice nor the browser's language is known."),
    )


def time_zone_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=fixed_zone_choices,
        widget=LongSelect,
        help_text=_("For everybody who has not chosen one, and for letters to them."),
    )


class HelpdeskForm(Form):
    """The settings page."""

    marks_optional = False

    name = name_field()
    language = language_field(_("Language"))
    time_zone = time_zone_field(_("Time zone"))
    phone_region = forms.ChoiceField(
        label=_("Phone region"),
        choices=region_choices,
        widget=LongSelect,
        help_text=_(
            "Numbers without a country code are read as numbers of this country. "
            "Numbers already saved keep their meaning until their contact is saved again."
        ),
    )
    support_email = forms.CharField(label=_("Support email"), max_length=254, required=False)
    support_phone = forms.CharField(
        label=_("Support phone"),
        max_length=60,
        required=False,
        help_text=_("Both stand on every page of the portal and under every letter."),
    )
    activation_hours = forms.IntegerField(
        label=_("Hours an activation link works"),
        min_value=1,
        max_value=336,
        help_text=_("From 1 to 336 (two weeks). Links already sent keep their end."),
    )
    access_log_days = forms.IntegerField(
        label=_("Days to keep who looked at what"),
        min_value=1,
        max_value=36_500,
        help_text=_("Views of profiles, searches, downloads and sign-ins. Changes stay in the audit log for good."),
    )

    job_file_days = forms.IntegerField(
        label=_("Days to keep files of imports"),
        min_value=1,
        max_value=730,
        help_text=_(
            "From 1 to 730, counted from the end of the import. Then failed rows cannot be downloaded any more."
        ),
    )
    job_row_days = forms.IntegerField(
        label=_("Days to keep rows of imports and other jobs"),
        min_value=30,
        max_value=36_500,
        help_text=_(
            "What became of each row, with the values of before. Without it a job cannot be undone; its totals stay for good."
        ),
    )
    export_days = forms.IntegerField(
        label=_("Days to keep exported files"),
        min_value=1,
        max_value=90,
        help_text=_("From 1 to 90. So long whoever asked for an export can download it; then the file is deleted."),
    )
    export_reason = forms.BooleanField(
        label=_("Ask for the reason of an export"),
        required=False,
        help_text=_("Whoever exports contacts or companies says what for; the audit log keeps it."),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_support_phone(self) -> str:
        return " ".join(self.cleaned_data["support_phone"].split())

    def clean_support_email(self) -> str:
        typed = self.cleaned_data["support_email"]
        try:
            return clean_address(typed).stored if typed else ""
        except AddressError as error:
            raise ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned["support_email"] or cleaned["support_phone"]):
            self.add_error("support_email", _("Give an email or a phone: customers find it on every page."))
        return cleaned

    @property
    def house(self) -> House:
        """What was typed, once it is valid."""
        return House(**self.cleaned_data)

    @staticmethod
    def of(house: House, data: Any = None) -> HelpdeskForm:
        return HelpdeskForm(data, initial=asdict(house))


class TestEmailForm(Form):
    """Where the test letter goes."""

    email = EmailField()


class SetupForm(Form):
    """The first admin, and what the helpdesk is called and speaks; `proposed` are its settings so far."""

    name = NameField(widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(autocomplete="username")
    password = password_field(_("Password"), is_new=True)
    helpdesk_name = name_field()
    helpdesk_language = language_field(_("Language of the helpdesk"))
    helpdesk_time_zone = time_zone_field(_("Time zone of the helpdesk"))

    def __init__(self, *args: Any, proposed: House, **kwargs: Any) -> None:
        given = {"name": proposed.name, "language": proposed.language, "time_zone": proposed.time_zone}
        super().__init__(*args, initial={f"helpdesk_{name}": value for name, value in given.items()}, **kwargs)
        self.proposed = proposed

    @property
    def admin(self) -> dict[str, str]:
        """Name, email and password."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "password")}

    @property
    def house(self) -> House:
        """The helpdesk's settings, with what was typed."""
        typed = {name: self.cleaned_data[f"helpdesk_{name}"] for name in ("name", "language", "time_zone")}
        return replace(self.proposed, **typed)

    def clean_helpdesk_name(self) -> str:
        return " ".join(self.cleaned_data["helpdesk_name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            self._check(cleaned["password"], User(name=cleaned.get("name", ""), email=cleaned.get("email", "")))
        return cleaned

    def _check(self, password: str, user: User) -> None:
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            self.add_error("password", error)
