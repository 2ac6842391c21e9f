"""The product's settings, and a kind of job to run under fire."""

from __future__ import annotations

from helpdesk.settings import *  # noqa: F403
from helpdesk.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobapp"]
