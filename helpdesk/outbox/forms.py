"""What an admin may type: the words of a letter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.outbox.notices import Notice
from helpdesk.outbox.own_words import Words
from helpdesk.outbox.placeholders import check_body, check_subject
from helpdesk.ui.forms import Form

LONGEST_BODY = 5000
WHOM = {
    "agent": _("Name or email of an agent; blank: the newest"),
    "requester": _("Name or email of a contact; blank: the newest"),
}


class WordingForm(Form):
    """Subject and body of one notice in one language: plain text with the notice's placeholders, and no others."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Plain text. A blank line begins a new paragraph; a line that ends in a link becomes a button."),
    )
    sample = forms.CharField(
        label=_("Preview with"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    marks_optional = False

    def __init__(self, *args: Any, notice: Notice, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice
        for name in ("subject", "body"):
            self.fields[name].widget.attrs["lang"] = language
        self.fields["sample"].help_text = WHOM[notice.audience or "requester"]

    def clean_subject(self) -> str:
        subject = " ".join(self.cleaned_data["subject"].split())
        check_subject(subject, self.notice.placeholders)
        return subject

    def clean_body(self) -> str:
        body = "\n".join(line.rstrip() for line in self.cleaned_data["body"].strip().splitlines())
        check_body(body, self.notice.placeholders)
        return body

    @property
    def words(self) -> Words:
        """What was typed, once it is valid."""
        return Words(self.cleaned_data["subject"], self.cleaned_data["body"])
