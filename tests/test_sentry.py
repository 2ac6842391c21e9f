"""What leaves the house when errors are reported. In a process of its own: Sentry stays where it was started."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

REPORT = """
import json, sentry_sdk
from helpdesk import logs
logs.start_sentry("https://public@sentry.example/1")
options = sentry_sdk.get_client().options
event = options["before_send"]({"request": {"url": "https://h.example/portal/activate/" + "x" * 43 + "/"}}, {})
kept = ("include_local_variables", "max_request_body_size", "send_default_pii")
print(json.dumps({**{name: options[name] for name in kept}, "url": event["request"]["url"]}))
"""


@pytest.mark.processes
def test_neither_variables_nor_what_was_typed_is_reported() -> None:
    """A stack holds tokens and letters on their way, a request the present password."""
    ran = subprocess.run([sys.executable, "-c", REPORT], capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    assert told["include_local_variables"] is False
    assert told["max_request_body_size"] == "never"
    assert not told["send_default_pii"]
    assert told["url"] == "https://h.example/portal/activate/[link]/"
