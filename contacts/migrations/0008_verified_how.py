"""An invitation to the team verifies a contact, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_forgetting")]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="verified_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("link", "activation link"),
                    ("admin", "an admin's Change password"),
                    ("signup", "a confirmed sign-up"),
                    ("invite", "an invitation to the team"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
    ]
