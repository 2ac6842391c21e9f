"""A real `manage.py up` under test: started, watched from outside, ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

import psutil

from tests.patience import PATIENCE, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent


class Runner:
    """`manage.py up` on the data directory `home`; leaving the context kills whatever of it is left."""

    def __init__(self, home: Path, *, database_url: str = "", redis_url: str = "", **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.log = home / "runner.log"
        own = {"HELPDESK_DATA_DIR": str(home), "PORT": str(self.port), "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
        urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        left_out = {"HELPDESK_TESTING", "HOST", "BASE_URL", *urls}
        inherited = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment = inherited | own | {name: url for name, url in urls.items() if url} | environment

    def __enter__(self) -> Self:
        with self.log.open("w") as log:
            command = [sys.executable, "manage.py", "up"]
            self.main = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        return self

    def __exit__(self, *_error: object) -> None:
        while left := self.processes():  # again: one may have started another while we looked
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(left, timeout=1)
        self.main.wait()

    def processes(self) -> list[psutil.Process]:
        """Every living process that was given this data directory and port."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def _owns(self, process: psutil.Process) -> bool:
        try:
            environment = process.environ() if process.status() != psutil.STATUS_ZOMBIE else {}
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
        wanted = (str(self.home), str(self.port))
        return (environment.get("HELPDESK_DATA_DIR"), environment.get("PORT")) == wanted

    def leader(self, word: str) -> psutil.Process | None:
        """The main process with `word` in its command line: `gunicorn`, `worker`, `watchdog.py`."""
        return next((process for process in self.processes() if self._leads(process, word)), None)

    def _leads(self, process: psutil.Process, word: str) -> bool:
        try:
            leads = os.getpgid(process.pid) == process.pid and process.ppid() == self.main.pid
            return leads and any(Path(part).name == word for part in process.cmdline())
        except (psutil.NoSuchProcess, ProcessLookupError):  # it ended while we looked; a zombie too
            return False

    def group(self, leader: psutil.Process) -> list[psutil.Process]:
        """Its main process and the children of that, adopted ones too."""
        return [process for process in self.processes() if _group_of(process) == leader.pid]

    def get(self, path: str) -> int:
        """The status of a page, 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def is_up(self) -> bool:
        return self.get("/healthz") == 200 and "127.0.0.1" in self.said()

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_up(self) -> None:
        wait_for(self.is_up, otherwise=self.said)

    def end(self, signum: signal.Signals) -> int:
        """Send `signum` to the runner alone; its exit code."""
        self.main.send_signal(signum)
        return self.main.wait(timeout=PATIENCE)


def _group_of(process: psutil.Process) -> int:
    try:
        return os.getpgid(process.pid)
    except ProcessLookupError:
        return 0
