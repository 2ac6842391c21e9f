"""The tables that benchmarks print: ours, the other way, how many times, what was wanted."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.measuring import Measured


@dataclass(frozen=True)
class Line:
    """One figure on the clock, the same by processor time (None where that says nothing), and its limit."""

    what: str
    ours: str
    peer: str
    figure: float
    processor: float | None
    limit: float
    at_least: bool
    unit: str = "×"

    @property
    def is_missed(self) -> bool:
        return self.figure < self.limit if self.at_least else self.figure > self.limit

    def __str__(self) -> str:
        processor = "" if self.processor is None else f"({self.processor:,.1f})"
        wanted = f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"
        verdict = "  MISSED" if self.is_missed else ""
        figure = f"{self.figure:,.1f} {self.unit}"
        return f"  {self.what:52} {self.ours:>16} {self.peer:>16} {figure:>9} {processor:>9}  {wanted}{verdict}"


@dataclass
class Table:
    """Collected line by line, printed as a whole."""

    title: str
    lines: list[Line] = field(default_factory=list)

    def faster(self, what: str, ours: Measured, peer: Measured, *, limit: float) -> None:
        """How many times as many rows a second as the peer; at least `limit`."""
        times, work = _quotient(peer, ours, "clock"), _quotient(peer, ours, "work")
        self.lines.append(Line(what, _rate(ours), _rate(peer), times, work, limit, at_least=True))

    def slower(self, what: str, ours: Measured, peer: Measured, *, limit: float) -> None:
        """How many times the peer's time a row; at most `limit`."""
        times, work = _quotient(ours, peer, "clock"), _quotient(ours, peer, "work")
        self.lines.append(Line(what, _rate(ours), _rate(peer), times, work, limit, at_least=False))

    def memory(self, what: str, ours: Measured, *, limit: float) -> None:
        """MiB above what the process held before; at most `limit`."""
        self.lines.append(Line(what, "", "", ours.memory, None, limit, at_least=False, unit="MiB"))

    def show(self) -> bool:
        """Print it; whether a limit was missed."""
        print(f"{self.title:54} {'ours':>16} {'other':>16} {'clock':>9} {'processor':>9}  wanted")
        print("\n".join(map(str, self.lines)), flush=True)
        return any(line.is_missed for line in self.lines)


def _quotient(one: Measured, other: Measured, seconds: str) -> float:
    """How many times the other's time a row."""
    return float(getattr(one, seconds) / one.rows / (getattr(other, seconds) / other.rows))


def _rate(one: Measured) -> str:
    return f"{one.rows / one.clock:,.0f} rows/s"
