"""Every page there is, and how to reach it: what a room adds here is looked at in all its guises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from contacts.actions.merging import merge_contacts
from contacts.models import Contact, Merge
from helpdesk.exchange.models import JobFile
from helpdesk.jobs.models import Job, JobRow
from helpdesk.outbox.links import issue_printed
from helpdesk.outbox.models import OutgoingEmail
from helpdesk.team.actions.conversions import make_agent
from helpdesk.timeline.actions import add_note
from helpdesk.timeline.models import Note
from helpdesk.users import actors
from helpdesk.users.models import User
from tests import factories
from tests.exchange.drafts import tried, uploaded

Who = Literal["admin", "agent", "secured", "customer", "visitor"]


@dataclass(frozen=True)
class Seed:
    """What the pages show: people in every state, a company, a letter. `secured` signs in with a second step."""

    admin: User
    agent: User
    secured: User
    customer: Contact
    contact: Contact
    company: Company
    letter: OutgoingEmail
    job: Job
    running: Job
    note: Note
    invited: User
    both: User
    merge: Merge
    draft: Job
    imported: Job
    exported: Job
    upload: Job
    reviewing: Job
    reviewed: Job
    unread: Job

    def user(self, who: Who) -> User | None:
        people = {"admin": self.admin, "agent": self.agent, "secured": self.secured, "customer": self.customer.user}
        return people.get(who)


@dataclass(frozen=True)
class Stop:
    """A page: its URL's name, who looks, the URL's arguments, what follows the `?` (`{contact.pk}` …), and the status."""

    name: str
    who: Who = "agent"
    args: Callable[[Seed], tuple[object, ...]] = lambda seed: ()
    query: str = ""
    status: int = 200

    def address(self, seed: Seed) -> str:
        query = self.query.format_map(vars(seed))
        return reverse(self.name, args=self.args(seed)) + (f"?{query}" if query else "")

    def __str__(self) -> str:
        return f"{self.name}{'?' if self.query else ''}{self.query} as {self.who}"


def seed() -> Seed:
    company = factories.make_company("한빛전자 주식회사", domains=("hanbit.example",))
    contact = factories.make_contact(
        "김민준", email="minjun.kim@hanbit.example", emails=("mj@acme.example",), company=company, job_title="구매팀 과장",
        work_phone="02-123-4567", mobile_phone="010-2073-1215", notes="Likes to be called in the morning.",
    )  # fmt: skip
    factories.make_contact(
        "Maximiliane von Wittelsbach-Hohenzollern", email="a.rather.long.address@subsidiary.northwind.example"
    )
    factories.make_contact("Nobody reachable", email=None, mobile_phone="+44 20 7946 0991")
    agent, admin = factories.make_agent(), factories.make_admin()
    return Seed(
        admin=admin,
        agent=agent,
        secured=_secured(),
        customer=factories.make_customer("Amelia Hughes", company=company),
        contact=contact,
        company=company,
        letter=OutgoingEmail.objects.create(
            notice="user_activation",
            cause="tests",
            about_kind="contacts.contact",
            about_id=contact.pk,
            to_email="minjun.kim@hanbit.example",
            language="ko",
            subject="비밀번호를 설정해 주세요",
            text="…",
            html="<p>…</p>",
            state="failed",
        ),
        note=_note(contact, agent),
        job=_job(agent, "done", {"done": 1180, "failed": 1}),
        running=_job(agent, "running", {"done": 420}),
        invited=_invited(),
        both=make_agent(factories.make_customer("Both Park"), "agent", by=actors.system("command")),
        merge=_merge(),
        draft=_draft(admin),
        imported=_imported(admin, contact),
        exported=_exported(admin),
        upload=uploaded(WIDE_CSV, by=admin, name="고객 명단 2026년 11월 (최종본) <b>.csv"),
        reviewing=_stopped_at("reviewing", admin, lease_until=timezone.now() + timedelta(hours=1)),
        reviewed=_reviewed(admin),
        unread=_stopped_at("failed", admin, error={"text": "The file is empty.", "params": {}}),
    )


def _draft(owner: User) -> Job:
    counted = {"ready": 1204, "noemail": 61, "recent": 35}
    return Job.objects.create(
        kind="contacts.activate", owner=owner, owner_name=owner.name, total=1300, predicted=counted
    )


def _note(contact: Contact, agent: User) -> Note:
    by = actors.person(agent)
    add_note(contact.company or contact, "Renews every spring.\nAsk for 이영희.", by=by)
    return add_note(
        contact, "Called back: wants the quote by Friday, see https://hanbit.example/quotes/2026-11?of=1&page=2", by=by
    )


def _merge() -> Merge:
    kept, *others = (factories.make_contact(name, job_title=name) for name in ("Noah Rossi", "N. Rossi", "노아 로시"))
    versions = {one.pk: one.version for one in (kept, *others)}
    return merge_contacts(kept, others, {}, versions=versions, by=actors.system("command"))


def _secured() -> User:
    user = factories.make_agent(name="Sera Secured", email="sera@helpdesk.example")
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def _invited() -> User:
    user = factories.make_agent(name="Ivy Invited")
    user.set_unusable_password()
    user.save()
    return user


def _job(owner: User, state: str, totals: dict[str, int]) -> Job:
    job = Job.objects.create(
        kind="tests.none", state=state, owner=owner, owner_name=owner.name, total=1181, totals=totals,
        started_at=timezone.now(), lease_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    problem = {"text": "“%(name)s” has no email address.", "params": {"name": "김민준"}}
    JobRow.objects.create(job=job, number=1, outcome="done", target_kind="contacts.contact", target_id=1)
    JobRow.objects.create(job=job, number=2, outcome="failed", problems=[problem])
    return job


WIDE_CSV = (
    "이름,<script>alert(1)</script>,A rather long column header that somebody typed as a whole sentence,이메일,연락처,"
    + ",".join(f"열 {number}" for number in range(20))
    + f"\n홍길동,<b>x</b>,{'y' * 300},gildong@hanbit.example,010-1234-5678{',v' * 20}\n"
)


def _reviewed(owner: User) -> Job:
    """Rows of each outcome, a question about a spelling; and another import that runs."""
    factories.make_company("누리상사 주식회사")
    factories.make_contact("Minjun", email="minjun@hanbit.example", job_title="CEO")
    other = {"kind": "contacts.import", "slot": "import:contacts", "params": {"sheet": "contacts", "file": "other.csv"}}
    Job.objects.create(
        **other, state="running", owner=owner, owner_name="Berta Boss", total=1000, totals={"created": 420},
        started_at=timezone.now(), resumed_at=timezone.now(), lease_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    return tried(by=owner)


def _stopped_at(state: str, owner: User, **fields: object) -> Job:
    job = uploaded(by=owner)
    Job.objects.filter(pk=job.pk).update(state=state, total=3000, predicted={"created": 1200}, **fields)
    return job


def _exported(owner: User) -> Job:
    """An export that has ended, whose file is not kept any more."""
    told = {
        "sheet": "contacts", "query": "view=unverified&q=kim", "fields": ["name", "email", "state"], "format": "cp949",
        "language": "en", "zone": "Asia/Seoul", "is_deleted": False, "reason": "Yearly audit",
        "losses": {"count": 1204, "kinds": 2, "characters": "😀é"},
    }  # fmt: skip
    moment = timezone.now()
    return Job.objects.create(
        kind="contacts.export", state="done", owner=owner, owner_name=owner.name, params=told, total=1207,
        totals={"done": 1204, "skipped": 3}, started_at=moment, resumed_at=moment, finished_at=moment,
    )  # fmt: skip


def _imported(owner: User, contact: Contact) -> Job:
    """An import that has ended, with a row of each kind, its files, and a repair."""
    outline = {"rows": 3, "headers": ["이름", "이메일"], "broken": None}
    told = {
        "sheet": "contacts",
        "file": "고객 명단 2026년 11월 (최종본).csv",
        "columns": ["name", "email"],
        "outline": outline,
    }
    kept = {
        "kind": "contacts.import",
        "slot": "import:contacts",
        "state": "done",
        "owner": owner,
        "owner_name": owner.name,
    }
    moment = timezone.now()
    ran = {"started_at": moment, "resumed_at": moment, "finished_at": moment}
    job = Job.objects.create(**kept, **ran, params=told, total=3, totals={"created": 1, "updated": 1, "failed": 1})
    about = {"job": job, "target_kind": "contacts.contact", "target_id": contact.pk}
    before = {"name": ["김민주", "김민준"], "job_title": ["", "구매팀 과장"]}
    problem = {
        "text": "Enter one email address like name@example.com.",
        "params": {},
        "column": "이메일",
        "value": "lee at <acme>",
    }
    JobRow.objects.create(**about, number=2, outcome="created")
    JobRow.objects.create(**about, number=3, outcome="updated", before=before)
    JobRow.objects.create(job=job, number=4, outcome="failed", problems=[problem])
    for role in ("source", "records"):
        file = {"name": told["file"], "path": f"none/{role}", "size": 2048, "sha256": "0" * 64}
        JobFile.objects.create(job=job, role=role, expires_at=moment + timedelta(days=30), **file)
    repair = {**told, "repairs": job.pk, "first": job.pk}
    Job.objects.create(**kept, **ran, params=repair, total=1, totals={"created": 1})
    return job


def _contact(given: Seed) -> tuple[object, ...]:
    return (given.contact.pk,)


def _company(given: Seed) -> tuple[object, ...]:
    return (given.company.pk,)


def _link(purpose: str, kind: str, of: Callable[[Seed], int]) -> Callable[[Seed], tuple[object, ...]]:
    return lambda given: (issue_printed(purpose, kind, of(given), 24),)


PAGES: list[Stop] = [
    # the desk
    Stop("contacts:list"),
    Stop("contacts:list", query="view=unverified&sort=newest"),
    Stop("contacts:list", query="view=deleted"),
    Stop("contacts:list", query="q=none-such"),
    Stop("contacts:create"),
    Stop("contacts:import", "admin"),
    Stop("contacts:import_guide", "admin"),
    Stop("companies:import", "admin"),
    Stop("companies:import_guide", "admin"),
    Stop("contacts:import_map", "admin", lambda given: (given.upload.pk,)),
    Stop("contacts:import_map", "admin", lambda given: (given.upload.pk,), query="encoding=cp949&header_row=40"),
    Stop("contacts:import_review", "admin", lambda given: (given.reviewing.pk,)),
    Stop("contacts:import_review", "admin", lambda given: (given.reviewed.pk,)),
    Stop("contacts:import_review", "admin", lambda given: (given.unread.pk,)),
    Stop("contacts:show", args=_contact),
    Stop("contacts:show", "admin", lambda given: (given.customer.pk,)),
    Stop("contacts:edit", args=_contact),
    Stop("contacts:apply_domains", "admin", lambda given: (given.company.pk,)),
    Stop("team:make_agent", "admin", _contact),
    Stop("team:make_agent", "admin", lambda given: (given.customer.pk,)),
    Stop("team:step_back", "admin", lambda given: (given.both.pk,)),
    Stop("contacts:replace_email", args=_contact),
    Stop("contacts:replace_email", "admin", lambda given: (given.customer.pk,)),
    Stop("contacts:show", args=_contact, query="kind=notes"),
    Stop("contacts:add_note", args=_contact),
    Stop("contacts:edit_note", args=lambda given: (given.contact.pk, given.note.pk)),
    Stop("contacts:delete_note", args=lambda given: (given.contact.pk, given.note.pk)),
    Stop("contacts:tags_few", query="contact={contact.pk}&contact={customer.pk}"),
    Stop("contacts:confirm_act", "admin", lambda given: (given.draft.pk,)),
    Stop("contacts:block", "admin", _contact),
    Stop("contacts:delete", "admin", _contact),
    Stop("contacts:find_other", "admin", _contact),
    Stop("contacts:find_other", "admin", _contact, query="q=Amelia"),
    Stop("contacts:merge", "admin", query="contact={contact.pk}&contact={customer.pk}"),
    Stop("contacts:merge", "admin", query="contact={contact.pk}"),
    Stop("contacts:unmerge", "admin", lambda given: (given.merge.survivor_id, given.merge.pk)),
    Stop("contacts:show", "admin", lambda given: (given.merge.survivor_id,)),
    Stop("contacts:forget", "admin", _contact),
    Stop("contacts:forget", "admin", lambda given: (given.customer.pk,)),
    Stop("contacts:change_password", "admin", _contact),
    Stop("contacts:change_password", "agent", _contact, status=403),
    Stop("companies:list"),
    Stop("companies:list", query="q=none-such"),
    Stop("companies:create"),
    Stop("companies:show", args=_company),
    Stop("companies:edit", args=_company),
    Stop("companies:delete", "admin", _company),
    Stop("profile:show"),
    Stop("profile:password"),
    Stop("profile:email"),
    Stop("profile:confirm_email_link", "visitor", _link("confirm", "users.user", lambda given: given.agent.pk)),
    Stop("account_reauthenticate"),
    Stop("mfa_index"),
    Stop("mfa_activate_totp"),
    Stop("mfa_index", "secured"),
    Stop("mfa_reauthenticate", "secured"),
    Stop("mfa_deactivate_totp", "secured"),
    Stop("mfa_view_recovery_codes", "secured"),
    Stop("mfa_generate_recovery_codes", "secured"),
    Stop("jobs:list"),
    Stop("jobs:list", query="state=cancelled"),
    Stop("jobs:show", args=lambda given: (given.job.pk,)),
    Stop("jobs:show", "admin", lambda given: (given.running.pk,)),
    Stop("jobs:show", "admin", lambda given: (given.imported.pk,)),
    Stop("jobs:undo", "admin", lambda given: (given.imported.pk,)),
    Stop("contacts:export", "admin", query="view=unverified&q=kim"),
    Stop("companies:export", "admin"),
    Stop("jobs:show", "admin", lambda given: (given.exported.pk,)),
    Stop("jobs:download", "admin", lambda given: (given.exported.pk,), status=410),
    Stop("jobs:undo", "admin", lambda given: (given.job.pk,)),
    # administration
    Stop("jobs:background", "admin"),
    Stop("admin:index", "admin"),
    Stop("admin:index", "admin", query="q=time"),
    Stop("admin:index", "admin", query="q=no-such-setting"),
    Stop("admin:index", "agent", status=403),
    Stop("team:list", "admin"),
    Stop("team:invite", "admin"),
    Stop("team:roles", "admin"),
    Stop("team:edit", "admin", lambda given: (given.agent.pk,)),
    Stop("team:deactivate", "admin", lambda given: (given.agent.pk,)),
    Stop("team:edit", "admin", lambda given: (given.invited.pk,)),
    Stop("team:withdraw", "admin", lambda given: (given.invited.pk,)),
    Stop("settings:show", "admin"),
    Stop("audit:list", "admin"),
    Stop("outbox:list", "admin"),
    Stop("outbox:show", "admin", lambda given: (given.letter.pk,)),
    Stop("outbox:notifications", "admin"),
    Stop("outbox:wording", "admin", lambda given: ("user_activation", "en")),
    Stop("outbox:wording", "admin", lambda given: ("team_security", "ko")),
    Stop("outbox:reset_wording", "admin", lambda given: ("user_activation", "ko")),
    # doors
    Stop("help:faq", "visitor"),
    Stop("help:faq"),
    Stop("account_login", "visitor"),
    Stop("account_logout"),
    Stop("team:reset_request", "visitor"),
    Stop("team:reset_asked", "visitor"),
    Stop("team:invitation", "visitor", _link("invite", "users.user", lambda given: given.invited.pk)),
    Stop("team:reset", "visitor", lambda given: ("no-such-token",), status=410),
    # the portal
    Stop("portal:home", "visitor"),
    Stop("portal:home", "customer"),
    Stop("portal:login", "visitor"),
    Stop("portal:reset_request", "visitor"),
    Stop("portal:reset_sent", "visitor"),
    Stop("portal:activate", "visitor", _link("activate", "contacts.contact", lambda given: given.contact.pk)),
    Stop("portal:activate", "visitor", lambda given: ("no-such-token",), status=410),
    Stop("portal:activate", "agent", _link("activate", "contacts.contact", lambda given: given.contact.pk)),
    Stop("portal:reset", "visitor", _link("reset", "contacts.contact", lambda given: given.customer.pk)),
    Stop("portal:profile", "customer"),
    Stop("portal:password", "customer"),
]

# Addresses that are no page of their own: they only take a POST, give a part of a page, a file or JSON, or are reached
# by the redirect of a page above.
NO_PAGES = {
    "contacts:refresh", "contacts:company_names", "contacts:tag_names", "contacts:of_company", "contacts:activate", "contacts:send_reset",
    "contacts:block_few", "contacts:unblock_few", "contacts:delete_few", "contacts:restore_few",
    "contacts:import_running", "contacts:import_sample", "contacts:import_progress",
    "contacts:import_start", "contacts:import_cancel", "contacts:import_repair",
    *(f"companies:import_{name}" for name in ["running", "sample", "map", "review", "progress", "start", "cancel", "repair"]),  # as those
    "contacts:act", "contacts:try_act", "contacts:company_few",
    "contacts:unblock", "contacts:restore", "contacts:download", "contacts:unlock",
    "team:home", "alive", "ready", "ui:language", "ui:theme",
    "outbox:body", "outbox:resend", "outbox:cancel", "outbox:switch", "outbox:preview", "outbox:test", "settings:test", "settings:mfa",
    "team:reset_form", "team:invitation_form", "profile:confirm_email", "team:leave", "team:invite_again", "team:reactivate",
    "companies:restore", "companies:add_note", "companies:edit_note", "companies:delete_note",  # as those of contacts
    "mfa_download_recovery_codes",
    "mfa_authenticate", "team:setup", "team:setup_form",  # looked at in test_doors.py: they need a moment of their own
    "jobs:progress", "jobs:cancel", "jobs:pause", "jobs:go_on",
    "portal:activate_form", "portal:reset_form", "portal:send_again", "portal:leave",
}  # fmt: skip
