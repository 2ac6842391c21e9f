"""A new contact, or the changes to one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.actions.addresses import Taken, refuse_taken
from contacts.actions.drafts import Draft
from contacts.actions.records import ExternalIdTaken
from contacts.forms.companies import CompaniesField, CompanyField, UnknownCompany
from contacts.forms.emails import EmailsField
from contacts.forms.tags import TagsField
from contacts.forms.taken import why_taken
from contacts.models import Contact
from helpdesk.ui.forms import Form, IdField, LineField, NameField
from helpdesk.ui.house import house
from helpdesk.ui.languages import zone_choices
from helpdesk.ui.widgets import LongSelect
from helpdesk.users.addresses import address_key
from helpdesk.users.models import User
from helpdesk.users.roles import Permission

COMPANIES = ("company", "other_companies")
NEW_COMPANY = "new_company"
PHONE = forms.TextInput(attrs={"inputmode": "tel"})


def language_choices() -> list[tuple[str, Any]]:
    """The languages letters are written in; "" is the helpdesk's own."""
    names = dict(settings.LANGUAGES)
    own = _("As the helpdesk: %(language)s") % {"language": names.get(house().language, "")}
    return [("", own), *settings.LANGUAGES]


class ContactForm(Form):
    """`reader` is who fills it in: what the errors tell depends on what they may see."""

    marks_optional = False

    name = NameField()
    emails = EmailsField(label=gettext_lazy("Email"), required=False)
    work_phone = LineField(label=gettext_lazy("Work phone"), max_length=60, required=False, widget=PHONE)
    mobile_phone = LineField(label=gettext_lazy("Mobile phone"), max_length=60, required=False, widget=PHONE)
    company = CompanyField(label=gettext_lazy("Company"), required=False)
    other_companies = CompaniesField(label=gettext_lazy("Further companies"), required=False)
    job_title = LineField(label=gettext_lazy("Job title"), max_length=200, required=False)
    department = LineField(label=gettext_lazy("Department"), max_length=200, required=False)
    external_id = IdField(label=gettext_lazy("External ID"), max_length=120, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices, required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=zone_choices, widget=LongSelect, required=False
    )
    address = LineField(label=gettext_lazy("Address"), max_length=500, required=False)
    tags = TagsField(required=False)
    notes = forms.CharField(
        label=gettext_lazy("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, contact: Contact | None = None, reader: User, **kwargs: Any) -> None:
        self.contact, self.reader = contact, reader
        standing = Draft.of(contact) if contact else Draft()
        kwargs["initial"] = {**(facts(standing) if contact else {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        emails = self.fields["emails"]
        emails.old_primary = emails.widget.old_primary = standing.emails[0] if standing.emails else ""  # type: ignore[attr-defined]
        default = [standing.company] if standing.company else []
        self.fields["company"].current = default  # type: ignore[attr-defined]
        self.fields["other_companies"].current = [*standing.other_companies, *default]  # type: ignore[attr-defined]
        self.fields["tags"].current = standing.tags  # type: ignore[attr-defined]
        if reader.may(Permission.COMPANY_EDIT):
            wanted = self.data.getlist(NEW_COMPANY) if isinstance(self.data, QueryDict) else []
            for name in COMPANIES:
                self.fields[name].wanted = wanted  # type: ignore[attr-defined]

    @property
    def new_companies(self) -> dict[str, bool]:
        """The names typed that no company has, and whether it is to be made with the contact."""
        refused = [error for name in COMPANIES for error in self.errors.as_data().get(name, ())]
        offered = {error.offered: False for error in refused if isinstance(error, UnknownCompany) and error.offered}
        values = self.cleaned_data if self.is_bound else self.initial
        companies = (values.get("company"), *(values.get("other_companies") or ()))
        return offered | {company.name: True for company in companies if company and not company.pk}

    def clean_emails(self) -> tuple[str, ...]:
        emails: tuple[str, ...] = self.cleaned_data["emails"]
        try:
            refuse_taken([address_key(email) for email in emails], self.contact)
        except Taken as taken:
            raise ValidationError(self._refused_email(taken)) from None
        return emails

    def clean_external_id(self) -> str:
        external_id: str = self.cleaned_data["external_id"]
        owner = (
            Contact.objects.filter(external_id=external_id).exclude(pk=self.contact.pk if self.contact else 0).first()
        )
        if external_id and owner:
            raise ValidationError(self.why_taken(ExternalIdTaken(owner)))
        return external_id

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.draft().is_reachable:
            raise ValidationError(_("Enter at least one of: email, work phone, mobile phone, external ID."))
        return cleaned

    def draft(self) -> Draft:
        return Draft(**{name: self.cleaned_data[name] for name in facts(Draft())})

    def refuse(self, refusal: Taken | ExternalIdTaken) -> None:
        """Show at its field what only the database knew."""
        if isinstance(refusal, Taken):
            self.add_error("emails", self._refused_email(refusal))
        else:
            self.add_error("external_id", self.why_taken(refusal))

    def _refused_email(self, taken: Taken) -> str:
        """Why, having marked the line it is about."""
        why = self.why_taken(taken)
        self.fields["emails"].refuse(self["emails"].data, address_key(taken.email), why)  # type: ignore[attr-defined]
        return why

    def why_taken(self, refusal: Taken | ExternalIdTaken) -> str:
        return why_taken(refusal, reader=self.reader, contact=self.contact)


class NewContactForm(ContactForm):
    send_activation = forms.BooleanField(label=gettext_lazy("Send activation email now"), required=False)


def facts(draft: Draft) -> dict[str, Any]:
    """The form's fields as they stand in `draft`."""
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
