"""Admin → Helpdesk settings: what admins set holds everywhere, and who sets it at the same time is told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from contacts.actions.activation import send_activations
from contacts.models import Contact
from helpdesk.audit.models import AuditEntry
from helpdesk.audit.retention import days_kept
from helpdesk.outbox import delivery
from helpdesk.outbox.composing import sender
from helpdesk.outbox.models import OutgoingEmail, State
from helpdesk.team.actions.house import change_house
from helpdesk.ui import house as remembered
from helpdesk.ui.conflicts import EditConflict
from helpdesk.ui.house import by_environment, house
from helpdesk.ui.models import Helpdesk
from helpdesk.users import actors
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/admin/settings/"
SYSTEM = actors.system("command")
TYPED = {
    "name": "Acme Care",
    "language": "ko",
    "time_zone": "Asia/Seoul",
    "phone_region": "GB",
    "support_email": "care@acme.example",
    "support_phone": "02-123-4567",
    "activation_hours": "48",
    "access_log_days": "90",
    "job_file_days": "14",
    "job_row_days": "365",
    "export_days": "14",
    "export_reason": "on",
}


def saved(client: Client, **changed: str) -> Any:
    return client.post(PAGE, {**TYPED, **changed})


def test_until_saved_the_environment_holds(settings: Any) -> None:
    settings.HELPDESK_NAME, settings.ACTIVATION_HOURS = "From outside", 12
    assert (house().name, house().activation_hours) == ("From outside", 12)


def test_what_is_set_holds_everywhere(as_admin: Client, mailoutbox: list[Any]) -> None:
    assert saved(as_admin).status_code == 302
    login = Client().get("/portal/login/").text
    assert "Acme Care" in login and "care@acme.example" in login and "02-123-4567" in login
    contact = factories.make_contact("김민준", email="kim@acme.example")
    send_activations(Contact.objects.filter(pk=contact.pk), by=SYSTEM)
    letter = OutgoingEmail.objects.get()
    assert (letter.language, letter.time_zone, letter.link_hours) == ("ko", "Asia/Seoul", 48)
    assert letter.subject.startswith("[Acme Care] ") and "care@acme.example, 02-123-4567" in letter.text
    assert sender().startswith('"Acme Care"')
    assert days_kept() == 90


def test_the_language_is_for_those_of_whom_nothing_is_known(as_admin: Client) -> None:
    saved(as_admin)
    asked = {
        accepted: Client(headers={"accept-language": accepted}).get("/portal/login/").headers["Content-Language"]
        for accepted in ("", "fr", "en-GB,ko;q=0.5", "ko-KR", "*", "xx,en;q=0.1")
    }
    assert asked == {"": "ko", "fr": "ko", "en-GB,ko;q=0.5": "en", "ko-KR": "ko", "*": "ko", "xx,en;q=0.1": "en"}


def test_phones_are_read_as_of_the_region(as_admin: Client) -> None:
    saved(as_admin)
    typed = {"name": "Ann", "emails-0": "ann@acme.example", "emails": "ann@acme.example", "work_phone": "020 7946 0991"}
    as_admin.post("/contacts/new/", typed)
    assert Contact.objects.get(name="Ann").work_phone_key == "442079460991"


def test_before_and_after_stand_in_the_log(as_admin: Client) -> None:
    saved(as_admin)
    saved(as_admin, version="1")
    entry = AuditEntry.objects.get(action="helpdesk.change")
    assert entry.changes["name"] == ["Helpdesk", "Acme Care"] and entry.changes["activation_hours"] == [168, 48]


def test_the_second_of_two_is_told(as_admin: Client) -> None:
    saved(as_admin)
    answer = saved(as_admin, name="Mine", version="0")
    assert answer.status_code == 409 and "Acme Care" in answer.text and 'value="Mine"' in answer.text
    assert Helpdesk.objects.get().name == "Acme Care"
    assert saved(as_admin, name="Mine", version="1").status_code == 302
    assert Helpdesk.objects.get().name == "Mine"
    with pytest.raises(EditConflict):
        change_house(by_environment(), version=1, by=SYSTEM)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("activation_hours", "0"),
        ("activation_hours", "337"),
        ("activation_hours", "1e3"),
        ("access_log_days", "0"),
        ("access_log_days", "99999999999999999999"),
        ("job_file_days", "731"),
        ("job_row_days", "29"),
        ("export_days", "91"),
        ("language", "tlh"),
        ("time_zone", "Mars/Base"),
        ("time_zone", ""),
        ("phone_region", "ZZ"),
        ("name", " "),
        ("name", "x" * 61),
        ("support_email", "nobody"),
        ("support_email", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_refuses_what_cannot_be(as_admin: Client, field: str, value: str) -> None:
    assert saved(as_admin, **{field: value}).status_code == 422
    assert not Helpdesk.objects.exists()


def test_customers_can_always_ask_somebody(as_admin: Client) -> None:
    assert saved(as_admin, support_email="", support_phone="").status_code == 422
    assert saved(as_admin, support_email="").status_code == 302
    assert "02-123-4567" in Client().get("/portal/login/").text


def test_the_database_holds_one_row_and_its_bounds() -> None:
    change_house(by_environment(), version=0, by=SYSTEM)
    values = asdict(by_environment())
    for wrong in ({"pk": 2}, {"pk": 1, "activation_hours": 337}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Helpdesk.objects.bulk_create([Helpdesk(**{**values, **wrong})])


def test_a_name_stays_one_line(as_admin: Client) -> None:
    saved(as_admin, name="Acme\tCare ")
    assert not Helpdesk.objects.exists() or Helpdesk.objects.get().name == "Acme Care"


def test_other_processes_ask_again_after_two_seconds_and_many_requests_ask_once(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_house(by_environment(), version=0, by=SYSTEM)
    with django_assert_num_queries(1):
        assert {house().name for _request in range(50)} == {"Helpdesk"}
    Helpdesk.objects.update(name="Set elsewhere")
    assert house().name == "Helpdesk"
    later = remembered.MEMORY._known
    assert later is not None
    monkeypatch.setattr("helpdesk.ui.memory.time.monotonic", lambda: later[0] + 0.01)
    assert house().name == "Set elsewhere"


def test_without_a_database_the_last_that_was_known_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    change_house(by_environment(), version=0, by=SYSTEM)
    Helpdesk.objects.update(name="Known")
    remembered.MEMORY.forget()
    assert house().name == "Known"
    remembered.MEMORY.forget()
    with connection.execute_wrapper(_broken):
        assert house().name == "Known"


def _broken(*_args: Any) -> Any:
    from django.db import OperationalError

    raise OperationalError("gone")


def test_a_test_email_goes_through_the_outbox_once(as_admin: Client, mailoutbox: list[Any]) -> None:
    typed = {"email": "me@elsewhere.example", "form_id": "x" * 20}
    first, second = (as_admin.post(f"{PAGE}test-email/", typed) for _click in range(2))
    letter = OutgoingEmail.objects.get()
    assert first["Location"] == second["Location"] == letter.get_absolute_url()
    delivery.deliver_due()
    letter.refresh_from_db()
    assert letter.state == State.SENT and "Test email" in mailoutbox[0].subject
    assert "me@elsewhere.example" in as_admin.get(letter.get_absolute_url()).text
    assert AuditEntry.objects.filter(action="helpdesk.test_email").count() == 1
    assert as_admin.post(f"{PAGE}test-email/", {"email": "nobody"}).status_code == 422


def test_a_page_asks_no_more_than_before(as_agent: Client, django_assert_max_num_queries: Any) -> None:
    change_house(by_environment(), version=0, by=SYSTEM)
    as_agent.get("/contacts/")
    with django_assert_max_num_queries(6):
        as_agent.get("/contacts/")
