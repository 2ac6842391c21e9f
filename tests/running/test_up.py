"""`manage.py up` with real processes: it starts, ends, survives deaths and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import time

import psutil
import pytest

from tests.running.conftest import StartRunner
from tests.running.runner import Runner, eventually

pytestmark = [pytest.mark.processes]


def test_first_start_makes_the_database_and_shows_the_address(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        assert f"http://127.0.0.1:{runner.port}/" in runner.said()
        assert runner.said().count("┌") == 1
        eventually(lambda: runner.get("/readyz") == 200, seconds=15, otherwise=runner.said)
        assert runner.end(signal.SIGTERM) == 0


def test_second_start_answers_within_three_seconds(start: StartRunner) -> None:
    """Counted in processor time of the runner and then the web server, so that busy neighbours do not count."""
    with start() as runner:
        eventually(lambda: runner.get("/healthz") == 200, seconds=60, otherwise=runner.said)
        on_the_way = [psutil.Process(runner.main.pid), *runner.group(leader(runner, "gunicorn"))]
        assert sum(process.cpu_times().user + process.cpu_times().system for process in on_the_way) <= 3
        assert "first start" not in runner.said()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(start: StartRunner, signum: signal.Signals) -> None:
    with start() as runner:
        runner.wait_until_up()
        assert runner.end(signum) == 0
        assert runner.processes() == []


def test_asking_twice_ends_at_once(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        runner.main.send_signal(signal.SIGINT)
        eventually(lambda: "Stopping" in runner.said(), seconds=5)
        started = time.monotonic()
        runner.end(signal.SIGINT)
        assert time.monotonic() - started < 2
        assert runner.processes() == []


def test_killing_the_runner_leaves_nothing(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        runner.end(signal.SIGKILL)
        eventually(lambda: runner.processes() == [], seconds=3, otherwise=lambda: str(runner.processes()))


def test_a_killed_watchdog_is_replaced_and_still_guards(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        watchdog = leader(runner, "watchdog.py")
        watchdog.kill()
        eventually(lambda: runner.leader("watchdog.py") not in (None, watchdog), seconds=5)
        runner.end(signal.SIGKILL)
        eventually(lambda: runner.processes() == [], seconds=3, otherwise=lambda: str(runner.processes()))


@pytest.mark.parametrize("word", ["gunicorn", "worker"])
def test_a_killed_main_process_is_restarted_and_its_children_are_gone(start: StartRunner, word: str) -> None:
    with start() as runner:
        runner.wait_until_up()
        main = leader(runner, word)
        eventually(lambda: len(runner.group(main)) > 1, seconds=10, otherwise=runner.said)
        before = runner.group(main)
        main.kill()
        eventually(lambda: runner.leader(word) not in (None, main), seconds=10, otherwise=runner.said)
        assert not any(process.is_running() and process in runner.processes() for process in before)
        eventually(lambda: len(runner.group(leader(runner, word))) > 1, seconds=10, otherwise=runner.said)
        eventually(lambda: runner.get("/readyz") == 200, seconds=10, otherwise=runner.said)
        assert "ended (SIGKILL); starting it again" in runner.said()


def test_five_deaths_within_a_minute_end_everything_and_say_why(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        killed: list[psutil.Process] = []
        while len(killed) < 5:
            eventually(lambda: runner.leader("worker") not in (None, *killed), seconds=15, otherwise=runner.said)
            killed.append(leader(runner, "worker"))
            killed[-1].kill()
        assert runner.main.wait(timeout=20) == 1
        assert runner.processes() == []
        assert "The worker process ended 5 times within a minute (last: SIGKILL)" in runner.said()


def test_a_taken_port_is_one_sentence(start: StartRunner) -> None:
    runner = start()
    with socket.create_server(("127.0.0.1", runner.port)), runner:
        assert runner.main.wait(timeout=20) == 1
        port = runner.port
        assert runner.said() == f"Port {port} is already in use; choose another one, for example PORT={port + 1}.\n"


def test_a_second_runner_on_the_same_data_is_one_sentence(start: StartRunner) -> None:
    with start() as first:
        first.wait_until_up()
        second = start()
        second.log = first.home / "second.log"
        with second:
            assert second.main.wait(timeout=20) == 1
            sentence = f"A helpdesk already runs on {first.home} (process {first.main.pid}); stop it first.\n"
            assert second.said() == sentence


def test_off_loopback_a_base_url_is_required(start: StartRunner) -> None:
    with start(HOST="0.0.0.0") as runner:  # noqa: S104 (refused before it listens)
        assert runner.main.wait(timeout=20) == 1
        assert runner.said().startswith("HOST=0.0.0.0 can be reached from outside: set BASE_URL")
        assert runner.said().count("\n") == 1


def leader(runner: Runner, word: str) -> psutil.Process:
    found = runner.leader(word)
    assert found is not None, runner.said()
    return found
