"""Letters of no app in particular, for the tests of the outbox itself."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from helpdesk.outbox.models import (
    LINK_PLACEHOLDER,
    UNTIL_PLACEHOLDER,
    OutgoingEmail,
    SecretLink,
    State,
    hash_of,
    new_token,
)
from helpdesk.outbox.notices import Notice
from helpdesk.outbox.posting import Letter, SecretLinkRequest, post
from helpdesk.users import actors

GREETING = Notice(code="tests.greeting", name="Greeting", description="Says hello.", audience="requester")
ACTIVATION = SecretLinkRequest(purpose="activate", path="/portal/activate/{token}/", hours=168)
_numbers = itertools.count(1)


def letter(**fields: Any) -> Letter:
    """A letter with a secret link, valid as it stands."""
    number = next(_numbers)
    defaults = {
        "cause": f"tests:{number}",
        "to_email": f"person{number}@acme.example",
        "to_name": "김민준",
        "language": "en",
        "time_zone": "Asia/Seoul",
        "subject": "Hello",
        "text": f"Open {LINK_PLACEHOLDER} until {UNTIL_PLACEHOLDER}.\n",
        "html": f'<p>Open <a href="{LINK_PLACEHOLDER}">this</a> until {UNTIL_PLACEHOLDER}.</p>\n',
        "about": ("contacts.contact", number),
        "link": ACTIVATION,
    }
    return Letter(**{**defaults, **fields})


def post_letters(*letters: Letter) -> int:
    return post(GREETING, letters, by=actors.system("command"))


def posted(**fields: Any) -> OutgoingEmail:
    """One letter in the outbox."""
    written = letter(**fields)
    post_letters(written)
    return OutgoingEmail.objects.get(cause=written.cause)


def delivered(state: str = State.SENT, *, hours: int = 168, **fields: Any) -> tuple[OutgoingEmail, str]:
    """A letter that has gone its way to `state`, and the token in it."""
    row, token = posted(**fields), new_token()
    OutgoingEmail.objects.filter(pk=row.pk).update(state=state, handoff_at=timezone.now(), finished_at=timezone.now())
    SecretLink.objects.create(
        purpose=row.link_purpose,
        subject_kind=row.about_kind,
        subject_id=row.about_id or 0,
        sent_to=row.to_email,
        letter=row,
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(hours=hours),
    )
    row.refresh_from_db()
    return row, token
