"""`{% kept %}`: what is the same on many pages is drawn once (ADR 0016)."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.translation import get_language

register = template.Library()

MOST_KEPT = 100  # drawings of one place; where there would be more, the rest is drawn anew each time


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Draw what stands before `{% endkept %}` once a process for each language and each combination of the values given.

    `{% kept may=may view=listing.view %}`: inside there are `may` and `view` and nothing else, neither user nor request,
    so nothing personal and no token can be kept by mistake.
    """
    words = token.split_contents()[1:]
    given = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"kept: {words[0]!r} is not of the form name=value")
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(inside, given)


class KeptNode(Node):
    """Keeps its drawings itself: they live as long as the compiled template."""

    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression]) -> None:
        self.nodelist, self.given = nodelist, given
        self.drawings: dict[tuple[object, ...], str] = {}

    def render(self, context: Context) -> str:
        values = {name: value.resolve(context) for name, value in self.given.items()}
        key = (get_language(), settings.ROOT_URLCONF, *values.values())
        drawing = self.drawings.get(key)
        if drawing is None:
            drawing = self.nodelist.render(context.new(values))
            if len(self.drawings) < MOST_KEPT:
                self.drawings[key] = drawing
        return drawing
