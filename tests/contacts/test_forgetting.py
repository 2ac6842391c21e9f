"""Deleting a contact forever: nothing is left of the person, and of others everything."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.actions import forgetting, standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.forgetting import forget_contact
from contacts.actions.records import create_contact, edit_contact
from contacts.actions.signins import Refused
from contacts.actions.tags import add_tags
from contacts.actions.unmerging import unmerge
from contacts.models import VIEWS, Contact, Merge, Tag
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry
from helpdesk.audit.reading import note_view
from helpdesk.jobs.models import Job, JobRow
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from helpdesk.timeline.actions import SubjectGone, add_note
from helpdesk.timeline.models import Note
from helpdesk.ui.conflicts import EditConflict
from helpdesk.users.actors import Actor, person
from helpdesk.users.erasing import ERASED
from helpdesk.users.models import Tally, User
from tests.conftest import SignIn
from tests.contacts.test_merging import letter_about, merge
from tests.contacts.traces import FORMER, NAME, WORDS, edit, everything_happens, forget, found, mail
from tests.factories import make_admin, make_agent, make_company, make_contact, make_customer

assert mail


@pytest.fixture
def alma(db: None) -> Actor:
    return person(make_admin(), ip="192.0.2.7")


@pytest.mark.django_db
class TestNothingIsLeft:
    def test_of_the_person_anywhere(self, alma: Actor, mail: Path, sign_in: SignIn) -> None:
        zebedee = everything_happens(alma, mail, sign_in)
        before = found(mail)
        assert {word for _place, word in before} == set(WORDS), "the search sees what there is"
        assert len({place for place, _word in before}) >= 15
        assert list(mail.iterdir())
        forget(zebedee, alma)
        assert found(mail) == set()
        assert not list(mail.iterdir())

    def test_of_hashed_tries_at_signing_in(self, alma: Actor, mail: Path, sign_in: SignIn) -> None:
        zebedee = everything_happens(alma, mail, sign_in)
        assert Tally.objects.filter(action__in=("signin.key", "signin.key_ip")).count() == 2
        forget(zebedee, alma)
        assert not Tally.objects.filter(action__in=("signin.key", "signin.key_ip")).exists()

    def test_of_sign_ins_links_and_merged_contacts(self, alma: Actor, mail: Path, sign_in: SignIn) -> None:
        zebedee = everything_happens(alma, mail, sign_in)
        forget(zebedee, alma)
        assert not User.objects.filter(role="").exists()
        assert not SecretLink.objects.exists()
        assert not Merge.objects.exists()
        assert not Contact.objects.filter(merged_into__isnull=False).exists()

    def test_also_of_a_deleted_contact(self, alma: Actor, mail: Path, sign_in: SignIn) -> None:
        zebedee = everything_happens(alma, mail, sign_in)
        standing.delete(zebedee, by=alma)
        forget(zebedee, alma)
        assert found(mail) == set()

    @pytest.mark.parametrize("is_undone", [False, True])
    def test_of_an_address_that_came_from_somebody_merged_away(self, alma: Actor, is_undone: bool) -> None:
        kim = make_contact("Kim", email="kim@acme.example")
        closed = make_customer("Closed", email="moved.one@acme.example", emails=("Moved.Two@acme.example",))
        done = merge(make_customer("Lee"), closed, kim, by=alma)
        survivor = done.survivor
        others = tuple(email for email in Draft.of(survivor).emails if not email.lower().startswith("moved."))
        edit(survivor, alma, emails=others)
        heir = create_contact(Draft(name="Heir", emails=("moved.one@acme.example", "moved.two@acme.example")), by=alma)
        if is_undone:
            unmerge(done, by=alma)
        forget(heir, alma)
        assert found(Path("/nowhere"), ["moved.one@acme.example", "moved.two@acme.example"]) == set()
        if not is_undone:
            assert unmerge(Merge.objects.get(), by=alma).left == []
        assert not Contact.objects.get(pk=closed.pk).addresses.exists()
        assert kim.addresses.get().email == "kim@acme.example"
        assert survivor.addresses.exists()

    def test_of_others_like_it_all_stays(self, alma: Actor) -> None:
        done = merge(make_contact(), make_contact(email="minkim@acme.example"), by=alma)
        forget(make_contact(email="kim@acme.example"), alma)
        assert Merge.objects.get().snapshot == done.snapshot

    def test_what_is_written_meanwhile_goes_within_the_hour(self, alma: Actor) -> None:
        zebedee = make_contact(FORMER)
        forget(zebedee, alma)
        note_view(zebedee, by=alma)
        with pytest.raises(SubjectGone):
            add_note(zebedee, f"about {FORMER}", by=alma)
        assert {word for _place, word in found(Path("/nowhere"))} == {FORMER}
        forgetting.tidy()
        assert found(Path("/nowhere")) == set()
        assert AuditEntry.objects.get(action="contact.forget").target_id == zebedee.pk


@pytest.mark.django_db
class TestWhatStays:
    def test_an_empty_row_in_no_view(self, alma: Actor) -> None:
        contact = make_customer("Kim")
        forget(contact, alma)
        row = Contact.objects.get(pk=contact.pk)
        assert str(row) == f"Deleted contact #{contact.pk}"
        assert not Contact.objects.visible_to(alma.user).exists()  # type: ignore[arg-type]
        assert not any(Contact.objects.filter(condition).filter(pk=row.pk).exists() for condition in VIEWS.values())

    def test_the_record_without_names_and_values(self, alma: Actor) -> None:
        contact = create_contact(Draft(name="Kim", emails=("kim@acme.example",)), by=alma, send_activation=False)
        edit(contact, alma, job_title="Head")
        forget(contact, alma)
        lines = AuditEntry.objects.filter(target_id=contact.pk).order_by("pk")
        assert [(line.action, line.target_name, line.actor_name) for line in lines] == [
            ("contact.create", ERASED, "Alma Admin"),
            ("contact.edit", ERASED, "Alma Admin"),
            ("contact.forget", ERASED, "Alma Admin"),
        ]
        assert lines[1].changes == {"job_title": ["", ERASED]}

    def test_who_did_it_and_how_much_went(self, alma: Actor) -> None:
        contact = make_contact("Kim")
        add_note(contact, "a", by=alma)
        letter_about(contact, "one", state="sent")
        forget(contact, alma)
        line = AuditEntry.objects.get(action="contact.forget")
        assert (line.actor_name, line.ip) == ("Alma Admin", "192.0.2.7")
        assert line.changes == {"letters": [1, 0], "notes": [1, 0]}

    def test_a_namesake_untouched(self, alma: Actor) -> None:
        contact = make_contact("Kim", mobile_phone="010-8765-4321")
        namesake = create_contact(Draft(name="Kim", mobile_phone="010-8765-4321"), by=alma)
        add_note(namesake, "Kim called", by=alma)
        letter_about(namesake, "other")
        before = list(AuditEntry.objects.filter(target_id=namesake.pk).order_by("pk").values())
        forget(contact, alma)
        assert Contact.objects.get(pk=namesake.pk).name == "Kim"
        assert list(AuditEntry.objects.filter(target_id=namesake.pk).order_by("pk").values()) == before
        assert Note.objects.get().text == "Kim called"
        assert OutgoingEmail.objects.get().cause == "other"

    def test_an_address_that_is_somebody_elses_by_now(self, alma: Actor) -> None:
        contact = create_contact(Draft(name="Kim", emails=("shop@acme.example", "kim@acme.example")), by=alma)
        edit(contact, alma, emails=("kim@acme.example",))
        heir = create_contact(Draft(name="Lee", emails=("shop@acme.example",)), by=alma, send_activation=False)
        letter_about(heir, "heirs", to_email="shop@acme.example")
        forget(contact, alma)
        assert OutgoingEmail.objects.filter(about_id=heir.pk).count() == 1
        assert AuditEntry.objects.get(target_id=heir.pk).changes["emails"] == [None, ["shop@acme.example"]]

    def test_tags_and_companies_of_others(self, alma: Actor) -> None:
        contact, other = make_contact(company=make_company("Acme")), make_contact()
        add_tags([contact, other], ["vip"], by=alma)
        add_tags(contact, ["only"], by=alma)
        forget(contact, alma)
        assert [tag.name for tag in Tag.objects.all()] == ["vip"]

    def test_other_peoples_sessions(self, alma: Actor, sign_in: SignIn) -> None:
        contact, browser = make_contact(NAME), sign_in(make_agent())
        session = browser.session
        session["_messages"], session["kept"] = json.dumps([f"{NAME} was created"]), "yes"
        session.save()
        forget(contact, alma)
        kept = SessionStore(session.session_key)
        assert ("_messages" in kept, kept["kept"]) == (False, "yes")
        assert browser.get(reverse("contacts:list")).status_code == 200

    def test_what_a_former_agent_did_without_the_name(self, alma: Actor) -> None:
        contact, other = make_customer("Yuna"), make_contact()
        assert contact.user
        yuna = person(contact.user)
        add_note(other, "called back", by=yuna)
        standing.block(other, by=yuna)
        job = Job.objects.create(kind="tests.none", state="done", owner=contact.user, owner_name="Yuna")
        forget(contact, alma)
        job.refresh_from_db()
        assert (job.owner_name, Note.objects.get().author_name) == (ERASED, ERASED)
        assert AuditEntry.objects.get(action="contact.block").actor_name == ERASED
        assert found(Path("/nowhere"), ["Yuna"]) == set()

    def test_numbers_are_not_given_again(self, alma: Actor) -> None:
        contact = make_contact()
        forget(contact, alma)
        assert make_contact().pk > contact.pk

    def test_the_address_is_free_again(self, alma: Actor) -> None:
        contact = make_contact(email="kim@acme.example", external_id="7")
        forget(contact, alma)
        assert create_contact(Draft(name="Kim", emails=("kim@acme.example",), external_id="7"), by=alma)


@pytest.mark.django_db
class TestRefused:
    def test_while_a_letter_is_with_the_mail_server(self, alma: Actor) -> None:
        contact = make_contact()
        lease = timezone.now() + timedelta(seconds=20)
        letter_about(contact, "going", state="handoff", lease_until=lease)
        with pytest.raises(Refused, match="being sent right now"):
            forget(contact, alma)
        OutgoingEmail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        forget(contact, alma)

    def test_an_agent(self, alma: Actor) -> None:
        contact = make_customer()
        User.objects.filter(contact=contact).update(role="agent")
        with pytest.raises(Refused, match="works here as an agent"):
            forget(contact, alma)

    def test_twice(self, alma: Actor) -> None:
        contact = make_contact()
        forget(contact, alma)
        with pytest.raises(Refused, match="already"):
            forget(contact, alma)

    def test_one_that_was_edited_since(self, alma: Actor) -> None:
        contact = make_contact("Kim")
        edit(contact, alma, name="Kim Min")
        with pytest.raises(EditConflict):
            forget_contact(contact, version=contact.version, by=alma)

    def test_restoring_unmerging_and_editing_a_forgotten_one(self, alma: Actor) -> None:
        contact, other = make_contact(), make_contact()
        done = merge(contact, other, by=alma)
        stale = Contact.objects.get(pk=contact.pk)
        forget(contact, alma)
        assert standing.restore(stale, by=alma) == []
        with pytest.raises(Merge.DoesNotExist):
            unmerge(done, by=alma)
        with pytest.raises(EditConflict):
            edit_contact(stale, Draft(name="Back", external_id="1"), version=stale.version + 1, by=alma)
        assert send_activations([contact.pk], by=alma).sent == []

    def test_a_claimed_letter_is_not_sent(self, alma: Actor, mail: Path) -> None:
        from helpdesk.outbox import claims
        from helpdesk.outbox.delivery import Round
        from helpdesk.outbox.lines import line_out

        contact = make_contact()
        send_activations([contact.pk], by=alma)
        claim = claims.take()
        assert claim
        forget(contact, alma)
        Round(claim, line_out()).go()
        assert not list(mail.iterdir())
        assert not SecretLink.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL wipes by VACUUM in its own time")
def test_the_database_file_holds_nothing_either(mail: Path, sign_in: SignIn) -> None:
    alma = person(make_admin())
    zebedee = everything_happens(alma, mail, sign_in)
    path = Path(settings.DATABASES["default"]["NAME"])
    assert "zebedee@quillan.example" in _raw(path)
    forget(zebedee, alma)
    assert "zebedee@quillan.example" not in _raw(path)
    assert NAME.encode().decode("latin-1") not in _raw(path)
    assert json.dumps(NAME)[1:-1] not in _raw(path)


def _raw(path: Path) -> str:
    files = [path, *path.parent.glob(f"{path.name}-wal")]
    return "".join(file.read_bytes().decode("latin-1") for file in files if file.exists())


@pytest.mark.django_db
def test_thousands_of_lines_cost_few_statements(alma: Actor, django_assert_max_num_queries: Any) -> None:
    contact = make_contact()
    AuditEntry.objects.bulk_create(
        AuditEntry(actor_kind="person", actor_name="Ada", action="contact.edit", target_kind=CONTACT, target_id=contact.pk,
        target_name="Kim", changes={"job_title": [str(number), str(number + 1)]}) for number in range(5000)
    )  # fmt: skip
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(notice="password_set", cause=f"c{number}", to_email="k@a.example", language="en", subject="s",
        text="t", html="h", about_kind=CONTACT, about_id=contact.pk, state="sent") for number in range(2000)
    )  # fmt: skip
    with django_assert_max_num_queries(200):
        forget(contact, alma)


@pytest.mark.django_db
def test_files_of_jobs_that_name_the_contact_are_deleted(alma: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from helpdesk.jobs.kinds import KINDS, Done, JobKind
    from helpdesk.jobs.models import JobTarget, JobTargetBlock
    from helpdesk.users.roles import Permission

    forgotten: list[int] = []
    kind = JobKind(
        name="tests.files", label="Files", permission=Permission.CONTACT_VIEW, work=lambda job, rows: Done(),
        target=CONTACT, forget=lambda job: forgotten.append(job.pk),
    )  # fmt: skip
    monkeypatch.setitem(KINDS, kind.name, kind)
    contact, other = make_contact(), make_contact()
    jobs = [Job.objects.create(kind="tests.files", state="done") for _number in range(4)]
    JobTarget.objects.create(job=jobs[0], number=1, target_id=contact.pk)
    JobRow.objects.create(job=jobs[1], number=1, target_kind=CONTACT, target_id=contact.pk)
    JobTarget.objects.create(job=jobs[2], number=1, target_id=other.pk)
    frozen = {"number": 1, "size": 1, "lowest": contact.pk, "highest": contact.pk, "ids": str(contact.pk)}
    JobTargetBlock.objects.create(job=jobs[3], **frozen)
    forget(contact, alma)
    assert forgotten == [jobs[0].pk, jobs[1].pk, jobs[3].pk]


@pytest.mark.django_db
def test_a_rollback_leaves_everything(alma: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = make_contact("Kim")
    add_note(contact, "a", by=alma)

    def fail(*_args: object, **_fields: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(forgetting, "record", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        forget(contact, alma)
    assert Contact.objects.get(pk=contact.pk).name == "Kim"
    assert Note.objects.count() == 1
