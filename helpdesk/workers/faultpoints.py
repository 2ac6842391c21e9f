"""Named places where a test may stop or kill a process. Outside tests they cost one comparison."""

from __future__ import annotations

import os
import signal
import time

_ARMED = os.environ.get("HELPDESK_FAULTPOINTS", "") if os.environ.get("HELPDESK_TESTING") else ""
"""`name=kill`, `name=kill-all` (the whole process group) or `name=sleep:SECONDS`, separated by commas."""


def faultpoint(name: str) -> None:
    """Do what the test asked for at `name`; nothing otherwise."""
    if _ARMED:
        _act(dict(part.split("=", 1) for part in _ARMED.split(",") if "=" in part).get(name, ""))


def _act(what: str) -> None:
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "kill-all":
        os.killpg(0, signal.SIGKILL)
    if what.startswith("sleep:"):
        time.sleep(float(what.removeprefix("sleep:")))
