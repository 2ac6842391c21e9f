"""The roof and the house: settings, doors, letters, and what every screen shares."""

import gc

# Loading all of this, and most of what it does then, makes many objects and few cycles: look for them less often.
gc.set_threshold(20_000, 20, 20)

from helpdesk.celery import app as celery_app  # noqa: E402 (from here on)

__all__ = ["celery_app"]
