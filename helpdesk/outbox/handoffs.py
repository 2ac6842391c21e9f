"""The commit just before a letter goes to the mail server: what it costs in the database decides how fast letters go.

Written as SQL because building the same three statements for every letter took the ORM four times as long as running them.
On PostgreSQL they are one statement, hence one round trip and one commit; on SQLite three in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from helpdesk.outbox.filling import FreshLink
from helpdesk.outbox.models import OutgoingEmail


@dataclass(frozen=True)
class Handoff:
    """`letter` of the claim `worker` goes out now, under a lease of `seconds`; `accepted` is the one before, with the server's words."""

    worker: str
    letter: OutgoingEmail
    link: FreshLink | None
    message_id: str
    seconds: float
    accepted: tuple[OutgoingEmail, str] | None

    def commit(self) -> bool:
        """Write it; False where the letter is ours no more (`accepted` is written all the same)."""
        return self._on_postgresql() if connection.vendor == "postgresql" else self._on_sqlite()

    def _on_postgresql(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL, self._parameters())
            return bool(cursor.fetchone()[0])

    def _on_sqlite(self) -> bool:
        parameters = self._parameters()
        with connection.cursor() as cursor:
            if self.accepted:
                cursor.execute(SETTLE.format(**SQLITE), parameters)
            cursor.execute(TAKE.format(**SQLITE), parameters)
            is_taken = bool(cursor.rowcount)
            if is_taken and self.link:
                cursor.execute(INSERT_LINK + " VALUES " + LINK_VALUES.format(**SQLITE), parameters)
        return is_taken

    def _parameters(self) -> dict[str, Any]:
        accepted, words = self.accepted or (None, "")
        return {
            "worker": self.worker,
            "id": self.letter.pk,
            "message_id": self.message_id,
            "lease": f"{self.seconds:.3f} seconds",
            "accepted": accepted.pk if accepted else 0,
            "words": words,
            "purpose": self.letter.link_purpose,
            "kind": self.letter.about_kind,
            "subject": self.letter.about_id or 0,
            "to": self.letter.to_email,
            "hash": self.link.token_hash if self.link else "",
            "until": _adapted(self.link.expires_at) if self.link else None,
            "has_link": self.link is not None,
        }


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


SQLITE = {
    "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
    "later": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW', %(lease)s)",
}
"""As Django's Now() writes it."""

ON_POSTGRESQL = {"now": "STATEMENT_TIMESTAMP()", "later": "STATEMENT_TIMESTAMP() + %(lease)s::interval"}

SETTLE = """UPDATE outbox_outgoingemail
    SET state = 'sent', finished_at = {now}, lease_until = NULL, reason = '', server_reply = %(words)s
    WHERE id = %(accepted)s AND worker = %(worker)s AND state IN ('handoff', 'unknown')"""

TAKE = """UPDATE outbox_outgoingemail
    SET state = 'handoff', lease_until = {later}, handoff_at = {now}, message_id = %(message_id)s, attempts = attempts + 1
    WHERE id = %(id)s AND worker = %(worker)s AND state = 'claimed' AND lease_until > {now}"""

INSERT_LINK = """INSERT INTO outbox_secretlink
    (purpose, subject_kind, subject_id, sent_to, letter_id, token_hash, created_at, expires_at)"""

LINK_VALUES = "(%(purpose)s, %(kind)s, %(subject)s, %(to)s, %(id)s, %(hash)s, {now}, %(until)s)"

POSTGRESQL = f"""WITH settled AS ({SETTLE}), taken AS ({TAKE} RETURNING id),
    linked AS ({INSERT_LINK} SELECT {LINK_VALUES[1:-1].replace("%(until)s", "%(until)s::timestamptz")} FROM taken WHERE %(has_link)s)
    SELECT count(*) FROM taken""".format(**ON_POSTGRESQL)  # noqa: S608 (constants only)
