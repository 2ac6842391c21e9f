"""Tags as lists ask for them."""

from __future__ import annotations

from functools import cache

from django.db.models import Exists, OuterRef, Q

from contacts.models import Contact, Tag, Tagging
from contacts.tag_names import tag_key
from helpdesk.ui.questions import Blank, Question
from helpdesk.ui.sorting import has_forbidden

FEW = 1000
MOST_SUGGESTED = 10


def tags_of(contact: Contact) -> list[str]:
    """The names of a contact's tags, in the order of their keys."""
    return [line["name"] for line in _tags_of().ask(contact=contact.pk)]


@cache
def _tags_of() -> Question:
    contact = Blank("contact", Contact._meta.pk)
    return Question(Tag.objects.filter(taggings__contact=contact).order_by("key").values("name"))


def tagged(name: str) -> Q:
    """Who has this tag; one query. Few are named one by one: sorting them costs less than looking for them in order."""
    found = list(Tagging.objects.filter(tag__key=tag_key(name)).values_list("contact_id", "tag_id")[: FEW + 1])
    if len(found) <= FEW:
        return Q(pk__in=[contact for contact, _tag in found])
    return Q(Exists(Tagging.objects.filter(contact=OuterRef("pk"), tag=found[0][1])))


def suggested(typed: str) -> list[str]:
    """Up to MOST_SUGGESTED tags in use whose name holds what was typed, those that begin with it first."""
    key = "" if has_forbidden(typed) else tag_key(typed[:200])
    in_use = Tag.objects.filter(Exists(Tagging.objects.filter(tag=OuterRef("pk"))))
    found = in_use.filter(key__contains=key).order_by("key").values_list("name", "key")[:200]
    return [name for name, own in sorted(found, key=lambda one: not one[1].startswith(key))][:MOST_SUGGESTED]
