"""Celery as a doorbell: the database row is the truth, a message only wakes a worker (docs/adr)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

TRANSPORT_ALIASES["spool"] = "helpdesk.workers.spool:Transport"

app = Celery("helpdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
