"""The process that opens uploads: it may use only so much memory, time and disk, and a file that kills it kills nothing else.

It is started by `guarding`, as a module of this folder and not of the house, whose packages it does not need.
What it finds it prints, a line of JSON each: {"rows": n} on the way, at the end one of "done", "refused" and "stopped".
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import csv_files, kinds, writing
from .dialects import Dialect, Sniffed
from .limits import WRITTEN
from .problems import WRONG_NAME, FileRefused

EVERY = 0.3
"""Seconds between two lines about how far it is."""
FORMATS = {"csv": "CSV", "xlsx": "Excel (.xlsx)", "xls": "Excel (.xls)"}
ENDINGS = {"csv": (".csv", ".tsv", ".txt"), "xlsx": (".xlsx", ".xlsm", ".cell"), "xls": (".xls", ".cell")}


def main(told: str) -> None:
    asked = json.loads(told)
    _limit(asked["memory"], asked["seconds"])
    try:
        _say({"done": ACTS[asked["act"]](asked)})
    except FileRefused as refused:
        _say({"refused": refused.problem})
    except BrokenPipeError:
        raise SystemExit(1) from None  # nobody listens any more
    except OSError as error:
        _say({"stopped": [error.errno, error.strerror]})
    except Exception:
        _say({"crashed": traceback.format_exc()[-4000:]})


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))


def _sniff(asked: dict[str, Any]) -> dict[str, Any]:
    path, name = Path(asked["path"]), asked["name"]
    kind = kinds.kind_of(path, name)
    found = csv_files.sniff(path) if kind == "csv" else _workbook(path, kind, asked.get("worksheet", ""))
    if "." in name and not name.lower().endswith(ENDINGS[kind]):
        found.notes.insert(0, {"text": WRONG_NAME, "params": {"format": FORMATS[kind]}})
    return asdict(found)


def _workbook(path: Path, kind: str, worksheet: str) -> Sniffed:
    from . import workbooks

    return workbooks.sniff(path, kind, worksheet)


def _sample(asked: dict[str, Any]) -> dict[str, Any]:
    return asdict(writing.sample(Path(asked["path"]), Dialect.of(asked["dialect"]), asked["rows"]))


def _convert(asked: dict[str, Any]) -> dict[str, Any]:
    return asdict(
        writing.convert(Path(asked["path"]), Dialect.of(asked["dialect"]), Path(asked["out"]), tell=_now_and_then())
    )


def _now_and_then() -> Callable[[int], None]:
    last = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            _say({"rows": rows})

    return tell


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


ACTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"sniff": _sniff, "sample": _sample, "convert": _convert}
