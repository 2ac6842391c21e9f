"""One email address for another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.actions.addresses import Taken, TooManyAddresses, refuse_taken
from contacts.forms.taken import why_taken
from contacts.models import Contact
from contacts.notices import USER_ACTIVATION
from contacts.queries.replacing import Consequences
from helpdesk.outbox.posting import is_on
from helpdesk.ui.forms import Form
from helpdesk.users.addresses import AddressError, address_key, clean_address
from helpdesk.users.models import User
from helpdesk.users.roles import Permission


class ReplaceEmailForm(Form):
    """`reader` fills it in. The activation email is asked for only where one can be sent."""

    marks_optional = False

    email = forms.CharField(
        label=gettext_lazy("New email"), max_length=1000,
        widget=forms.TextInput({"type": "email", "inputmode": "email"}),
    )  # fmt: skip
    keeps_old = forms.BooleanField(required=False, initial=True)
    send_activation = forms.BooleanField(label=gettext_lazy("Send activation email now"), required=False)

    def __init__(self, *args: Any, contact: Contact, consequences: Consequences, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact, self.consequences, self.reader = contact, consequences, reader
        keeps_old = self.fields["keeps_old"]
        keeps_old.label = _("Keep %(email)s as a secondary email") % {"email": consequences.old}
        keeps_old.help_text = _(
            "It stays this contact's: letters from it belong to this contact, and it can be used to sign in."
            " Without the tick it is nobody's."
        )
        if self._can_be_invited():
            self.fields["send_activation"].initial = consequences.was_invited or is_on(USER_ACTIVATION)
        else:
            del self.fields["send_activation"]

    def _can_be_invited(self) -> bool:
        may = self.reader.may(Permission.CONTACT_ACTIVATE)
        return may and self.contact.is_unverified and not self.consequences.is_agent

    def clean_email(self) -> str:
        try:
            cleaned = clean_address(self.cleaned_data["email"])
            refuse_taken([cleaned.key], self.contact)
        except AddressError as error:
            raise ValidationError(error.message) from None
        except Taken as taken:
            raise ValidationError(why_taken(taken, reader=self.reader, contact=self.contact)) from None
        if cleaned.key == address_key(self.consequences.old):
            raise ValidationError(_("This is the primary email already."))
        return cleaned.stored

    def refuse(self, refusal: Taken | TooManyAddresses) -> None:
        """Show at its field what only the verb knew."""
        if isinstance(refusal, Taken):
            self.add_error("email", why_taken(refusal, reader=self.reader, contact=self.contact))
        else:
            self.add_error("keeps_old", str(refusal))
