"""`manage.py up` with real processes: it starts, ends, survives deaths and leaves nothing behind."""

from __future__ import annotations

import signal
import socket

import psutil
import pytest

from tests.patience import PATIENCE, wait_for
from tests.running.conftest import StartRunner
from tests.running.runner import Runner

pytestmark = [pytest.mark.processes]


def test_first_start_makes_the_database_shows_the_address_and_ends_by_term(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        assert f"http://127.0.0.1:{runner.port}/" in runner.said()
        assert runner.said().count("┌") == 1
        wait_for(lambda: runner.get("/readyz") == 200, otherwise=runner.said)
        assert runner.end(signal.SIGTERM) == 0
        assert runner.processes() == []


def test_second_start_is_quick_and_ends_by_ctrl_c(start: StartRunner) -> None:
    """Counted in processor time of the runner and then the web server, so that busy neighbours count little."""
    with start() as runner:
        wait_for(lambda: runner.get("/healthz") == 200, otherwise=runner.said)
        on_the_way = [psutil.Process(runner.main.pid), *runner.group(leader(runner, "gunicorn"))]
        spent = sum(process.cpu_times().user + process.cpu_times().system for process in on_the_way)
        assert spent <= 6  # under three where nobody else has the machine, as long again where everybody has
        assert "first start" not in runner.said()
        runner.wait_until_up()
        assert runner.end(signal.SIGINT) == 0
        assert runner.processes() == []


def test_a_second_runner_on_the_same_data_is_one_sentence_and_asking_the_first_twice_leaves_nothing(
    start: StartRunner,
) -> None:
    with start() as first:
        first.wait_until_up()
        second = start()
        second.log = first.home / "second.log"
        with second:
            assert second.main.wait(timeout=PATIENCE) == 1
            sentence = f"A helpdesk already runs on {first.home} (process {first.main.pid}); stop it first.\n"
            assert second.said() == sentence
        first.main.send_signal(signal.SIGINT)
        wait_for(lambda: "Stopping" in first.said(), otherwise=first.said)
        first.end(signal.SIGINT)
        assert first.processes() == []


def test_killing_the_runner_leaves_nothing_even_after_its_watchdog_was_killed(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        watchdog = leader(runner, "watchdog.py")
        watchdog.kill()
        wait_for(lambda: runner.leader("watchdog.py") not in (None, watchdog), otherwise=runner.said)
        runner.end(signal.SIGKILL)
        wait_for(lambda: runner.processes() == [], otherwise=lambda: str(runner.processes()))


def test_a_killed_main_process_comes_back_without_leftovers_and_a_lost_terminal_ends_everything(
    start: StartRunner,
) -> None:
    with start() as runner:
        runner.wait_until_up()
        for word in ("gunicorn", "worker"):
            comes_back(runner, word)
        assert runner.said().count("ended (SIGKILL); starting it again") == 2
        assert runner.end(signal.SIGHUP) == 0
        assert runner.processes() == []


def comes_back(runner: Runner, word: str) -> None:
    """Kill the main process of that name: its children go too, and all of it is there again."""
    wait_for(lambda: len(runner.group(leader(runner, word))) > 1, otherwise=runner.said)
    main = leader(runner, word)
    before = runner.group(main)
    main.kill()
    wait_for(lambda: runner.leader(word) not in (None, main), otherwise=runner.said)
    assert not any(process.is_running() and process in runner.processes() for process in before)
    wait_for(lambda: len(runner.group(leader(runner, word))) > 1, otherwise=runner.said)
    wait_for(lambda: runner.get("/readyz") == 200, otherwise=runner.said)


def test_five_deaths_within_a_minute_end_everything_and_say_why(start: StartRunner) -> None:
    with start() as runner:
        runner.wait_until_up()
        killed: list[psutil.Process] = []
        while len(killed) < 5:
            wait_for(lambda: runner.leader("worker") not in (None, *killed), otherwise=runner.said)
            killed.append(leader(runner, "worker"))
            killed[-1].kill()
        assert runner.main.wait(timeout=PATIENCE) == 1
        assert runner.processes() == []
        assert "The worker process ended 5 times within a minute (last: SIGKILL)" in runner.said()


def test_a_taken_port_is_one_sentence(start: StartRunner) -> None:
    runner = start()
    with socket.create_server(("127.0.0.1", runner.port)), runner:
        assert runner.main.wait(timeout=PATIENCE) == 1
        port = runner.port
        assert runner.said() == f"Port {port} is already in use; choose another one, for example PORT={port + 1}.\n"


def test_off_loopback_a_base_url_is_required(start: StartRunner) -> None:
    with start(HOST="0.0.0.0") as runner:  # noqa: S104 (refused before it listens)
        assert runner.main.wait(timeout=PATIENCE) == 1
        assert runner.said().startswith("HOST=0.0.0.0 can be reached from outside: set BASE_URL")
        assert runner.said().count("\n") == 1


def leader(runner: Runner, word: str) -> psutil.Process:
    found = runner.leader(word)
    assert found is not None, runner.said()
    return found
