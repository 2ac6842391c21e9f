"""The database before a start: reachable, migrated, with its cache table."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from helpdesk.running.errors import CannotRunError


def migrate() -> None:
    """Apply what is not applied yet; nothing to do takes a few milliseconds."""
    executor = connect()
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def is_new() -> bool:
    """Whether nothing was ever applied: a first start."""
    return not connect().loader.applied_migrations


def connect() -> MigrationExecutor:
    """What is applied and what is not, read now."""
    try:
        return MigrationExecutor(connection)
    except OperationalError as error:
        raise CannotRunError(f"The database cannot be reached: {' '.join(str(error).split())}") from error
