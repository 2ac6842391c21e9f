"""The companies that an import made go with it, where nobody has used or touched them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.deletion import ProtectedError

from companies.models import Company, CompanyDomain
from contacts.models import Contact, Membership
from helpdesk.audit.actions import Entry, Target, record_all
from helpdesk.audit.models import AuditEntry
from helpdesk.exchange.models import Made
from helpdesk.jobs.models import Job
from helpdesk.timeline.models import Note

COMPANY = "companies.company"


def drop_firms(job: Job, refs: Collection[int]) -> None:
    """Delete those of these companies that the job made and that are nothing but a name (any more)."""
    made = Made.objects.filter(job=job, kind=COMPANY, target_id__in=refs).values_list("target_id", flat=True)
    held = list(_unused(list(made)).select_for_update(of=("self",)).order_by("pk"))
    unused = list(_unused([one.pk for one in held]).order_by("pk"))  # whoever was quicker may have written a note
    if not unused:
        return
    ids, targets = [one.pk for one in unused], [Target.of(one) for one in unused]
    try:
        with transaction.atomic():
            Company.objects.filter(pk__in=ids).delete()
    except ProtectedError:  # something of another room keeps one of them: all stay
        return
    Made.objects.filter(job=job, kind=COMPANY, target_id__in=ids).delete()
    record_all((Entry("company.delete", target, {"name": (target.name, None)}) for target in targets), by=job.by)


def _unused(ids: Collection[int]) -> QuerySet[Company]:
    this = OuterRef("pk")
    lines = AuditEntry.objects.filter(target_kind=COMPANY, target_id=this, is_event=True).exclude(
        action="company.create"
    )
    notes = Note.objects.filter(about_kind=COMPANY, about_id=this)
    uses = (
        Contact.objects.filter(company=this),
        Membership.objects.filter(company=this),
        CompanyDomain.objects.filter(company=this),
    )
    untouched = Company.objects.filter(pk__in=ids, version=1, deleted_at=None)
    return untouched.filter(*(~Exists(one) for one in (*uses, lines, notes)))
