"""Secret links as their bearers meet them: found by token, opened, used once, revoked (PRODUCT 3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils import timezone

from helpdesk.outbox.models import SecretLink, hash_of, new_token

LinkState = Literal["live", "used", "expired", "superseded", "revoked", "unknown"]


@dataclass(frozen=True)
class Found:
    """What a token or an id led to. `link` is None only where `state` is "unknown"."""

    link: SecretLink | None
    state: LinkState

    @property
    def is_live(self) -> bool:
        return self.state == "live"


def find(token: str, purpose: str) -> Found:
    """The link whose token this is; looking consumes nothing."""
    return _found(SecretLink.objects.filter(token_hash=hash_of(token), purpose=purpose).first())


def by_id(link_id: int | None, purpose: str) -> Found:
    """The same by the id a session keeps after the redirect; None leads to "unknown"."""
    return _found(SecretLink.objects.filter(pk=link_id or 0, purpose=purpose).first())


def mark_opened(link: SecretLink) -> None:
    """Note when the link was first opened."""
    SecretLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now())


def consume(link: SecretLink) -> bool:
    """Use the link up. False where somebody was faster or it has died meanwhile: of many, one wins."""
    return bool(SecretLink.objects.live().filter(pk=link.pk).update(used_at=timezone.now()))


def revoke(kind: str, ids: Iterable[int], *purposes: str) -> int:
    """Kill the unused links of these subjects, of all purposes where none is named; returns how many."""
    links = SecretLink.objects.of(kind, *ids).filter(used_at=None, revoked_at=None)
    if purposes:
        links = links.filter(purpose__in=purposes)
    return links.update(revoked_at=timezone.now())


def issue_printed(purpose: str, kind: str, subject_id: int, hours: int) -> str:
    """Make a link that is shown on a terminal rather than mailed, and return its token; older ones of the kind die."""
    token = new_token()
    SecretLink.objects.create(
        purpose=purpose,
        subject_kind=kind,
        subject_id=subject_id,
        token_hash=hash_of(token),
        expires_at=timezone.now() + timedelta(hours=hours),
    )
    return token


def _found(link: SecretLink | None) -> Found:
    return Found(link, _state(link)) if link else Found(None, "unknown")


def _state(link: SecretLink) -> LinkState:
    this = SecretLink.objects.filter(pk=link.pk)
    if link.used_at:
        return "used"
    if link.revoked_at or not this.arrived().exists():
        return "revoked"
    if this.superseded().exists():
        return "superseded"
    return "live" if link.expires_at > timezone.now() else "expired"
