"""The product's settings on ground of the suite's own: a fresh data directory, quick hashing."""

from __future__ import annotations

import os
import tempfile

os.environ["HELPDESK_TESTING"] = "1"
os.environ["HELPDESK_DATA_DIR"] = tempfile.mkdtemp(prefix="helpdesk-tests-")

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import DATA_DIR, DATABASES, IS_SQLITE, STORAGES
from tests import databases

if IS_SQLITE:  # a file: the live server's threads share it
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
    databases.install()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
