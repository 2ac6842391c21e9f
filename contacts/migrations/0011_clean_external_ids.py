"""External ids that were saved with what nobody sees, and would be matched by no cell of a file any more.

One that would become somebody else's stays as it is: whose it is, people must say.
"""

from django.db import migrations

from contacts.searching import search_text
from helpdesk.ui.cleaning import clean_id


def clean(apps, schema_editor):
    people = apps.get_model("contacts", "Contact").objects
    known = people.exclude(external_id=None).order_by("pk").values_list("pk", "external_id").iterator()
    for pk, old in [(pk, old) for pk, old in known if clean_id(old) != old]:
        new = clean_id(old)
        if new and not people.filter(external_id=new).exists():
            words = people.values_list("search_text", flat=True).get(pk=pk)
            people.filter(pk=pk).update(external_id=new, search_text=_with(words, new))


def _with(words, external_id):
    found = words.split()
    new = [word for word in search_text("", (), (), external_id, "KR").split() if word not in found]
    return " ".join([words, *new])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_ascending_indexes")]

    operations = [migrations.RunPython(clean, migrations.RunPython.noop)]
