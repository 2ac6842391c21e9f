"""A company's email domains applied to those who were there before: a company for whom has none, a further one for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from companies.models import Company
from contacts.acts.companies import COMPANY_GONE
from contacts.acts.wording import Grouped, names, outcomes, summary
from contacts.bulk import GONE, SAME_COMPANY
from contacts.models import Contact, ContactQuerySet, Membership
from contacts.notices import CONTACT
from contacts.queries.at_domains import at_domains, domains_of, elsewhere, without_company
from helpdesk.audit.actions import record
from helpdesk.jobs import actions
from helpdesk.jobs.kinds import Done, JobError, JobKind, Row
from helpdesk.jobs.models import Job, JobRow
from helpdesk.users.actors import Actor
from helpdesk.users.roles import Permission

BATCH = 1000
"""Up to so many contacts are linked in one transaction."""
ANOTHER_BY_NOW = gettext_noop("has another company by now")


@transaction.atomic
def apply_domains(company: Company, contacts: ContactQuerySet, *, others: bool, by: Actor) -> Job:
    """Link those of `contacts` at the company's domains who have no company; `others`: as a further one, those of another.

    Nobody's default company is replaced. Raises NothingChosenError.
    """
    people = at_domains(contacts.present(), domains_of(company))
    chosen = without_company(people) | elsewhere(people, company) if others else without_company(people)
    params = {"company": company.pk, "name": company.name, "others": others}
    job = actions.start(DOMAINS, chosen, params=params, by=by)
    record("contact.apply_domains", company, changes={"rows": (None, job.total)}, by=by)
    return job


def link(job: Job, rows: Sequence[Row]) -> Done:
    company = Company.objects.present().filter(pk=job.params["company"]).first()
    if company is None:
        raise JobError(COMPANY_GONE)
    people = {one.pk: one for one in _locked([row.target_id or 0 for row in rows]).filter(deleted_at=None)}
    members = _members(company.pk, people)
    written = [_row(job, row, people.get(row.target_id or 0), members) for row in rows]
    changed = {row.target_id or 0: row.before or {} for row in written if row.outcome == "done"}
    free = [pk for pk, before in changed.items() if before["was_free"]]
    _edited(changed)
    Contact.objects.filter(pk__in=free).update(company=company)
    Membership.objects.filter(company=company, contact__in=free).delete()
    Membership.objects.bulk_create(
        Membership(contact_id=pk, company=company) for pk, before in changed.items() if not before["was_free"]
    )
    JobRow.objects.bulk_create(written)
    return Done(Counter(row.outcome for row in written))


def undo(job: Job, rows: Sequence[JobRow]) -> Done:
    """Those who are linked as the job left them are not any more; whoever was changed since stays so."""
    company = job.params["company"]
    people = {one.pk: one for one in _locked([row.target_id or 0 for row in rows])}
    members = _members(company, people)
    back = [row for row in rows if _is_as_left(row, people.get(row.target_id or 0), company, members)]
    free = [row.target_id or 0 for row in back if (row.before or {})["was_free"]]
    again = [row.target_id for row in back if (row.before or {})["was_further"]]
    _edited(row.target_id for row in back)
    Contact.objects.filter(pk__in=free).update(company=None)
    Membership.objects.filter(company=company, contact__in=[row.target_id for row in back]).delete()
    Membership.objects.bulk_create(Membership(contact_id=pk, company_id=company) for pk in again if pk)
    JobRow.objects.filter(job=job, number__in=[row.number for row in rows]).update(undo_outcome="left")
    JobRow.objects.filter(job=job, number__in=[row.number for row in back]).update(undo_outcome="restored")
    return Done(Counter(restored=len(back), left=len(rows) - len(back)))


def _locked(ids: Collection[int]) -> QuerySet[Contact]:
    return Contact.objects.filter(pk__in=ids, merged_into=None).order_by("pk").select_for_update(no_key=True)


def _members(company: int, people: Iterable[int]) -> set[int]:
    """Who of them has it as a further company."""
    kept = Membership.objects.filter(company=company, contact__in=list(people))
    return set(kept.values_list("contact_id", flat=True))


def _row(job: Job, row: Row, contact: Contact | None, members: Collection[int]) -> JobRow:
    about: dict[str, Any] = {
        "job": job, "number": row.number, "target_kind": CONTACT, "target_id": row.target_id
    }  # fmt: skip
    if contact is None or (reason := _reason_against(job, contact, members)):
        problem = {"text": GONE if contact is None else reason, "params": {}}
        return JobRow(**about, outcome="skipped", problems=[problem])
    before = {"was_free": contact.company_id is None, "was_further": contact.pk in members}
    return JobRow(**about, outcome="done", before=before, after_version=contact.version + 1)


def _reason_against(job: Job, contact: Contact, members: Collection[int]) -> str:
    if contact.company_id == job.params["company"] or (contact.company_id and contact.pk in members):
        return SAME_COMPANY
    return ANOTHER_BY_NOW if contact.company_id and not job.params["others"] else ""


def _is_as_left(row: JobRow, contact: Contact | None, company: int, members: Collection[int]) -> bool:
    if contact is None:
        return False
    return contact.company_id == company if (row.before or {})["was_free"] else contact.pk in members


def _edited(ids: Iterable[int | None]) -> None:
    people = Contact.objects.filter(pk__in=list(ids))
    people.update(version=F("version") + 1, updated_at=timezone.now())


def _said(count: int) -> str:
    words = ngettext("%(count)s contact was linked", "%(count)s contacts were linked", count)
    return words % {"count": Grouped(count)}


DOMAINS = JobKind(
    name="contacts.apply_domains", label=gettext_lazy("Apply email domains to existing contacts"),
    permission=Permission.CONTACT_ACT_ON_VIEW, target=CONTACT, work=link, undo=undo, batch=BATCH,
    action="contact.apply_domains_many", outcomes=outcomes(gettext_lazy("Linked")),
    describe=lambda job: str(job.params["name"]), summary=summary(_said), names=names,
)  # fmt: skip
