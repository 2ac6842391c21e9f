"""The list by how far the invitation is, in each of its orders; and what the sweeper looks at again."""

from django.db import migrations, models
from django.db.models import Q

UNVERIFIED = Q(verified_at=None, blocked_at=None, deleted_at=None)
ORDERS = {"name": ["name_key", "id"], "newest": ["-id"], "updated": ["-updated_at", "-id"]}


class Migration(migrations.Migration):
    dependencies = [("contacts", "0005_activation")]

    operations = [
        *(
            migrations.AddIndex(
                model_name="contact",
                index=models.Index(
                    condition=UNVERIFIED, fields=["activation", *fields], name=f"contact_activation_{order}"
                ),
            )
            for order, fields in ORDERS.items()
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=Q(activation_due__isnull=False), fields=["activation_due"], name="contact_activation_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=Q(activation__in=["never", "sent", "expired", "failed", "unknown", "noemail"]),
                name="contact_activation_known",
            ),
        ),
    ]
