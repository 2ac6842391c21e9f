"""What only PostgreSQL needs to search a million contacts: trigrams of `search_text`, and a closer look at it and at the names.

By hand, because no index of the model may exist on one database and not on the other. Without `fastupdate` no reader
pays for the writers' pending list.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

CREATE = (
    "CREATE INDEX contact_search ON contacts_contact USING gin (search_text gin_trgm_ops) WITH (fastupdate = off)",
    "ALTER TABLE contacts_contact ALTER COLUMN search_text SET STATISTICS 1000",
    "ALTER TABLE contacts_contact ALTER COLUMN name_key SET STATISTICS 1000",
)
DROP = (
    "DROP INDEX contact_search",
    "ALTER TABLE contacts_contact ALTER COLUMN search_text SET STATISTICS -1",
    "ALTER TABLE contacts_contact ALTER COLUMN name_key SET STATISTICS -1",
)


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP)),
    ]
