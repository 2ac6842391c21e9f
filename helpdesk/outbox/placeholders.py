"""What an admin's wording of a letter may hold: plain text and placeholders such as {name}; a closed list for each notice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

_BRACES = re.compile(r"\{([^{}\n]{1,40})\}")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_COLON = ":：\t "
Kind = Literal["words", "link", "moment"]


@dataclass(frozen=True, kw_only=True)
class Placeholder:
    """`{name}`: what it means, the name of its value where letters are written, what stands there when that is blank.

    Links become buttons; links and moments may not stand in a subject. `template` writes the value, if it is a sentence.
    """

    name: str
    meaning: str | Promise
    value: str
    kind: Kind = "words"
    is_required: bool = False
    instead: str | Promise = ""
    template: str = ""

    @property
    def code(self) -> str:
        return f"{{{self.name}}}"


NAME = Placeholder(
    name="name",
    meaning=gettext_lazy("the recipient's name"),
    value="name",
    instead=pgettext_lazy("instead of a name", "there"),
)
EMAIL = Placeholder(name="email", meaning=gettext_lazy("the address the letter goes to"), value="email")
HELPDESK = Placeholder(name="helpdesk", meaning=gettext_lazy("the name of your helpdesk"), value="helpdesk_name")
SUPPORT = Placeholder(name="support", meaning=gettext_lazy("the support contact"), value="support")
LINK = Placeholder(
    name="link", meaning=gettext_lazy("the secret link, as a button"), value="link", kind="link", is_required=True
)
UNTIL = Placeholder(name="until", meaning=gettext_lazy("until when the link works"), value="until", kind="moment")
SIGN_IN = Placeholder(
    name="sign_in", meaning=gettext_lazy("the page to sign in, as a button"), value="sign_in_url", kind="link"
)


@dataclass(frozen=True)
class Part:
    """A piece of a letter's body: lines of a paragraph, or a button (`label`, `url`)."""

    lines: Sequence[str] = ()
    label: str = ""
    url: str = ""


def check_subject(text: str, known: Sequence[Placeholder]) -> None:
    """ValidationError naming what may not stand in a subject."""
    for found in _used(text, known):
        if found.kind != "words":
            raise ValidationError(_("%(placeholder)s cannot stand in the subject.") % {"placeholder": found.code})


def check_body(text: str, known: Sequence[Placeholder]) -> None:
    """ValidationError naming an unknown, a missing or a misplaced placeholder."""
    used = _used(text, known)
    for wanted in known:
        if wanted.is_required and wanted not in used:
            raise ValidationError(
                _("%(placeholder)s is missing: without it the letter leads nowhere.") % {"placeholder": wanted.code}
            )
    for link in (found for found in known if found.kind == "link"):
        _check_place(text, link)


def filled(text: str, known: Sequence[Placeholder], values: Mapping[str, str]) -> str:
    """`text` with the values in place of the placeholders; values are never looked into."""
    by_name = {placeholder.name: placeholder for placeholder in known}
    return _BRACES.sub(lambda found: _value(by_name[found[1]], values) if found[1] in by_name else found[0], text)


def parts(text: str, known: Sequence[Placeholder], values: Mapping[str, str]) -> Iterator[Part]:
    """The body piece by piece: a line that ends in a link is a button, labelled by the words before it."""
    links = [placeholder for placeholder in known if placeholder.kind == "link"]
    for paragraph in _BLANK_LINES.split(text.strip()):
        lines: list[str] = []
        for line in paragraph.split("\n"):
            link = next((link for link in links if line.rstrip().endswith(link.code)), None)
            if link is None:
                lines.append(filled(line, known, values))
                continue
            yield from _paragraph(lines)
            lines = []
            label = filled(line.rstrip().removesuffix(link.code).strip(_COLON), known, values)
            yield Part(label=label, url=values[link.value])
        yield from _paragraph(lines)


def _paragraph(lines: list[str]) -> Iterator[Part]:
    if lines:
        yield Part(lines=lines)


def _used(text: str, known: Sequence[Placeholder]) -> list[Placeholder]:
    by_name = {placeholder.name: placeholder for placeholder in known}
    names = _BRACES.findall(text)
    if strays := [name for name in names if name not in by_name]:
        listed = ", ".join(placeholder.code for placeholder in known)
        words = _("{%(found)s} is no placeholder of this letter. These are: %(known)s")
        raise ValidationError(words % {"found": strays[0], "known": listed})
    return [by_name[name] for name in names]


def _check_place(text: str, link: Placeholder) -> None:
    """A link stands once, at the end of a line that begins with the words for the button."""
    if link.code not in text:
        return
    (line, *others) = [line.strip() for line in text.split("\n") if link.code in line]
    label = line.removesuffix(link.code).strip(_COLON)
    if others or not line.endswith(link.code) or not label or link.code in label:
        words = _(
            "%(placeholder)s stands once, at the end of a line that begins with the button's words: “%(example)s”"
        )
        raise ValidationError(words % {"placeholder": link.code, "example": _("Open") + f": {link.code}"})


def _value(placeholder: Placeholder, values: Mapping[str, str]) -> str:
    return values.get(placeholder.value) or str(placeholder.instead)
