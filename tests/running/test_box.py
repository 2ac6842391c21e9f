from __future__ import annotations

from helpdesk.running.box import columns, framed


def test_hangul_takes_two_columns() -> None:
    assert (columns("abc"), columns("관리자"), columns("한 a")) == (3, 6, 4)


def test_the_frame_is_straight_whatever_the_language() -> None:
    lines = framed(["The helpdesk is running", "헬프데스크가 실행 중입니다", ""]).splitlines()
    assert len({columns(line) for line in lines}) == 1
    assert lines[0].startswith("┌")
    assert lines[-1].endswith("┘")
