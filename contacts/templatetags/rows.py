"""What the hottest page needs: a sentence translated once and filled in for each row."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def naming(pattern: str, name: str) -> str:
    """`pattern` with the name in the place of {name}; escaped like any text."""
    return str(pattern).replace("{name}", name)
