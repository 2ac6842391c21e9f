"""The cells of a row, field by field, into what somebody wishes; or why that cannot be, naming column and cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from django.utils.translation import gettext_noop, override

from helpdesk.exchange.cells import restored
from helpdesk.exchange.importing import placed, problem
from helpdesk.exchange.rows import Problem
from helpdesk.ui.cleaning import clean_line
from helpdesk.ui.sorting import has_forbidden

FORBIDDEN = gettext_noop("The cell has control characters, which no text may have.")
TOO_LONG = gettext_noop("The text is too long: at most %(limit)s characters.")


class Wish(Protocol):
    """What a row asks for. `clears`: the fields whose blank cells shall clear them."""

    clears: list[str]
    problems: list[Problem]


W = TypeVar("W", bound=Wish)
Put = Callable[[W, str], None]
"""Takes a field's (not blank) text into a wish; raises CellError."""


class CellError(Exception):
    """This cell cannot be taken: a marked msgid, and what is put into it."""

    def __init__(self, text: str, value: str = "", **params: Any) -> None:
        super().__init__(text)
        self.text, self.value, self.params = text, value, params

    @classmethod
    def of(cls, message: object, value: str) -> CellError:
        """Of a reason that is a lazy translation: kept as written in the program, each reader is told in their language."""
        with override(None):
            return cls(str(message), value)


class Cleaner(Generic[W]):
    """Reads rows whose columns mean `columns` under `headers`; `puts`: field → what takes its text, in the order asked.

    `clears`: the fields that a blank cell clears.
    """

    def __init__(
        self,
        columns: Sequence[str],
        headers: Sequence[str],
        puts: Mapping[str, Put[W]],
        *,
        clears: Collection[str] = (),
    ) -> None:
        where = placed(columns)
        self._headers, self._clears, self._width = headers, frozenset(clears), len(columns)
        self._columns = [(name, where[name], put) for name, put in puts.items() if name in where]
        self._cells = [(name, places[0] if len(places) == 1 else places, put) for name, places, put in self._columns]

    def fill(self, wish: W, cells: Sequence[str], fault: str = "") -> W:
        """Put the row into the wish; with `problems` it must fail."""
        if fault:
            wish.problems.append(problem(fault))
            return wish
        if not "".join(cells).isprintable():
            self._refuse_forbidden(wish, cells)
        self._put(wish, cells if len(cells) >= self._width else [*cells, *[""] * (self._width - len(cells))])
        return wish

    def _put(self, wish: W, cells: Sequence[str]) -> None:
        for name, place, put in self._cells:
            text = restored(cells[place]) if isinstance(place, int) else _joined(cells, place)
            if text := text.strip():
                try:
                    put(wish, text)
                except CellError as error:
                    self._refuse(wish, self._where(name, error, cells), error, text)
            elif name in self._clears:
                wish.clears.append(name)

    def header(self, name: str) -> str:
        """The header of the (first) column that means this field; "" where none does."""
        return next((self._header(places[0]) for one, places, _put in self._columns if one == name), "")

    def _refuse_forbidden(self, wish: W, cells: Sequence[str]) -> None:
        for _name, places, _put in self._columns:
            for place in places:
                if place < len(cells) and has_forbidden(cells[place]):
                    signs = (sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in cells[place])
                    wish.problems.append(problem(FORBIDDEN, column=self._header(place), value="".join(signs)))

    def _where(self, name: str, error: CellError, cells: Sequence[str]) -> str:
        """The header of that column of the field which has what is wrong."""
        places = next(places for one, places, _put in self._columns if one == name)
        return self._header(next((place for place in places if error.value in cells[place]), places[0]))

    def _refuse(self, wish: W, column: str, error: CellError, text: str) -> None:
        """Unless the cell is refused already for what it is made of."""
        if not any(one["column"] == column for one in wish.problems):
            wish.problems.append(problem(error.text, column=column, value=error.value or text, **error.params))

    def _header(self, place: int) -> str:
        return self._headers[place] if place < len(self._headers) else ""


def one_line(text: str, limit: int) -> str:
    """A text of one line, at most so long; CellError."""
    return within(clean_line(text), limit)


def lines(text: str, limit: int) -> str:
    """A text that may have several lines, their ends as we keep them; CellError."""
    return within(text.replace("\r\n", "\n").replace("\r", "\n"), limit)


def within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CellError(TOO_LONG, text, limit=limit)
    return text


def is_same_text(old: str, new: str, *, is_line: bool) -> bool:
    """Whether they differ only in what no file keeps: the kind of line ends, space around the text; in a line tabs and line ends."""
    return (clean_line(old) if is_line else old.replace("\r\n", "\n").strip()) == new


def _joined(cells: Sequence[str], places: Sequence[int]) -> str:
    """What stands in several columns that mean one field."""
    return ";".join(filter(None, (restored(cells[place]).strip() for place in places)))
