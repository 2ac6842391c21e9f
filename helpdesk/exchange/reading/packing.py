"""An .xlsx as the archive it is: checked before anything in it is unpacked, so that no bomb goes off in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers.expat import ExpatError, ParserCreate

from .limits import MAX_PARTS, MAX_RATIO, MAX_UNPACKED, METHODS, SMALL_PART
from .problems import (
    DAMAGED,
    FOREIGN_XML,
    PASSWORD,
    TOO_LARGE_INSIDE,
    TOO_MANY_PARTS,
    TOO_TIGHT,
    FileRefused,
)

PROLOG = 1 << 16
PIECE = 1 << 20
MACROS = "xl/vbaProject.bin"
LINKS = "xl/_rels/workbook.xml.rels"
NEEDED = (LINKS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels")
_string = re.compile(rb't="s"[^>]*><v>(\d+)<')
_local = re.compile(r"^\{[^}]*\}")


class Begun(Exception):
    """The first element is reached."""


class Package:
    """The parts of a workbook, once checked. FileRefused where it is damaged, locked or made to do harm."""

    def __init__(self, path: Path) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
            self.sizes = {info.filename: info.file_size for info in self.archive.infolist()}
            self.strings = next((part for part in self.sizes if part.lower() == "xl/sharedstrings.xml"), "")
            self._check()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
            raise FileRefused(DAMAGED) from None

    def worksheets(self) -> dict[str, tuple[bool, str]]:
        """Name → (is hidden, part), as the workbook orders them; sheets that are charts or macros are none."""
        targets = {
            one.get("Id", ""): _part(one.get("Target", ""))
            for one in self._tree(LINKS).iter()
            if one.get("Type", "").endswith("/worksheet")
        }
        found = {}
        for sheet in self._tree("xl/workbook.xml").iter():
            link = next((value for key, value in sheet.items() if _local.sub("", key) == "id"), "")
            if _local.sub("", sheet.tag) == "sheet" and targets.get(link) in self.sizes:
                found[sheet.get("name", "")] = (sheet.get("state", "visible") != "visible", targets[link])
        return found

    def read(self, part: str, size: int) -> Iterator[bytes]:
        """The part, unpacked, in pieces of `size` bytes."""
        try:
            with self.archive.open(part) as file:
                while piece := file.read(size):
                    yield piece
        except (zipfile.BadZipFile, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
            raise FileRefused(DAMAGED) from None

    def excerpt(self, part: str, xml: bytes) -> BytesIO:
        """A workbook in which `xml` stands for the part and other worksheets are missing."""
        small = BytesIO()
        with zipfile.ZipFile(small, "w") as archive:
            for name in self.sizes:
                if name == part:
                    archive.writestr(name, xml)
                elif name == self.strings:
                    archive.writestr(name, self._strings(max(map(int, _string.findall(xml)), default=0)))
                elif name in NEEDED:
                    archive.writestr(name, b"".join(self.read(name, PIECE)))
        small.seek(0)
        return small

    def _strings(self, last: int) -> bytes:
        """The list of shared texts, cut short somewhere behind the one of this number, where it is long."""
        start, count = [], 0
        for piece in self.read(self.strings, PIECE):
            start.append(piece)
            count += piece.count(b"<si>")
            if count > last + 1:
                xml = b"".join(start)
                return xml[: xml.rfind(b"<si>")] + b"</sst>"
        return b"".join(start)

    def _check(self) -> None:
        parts = self.archive.infolist()
        if len(parts) > MAX_PARTS:
            raise FileRefused(TOO_MANY_PARTS, limit=MAX_PARTS)
        if any(part.flag_bits & 1 for part in parts):
            raise FileRefused(PASSWORD)
        if any(part.compress_type not in METHODS for part in parts):
            raise FileRefused(TOO_TIGHT)
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise FileRefused(TOO_LARGE_INSIDE, limit=MAX_UNPACKED // 1_000_000)
        if any(part.file_size > max(SMALL_PART, MAX_RATIO * part.compress_size) for part in parts):
            raise FileRefused(TOO_TIGHT)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                self._check_prolog(part.filename)

    def _check_prolog(self, name: str) -> None:
        """Definitions (entities above all) can stand only before the first element; workbooks have none.

        Nor have they a long prolog, or UTF-16, in which the reader of values would find nothing.
        """
        start = next(self.read(name, PROLOG), b"")
        if b"\x00" in start or not _begins(start):
            raise FileRefused(FOREIGN_XML if start.strip() else DAMAGED)

    def _tree(self, part: str) -> Element:
        """Safe to parse as it is: a part with definitions has been refused before."""
        if part not in self.sizes:
            raise FileRefused(DAMAGED)
        try:
            return fromstring(b"".join(self.read(part, PROLOG)))  # noqa: S314
        except ParseError:
            raise FileRefused(DAMAGED) from None


def _begins(xml: bytes) -> bool:
    """Whether an element begins in it, by the parser that `_tree` uses: what looks like one in a comment is none."""
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _stop
    try:
        parser.Parse(xml, True)
    except Begun:
        return True
    except (ExpatError, ValueError, LookupError):  # the latter two: encodings that it does not know
        return False
    return False


def _refuse(*_definitions: object) -> NoReturn:
    raise FileRefused(FOREIGN_XML)


def _stop(*_element: object) -> NoReturn:
    raise Begun


def _part(target: str) -> str:
    """The target of the workbook's link, which is relative to its folder unless it begins with a slash."""
    path = PurePosixPath("/xl") / target
    return path.as_posix().replace("/xl/../", "/").lstrip("/")
