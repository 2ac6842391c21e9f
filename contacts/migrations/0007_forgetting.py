"""Of whoever is deleted forever an empty row stays, in no view."""

from django.db import migrations, models
from django.db.models import Q

DELETED = Q(deleted_at__isnull=False, merged_into=None, forgotten_at=None)
ORDERS = {"name": ["name_key", "id"], "newest": ["-id"], "updated": ["-updated_at", "-id"]}


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_activation_indexes")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
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
            index=models.Index(
                condition=Q(forgotten_at__isnull=False), fields=["forgotten_at"], name="contact_forgotten"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(deleted_at__isnull=False), name="contact_forgotten_is_deleted"
            ),
        ),
    ]
