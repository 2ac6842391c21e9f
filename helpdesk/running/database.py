"""The database before a start: reachable, migrated, with its cache table."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError


class Unreachable(Exception):
    """The database cannot be used; the text is one sentence."""


def migrate() -> bool:
    """Apply what is not applied yet. True when the database was new."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise Unreachable(f"The database cannot be reached: {' '.join(str(error).split())}") from error
    is_new = not executor.loader.applied_migrations
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    return is_new
