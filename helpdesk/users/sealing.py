"""What the database keeps but must not know: sealed under a key that only the installation's secret gives (ADR 0015)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "sealed:"


class Unreadable(Exception):
    """Sealed under a secret this installation does not have (any more)."""


def seal(text: str) -> str:
    """`text` so that only this installation reads it."""
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(kept: str) -> str:
    """What was sealed, under the present secret or a former one; what never was is given back as it is."""
    if not kept.startswith(MARK):
        return kept
    try:
        return _keys().decrypt(kept.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def is_current(kept: str) -> bool:
    """Whether it is sealed, and under the present secret."""
    try:
        _key(settings.SECRET_KEY).decrypt(kept.removeprefix(MARK).encode())
    except InvalidToken:
        return False
    return kept.startswith(MARK)


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _key(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"helpdesk.users.sealing").derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))
