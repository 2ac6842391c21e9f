"""What is no table, or a trap, is refused by name, before it costs memory."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from helpdesk.exchange.reading import packing, problems, writing
from tests.exchange.reading.files import SHEET, converted, csv_of, refusal, repacked, rows_of, sheet_xml, xlsx_of

PEOPLE = [["Name", "Phone"], ["Ann", "02"]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)


def stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le") + bytes(500)


def archive(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b'{"name": "Ann"}', "JSON"),
        (b'[{"name": "Ann"}]', "JSON"),
        (b'<?xml version="1.0"?><people/>', "XML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML Spreadsheet 2003",
        ),
        (b"{\\rtf1 Ann}", "RTF"),
        (stream("WordDocument"), "Word (.doc)"),
    ],
)
def test_files_of_other_kinds_are_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = csv_of(tmp_path, content)
    assert refusal(path) == {"text": problems.OTHER_KIND, "params": {"format": said}}


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("word/document.xml", b"<w/>", "Word (.docx)"),
        ("xl/workbook.bin", b"x", "Excel, binary (.xlsb)"),
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", "OpenDocument (.ods)"),
        ("Index/Document.iwa", b"x", "Apple Numbers, Pages or Keynote"),
        ("people.csv", b"Name\nAnn\n", "ZIP"),
    ],
)
def test_archives_of_other_kinds_are_named(tmp_path: Path, part: str, content: bytes, said: str) -> None:
    path = archive(tmp_path / "people.xlsx", {part: content})
    assert refusal(path) == {"text": problems.OTHER_KIND, "params": {"format": said}}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_of_what_an_archive_calls_itself_only_the_beginning_is_unpacked(tmp_path: Path, method: int) -> None:
    path = archive(tmp_path / "people.xlsx", {"mimetype": bytes(20_000_000)}, method)
    tracemalloc.start()
    try:
        assert refusal(path)["params"] == {"format": "ZIP"}
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_noise_is_no_table(tmp_path: Path) -> None:
    assert refusal(csv_of(tmp_path, bytes(range(256)) * 8))["text"] == problems.UNKNOWN


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_noise_behind_a_mark_of_utf_16_is_no_table_either(tmp_path: Path, mark: bytes) -> None:
    noise = random.Random(1).randbytes(20_000)
    assert refusal(csv_of(tmp_path, mark + noise))["text"] == problems.UNKNOWN
    utf_32 = "name,email\n".encode("utf-32")
    assert refusal(csv_of(tmp_path, utf_32))["text"] == problems.UNKNOWN


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body><table><tr><td>Ann</td></tr></table>",
        b"\xef\xbb\xbf\r\n<!DOCTYPE html PUBLIC>\n<table>",
        b'<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><table border=1>',
        "<table><tr>".encode("utf-16"),
        b"<style>td { color: red }</style>\n<div><table><tr><td>Ann</td></tr></table></div>",
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n",
    ],
)
def test_web_pages_named_like_workbooks_say_what_to_do(tmp_path: Path, content: bytes) -> None:
    assert refusal(csv_of(tmp_path, content, "people.xls"))["text"] == problems.WEB_PAGE


def test_a_header_that_looks_like_a_script_is_a_header(tmp_path: Path) -> None:
    content = b"<script>alert(1)</script>,Email\n<div>Ann</div>,ann@acme.example\n"
    assert rows_of(csv_of(tmp_path, content))[0] == ["<div>Ann</div>", "ann@acme.example"]


@pytest.mark.parametrize(
    ("content", "product"),
    [
        (b"\x9b DRMONE  This Document is encrypted and protected by Fasoo DRM" + bytes(99), "Fasoo"),
        (b"SCDSA004" + bytes(99), "Softcamp"),
        (b"<DOCUMENT SAFER 2.0>" + bytes(99), "MarkAny"),
        (b"<## NASCA DRM FILE - VER1.00 ##>" + bytes(99), "NASCA"),
        (stream("EncryptedPackage") + stream("DRMEncryptedDataSpace"), "Microsoft"),
    ],
)
@pytest.mark.parametrize("name", ["people.csv", "people.xlsx"])
def test_document_security_is_recognised(tmp_path: Path, content: bytes, product: str, name: str) -> None:
    path = csv_of(tmp_path, content, name)
    assert refusal(path) == {"text": problems.LOCKED, "params": {"product": product}}


@pytest.mark.parametrize("content", [stream("Contents"), b"PK\x05\x06" + bytes(18), b"\x00\x01\x02\x03" * 99])
def test_files_of_hancom_cell_say_what_to_do(tmp_path: Path, content: bytes) -> None:
    assert refusal(csv_of(tmp_path, content, "명단.cell"))["text"] == problems.HANCOM


def test_a_file_named_cell_that_is_a_workbook_is_read(tmp_path: Path) -> None:
    assert rows_of(xlsx_of(tmp_path, PEOPLE, "명단.cell")) == [["Ann", "02"]]


def test_passwords_are_asked_to_be_removed(tmp_path: Path) -> None:
    assert refusal(csv_of(tmp_path, stream("EncryptedPackage")))["text"] == problems.PASSWORD
    path = xlsx_of(tmp_path, PEOPLE)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    assert refusal(path)["text"] == problems.PASSWORD


def test_old_workbooks_with_a_password_are_recognised(tmp_path: Path) -> None:
    """A FILEPASS record behind the first of the stream says that all others are encrypted."""
    import xlwt

    workbook = xlwt.Workbook()
    workbook.add_sheet("s").write(0, 0, "x")
    workbook.save(str(tmp_path / "old.xls"))
    content = bytearray((tmp_path / "old.xls").read_bytes())
    start = content.index(b"\x09\x08\x10\x00")
    after = start + 4 + 16
    content[after : after + 4] = b"\x2f\x00" + content[after + 2 : after + 4]
    (tmp_path / "old.xls").write_bytes(content)
    assert refusal(tmp_path / "old.xls")["text"] == problems.PASSWORD


@pytest.mark.parametrize("kept", [30, 300, 0.5, 0.98])
def test_half_a_workbook_is_damaged(tmp_path: Path, kept: float) -> None:
    path = xlsx_of(tmp_path, PEOPLE * 50)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else len(content) * kept)])
    assert refusal(path)["text"] == problems.DAMAGED


def test_a_workbook_with_a_part_that_is_no_xml_is_damaged(tmp_path: Path) -> None:
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), {"xl/workbook.xml": b"<a><b>"}))["text"] == problems.DAMAGED
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), {SHEET: b""}))["text"] == problems.DAMAGED


def test_definitions_in_xml_are_refused(tmp_path: Path) -> None:
    lol = b'<?xml version="1.0"?>\n<!-- < --><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), {SHEET: lol}))["text"] == problems.FOREIGN_XML
    wide = "<!DOCTYPE x [<!ENTITY a 'ha'>]><sst/>".encode("utf-16")
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), {"xl/sharedStrings.xml": wide}))["text"] == problems.FOREIGN_XML


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "before",
    ["<!-- <a -->", "<?foo <a ?>", f"<!-- <a {'x' * packing.PROLOG} -->", "<!-- > -- <a -->", "\n<!-- <愼 -->"],
    ids=["comment", "instruction", "long comment", "ill comment", "blank"],
)
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET])
def test_definitions_hide_behind_nothing(tmp_path: Path, part: str, before: str, encoding: str) -> None:
    path = xlsx_of(tmp_path, PEOPLE)
    with zipfile.ZipFile(path) as archive:
        root = archive.read(part).decode().partition("?>")[2] or archive.read(part).decode()
    xml = f'{before}<!DOCTYPE x [<!ENTITY a "ha">]>{root}'.encode(encoding)
    assert refusal(repacked(path, {part: xml}))["text"] == problems.FOREIGN_XML


def test_what_only_looks_like_definitions_is_none(tmp_path: Path) -> None:
    path = xlsx_of(tmp_path, PEOPLE)
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in ("xl/workbook.xml", "xl/styles.xml")}
    start = b"<!-- <!DOCTYPE x> --><?foo <!ENTITY ?>"
    told = {part: start + xml[xml.find(b"?>") + 2 if xml.startswith(b"<?") else 0 :] for part, xml in parts.items()}
    assert rows_of(repacked(path, told)) == [["Ann", "02"]]


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path) -> None:
    bomb = repacked(xlsx_of(tmp_path, PEOPLE), {"xl/media/a.bin": bytes(25_000_000)})
    assert refusal(bomb)["text"] == problems.TOO_TIGHT


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/media/a.bin"])
def test_parts_packed_as_no_spreadsheet_packs_them_are_refused(tmp_path: Path, part: str, method: int) -> None:
    path = xlsx_of(tmp_path, PEOPLE)
    with zipfile.ZipFile(path) as old:
        parts = {"xl/media/a.bin": b"x"} | {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content, method if name == part else None)
    assert refusal(path)["text"] == problems.TOO_TIGHT


def test_too_many_parts_are_refused_with_the_limit(tmp_path: Path) -> None:
    many = repacked(xlsx_of(tmp_path, PEOPLE), {f"xl/media/{number}.png": b"x" for number in range(200)})
    assert refusal(many) == {"text": problems.TOO_MANY_PARTS, "params": {"limit": 200}}


def test_too_much_inside_is_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_UNPACKED", 2_000_000)
    path = repacked(xlsx_of(tmp_path, PEOPLE), {"xl/media/a.bin": bytes(2_000_000)}, method=zipfile.ZIP_STORED)
    assert refusal(path) == {"text": problems.TOO_LARGE_INSIDE, "params": {"limit": 2}}


def test_a_table_that_unfolds_to_too_much_is_refused_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells that share one text cost nothing in the file."""
    monkeypatch.setattr(writing, "SMALL_TABLE", 2_000_000)
    path = xlsx_of(tmp_path, [["Name"] * 10, *[["x" * 30_000] * 10] * 10])
    assert path.stat().st_size < 10_000
    assert refusal(path) == {"text": problems.TOO_LARGE_TABLE, "params": {"limit": 2}}
    assert len(rows_of(xlsx_of(tmp_path, [["Name"] * 10, *[["x" * 30_000] * 10] * 5]))) == 5


def test_a_large_upload_may_unfold_to_more_but_not_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_of(tmp_path, "a\n" + "xyz\n" * 1000)
    monkeypatch.setattr(writing, "SMALL_TABLE", 1)
    assert len(rows_of(path)) == 1000
    monkeypatch.setattr(writing, "MAX_TABLE", 1)
    assert refusal(path)["text"] == problems.TOO_LARGE_TABLE


def test_a_row_of_too_much_text_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_RECORD", 2000)
    found, outline = converted(csv_of(tmp_path, f"a,b\n1,2\n한,{'글' * 1000}\n3,4\n"))
    assert [(one.cells, one.fault) for one in found] == [
        (["1", "2"], ""),
        (["한", "글" * 500], problems.TOO_LONG_ROW),
        (["3", "4"], ""),
    ]
    assert (outline.rows, outline.broken) == (3, None)


def test_a_cell_of_a_million_characters_is_read_whole(tmp_path: Path) -> None:
    found, _outline = converted(csv_of(tmp_path, f"a\n{'글' * 1_000_000}\n"))
    assert [(one.cells, one.fault) for one in found] == [(["글" * 1_000_000], "")]


def test_the_corners_of_a_worksheet_are_not_filled_in(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows)))["text"] == problems.TOO_MANY_COLUMNS


def test_more_rows_than_any_spreadsheet_has_are_refused(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048577"><c r="A1048577"><v>1</v></c></row>'
    assert refusal(repacked(xlsx_of(tmp_path, PEOPLE), sheet_xml(rows)))["text"] == problems.TOO_MANY_ROWS
