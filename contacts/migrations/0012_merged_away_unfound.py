"""Whoever was merged away is found by nobody, and signs in nowhere: no words to search by, no address shown.

By the index of those who were merged away, however many contacts there are; an unmerge writes both anew.
"""

from django.db import migrations


def blank(apps, schema_editor):
    gone = apps.get_model("contacts", "Contact").objects.filter(merged_into__isnull=False)
    apps.get_model("users", "User").objects.filter(pk__in=gone.exclude(user=None).values("user"), role="").update(
        email=""
    )
    gone.exclude(search_text="").update(search_text="")


class Migration(migrations.Migration):
    dependencies = [("contacts", "0011_clean_external_ids"), ("users", "0001_initial")]

    operations = [migrations.RunPython(blank, migrations.RunPython.noop)]
