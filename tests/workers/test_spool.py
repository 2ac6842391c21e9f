"""The folder of messages: each is heard once, whatever a writer that was stopped has left in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

import helpdesk.celery  # noqa: F401 (knows spool://)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


@pytest.fixture
def queue(room: Path) -> Iterator[SimpleQueue]:
    options: dict[str, Any] = {
        "data_folder_in": str(room), "data_folder_out": str(room), "control_folder": str(room / "control"),
        "store_processed": False, "polling_interval": 0.01,
    }  # fmt: skip
    with Connection("spool://localhost", transport_options=options) as connection:
        yield connection.SimpleQueue(room.parent.name, no_ack=True)  # kombu remembers what it has bound in this process


def heard(queue: SimpleQueue) -> list[Any]:
    found: list[Any] = []
    while True:
        try:
            found.append(queue.get(timeout=0.2).payload)
        except Empty:
            return found


def test_messages_are_heard_once_and_in_their_order(queue: SimpleQueue, room: Path) -> None:
    for number in range(3):
        queue.put({"number": number})
    assert sorted(one["number"] for one in heard(queue)) == [0, 1, 2]
    assert [path.name for path in room.iterdir() if path.is_file()] == []


@pytest.mark.parametrize("content", [b"", b'{"body": "'])
def test_one_that_is_half_written_wakes_nobody_and_stops_nobody(content: bytes, queue: SimpleQueue, room: Path) -> None:
    (room / f"0_first.{room.parent.name}.msg").write_bytes(content)
    queue.put({"number": 1})
    assert heard(queue) == [{"number": 1}]


def test_none_is_seen_before_it_is_whole(queue: SimpleQueue, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: Path, content: bytes) -> int:
        self.touch()
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", stopped)
        with pytest.raises(Exception, match="cannot be written"):
            queue.put({"number": 1})
    assert heard(queue) == []
    queue.put({"number": 2})
    assert heard(queue) == [{"number": 2}]


def test_a_list_of_listeners_that_is_half_written_is_written_anew(queue: SimpleQueue) -> None:
    channel: Any = queue.channel
    file = channel._exchange_file("all")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"")
    assert channel.get_table("all") == []
    channel._queue_bind("all", "", "", "one")
    assert [listener.queue for listener in channel.get_table("all")] == ["one"]
