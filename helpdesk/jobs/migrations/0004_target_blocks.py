import django.db.models.deletion
from django.db import migrations, models


def pack_unfinished_exports(apps, schema_editor):
    """Exports take their targets from blocks from now on: also those that are under way."""
    connection = schema_editor.connection
    joined = {
        "postgresql": "string_agg(target_id::text, ',' ORDER BY number)",
        "sqlite": "group_concat(target_id)",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(f"""
            INSERT INTO jobs_jobtargetblock (job_id, number, size, lowest, highest, ids)
            SELECT job_id, min(number), count(*), min(target_id), max(target_id), {joined}
            FROM (SELECT t.* FROM jobs_jobtarget t JOIN jobs_job j ON j.id = t.job_id
                WHERE j.kind LIKE '%.export' AND j.state IN ('draft', 'queued', 'running', 'paused')
                ORDER BY t.job_id, t.number) AS under_way
            GROUP BY job_id, (number - 1) / 10000
        """)  # noqa: S608 (our own words)


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_no_wishes"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobTargetBlock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "job_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("lowest", models.BigIntegerField()),
                ("highest", models.BigIntegerField()),
                ("ids", models.TextField()),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to="jobs.job",
                    ),
                ),
            ],
        ),
        migrations.RunPython(pack_unfinished_exports, migrations.RunPython.noop),
    ]
