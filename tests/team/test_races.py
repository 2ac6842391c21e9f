"""What happens when two do it in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from helpdesk.team.actions import invitations, members
from helpdesk.team.actions.passwords import LinkSpent
from helpdesk.users import actors, throttling
from helpdesk.users.models import User
from helpdesk.users.throttling import Limit
from tests.factories import make_admin
from tests.portal.letters import link_of
from tests.team.letters import arrived

pytestmark = pytest.mark.django_db(transaction=True)
COMMAND = actors.system("command")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of them in the same moment; what each returned, or the error it raised."""
    gate, results = threading.Barrier(len(acts)), list[object]()

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_admins_who_shut_each_other_out_leave_one() -> None:
    first, second = make_admin(), make_admin()
    results = at_once(
        lambda: members.deactivate(second, by=actors.person(first)),
        lambda: members.deactivate(first, by=actors.person(second)),
    )
    assert [type(result) for result in results if result is not None] == [members.LastAdmin]
    assert User.objects.admins().count() == 1


def test_an_invitation_accepted_many_times_at_once_is_accepted_once() -> None:
    user = invitations.invite("new@helpdesk.example", name="", role="agent", language="en", by=COMMAND)
    link = link_of(arrived(user, "team_invitation"))
    results = at_once(
        *(
            lambda number=number: invitations.accept(
                link, name=f"N{number}", password=f"quite-a-secret-{number}", language="en", by=COMMAND
            )
            for number in range(8)
        )
    )
    winners = [result for result in results if isinstance(result, User)]
    assert len(winners) == 1
    assert [type(result) for result in results if not isinstance(result, User)] == [LinkSpent] * 7
    assert User.objects.get(pk=user.pk).name == winners[0].name


def test_every_try_is_counted() -> None:
    limit = Limit("tests.try", 100, 60)
    at_once(*(lambda: throttling.consume(limit, "somebody") for _ in range(8)))
    assert throttling.tried(limit, "somebody") == 9
