"""Run in a house: `python -m tests.faults.jobbing start KIND COUNT` prints the job's id; `… cancel ID`, `… state ID`."""

from __future__ import annotations

import sys

import django


def main(verb: str, *args: str) -> None:
    django.setup()
    if verb == "start":
        print(start(args[0], int(args[1])))
    elif verb == "cancel":
        print(_cancel(int(args[0])))


def start(kind: str, count: int) -> int:
    """A job over that many new companies; its id."""
    from companies.models import Company
    from helpdesk.jobs import actions
    from helpdesk.jobs.kinds import KINDS
    from helpdesk.users import actors

    first = Company.objects.count()
    names = [f"{kind} {number}" for number in range(first, first + count)]
    made = Company.objects.bulk_create([Company(name=name, name_key=name, match_key=name) for name in names])
    chosen = Company.objects.filter(pk__in=[company.pk for company in made])
    return actions.start(KINDS[kind], chosen, params={"word": "x"}, by=actors.system("command")).pk


def _cancel(pk: int) -> str:
    from helpdesk.jobs import actions
    from helpdesk.jobs.models import Job
    from helpdesk.users import actors

    actions.cancel(Job.objects.get(pk=pk), by=actors.system("command"))
    return Job.objects.get(pk=pk).state


if __name__ == "__main__":
    main(*sys.argv[1:])
