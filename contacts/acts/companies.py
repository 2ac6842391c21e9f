"""One company for a whole view, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from companies.models import Company
from contacts import bulk
from contacts.acts.wording import Grouped, names, outcomes, summary
from contacts.bulk import Chunk
from contacts.models import Contact, Membership
from contacts.notices import CONTACT
from helpdesk.jobs.kinds import Done, JobError, JobKind, Row
from helpdesk.jobs.models import Job, JobRow
from helpdesk.users.roles import Permission

BATCH = 500
COMPANY_GONE = gettext_noop("The company was deleted in the meantime.")


def set_company(job: Job, rows: Sequence[Row]) -> Done:
    company = Company.objects.present().filter(pk=job.params["company"] or 0).first()
    if company is None and job.params["company"]:
        raise JobError(COMPANY_GONE)
    return Done(bulk.set_company(Chunk(job, rows[0].number, rows[-1].number), company))


def undo(job: Job, rows: Sequence[JobRow]) -> Done:
    """Those who still are of the company they got are of the one before again; nobody else is touched."""
    people = Contact.objects.filter(pk__in=[row.target_id for row in rows]).order_by("pk")
    mine = people.filter(company=job.params["company"]) if job.params["company"] else people.filter(company=None)
    here = {one.pk: one for one in mine.select_for_update(no_key=True)}
    known = set(Company.objects.filter(pk__in=[_before(row) or 0 for row in rows]).values_list("pk", flat=True)) | {
        None
    }
    back = [row for row in rows if row.target_id in here and _before(row) in known]
    _restore(job, back)
    JobRow.objects.filter(job=job, number__in=[row.number for row in rows]).update(undo_outcome="left")
    JobRow.objects.filter(job=job, number__in=[row.number for row in back]).update(undo_outcome="restored")
    return Done(Counter(restored=len(back), left=len(rows) - len(back)))


def _restore(job: Job, rows: Sequence[JobRow]) -> None:
    before = {row.target_id or 0: _before(row) for row in rows}
    people = list(Contact.objects.filter(pk__in=before).only("version"))
    for one in people:
        one.company_id, one.version, one.updated_at = before[one.pk], one.version + 1, timezone.now()
    Contact.objects.bulk_update(people, ["company", "version", "updated_at"], batch_size=250)
    Membership.objects.filter(contact__in=people, company=F("contact__company")).delete()
    further = [row.target_id for row in rows if (row.before or {}).get("further")]
    again = [Membership(contact_id=pk, company_id=job.params["company"]) for pk in further if pk]
    Membership.objects.bulk_create(again, ignore_conflicts=True)


def _before(row: JobRow) -> int | None:
    company: int | None = (row.before or {}).get("company")
    return company


def _described(job: Job) -> str:
    return str(job.params["name"]) or _("(no company)")


def _said(count: int) -> str:
    words = ngettext("%(count)s contact got another company", "%(count)s contacts got another company", count)
    return words % {"count": Grouped(count)}


COMPANY = JobKind(
    name="contacts.set_company", label=gettext_lazy("Set the company of contacts"), permission=Permission.CONTACT_ACT_ON_VIEW,
    target=CONTACT, work=set_company, undo=undo, batch=BATCH, action="contact.set_company_many",
    outcomes=outcomes(gettext_lazy("Changed")), describe=_described, summary=summary(_said), names=names,
)  # fmt: skip
