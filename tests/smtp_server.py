"""A counting SMTP server in a process of its own, which misbehaves as told.

`python -m tests.smtp_server --log FILE [--port 0] …` prints its port on the first line. FILE gets one JSON line for each
message it accepted (`{"to": …, "id": Message-ID, "subject": …, "link": …}`), on disk before the answer goes out. FILE with
the suffix `.rules` may hold JSON with the same options as the command line; it is read anew for each command.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

LINK = re.compile(r"https?://[^\s<>\"]+/[A-Za-z0-9_-]{43}/?")


@dataclass
class Rules:
    """How to misbehave. Recipients are matched by their beginning."""

    refuse: list[str] = field(default_factory=list)  # 550
    defer: list[str] = field(default_factory=list)  # 451
    drop: list[str] = field(default_factory=list)  # the connection goes after the whole content came, nothing accepted
    drop_accepted: list[str] = field(default_factory=list)  # accepted and logged, then the connection goes
    hang_up: list[str] = field(default_factory=list)  # the connection goes at RCPT
    unavailable: str = ""  # 421 at "greeting", "EHLO", "MAIL" or "RCPT", and the connection goes
    stall: float = 0.0  # seconds before the answer to the content
    greet_after: float = 0.0
    most_per_connection: int = 0  # 421 afterwards
    close_at_once: bool = False
    refuse_sender: bool = False  # 550 at MAIL FROM
    password: str = ""  # required, when given


class Log:
    """Accepted messages, one JSON line each, on disk before anybody is told."""

    def __init__(self, path: Path, *, sync: bool) -> None:
        self._file = path.open("ab", buffering=0)
        self._sync = sync

    def write(self, **entry: str) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        if self._sync:
            os.fsync(self._file.fileno())


class Handler:
    """What aiosmtpd asks at each phase."""

    def __init__(self, rules: RulesFile, log: Log) -> None:
        self._rules = rules
        self._log = log

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        await self._close_at("EHLO", server)
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        rules = self._rules.now()
        await self._close_at("MAIL", server)
        taken = getattr(session, "taken", 0)
        if rules.most_per_connection and taken >= rules.most_per_connection:
            await server.push("421 Too many messages in this connection")
            _cut(server)
        if rules.refuse_sender:
            return "550 5.7.1 Sender not allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        rules = self._rules.now()
        await self._close_at("RCPT", server)
        if _matches(address, rules.hang_up):
            _cut(server)
        if _matches(address, rules.refuse):
            return "550 5.1.1 No such user here"
        if _matches(address, rules.defer):
            return "451 4.7.1 Greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        rules, (recipient,) = self._rules.now(), envelope.rcpt_tos
        if _matches(recipient, rules.drop):
            _cut(server)
        if rules.stall:
            await asyncio.sleep(rules.stall)
        self._accept(recipient, cast(bytes, envelope.content))
        if _matches(recipient, rules.drop_accepted):
            _cut(server)
        session.__dict__["taken"] = getattr(session, "taken", 0) + 1
        return "250 OK: taken"

    async def _close_at(self, moment: str, server: SMTP) -> None:
        if self._rules.now().unavailable == moment:
            await server.push("421 4.3.2 Shutting down")
            _cut(server)

    def _accept(self, recipient: str, content: bytes) -> None:
        message = message_from_bytes(content, policy=policy.default)
        body = message.get_body(preferencelist=("plain",))
        link = LINK.search(body.get_content()) if body else None
        self._log.write(
            to=recipient,
            id=str(message["Message-ID"]),
            subject=str(message["Subject"]),
            link=link.group() if link else "",
        )


class QuickHandler(Handler):
    """For benches: counts without reading."""

    def _accept(self, recipient: str, content: bytes) -> None:
        self._log.write(to=recipient)


class RulesFile:
    """The command line's rules, overruled by the file's where it exists."""

    def __init__(self, rules: Rules, path: Path) -> None:
        self._rules = rules
        self._path = path
        self._seen: tuple[int, Rules] = (0, rules)

    def now(self) -> Rules:
        try:
            changed = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return self._rules
        if changed != self._seen[0]:
            self._seen = (changed, Rules(**json.loads(self._path.read_text())))
        return self._seen[1]


class Server(SMTP):
    """aiosmtpd's server with a slow greeting, or none."""

    rules: RulesFile

    async def _handle_client(self) -> None:
        rules = self.rules.now()
        if rules.close_at_once:
            _cut(self)
        if rules.unavailable == "greeting":
            await self.push("421 4.3.2 Shutting down")
            _cut(self)
        await asyncio.sleep(rules.greet_after)
        await super()._handle_client()


def _cut(server: SMTP) -> None:
    """End the connection at this very moment, without a word."""
    transport = cast(asyncio.Transport, server.transport)
    transport.close() if transport.get_write_buffer_size() else transport.abort()
    raise asyncio.CancelledError


def _matches(address: str, beginnings: Iterable[str]) -> bool:
    return any(address.startswith(beginning) for beginning in beginnings)


def _server(arguments: argparse.Namespace, rules: RulesFile) -> Server:
    handler = (QuickHandler if arguments.quick else Handler)(rules, Log(arguments.log, sync=not arguments.no_sync))
    options: dict[str, Any] = {"enable_SMTPUTF8": False, "timeout": 300}
    if rules.now().password:
        options |= {"authenticator": _authenticator(rules), "auth_required": True, "auth_require_tls": False}
    server = Server(handler, hostname="mail.test", **options)
    server.rules = rules
    return server


def _authenticator(rules: RulesFile) -> Any:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == rules.now().password, handled=False)

    return check


async def serve(arguments: argparse.Namespace) -> None:
    """Listen until told to stop; the port is the first line of output."""
    rules = RulesFile(Rules(**json.loads(arguments.rules)), arguments.log.with_suffix(".rules"))
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: _server(arguments, rules), "127.0.0.1", arguments.port)
    print(listener.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    listener.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--rules", default="{}", help="JSON, see Rules")
    parser.add_argument("--quick", action="store_true", help="count without reading the message")
    parser.add_argument("--no-sync", action="store_true")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))
    sys.exit(0)


if __name__ == "__main__":
    main()
