"""Korean names survive, whatever wrote them."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from helpdesk.exchange.reading import problems
from helpdesk.exchange.reading.charsets import guess
from tests.exchange.reading.files import converted, csv_of, look, rows_of

TABLE = "이름,이메일\r\n홍길동,hong@example.com\r\n김철수,kim@example.com\r\n"
ROWS = [["홍길동", "hong@example.com"], ["김철수", "kim@example.com"]]
TRAPS = [
    syllable
    for syllable in map(chr, range(ord("가"), ord("힣") + 1))
    if syllable.encode("cp949").decode("utf-8", "replace").isprintable()
    and "\ufffd" not in syllable.encode("cp949").decode("utf-8", "replace")
]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp949", b""),
    ],
)
def test_every_usual_encoding_is_found(tmp_path: Path, encoding: str, mark: bytes) -> None:
    found, outline = converted(csv_of(tmp_path, mark + TABLE.encode(encoding)))
    assert outline.headers == ["이름", "이메일"]
    assert [record.cells for record in found] == ROWS


WIDE = [
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
    ("utf-16-le", b""),
    ("utf-16-be", b""),
]


@pytest.mark.parametrize(("encoding", "mark"), WIDE)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_syllables_whose_bytes_look_like_controls_are_text(
    tmp_path: Path, encoding: str, mark: bytes, delimiter: str, end: str
) -> None:
    """Half of 수 (U+C218) is a control character, half of 가 and 대 is zero."""
    rows = [["이름", "이메일"], ["김철수", "a@b.example"], ["가대수", "c@d.example"]]
    content = mark + "".join(delimiter.join(row) + end for row in rows).encode(encoding)
    assert look(csv_of(tmp_path, content)).dialect.delimiter == delimiter
    assert rows_of(csv_of(tmp_path, content)) == rows[1:]


@pytest.mark.parametrize(("encoding", "mark"), WIDE)
def test_a_long_text_of_hardly_anything_but_hangul_is_read_to_its_end(
    tmp_path: Path, encoding: str, mark: bytes
) -> None:
    text = "이름\t주소\r\n" + "김수신\t대구광역시수성구수성동가나다라\r\n" * 5000
    found = rows_of(csv_of(tmp_path, mark + text.encode(encoding)))
    assert (len(found), found[-1]) == (5000, ["김수신", "대구광역시수성구수성동가나다라"])


@pytest.mark.parametrize(("encoding", "mark"), WIDE)
def test_a_text_cut_within_a_character_fails_in_its_last_row_alone(tmp_path: Path, encoding: str, mark: bytes) -> None:
    content = mark + "이름\t메모\r\n김철수\t수신\r\n박수수\t수😀".encode(encoding)
    for cut in (1, 2, 3):
        found, outline = converted(csv_of(tmp_path, content[:-cut]))
        assert (outline.headers, outline.broken) == (["이름", "메모"], None)
        assert [(record.cells, record.fault) for record in found] == [
            (["김철수", "수신"], ""),
            (["박수수", "수\ufffd"], problems.BAD_BYTES),
        ]


@pytest.mark.parametrize(
    "name", ["홍", "황", "철", "카", "타", "호", "화", "회", "효", "홍철", "SK호", "뷁", "똠방각하"]
)
def test_syllables_that_are_utf_8_by_accident_are_not_taken_for_it(tmp_path: Path, name: str) -> None:
    path = csv_of(tmp_path, f"Name,Email\n{name},a@example.com\n".encode("cp949"))
    assert rows_of(path) == [[name, "a@example.com"]]


def test_two_of_any_such_syllables_are_enough(tmp_path: Path) -> None:
    assert len(TRAPS) > 300
    for syllable in TRAPS:
        path = csv_of(tmp_path, f"Name\n{syllable}{syllable}\n".encode("cp949"))
        assert guess(path)[0] == "cp949", syllable


@pytest.mark.parametrize(
    "text",
    [
        "홍길동",
        "José",
        "Müller",
        "Émile",
        "ÅSA",
        "£100",
        "50°C",
        "“quoted”",
        "Иван",
        "Γιώργος",
        "田中",
        "naïve café",
        "😀",
    ],
)
def test_utf_8_of_other_languages_stays_utf_8(tmp_path: Path, text: str) -> None:
    assert rows_of(csv_of(tmp_path, f"Name\n{text}\n")) == [[text]]


@pytest.mark.parametrize("text", ["José", "Müller", "Ángel Núñez", "Zoë"])
def test_western_names_without_utf_8_are_read_as_such(tmp_path: Path, text: str) -> None:
    assert rows_of(csv_of(tmp_path, f"Name\n{text}\n".encode("cp1252"))) == [[text]]


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_one_bad_byte_is_the_fault_of_one_row(tmp_path: Path, encoding: str) -> None:
    lines = [f"홍길동,회의실 {number}\n".encode(encoding) for number in range(40)]
    lines[20] = b"Ann\xff,x\n"
    found, _outline = converted(csv_of(tmp_path, "이름,메모\n".encode(encoding) + b"".join(lines)))
    assert [(record.number, record.cells) for record in found if record.fault == problems.BAD_BYTES] == [
        (22, ["Ann\ufffd", "x"])
    ]
    assert {record.cells[0] for record in found if not record.fault} == {"홍길동"}
    assert len(found) == 40


def test_korean_at_the_end_of_a_long_file_counts(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b"Name,Email\n" + b"Ann,a@example.com\n" * 120_000 + "효,b@c.d\n".encode("cp949"))
    assert look(path).dialect.encoding == "cp949"


def test_a_doubtful_guess_says_so_and_offers_others(tmp_path: Path) -> None:
    found = look(csv_of(tmp_path, "Price\n£\n"))
    assert {"text": problems.MAYBE_ENCODING, "params": {}} in found.notes
    assert {"utf-8", "cp949", "utf-16"} <= set(found.encodings)
    assert look(csv_of(tmp_path, TABLE)).notes == []
