"""Which contacts a request names."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.actions.limits import MOST_AT_ONCE, TooMany
from contacts.models import Contact
from helpdesk.users.access import SignedInRequest
from helpdesk.users.returning import own_page

_ID = re.compile(r"[0-9]{1,18}")


def chosen_ids(query: QueryDict) -> list[int]:
    """The ids under `contact`, each once; what is no id is nobody's. Raises TooMany above MOST_AT_ONCE."""
    ids = [int(text) for text in dict.fromkeys(query.getlist("contact")) if _ID.fullmatch(text)]
    if len(ids) > MOST_AT_ONCE:
        raise TooMany(len(ids))
    return ids


def back_to(request: SignedInRequest) -> str:
    """The list as it was when the contacts were chosen (`next`)."""
    given = (request.POST if request.method == "POST" else request.GET).get("next", "")
    return own_page(request, given) or reverse("contacts:list")


def chosen_contacts(request: SignedInRequest) -> list[Contact]:
    """Those a request names and the reader may see, by name; [] for none or too many of them, having said so."""
    try:
        ids = chosen_ids(request.POST if request.method == "POST" else request.GET)
    except TooMany as refused:
        messages.error(request, _too_many(refused))
        return []
    chosen = Contact.objects.visible_to(request.user).filter(pk__in=ids)
    contacts = list(chosen.order_by("name_key", "pk").prefetch_related("addresses"))
    if not contacts:
        messages.warning(request, _("Nobody was chosen, so nothing was changed."))
    return contacts


def _too_many(refused: TooMany) -> str:
    text = _("At most %(limit)s contacts can be changed at once; %(count)s were chosen. Nothing was changed.")
    return text % {"limit": MOST_AT_ONCE, "count": refused.count}
