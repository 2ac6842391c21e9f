"""A contact becomes an agent, and a contact only again: one person at two doors."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contacts.actions import standing
from contacts.actions.activation import send_activations
from contacts.actions.drafts import Draft
from contacts.actions.merging import merge_contacts
from contacts.actions.records import create_contact
from contacts.actions.replacing import replace_email
from contacts.actions.signins import Refused
from contacts.actions.unmerging import unmerge
from contacts.models import Address, Contact
from contacts.notices import CONTACT
from helpdesk.audit.models import AuditEntry
from helpdesk.outbox import delivery, links
from helpdesk.outbox.models import OutgoingEmail, SecretLink, State
from helpdesk.team.actions.asking import send_way_in
from helpdesk.team.actions.conversions import NoContact, make_agent, step_back
from helpdesk.team.actions.invitations import NotInvited, withdraw
from helpdesk.team.actions.members import LastAdmin, Oneself, deactivate
from helpdesk.team.actions.own_email import ask_for_email
from helpdesk.team.notices import USER
from helpdesk.users.actors import person, system
from helpdesk.users.models import SignInPolicy, User
from helpdesk.users.roles import Permission, Role
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_admin, make_contact, make_customer
from tests.factories import make_agent as plain_agent
from tests.team.letters import arrived

pytestmark = pytest.mark.django_db
COMMAND = system("command")
SECRET = "quiet-otter-paints-fjords"


def promoted(contact: Contact | None = None, role: str = Role.AGENT) -> User:
    return make_agent_of(contact or make_customer("Kim", email="kim@acme.example"), role)


def make_agent_of(contact: Contact, role: str = Role.AGENT) -> User:
    return make_agent(contact, role, by=COMMAND)


def fresh(contact: Contact) -> Contact:
    return Contact.objects.select_related("user").get(pk=contact.pk)


def letters(user: User, notice: str) -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.about(USER, user.pk).filter(notice=notice).order_by("pk"))


def signs_in(door: str, email: str, password: str = PASSWORD) -> str:
    """Where the door leads; "" where it stays shut."""
    answer = Client().post(reverse(door), {"email": email, "password": password})
    return str(answer.get("Location", ""))


def accepted(contact: Contact, client: Client) -> User:
    user = make_agent_of(contact)
    client.get(f"/invitation/{arrived(user, 'team_invitation')}/")
    assert client.post("/invitation/", {"name": "Kim", "password": SECRET})["Location"] == "/login/"
    return User.objects.get(pk=user.pk)


# --- Becoming an agent ----------------------------------------------------------------------------------------------


def test_a_verified_contact_keeps_person_password_and_record() -> None:
    kim = make_customer("Kim", email="kim@acme.example", emails=("kim2@acme.example",))
    was = kim.user
    user = make_agent_of(kim, Role.SUPERVISOR)
    assert (user, user.role, user.check_password(PASSWORD)) == (was, "supervisor", True)
    assert (fresh(kim).user, fresh(kim).verified_at) == (was, kim.verified_at)
    assert Address.objects.filter(key="kim@acme.example", contact=kim, user=user, is_primary=True).count() == 1


def test_both_doors_open_to_both_and_lead_home() -> None:
    promoted(make_customer(email="kim@acme.example", emails=("kim2@acme.example",)))
    for email in ("kim@acme.example", "kim2@acme.example"):
        assert signs_in("account_login", email) == "/contacts/"
        assert signs_in("portal:login", email) == "/contacts/"


def test_the_portal_is_open_to_them_as_before(sign_in: SignIn) -> None:
    assert sign_in(promoted()).get("/portal/profile/").status_code == 200


def test_whoever_was_signed_in_comes_in_anew(sign_in: SignIn) -> None:
    kim = make_customer()
    assert kim.user
    browser = sign_in(kim.user)
    make_agent_of(kim)
    assert browser.get("/portal/profile/").status_code == 302


def test_a_required_second_step_is_asked_of_them(sign_in: SignIn) -> None:
    SignInPolicy.objects.create(pk=SignInPolicy.ONLY, requires_mfa=True)
    browser = sign_in(promoted())
    assert browser.get("/contacts/")["Location"] == reverse("mfa_index")


def test_they_are_told_with_role_and_door() -> None:
    with translation.override("ko"):
        user = promoted(make_customer(email="kim@acme.example", language="en"))
    (letter,) = letters(user, "team_security")
    assert (letter.to_email, letter.language) == ("kim@acme.example", "en")
    assert "Your role: Agent." in letter.text
    assert reverse("account_login") in letter.text
    assert "network address" not in letter.text


def test_an_unverified_contact_is_invited_and_verified_by_accepting(client: Client) -> None:
    kim = make_contact("Kim", email="kim@acme.example")
    user = make_agent_of(kim)
    assert (user.is_invited, fresh(kim).verified_at, letters(user, "team_security")) == (True, None, [])
    client.get(f"/invitation/{arrived(user, 'team_invitation')}/")
    client.post("/invitation/", {"name": "Kim", "password": SECRET})
    now = fresh(kim)
    assert (now.verified_at is not None, now.verified_how, now.user) == (True, "invite", user)
    assert now.addresses.get().confirmed_at is not None
    assert signs_in("portal:login", "kim@acme.example", SECRET) == "/contacts/"


def test_the_record_has_it_at_the_person_and_at_the_contact() -> None:
    kim = make_customer()
    user = make_agent_of(kim, Role.ADMIN)
    told = AuditEntry.objects.filter(action__endswith="make_agent").order_by("action")
    assert [(entry.action, entry.target_kind, entry.target_id, entry.changes) for entry in told] == [
        ("contact.make_agent", CONTACT, kim.pk, {}),
        ("user.make_agent", USER, user.pk, {"role": ["", "admin"]}),
    ]


@pytest.mark.parametrize("state", ["blocked", "deleted", "merged", "no email", "agent"])
def test_refused_with_the_reason(state: str) -> None:
    kim = make_contact(email=None) if state == "no email" else make_contact(email="kim@acme.example")
    if state == "blocked":
        standing.block(kim, by=COMMAND)
    elif state == "deleted":
        standing.delete(kim, by=COMMAND)
    elif state == "merged":
        other = make_contact()
        merge_contacts(other, [kim], {}, versions={kim.pk: 1, other.pk: 1}, by=COMMAND)
    elif state == "agent":
        make_agent_of(kim)
    with pytest.raises(Refused) as refused:
        make_agent_of(kim)
    assert state.partition(" ")[2] in refused.value.reason


def test_links_for_the_customer_die_and_waiting_letters_are_not_sent() -> None:
    kim = make_contact(email="kim@acme.example")
    links.issue_printed("activate", CONTACT, kim.pk, hours=24)
    send_activations([kim.pk], by=COMMAND)
    make_agent_of(kim)
    delivery.deliver_due()
    assert not SecretLink.objects.live().of(CONTACT, kim.pk).exists()
    assert OutgoingEmail.objects.get(notice="user_activation").state == State.SKIPPED


def test_a_forgotten_password_is_found_by_any_address() -> None:
    user = promoted(make_customer(email="kim@acme.example", emails=("kim2@acme.example",)))
    send_way_in("kim2@acme.example", by=COMMAND)
    assert [letter.to_email for letter in letters(user, "team_reset")] == ["kim@acme.example"]


def test_an_edit_of_the_contact_leaves_the_agent_the_address_to_sign_in_with() -> None:
    kim = make_customer(email="kim@acme.example")
    user = make_agent_of(kim)
    replace_email(kim, "new@acme.example", keeps_old=False, send_activation=False, version=kim.version, by=COMMAND)
    user.refresh_from_db()
    assert user.email == "kim@acme.example"
    assert signs_in("account_login", "kim@acme.example") == "/contacts/"


def test_an_unmerge_does_not_take_an_agent_apart() -> None:
    kim, other = make_contact("Kim"), make_customer("Other")
    merge = merge_contacts(kim, [other], {}, versions={kim.pk: kim.version, other.pk: other.version}, by=COMMAND)
    make_agent_of(fresh(kim))
    with pytest.raises(Refused):
        unmerge(merge, by=COMMAND)
    assert fresh(kim).user is not None


# --- A contact only again -------------------------------------------------------------------------------------------


def test_the_role_is_gone_and_the_contact_stays_verified(sign_in: SignIn) -> None:
    kim = make_customer(email="kim@acme.example")
    user = make_agent_of(kim)
    browser = sign_in(user)
    step_back(user, by=COMMAND)
    now = fresh(kim)
    assert now.user == user
    assert (now.user.role, now.user.may(Permission.DESK_VIEW), now.verified_at) == ("", False, kim.verified_at)
    assert browser.get("/contacts/").status_code == 302
    assert Address.objects.get(key="kim@acme.example").user is None
    assert signs_in("portal:login", "kim@acme.example") == "/portal/"


def test_they_are_told_where_to_sign_in_now() -> None:
    user = promoted()
    step_back(user, by=COMMAND)
    letter = letters(user, "team_security")[-1]
    assert "no longer work" in letter.text
    assert reverse("portal:login") in letter.text


def test_the_second_step_goes_with_the_role() -> None:
    user = promoted()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    step_back(user, by=COMMAND)
    assert signs_in("portal:login", "kim@acme.example") == "/portal/"


def test_an_accepted_invitation_leaves_a_verified_contact(client: Client) -> None:
    kim = make_contact("Kim", email="kim@acme.example")
    step_back(accepted(kim, client), by=COMMAND)
    assert fresh(kim).verified_how == "invite"
    assert signs_in("portal:login", "kim@acme.example", SECRET) == "/portal/"


@pytest.mark.parametrize("verb", [step_back, withdraw])
def test_an_invitation_not_accepted_is_withdrawn_and_the_contact_stays_as_before(verb: Any) -> None:
    kim = make_contact("Kim", email="kim@acme.example")
    user = make_agent_of(kim)
    verb(user, by=COMMAND)
    assert not User.objects.filter(pk=user.pk).exists()
    assert fresh(kim).user is None
    assert list(kim.addresses.filter(user=None).values_list("email", flat=True)) == ["kim@acme.example"]
    assert AuditEntry.objects.filter(action="contact.step_back", target_id=kim.pk).count() == 1


def test_an_accepted_one_cannot_be_withdrawn(client: Client) -> None:
    with pytest.raises(NotInvited):
        withdraw(accepted(make_contact(email="kim@acme.example"), client), by=COMMAND)


def test_an_address_only_the_agent_had_becomes_the_contacts() -> None:
    kim = make_customer("Kim", email="kim@acme.example")
    user = make_agent_of(kim)
    replace_email(kim, "new@acme.example", keeps_old=False, send_activation=False, version=kim.version, by=COMMAND)
    step_back(user, by=COMMAND)
    assert list(kim.addresses.filter(user=None).values_list("email", "is_primary")) == [
        ("new@acme.example", True),
        ("kim@acme.example", False),
    ]
    now = fresh(kim)
    assert "kim@acme.example" in now.search_text
    assert now.user is not None
    assert now.user.email == "new@acme.example"


def test_nobody_steps_back_by_themselves() -> None:
    make_admin()
    user = promoted(role=Role.ADMIN)
    with pytest.raises(Oneself):
        step_back(user, by=person(user))


def test_the_last_admin_stays() -> None:
    user = promoted(role=Role.ADMIN)
    with pytest.raises(LastAdmin):
        step_back(user, by=COMMAND)
    assert User.objects.get(pk=user.pk).role == "admin"


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_only_those_who_are_both_step_back(who: str) -> None:
    user = make_agent_user() if who == "agent" else make_customer().user
    assert user is not None
    with pytest.raises(NoContact):
        step_back(user, by=COMMAND)


def make_agent_user() -> User:
    return plain_agent()


def test_a_deactivated_agent_is_let_into_the_portal_again_and_a_blocked_contact_is_not() -> None:
    for is_blocked in (False, True):
        kim = make_customer()
        user = make_agent_of(kim)
        deactivate(user, by=COMMAND)
        if is_blocked:
            standing.block(kim, by=COMMAND)
        step_back(user, by=COMMAND)
        assert User.objects.get(pk=user.pk).is_active is not is_blocked


def test_a_link_to_another_address_of_the_agent_dies() -> None:
    user = promoted()
    ask_for_email(user, "elsewhere@helpdesk.example", by=COMMAND)
    token = arrived(user, "team_email")
    step_back(user, by=COMMAND)
    assert not links.find(token, "confirm").is_live


def test_there_and_back_and_there_again() -> None:
    kim = make_customer(email="kim@acme.example")
    for _time in range(2):
        user = make_agent_of(fresh(kim))
        assert signs_in("account_login", "kim@acme.example") == "/contacts/"
        step_back(user, by=COMMAND)
    assert Address.objects.filter(contact=kim).count() == 1


# --- The pages ------------------------------------------------------------------------------------------------------


def test_an_admin_makes_a_contact_an_agent(as_admin: Client) -> None:
    kim = make_customer("Kim")
    page = reverse("team:make_agent", args=[kim.pk])
    assert page in as_admin.get(kim.get_absolute_url()).content.decode()
    assert "The password stays." in as_admin.get(page).content.decode()
    answer = as_admin.post(page, {"role": "supervisor"})
    assert answer["Location"] == reverse("team:edit", args=[kim.user_id])
    text = as_admin.get(answer["Location"]).content.decode()
    assert "Kim is an agent now and was told so by email." in text
    assert kim.get_absolute_url() in text


def test_says_what_it_means_for_somebody_without_a_password(as_admin: Client) -> None:
    kim = make_contact(email="kim@acme.example")
    text = as_admin.get(reverse("team:make_agent", args=[kim.pk])).content.decode()
    assert "A letter to kim@acme.example brings the link to choose a password." in text


def test_a_double_click_invites_once(as_admin: Client) -> None:
    kim = make_contact()
    page, typed = reverse("team:make_agent", args=[kim.pk]), {"role": "agent", "form_id": "a" * 22}
    assert as_admin.post(page, typed)["Location"] == as_admin.post(page, typed)["Location"]
    assert OutgoingEmail.objects.filter(notice="team_invitation").count() == 1


def test_an_unfit_contact_is_named_with_the_reason(as_admin: Client) -> None:
    kim = make_contact()
    standing.block(kim, by=COMMAND)
    answer = as_admin.post(reverse("team:make_agent", args=[kim.pk]), {"role": "agent"}, follow=True)
    assert "This contact cannot become an agent: blocked" in answer.content.decode()


def test_an_unknown_role_makes_nobody_an_agent(as_admin: Client) -> None:
    kim = make_customer()
    assert as_admin.post(reverse("team:make_agent", args=[kim.pk]), {"role": "owner"}).status_code == 422
    assert not fresh(kim).user.is_agent  # type: ignore[union-attr]


def test_is_not_offered_to_others_nor_for_agents(as_supervisor: Client, as_admin: Client) -> None:
    kim = make_customer()
    words = "Make this contact an agent"
    assert words not in as_supervisor.get(kim.get_absolute_url()).content.decode()
    make_agent_of(kim)
    text = as_admin.get(kim.get_absolute_url()).content.decode()
    assert words not in text
    assert "Change password" not in text
    assert reverse("team:edit", args=[kim.user_id]) in text


def test_an_admin_takes_the_role_away(as_admin: Client) -> None:
    user = promoted()
    page = reverse("team:step_back", args=[user.pk])
    assert page in as_admin.get(reverse("team:edit", args=[user.pk])).content.decode()
    assert "two-step sign-in is removed" in as_admin.get(page).content.decode()
    answer = as_admin.post(page, follow=True)
    assert "Kim is a contact only again." in answer.content.decode()


def test_an_agent_without_a_contact_is_deactivated_instead(as_admin: Client) -> None:
    user = make_agent_user()
    page = reverse("team:step_back", args=[user.pk])
    assert page not in as_admin.get(reverse("team:edit", args=[user.pk])).content.decode()
    assert "Deactivate them instead" in as_admin.post(page, follow=True).content.decode()


def test_inviting_a_contacts_address_leads_to_making_them_an_agent(as_admin: Client) -> None:
    kim = create_contact(Draft(name="Kim", emails=("kim@acme.example",)), send_activation=False, by=COMMAND)
    typed = {"email": "kim@acme.example", "name": "Kim", "role": "agent", "language": "en"}
    text = as_admin.post("/admin/team/invite/", typed).content.decode()
    assert reverse("team:make_agent", args=[kim.pk]) in text
