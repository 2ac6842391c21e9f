"""What the installer says: one readable line a step, one sentence for what went wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NETWORK_WORDS = (
    "connection refused", "connection error", "connection broken", "network is unreachable", "name resolution",
    "name or service not known", "timed out", "newconnectionerror", "proxyerror", "sslerror", "could not resolve",
    "(from versions: none)", "enotfound", "econnrefused", "econnreset", "etimedout", "eai_again", "enetunreach",
)  # fmt: skip


class InstallationError(Exception):
    """The installation cannot go on; the text is the one sentence shown."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print `what` and, when done, how long it took."""
    print(f"  {what} …", end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def run(command: Sequence[str | Path], *, log: Path, cwd: Path, needs: str) -> None:
    """Run `command` silently, its output kept in `log`; a failure becomes one sentence about `needs`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        try:
            done = subprocess.run(
                [*map(str, command)], check=False, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            raise InstallationError(f"{needs} could not be installed: {error}.") from error
    if done.returncode:
        raise InstallationError(explain(log.read_text(encoding="utf-8", errors="replace"), needs=needs, log=log))


def explain(output: str, *, needs: str, log: Path) -> str:
    """One sentence on why installing `needs` failed, as far as the tool's `output` tells."""
    if any(word in output.lower() for word in NETWORK_WORDS):
        return f"{needs} could not be downloaded: is the network, or your package index, reachable? (details: {log})"
    return f"{needs} could not be installed: {last_error(output)} (details: {log})"


def last_error(output: str) -> str:
    """The last line of `output` that speaks of an error, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no reason given"])[-1]


def complain(sentence: str) -> int:
    """Show `sentence` on the error stream; the exit code."""
    print(sentence, file=sys.stderr, flush=True)
    return 1
