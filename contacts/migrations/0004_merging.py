"""Contacts that were merged away lead to the survivor; the view "Deleted contacts" leaves them out."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

DELETED = Q(deleted_at__isnull=False, merged_into=None)
ORDERS = {"name": ["name_key", "id"], "newest": ["-id"], "updated": ["-updated_at", "-id"]}


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_tags")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merged",
                to="contacts.contact",
            ),
        ),
        *(migrations.RemoveIndex(model_name="contact", name=f"contact_deleted_{order}") for order in ORDERS),
        *(
            migrations.AddIndex(
                model_name="contact",
                index=models.Index(condition=DELETED, fields=fields, name=f"contact_deleted_{order}"),
            )
            for order, fields in ORDERS.items()
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(condition=Q(merged_into__isnull=False), fields=["merged_into"], name="contact_merged"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deleted_at__isnull=False), name="contact_merged_is_deleted"
            ),
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("names", models.JSONField(default=list)),
                ("by_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("snapshot", models.JSONField(null=True)),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="contacts.contact"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(condition=Q(snapshot__isnull=False), fields=["at"], name="merge_undoable"),
        ),
    ]
