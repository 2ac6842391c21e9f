"""What the demo data holds: enough to try everything, in both languages, of nobody's addresses."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from companies.models import Company, CompanyDomain
from contacts.models import Address, Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.demo import accounts_present
from helpdesk.demo.people import PLAN, people
from helpdesk.outbox.models import OutgoingEmail, SecretLink
from helpdesk.running.demo import ACCOUNTS, PASSWORD
from helpdesk.timeline.models import Note
from helpdesk.timeline.queries import Timeline
from helpdesk.users.models import User
from helpdesk.users.roles import Role

pytestmark = pytest.mark.django_db


def test_there_are_contacts_in_every_state(filled: None) -> None:
    present = Contact.objects.present()
    unverified = Contact.objects.all().unverified()
    letters = Counter(
        OutgoingEmail.objects.filter(about_id__in=unverified.values("pk")).values_list("state", flat=True)
    )
    links = SecretLink.objects.filter(subject_id__in=unverified.values("pk"))

    assert present.count() >= 300
    assert set(Contact.VerifiedHow) - {Contact.VerifiedHow.INVITATION} <= set(
        present.values_list("verified_how", flat=True)
    )
    assert min(letters["sent"], letters["failed"], letters["unknown"]) >= 5
    assert links.live().filter(opened_at=None).count() >= 20
    assert links.live().exclude(opened_at=None).count() >= 5
    assert links.filter(expires_at__lt=timezone.now()).count() >= 20
    assert unverified.filter(addresses=None).count() >= 10
    assert (
        unverified.exclude(pk__in=OutgoingEmail.objects.values("about_id")).filter(addresses__isnull=False).count()
        >= 20
    )
    assert Contact.objects.all().blocked().count() >= 5
    assert Contact.objects.all().deleted().count() >= 5


def test_there_are_forty_companies_with_domains_of_nobody(filled: None) -> None:

    assert Company.objects.count() == 40
    assert not Company.objects.filter(domains=None).exists()
    assert not CompanyDomain.objects.exclude(domain__endswith=".example").exists()
    assert not Address.objects.exclude(key__endswith=".example").exists()


def test_people_are_korean_and_english_with_several_addresses_and_phones_in_many_shapes(filled: None) -> None:
    languages = Counter(Contact.objects.values_list("language", flat=True))
    several = Contact.objects.annotate(count=models.Count("addresses")).filter(count__gt=1)
    mobiles = set(Contact.objects.exclude(mobile_phone="").values_list("mobile_phone", flat=True))

    assert min(languages["ko"], languages["en"]) > 100
    assert several.count() >= 20
    assert all(any(phone.startswith(shape) for phone in mobiles) for shape in ("+82", "010-", "(010)", "010."))


def test_what_happened_happened_within_half_a_year_and_in_order(filled: None) -> None:
    now = timezone.now()

    for contact in Contact.objects.all():
        moments = [contact.created_at, contact.verified_at, contact.blocked_at or contact.deleted_at, now]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)
    oldest = Contact.objects.earliest("created_at").created_at
    assert 150 < (now - oldest).days <= 183


def test_each_invariant_of_addresses_and_links_holds(filled: None) -> None:
    primaries = Counter(Address.objects.filter(is_primary=True).values_list("contact_id", "user_id"))
    live = Counter(SecretLink.objects.live().values_list("subject_id", "purpose"))

    assert set(primaries.values()) == {1}
    assert set(Contact.objects.filter(addresses__isnull=False)) == set(
        Contact.objects.filter(addresses__is_primary=True)
    )
    assert set(live.values()) == {1}


def test_the_same_people_every_time() -> None:
    now = timezone.now()

    assert people(now) == people(now)
    assert len(people(now)) == sum(count for _story, _end, count in PLAN) + 1


@pytest.mark.parametrize("email", ACCOUNTS)
def test_the_demo_accounts_sign_in(filled: None, email: str) -> None:
    assert Client().login(email=email, password=PASSWORD)
    assert accounts_present()


def test_nobody_else_signs_in_with_the_password_everybody_knows(filled: None) -> None:
    known = [user.email for user in User.objects.all() if user.check_password(PASSWORD)]

    assert sorted(known) == sorted(ACCOUNTS)


def test_the_team_speaks_both_languages_in_all_roles(filled: None) -> None:
    assert set(User.objects.agents().values_list("role", flat=True)) == set(Role)
    assert set(User.objects.agents().values_list("language", flat=True)) == {"en", "ko"}


def test_there_are_notes_in_both_languages_and_sign_ins_within_the_lives_of_what_they_are_about(filled: None) -> None:
    notes = Note.objects.all()
    assert notes.filter(about_kind="contacts.contact").count() >= 50
    assert notes.filter(about_kind="companies.company").count() >= 10
    assert {note.text.isascii() for note in notes} == {True, False}
    customer = Contact.objects.get(external_id="C-10000")
    kinds = {event.template for event in Timeline(customer).page.events}
    assert {"timeline/_note.html", "timeline/_act.html", "timeline/_letter.html"} <= kinds
    born = dict(Contact.objects.values_list("pk", "created_at"))
    assert all(born[note.about_id] < note.created_at for note in notes.filter(about_kind="contacts.contact"))
    signed_in = AuditEntry.objects.filter(action="contact.sign_in")
    assert signed_in.count() >= 50
    assert all(born[entry.target_id or 0] < entry.at <= timezone.now() for entry in signed_in)
