"""The catalogue of wording: collect what the source says, check the Korean.

    python scripts/messages.py --update    write new messages into locale/ko/LC_MESSAGES/django.po
    python scripts/messages.py --check     fail on anything missing, unused, fuzzy, or worded against the rules

Korean rules (LABELS): no placeholder is followed directly by a particle, since its form depends on the value.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"
SOURCES = ("helpdesk", "companies", "contacts", "portal", "templates")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
FORMAT_MARK = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")
PARTICLE = re.compile(r"(?:%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\})(?:은|는|이|가|을|를|와|과|로|으로)(?![가-힣])")
HEADER = {
    "Project-Id-Version": "helpdesk",
    "Language": "ko",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}

Key = tuple[str, str]
"""(context, message)"""
Message = tuple[str, str, str]
"""(context, singular, plural)"""


def collected() -> dict[Key, polib.POEntry]:
    """Every message of the source, with where it stands."""
    found: dict[Key, polib.POEntry] = {}
    for path in _files():
        for context, single, plural in _messages(path):
            entry = found.setdefault((context, single), polib.POEntry(msgctxt=context or None, msgid=single))
            if plural:
                entry.msgid_plural = plural
            place = (path.relative_to(ROOT).as_posix(), "")
            if place not in entry.occurrences:
                entry.occurrences.append(place)
    return found


def _files() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            templates = {".html", ".txt"} if "templates" in path.parts else set()
            if path.suffix in {".py"} | templates and "migrations" not in path.parts:
                yield path


def _messages(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    return _in_python(text) if path.suffix == ".py" else _in_template(text)


def _in_python(source: str) -> Iterator[Message]:
    from babel.messages.extract import extract

    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        texts = message if isinstance(message, tuple) else (message, "")
        if texts[0]:
            yield context or "", texts[0], texts[1] if len(texts) > 1 else ""


def _in_template(source: str) -> Iterator[Message]:
    """What the parsed template would look up: `translate`, `_("…")` in any tag, and `blocktranslate`."""
    from django.template import engines

    seen: dict[int, Any] = {}
    waiting: list[Any] = [engines["django"].engine.from_string(source).nodelist]  # type: ignore[attr-defined]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen[id(thing)] = thing
        yield from _of_node(thing)
        waiting.extend(_parts(thing))


def _of_node(thing: Any) -> Iterator[Message]:
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode
    from django.utils.functional import Promise

    if isinstance(thing, TranslateNode):
        yield _literal(thing.message_context), str(thing.filter_expression.var.literal).replace("%", "%%"), ""
    elif isinstance(thing, Promise):  # _("…") as an argument: looked up when rendered
        yield "", thing._args[0], ""  # type: ignore[attr-defined]
    elif isinstance(thing, BlockTranslateNode):
        plural = thing.render_token_list(thing.plural)[0] if thing.plural else ""
        yield _literal(thing.message_context), thing.render_token_list(thing.singular)[0], plural


def _literal(context: Any) -> str:
    """A message context as given: text, or a template expression that holds text."""
    return str(getattr(getattr(context, "var", context), "literal", getattr(context, "var", context)) or "")


def _parts(thing: Any) -> list[Any]:
    """What `thing` of a parsed template consists of."""
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, list | tuple):
        return list(thing)
    if not type(thing).__module__.startswith(("django.template", "django.templatetags", "helpdesk", "lucide")):
        return []
    names = [*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ())]
    return [getattr(thing, name) for name in names if hasattr(thing, name)]


def update() -> None:
    """Bring the catalogue in line with the source, keeping translations; unused ones go."""
    old = (
        {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}
        if CATALOGUE.exists()
        else {}
    )
    new = polib.POFile(wrapwidth=110)
    new.metadata = HEADER
    for key, entry in sorted(collected().items()):
        if before := old.get(key):
            entry.msgstr, entry.msgstr_plural, entry.flags = before.msgstr, before.msgstr_plural, before.flags
        new.append(_shaped(entry))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(CATALOGUE))


def _shaped(entry: polib.POEntry) -> polib.POEntry:
    """With one plural form for messages that have a plural, and the format's flag."""
    if entry.msgid_plural:
        entry.msgstr_plural = entry.msgstr_plural or {0: entry.msgstr}
        entry.msgstr = ""
    elif entry.msgstr_plural:
        entry.msgstr, entry.msgstr_plural = entry.msgstr_plural.get(0, ""), {}
    return entry


def problems() -> Iterator[str]:
    """What is wrong with the catalogue, a line each."""
    source = collected()
    catalogue = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}
    for key in sorted(source.keys() - catalogue.keys()):
        yield f"missing: {key[1]!r} ({source[key].occurrences[0][0]})"
    for key in sorted(catalogue.keys() - source.keys()):
        yield f"unused: {key[1]!r}"
    for key in sorted(source.keys() & catalogue.keys()):
        yield from _faults(catalogue[key])


def _faults(entry: polib.POEntry) -> Iterator[str]:
    korean = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
    if not korean:
        yield f"untranslated: {entry.msgid!r}"
        return
    if "fuzzy" in entry.flags:
        yield f"fuzzy: {entry.msgid!r}"
    if _marks(korean) not in (_marks(entry.msgid), _marks(entry.msgid_plural or entry.msgid)):
        yield f"placeholders differ: {entry.msgid!r} → {korean!r}"
    if PARTICLE.search(korean):
        yield f"a particle follows a placeholder: {korean!r}"


def _marks(text: str) -> list[str]:
    return sorted(set(FORMAT_MARK.findall(text)))


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for flag in ("--update", "--check"):
        parser.add_argument(flag, action="store_true")
    asked = parser.parse_args()
    if asked.update or asked.check:
        _start_django()
    if asked.update:
        update()
    found = list(problems()) if asked.check else []
    print("\n".join(found[:200]), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
