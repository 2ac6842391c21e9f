"""Indexes that new rows reach at their end (a fifth of the cost of an import's indexes), and two that held nothing of their own.

Lists that begin with the newest walk them backwards. Companies are protected by `contact_company_newest`, which holds the
deleted contacts, too; only agents' addresses need to be found by their user.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PRESENT = Q(deleted_at=None)
UNVERIFIED = Q(verified_at=None, blocked_at=None, deleted_at=None)
VIEWS = {
    "all": PRESENT,
    "unverified": UNVERIFIED,
    "verified": Q(verified_at__isnull=False, blocked_at=None, deleted_at=None),
    "blocked": Q(blocked_at__isnull=False, deleted_at=None),
    "deleted": Q(deleted_at__isnull=False, merged_into=None, forgotten_at=None),
}
ORDERS = {"newest": ["id"], "updated": ["updated_at", "id"]}
INDEXES = [
    *(
        models.Index(name=f"contact_{view}_{order}", fields=fields, condition=condition)
        for view, condition in VIEWS.items()
        for order, fields in ORDERS.items()
    ),
    *(
        models.Index(name=f"contact_activation_{order}", fields=["activation", *fields], condition=UNVERIFIED)
        for order, fields in ORDERS.items()
    ),
    models.Index(name="contact_company_newest", fields=["company", "id"]),
    models.Index(name="contact_company_updated", fields=["company", "updated_at", "id"], condition=PRESENT),
]


class Migration(migrations.Migration):
    dependencies = [("contacts", "0009_search_pending"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        *(
            operation
            for index in INDEXES
            for operation in (
                migrations.RemoveIndex(model_name="contact", name=index.name),
                migrations.AddIndex(model_name="contact", index=index),
            )
        ),
        migrations.RemoveIndex(model_name="contact", name="contact_company"),
        migrations.AlterField(
            model_name="address",
            name="user",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="addresses",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(name="address_of_user", fields=["user"], condition=Q(user__isnull=False)),
        ),
    ]
