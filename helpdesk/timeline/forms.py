"""What people may write into a note."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from helpdesk.timeline.models import LONGEST
from helpdesk.ui.forms import Form


class NoteForm(Form):
    text = forms.CharField(label=_("Note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
