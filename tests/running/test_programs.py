from __future__ import annotations

from pathlib import Path

from helpdesk.running import programs


def test_the_scheduler_lives_in_the_worker_only_where_asked() -> None:
    alone = programs.worker(processes=2, beat_schedule=None).command
    assert "--beat" not in alone
    assert "--beat" in programs.worker(processes=1, beat_schedule=Path("schedule")).command


def test_the_web_server_listens_where_told_and_believes_no_header() -> None:
    command = programs.web(host="::1", port=8001, processes=3).command
    assert command[command.index("--bind") + 1] == "[::1]:8001"
    assert command[command.index("--workers") + 1] == "3"
    assert command[command.index("--forwarded-allow-ips") + 1] == ""
