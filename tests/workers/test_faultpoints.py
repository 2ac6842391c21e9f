from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

ACT = "from helpdesk.workers.faultpoints import faultpoint; faultpoint('here'); print('on')"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("testing", "armed", "code"),
    [("1", "here=kill", -signal.SIGKILL), ("1", "there=kill", 0), ("", "here=kill", 0), ("1", "here=sleep:0", 0)],
)
def test_acts_only_where_a_test_asked_for_it(testing: str, armed: str, code: int) -> None:
    env = {**os.environ, "HELPDESK_TESTING": testing, "HELPDESK_FAULTPOINTS": armed}
    assert subprocess.run([sys.executable, "-c", ACT], env=env, capture_output=True, check=False).returncode == code
