"""Who looked at what: views of profiles, searches and downloads, with the IP they came from (PRODUCT 3.12).

Each is one INSERT. A view or search that the same person repeats within SLOT leaves one line.
"""

from __future__ import annotations

import hashlib
import time

from django.db import models

from helpdesk.audit.actions import Entry, Target, record, row_of
from helpdesk.audit.models import AuditEntry
from helpdesk.users.actors import Actor

SLOT = 600  # seconds
LONGEST_SEARCH = 200


def note_view(thing: models.Model, *, by: Actor) -> None:
    """`by` opened the profile of `thing`."""
    _note_once(Entry("access.view", thing), f"{thing._meta.label_lower}:{thing.pk}", by=by)


def note_search(kind: str, text: str, *, by: Actor) -> None:
    """`by` searched the list of `kind` ("contacts.contact") for `text`; nothing is noted for an empty one."""
    if text := text.strip()[:LONGEST_SEARCH]:
        _note_once(Entry("access.search", Target(kind, None, text)), f"{kind}:{_digest(text)}", by=by)


def note_download(target: models.Model | Target, *, by: Actor) -> None:
    """`by` took a file out of the house; every time counts."""
    record("access.download", target, by=by)


def _note_once(entry: Entry, subject: str, *, by: Actor) -> None:
    row = row_of(entry, by)
    row.once_key = f"{entry.action}:{row.actor_id or by.name[:20]}:{subject}:{int(time.time()) // SLOT}"
    AuditEntry.objects.bulk_create([row], ignore_conflicts=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
