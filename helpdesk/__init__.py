"""The roof and the house: settings, doors, letters, and what every screen shares."""

from helpdesk.celery import app as celery_app

__all__ = ["celery_app"]
