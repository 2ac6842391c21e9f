"""Static files as the web server has them: listed at its start, and perhaps gone since."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


def test_a_file_deleted_under_the_running_server_is_not_found(tmp_path: Path) -> None:
    file = tmp_path / "look.css"
    file.write_text("body { color: navy }")
    with override_settings(STATIC_ROOT=tmp_path, WHITENOISE_AUTOREFRESH=False, WHITENOISE_USE_FINDERS=False):
        browser = Client()
        served = browser.get("/static/look.css")
        assert b"".join(served) == b"body { color: navy }"
        served.close()
        file.unlink()
        gone = browser.get("/static/look.css")
    assert gone.status_code == 404
    assert "text/html" in gone["Content-Type"]
