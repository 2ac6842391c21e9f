"""Many change the same tags at the same moment: nobody waits in a circle, nothing is lost, no unused tag stays."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from contacts.actions.drafts import Draft
from contacts.actions.records import edit_contact
from contacts.actions.tags import add_tags, remove_tags
from contacts.acts import tags
from contacts.models import Contact, Tag, Tagging
from helpdesk.jobs import actions, engine
from helpdesk.jobs.tasks import run
from helpdesk.users import actors
from tests.factories import make_contact
from tests.team.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writers wait for each other anyway"),
]
BY = actors.system("command")


def no_unused_tag() -> bool:
    return set(Tag.objects.values_list("pk", flat=True)) == set(Tagging.objects.values_list("tag_id", flat=True))


@pytest.mark.parametrize("_round", range(5))
def test_the_last_one_loses_a_tag_while_another_gets_it(_round: int) -> None:
    one, two = make_contact(), make_contact()
    add_tags(one, ["vip", "gold"], by=BY)
    results = at_once(
        partial(remove_tags, one, ["vip", "gold"], by=BY),
        partial(add_tags, two, ["gold", "vip"], by=BY),
        partial(add_tags, two, ["vip", "new"], by=BY),
    )
    assert [type(result) for result in results] == [list, list, list]
    assert sorted(Tag.objects.filter(taggings__contact=two).values_list("name", flat=True)) == ["gold", "new", "vip"]
    assert no_unused_tag()


@pytest.mark.parametrize("_round", range(3))
def test_a_whole_view_is_tagged_while_somebody_edits(_round: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda *_args, **_options: None)
    people = [make_contact() for _number in range(20)]
    job = actions.start(tags.ADD, Contact.objects.all(), params={"tags": ["vip", "own"]}, by=BY)
    draft = Draft(name="Kim", external_id="1", tags=("own",))
    results = at_once(
        partial(engine.run, job.pk, job.epoch),
        partial(edit_contact, people[7], draft, version=1, tags_seen=(), by=BY),
        partial(remove_tags, people[::-1], ["vip"], by=BY),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    job.refresh_from_db()
    assert (job.state, sum(job.totals.values())) == ("done", 20)
    assert Tagging.objects.filter(tag__name="own").count() == 20
    assert no_unused_tag()
