"""The trigrams take new words by the dozen: one contact at a time they cost five times as much as all other indexes together.

Readers pay for what waits, so little waits: `gin_pending_list_limit` in the settings (not here: an index's own limit would
hold for the writers of thousands, too, who merge by themselves; `contacts.actions.indexing`).
"""

from django.db import migrations


def on_postgresql(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_verified_how")]

    operations = [
        migrations.RunPython(
            on_postgresql("ALTER INDEX contact_search SET (fastupdate = on)"),
            on_postgresql("ALTER INDEX contact_search SET (fastupdate = off)"),
        ),
    ]
