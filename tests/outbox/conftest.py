"""What letters need in tests: a notice of the catalogue, and letters made by plain functions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.outbox import notices
from helpdesk.outbox.notices import Notice
from tests.letters import GREETING


@pytest.fixture(autouse=True)
def greeting() -> Iterator[Notice]:
    """The notice that these tests post letters under."""
    notices.register(GREETING)
    yield GREETING
    notices.CATALOGUE.pop(GREETING.code)
