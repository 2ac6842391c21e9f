"""What a password may not be, besides short and common."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.users.models import User

LONGEST = 4096  # characters; nobody types more, and hashing more only serves to keep us busy
_LEGIBLE = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0, 1


def is_hashable(password: str) -> bool:
    """Whether `password` can be somebody's: not over-long, no lone surrogate, no NUL."""
    return (
        len(password) <= LONGEST
        and "\x00" not in password
        and not any("\ud800" <= char <= "\udfff" for char in password)
    )


def generate() -> str:
    """A password to be read out and typed once: 16 signs nobody mixes up (79 bits) in groups of four."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _place in range(4)) for _group in range(4))


class LongEnoughValidator(MinimumLengthValidator):
    """Django's rule in our words: its Korean says “at least” twice over."""

    def get_error_message(self) -> str:
        words = ngettext(
            "This password is too short: it needs at least %(count)s character.",
            "This password is too short: it needs at least %(count)s characters.",
            self.min_length,
        )
        return words % {"count": self.min_length}

    def get_help_text(self) -> str:
        words = ngettext(
            "Your password needs at least %(count)s character.",
            "Your password needs at least %(count)s characters.",
            self.min_length,
        )
        return words % {"count": self.min_length}


class NotYourEmailValidator:
    """Refuses the person's address and its local part; shorter local parts than 5 characters are no clue."""

    def validate(self, password: str, user: User | None = None) -> None:
        email = (getattr(user, "email", "") or "").casefold()
        local = email.partition("@")[0]
        typed = password.casefold()
        if email and (typed == email or (len(local) >= 5 and local in typed)):
            raise ValidationError(_("The password is too much like your email address."), code="password_like_email")

    def get_help_text(self) -> str:
        return _("Your password must not be like your email address.")
