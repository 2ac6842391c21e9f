"""Tags and filters every template has without loading."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from functools import cache, lru_cache

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide as draw_icon

from helpdesk.ui import moments
from helpdesk.ui.once import new_form_id

register = template.Library()

TONES = 6
BADGES = ("success", "warning", "danger", "info", "muted")


@register.simple_tag
def lucide(name: str, *, size: int = 20, **attributes: str) -> SafeString:
    """An icon beside words: an inline SVG that screen readers skip. `class` and others become its attributes."""
    return _icon(name, size, tuple(sorted(attributes.items())))


@cache  # a list page shows the same icon thirty times
def _icon(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    plain = {"aria_hidden": "true", **dict(attributes)}
    return mark_safe(draw_icon(name, size=size, **plain))  # noqa: S308 (from the package, with our words)


@register.simple_tag
def form_id() -> SafeString:
    """The hidden one-time id by which a form that is sent twice acts once (`helpdesk.ui.once`)."""
    return format_html('<input type="hidden" name="form_id" value="{}">', new_form_id())


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """A round sign with somebody's initials, in a colour that stays theirs. `size`: "" or "lg"."""
    return _avatar(str(name), size)


@lru_cache(maxsize=2000)
def _avatar(text: str, size: str) -> SafeString:
    tone = zlib.crc32(text.encode("utf-8", "replace")) % TONES + 1
    classes = f"avatar avatar-tone-{tone}" + (f" avatar-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(text))


@register.simple_tag
def badge(kind: str, text: object) -> SafeString:
    """A state in a word. `kind`: success, warning, danger, info or muted."""
    if kind not in BADGES:
        raise template.TemplateSyntaxError(f"badge: {kind!r} is none of {', '.join(BADGES)}")
    return format_html('<span class="badge badge-{}">{}</span>', kind, text)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's own address with some parameters changed; empty ones are dropped: `{% query sort="newest" cursor="" %}`."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else context["request"].path


@register.simple_tag(takes_context=True)
def here(context: Context, prefix: str) -> SafeString:
    """` aria-current="page"` on the link of the part of the site (its address begins so) that is open."""
    request = context.get("request")
    is_open = request is not None and request.path.startswith(prefix)
    return SafeString(' aria-current="page"') if is_open else SafeString("")


@register.filter
def listed(moment: datetime | None) -> str:
    """As in lists: 2026-11-22 15:05; "" for None, as all of these."""
    return moments.listed(moment) if moment else ""


@register.filter
def spoken(moment: datetime | None) -> str:
    """As in sentences: Sun 22 Nov 2026, 15:05 / 2026년 11월 22일(일) 오후 3:05."""
    return moments.spoken(moment) if moment else ""


@register.filter
def brief(moment: datetime | None) -> str:
    """As short as it can be: the time for today, else the date (2026-11-22)."""
    return moments.brief(moment) if moment else ""


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """A <time>: "5 minutes ago" within a day, the date after; the exact moment as its title."""
    if moment is None:
        return ""
    when, words = moments.spoken(moment), moments.since(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), when, words)


@register.filter
def call(phone: str, shown: str = "") -> SafeString | str:
    """A link that dials the phone, written as `shown`; no link where there are no digits ("ask at the desk")."""
    number = tel(phone)
    return format_html('<a href="tel:{}">{}</a>', number, shown or phone) if number else shown or phone


def tel(phone: str) -> str:
    """What stands after `tel:`: digits, and a plus in front; "" where there are no digits."""
    return re.sub(r"(?!^\+)\D", "", phone.strip()).removesuffix("+")


def initials(name: str) -> str:
    """Two letters of a Latin name (AH), one syllable of a Korean or Chinese one (김); "?" for none."""
    words: list[str] = re.findall(r"\w+", name)
    if not words:
        return "?"
    first = words[0][0]
    return first.upper() if ord(first) >= 0x1100 or len(words) == 1 else (first + words[-1][0]).upper()
