"""How somebody wants to see the pages."""

from __future__ import annotations

from helpdesk.users.models import User


def choose_language(user: User, code: str) -> None:
    """Speak `code` to this person from now on. Their own taste: nothing for the audit log."""
    User.objects.filter(pk=user.pk).update(language=code)


def choose_theme(user: User, theme: str) -> None:
    User.objects.filter(pk=user.pk).update(theme=theme)
