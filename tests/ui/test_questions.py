"""Questions that are put together once answer as the queries they were made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef

from contacts.models import Contact
from helpdesk.ui.questions import Blank, Blanks, Question, Records
from tests.factories import make_company, make_contact

pytestmark = pytest.mark.django_db
ID, UPDATED = Contact._meta.pk, Contact._meta.get_field("updated_at")
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def make_three() -> list[int]:
    people = [
        make_contact(name, updated_at=AT + timedelta(days=day)) for day, name in enumerate(["Kim", "Lee", "Park"])
    ]
    return [one.pk for one in people]


def test_fills_in_what_is_given_each_time(django_assert_num_queries: Any) -> None:
    ids = make_three()
    question = Question(Contact.objects.filter(pk=Blank("pk", ID)).values("id", "name"))
    with django_assert_num_queries(2):
        answers = [question.ask(pk=pk) for pk in ids[:2]]
    assert answers == [[{"id": ids[0], "name": "Kim"}], [{"id": ids[1], "name": "Lee"}]]


def test_gives_and_takes_moments_as_the_query_does() -> None:
    make_three()
    question = Question(Contact.objects.filter(updated_at__gt=Blank("at", UPDATED)).order_by("pk").values("updated_at"))
    expected = list(Contact.objects.filter(updated_at__gt=AT).order_by("pk").values("updated_at"))
    assert question.ask(at=AT) == expected
    assert len(expected) == 2


def test_takes_any_number_of_ids() -> None:
    ids = make_three()
    question = Question(Contact.objects.filter(pk__any_of=Blanks("ids")).order_by("pk").values("id"))
    for given in (ids, ids[1:], [ids[2]], [], [ids[0], 0, ids[0], -1, 2**63 - 1, ids[1]]):
        assert [line["id"] for line in question.ask(ids=given)] == sorted(set(given) & set(ids))


def test_any_of_is_in_with_one_parameter() -> None:
    ids = make_three()
    chosen = Contact.objects.filter(pk__any_of=[ids[2], ids[0]]).order_by("pk")
    assert [one.pk for one in chosen] == [ids[0], ids[2]]
    assert len(chosen.query.sql_with_params()[1]) == 1


def test_what_is_given_is_never_read_as_a_statement() -> None:
    make_contact("%s'; --")
    name = Contact._meta.get_field("name")
    question = Question(Contact.objects.filter(name=Blank("name", name)).values("name"))
    assert question.ask(name="%s'; --") == [{"name": "%s'; --"}]
    assert question.ask(name="' OR ''='") == []


def test_what_nothing_can_answer_is_not_asked(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Question(Contact.objects.none().values("id")).ask() == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection() -> None:
    make_three()
    question = Question(Contact.objects.order_by("pk").values("name"))
    answers = [question.ask()]

    def ask() -> None:
        answers.append(question.ask())
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert answers[0] == answers[1] != []


def test_records_are_the_objects_that_the_query_gives(django_assert_num_queries: Any) -> None:
    company = make_company("Acme")
    with_company, without = make_contact("Kim", company=company), make_contact("Lee")
    merged_away = Contact.objects.filter(merged_into=OuterRef("pk"))
    objects = Contact.objects.select_related("company").annotate(has_merged=Exists(merged_away))
    records = Records(objects.filter(pk__any_of=Blanks("ids")).order_by("pk"))
    for _time in range(2):
        with django_assert_num_queries(1):
            found = records.ask(ids=[with_company.pk, without.pk])
            assert [one.company.name if one.company else None for one in found] == ["Acme", None]
        assert found == [with_company, without]
        assert [one.__dict__["has_merged"] for one in found] == [False, False]
        assert all(
            getattr(one, field.attname) == getattr(same, field.attname)
            for one, same in zip(found, objects.order_by("pk"), strict=True)
            for field in Contact._meta.concrete_fields
        )


def test_records_leave_out_what_only_leaves_out(django_assert_num_queries: Any) -> None:
    make_contact("Kim", notes="long")
    (found,) = Records(Contact.objects.only("name").filter(name=Blank("name", Contact._meta.get_field("name")))).ask(
        name="Kim"
    )
    assert found.get_deferred_fields() >= {"notes"}
    with django_assert_num_queries(1):
        assert found.notes == "long"


def test_records_that_nothing_can_answer_are_none() -> None:
    assert Records(Contact.objects.filter(pk__in=[])).ask() == []
