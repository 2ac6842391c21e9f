"""How far each invitation is becomes a column, so that the list finds it in any order; filled from letters and addresses."""

from django.db import migrations, models
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

CHUNK = 2000


def fill(apps, schema_editor):
    Contact, Address = apps.get_model("contacts", "Contact"), apps.get_model("contacts", "Address")
    OutgoingEmail = apps.get_model("outbox", "OutgoingEmail")
    letters = OutgoingEmail.objects.filter(about_kind="contacts.contact", notice="user_activation")
    newest = letters.order_by().values("about_id").annotate(newest=Max("pk")).values_list("newest", flat=True)
    ids = sorted(newest)
    for start in range(0, len(ids), CHUNK):
        _fill_some(Contact.objects.all(), OutgoingEmail.objects.filter(pk__in=ids[start : start + CHUNK]))
    has_email = Exists(Address.objects.filter(contact=OuterRef("pk"), is_primary=True))
    Contact.objects.filter(~has_email).update(activation="noemail", activation_due=None)


def _fill_some(contacts, letters):
    links = ("links__expires_at", "links__used_at", "links__revoked_at")
    lines, now = letters.order_by("pk", "links__pk").values_list("about_id", "state", *links), timezone.now()
    found = {about_id: _activation(state, *link, now) for about_id, state, *link in lines}
    changed = list(contacts.filter(pk__in=found).only("pk").order_by("pk"))
    for contact in changed:
        contact.activation, contact.activation_due = found[contact.pk]
    contacts.bulk_update(changed, ["activation", "activation_due"], batch_size=500)


def _activation(state, expires_at, used_at, revoked_at, now):
    """The state, and when to look again: what waits at once."""
    if state in ("failed", "unknown"):
        return state, None
    if state != "sent":
        return ("never", None) if state in ("cancelled", "skipped") else ("sent", now)
    if not used_at and (revoked_at or (expires_at and expires_at <= now)):
        return "expired", None
    return "sent", None if used_at else expires_at


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_merging"), ("outbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="activation",
            field=models.CharField(
                choices=[
                    ("never", "Never sent"),
                    ("sent", "Sent"),
                    ("expired", "Link expired"),
                    ("failed", "Failed"),
                    ("unknown", "Unknown"),
                    ("noemail", "No email"),
                ],
                default="never",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="activation_due",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
