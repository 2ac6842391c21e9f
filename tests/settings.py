"""The product's settings on ground of the suite's own: a fresh data directory, quick hashing."""

from __future__ import annotations

import os
import tempfile

from django.db.backends.postgresql.creation import DatabaseCreation

os.environ["HELPDESK_TESTING"] = "1"
os.environ["HELPDESK_DATA_DIR"] = tempfile.mkdtemp(prefix="helpdesk-tests-")

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import DATA_DIR, DATABASES, IS_SQLITE, STORAGES

if IS_SQLITE:  # a file: the live server's threads share it
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True


def _drop_with_its_sessions(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
    """A thread that a test left behind may still hold a connection: the database goes all the same."""
    name = self.connection.ops.quote_name(test_database_name)
    with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


DatabaseCreation._destroy_test_db = _drop_with_its_sessions  # type: ignore[attr-defined]
