"""The counting SMTP server as tests hold it: what it accepted, and how to make it misbehave."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.patience import free_port, leashed

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Accepted:
    """One message the server took. `link` is the secret link in it, "" for none."""

    to: str
    id: str = ""
    subject: str = ""
    link: str = ""


class MailServer:
    """A process of its own; ends with the `with` block."""

    def __init__(self, folder: Path, *options: str, port: int = 0, **rules: Any) -> None:
        self.log = folder / "accepted.jsonl"
        self.port = port or free_port()
        self._options = [*options, "--rules", json.dumps(rules)]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        where = ["--log", str(self.log), "--port", str(self.port)]
        command = [*leashed(), sys.executable, "-m", "tests.smtp_server", *where, *self._options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        """Be unreachable; `start` takes the same port again."""
        if self._process:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    @property
    def url(self) -> str:
        """As EMAIL_URL names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def obey(self, **rules: Any) -> None:
        """Misbehave so from the next command on (see `tests.smtp_server.Rules`)."""
        draft = self.log.with_suffix(".draft")
        draft.write_text(json.dumps(rules))
        draft.replace(self.log.with_suffix(".rules"))

    @property
    def accepted(self) -> list[Accepted]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [Accepted(**json.loads(line)) for line in lines]

    @property
    def copies(self) -> Counter[str]:
        """How many messages each address got."""
        return Counter(message.to for message in self.accepted)
