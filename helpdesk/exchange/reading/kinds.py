"""What a file is, by its content; its name is only a hint where the content has no mark of its own."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

from . import charsets
from .limits import METHODS
from .problems import (
    DAMAGED,
    EMPTY,
    HANCOM,
    LOCKED,
    OTHER_KIND,
    PASSWORD,
    UNKNOWN,
    WEB_PAGE,
    FileRefused,
)

LOOK = 1 << 16
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKS = {
    b"DRMONE": "Fasoo",
    b"SCDSA00": "Softcamp",
    b"<DOCUMENT SAFER": "MarkAny",
    b"DOCUMENT SAFER": "MarkAny",
    b"<## NASCA DRM FILE": "NASCA",
}
MARKS = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"{\\rtf": "RTF",
    b"HWP Document File": "HWP",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
    b"PAR1": "Parquet",
    b"ID;P": "SYLK",
}
PARTS = {
    "xl/workbook.bin": "Excel, binary (.xlsb)",
    "word/document.xml": "Word (.docx)",
    "ppt/presentation.xml": "PowerPoint (.pptx)",
    "Index/Document.iwa": "Apple Numbers, Pages or Keynote",
    "Index.zip": "Apple Numbers, Pages or Keynote",
}
STREAMS = {"WordDocument": "Word (.doc)", "PowerPoint Document": "PowerPoint (.ppt)", "HwpSummaryInformation": "HWP"}
HANCOM_ENDINGS = (".cell", ".nxl", ".hcell")

_html = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<"
    rb"(?:(?:!doctype html|html|head|meta|body|table)\b|(?:style|div|script)\b.*<(?:html|body|table)\b)",
    re.I | re.S,
)
"""A header that somebody called “<script>” makes no web page."""
_json = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{]|\[\s*"|\{\s*\}\s*$)')
_encrypted = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.S
)
"""The records that begin a workbook of 1993 or 1997 (BOF, perhaps WRITEPROT), and FILEPASS: all after it is encrypted."""
_controls = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(path: Path, name: str) -> str:
    """ "csv", "xlsx" or "xls". FileRefused where it is none of them, saying what it is."""
    with path.open("rb") as file:
        start = file.read(LOOK)
    if not start.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise FileRefused(EMPTY)
    for lock, product in LOCKS.items():
        if lock in start[:64]:
            raise FileRefused(LOCKED, product=product)
    if start.startswith(b"PK"):
        return _zipped(path, name)
    if start.startswith(OLE):
        return _compound(path, name)
    return _text(start, name)


def _zipped(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = set(archive.namelist())
            mimetype = _start_of(archive, "mimetype") if "mimetype" in parts else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise FileRefused(DAMAGED) from None
    if "xl/workbook.xml" in parts:
        return "xlsx"
    raise _other(name, next((said for part, said in PARTS.items() if part in parts), "") or _package(mimetype) or "ZIP")


def _start_of(archive: zipfile.ZipFile, part: str) -> str:
    if archive.getinfo(part).compress_type not in METHODS:
        return ""
    with archive.open(part) as file:
        return file.read(100).decode("ascii", "replace")


def _package(mimetype: str) -> str:
    if mimetype.startswith("application/vnd.oasis.opendocument."):
        return "OpenDocument (.ods)" if "spreadsheet" in mimetype else "OpenDocument"
    return "HWP (.hwpx)" if "hwp" in mimetype else ""


def _compound(path: Path, name: str) -> str:
    """An OLE file is a small file system; the names of its streams stand in it as UTF-16."""
    content = path.read_bytes()
    if _has_stream(content, "DRMEncryptedDataSpace") or _has_stream(content, "DRMContent"):
        raise FileRefused(LOCKED, product="Microsoft")
    if _has_stream(content, "EncryptedPackage") or _encrypted.search(content):
        raise FileRefused(PASSWORD)
    if _has_stream(content, "Workbook") or _has_stream(content, "Book"):
        return "xls"
    raise _other(name, next((said for stream, said in STREAMS.items() if _has_stream(content, stream)), "OLE"))


def _has_stream(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") + b"\x00\x00" in content


def _text(start: bytes, name: str) -> str:
    said = next((said for mark, said in MARKS.items() if start.startswith(mark) and _is_meant(mark, start)), "")
    if said:
        raise _other(name, said)
    if start[8:12] == b"WEBP" or start[4:8] == b"ftyp":
        raise _other(name, "WebP" if start[8:12] == b"WEBP" else "MP4")
    encoding = charsets.utf_16(start)
    plain = _narrow(start, encoding) if encoding else start.replace(b"\x00", b"")
    plain = plain.lstrip(b"\xef\xbb\xbf\xff\xfe")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in plain[:2000]:
        raise _other(name, "XML Spreadsheet 2003")
    if _html.match(plain) or plain.lstrip()[:12].lower() == b"mime-version":
        raise FileRefused(WEB_PAGE)
    if plain.lstrip().startswith(b"<?xml"):
        raise _other(name, "XML")
    if _json.match(plain):
        raise _other(name, "JSON")
    if len(_controls.findall(plain)) * 50 > len(plain) or start.count(b"\x00") * 3 > len(start) * 2:
        raise _other(name, "")
    return "csv"


def _narrow(start: bytes, encoding: str) -> bytes:
    """A byte a character: ASCII as it is, others as "?", what is no text as a control; half a character at the end is left out."""
    text = codecs.getincrementaldecoder(encoding)("helpdesk.mark").decode(start)
    return text.replace("\x00", "\x01").replace(charsets.MARK, "\x01").encode("ascii", "replace")


def _is_meant(mark: bytes, start: bytes) -> bool:
    """A CSV may begin with "BM"; a picture's head has bytes that no text has."""
    return mark != b"BM" or b"\x00\x00" in start[:16]


def _other(name: str, said: str) -> FileRefused:
    if name.lower().endswith(HANCOM_ENDINGS) and said in ("ZIP", "OLE", "", "HWP", "HWP (.hwpx)"):
        return FileRefused(HANCOM)
    return FileRefused(OTHER_KIND, format=said) if said else FileRefused(UNKNOWN)
