"""Run `manage.py check --deploy` as the server of deploy/example.env would, but for its data directory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def settings_of(file: Path) -> dict[str, str]:
    """The NAME=value lines of `file`, as systemd's EnvironmentFile reads them."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def main() -> int:
    """The exit code of the check."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-deploy-") as directory:
        own = {"PATH": os.environ.get("PATH", ""), "HELPDESK_DATA_DIR": directory}
        environment = {**settings_of(ROOT / "deploy" / "example.env"), **own}
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
