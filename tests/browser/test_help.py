"""Every answer of the FAQ, walked through by its words alone: what stands in bold must be on the page that is reached.

The walker knows no page. It reads the steps of an answer from /help/ itself, in the reader's language, looks for each
bold word as the name of something that can be used, and uses it as its kind asks: presses, ticks, types or reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotSeen

from contacts.models import Contact
from helpdesk.help import ANSWERS
from helpdesk.jobs import engine
from helpdesk.jobs.models import Job
from helpdesk.jobs.tasks import run
from helpdesk.outbox.models import OutgoingEmail
from tests.browser.conftest import OpenBrowser
from tests.factories import make_admin, make_company, make_contact
from tests.patience import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PRESSED = ("button", "link", "menuitem")
TICKED = ("checkbox",)
TYPED = ("textbox",)
READ = ("heading", "region")
QUICK = 300  # milliseconds to wait for each way of looking


class Step(NamedTuple):
    """One step as it stands on the page: its bold words, in order, and what it opens by name."""

    words: list[str]
    opens: str


# --- The walker -----------------------------------------------------------------------------------------------------


def steps_of(page: Page, slug: str) -> list[Step]:
    """Read the answer from the FAQ."""
    page.goto(f"/help/#{slug}")
    lines = page.locator(f"#{slug} ol > li").all()
    return [Step(line.locator("b").all_inner_texts(), line.get_attribute("data-opens") or "") for line in lines]


def walk(page: Page, slug: str, names: dict[str, str], typed: dict[str, str]) -> None:
    """Do what the answer says. `names`: what "contact" and "company" are called here; `typed`: kind of field → text."""
    for step in steps_of(page, slug):
        for word in [names[step.opens]] if step.opens else step.words:
            wait_for(lambda word=word: use(page, word, typed), otherwise=lambda word=word: missing(page, word))
            page.wait_for_load_state()
            expect(page.locator(".htmx-request")).to_have_count(0)


def missing(page: Page, word: str) -> str:
    return f"“{word}” is not on {page.url}: {page.locator('main').inner_text()[:500]}"


def use(page: Page, word: str, typed: dict[str, str]) -> bool:
    """Find `word` as a person would, and use what bears it; whether it was there."""
    for role, thing in _bearers(page, word):
        if role in TYPED:
            thing.fill(_text_for(thing, typed))
        elif role in TICKED:
            thing.check()
        elif role in PRESSED:
            thing.click()
        return True
    return False


def _bearers(page: Page, word: str) -> Iterator[tuple[str, Locator]]:
    """What bears exactly this name, else a name that holds it (“Views: All contacts”); in the content before the frame."""
    page.locator("main").wait_for()
    for exactly in (True, False):
        name = re.compile(rf"^\s*{re.escape(word)}\s*(\(.*\))?$") if exactly else re.compile(re.escape(word))
        for place in (page.locator("main"), page.locator("body")):
            for role in (*TYPED, *TICKED, *PRESSED, *READ):
                if thing := _first_seen(place.get_by_role(role, name=name)):  # type: ignore[arg-type]
                    yield role, thing


def _first_seen(found: Locator) -> Locator | None:
    seen = found.filter(visible=True).first
    try:
        seen.wait_for(timeout=QUICK if found.count() else 1)
    except NotSeen:
        return None
    return seen


def _text_for(field: Locator, typed: dict[str, str]) -> str:
    """An address where the field is one for addresses, lines where it takes several, else a name."""
    if field.get_attribute("type") == "email" or field.get_attribute("inputmode") == "email":
        return typed["email"]
    return typed["lines"] if field.evaluate("field => field.tagName") == "TEXTAREA" else typed["text"]


# --- The answers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def minjun(db: None) -> Contact:
    return make_contact("김민준", email="minjun@acme.example")


TYPED_TEXT = {"text": "홍길동", "email": "gildong@acme.example", "lines": "acme.example\nacme-korea.example"}


def letters_to() -> list[str]:
    return sorted(OutgoingEmail.objects.filter(notice="user_activation").values_list("to_email", flat=True))


def test_onboard(page: Page) -> None:
    walk(page, "onboard", {}, TYPED_TEXT)

    wait_for(lambda: letters_to() == ["gildong@acme.example"])
    assert Contact.objects.get().name == "홍길동"


def test_send_in_bulk(page: Page, minjun: Contact) -> None:
    make_contact("Alice Adams", email="alice@acme.example")

    walk(page, "bulk", {}, TYPED_TEXT)

    wait_for(lambda: letters_to() == ["alice@acme.example", "minjun@acme.example"])


def test_resend(page: Page, minjun: Contact) -> None:
    walk(page, "resend", {"contact": minjun.name}, TYPED_TEXT)

    wait_for(lambda: letters_to() == ["minjun@acme.example"])


def test_cure_not_authorized(page: Page, minjun: Contact) -> None:
    walk(page, "not-authorized", {"contact": minjun.name}, TYPED_TEXT)

    wait_for(lambda: letters_to() == ["minjun@acme.example"])


def test_change_an_email(page: Page, minjun: Contact) -> None:
    walk(page, "change-email", {"contact": minjun.name}, TYPED_TEXT)

    wanted = [("gildong@acme.example", True), ("minjun@acme.example", False)]
    wait_for(lambda: list(minjun.addresses.values_list("email", "is_primary")) == wanted)


def test_give_a_company_its_domains(page: Page) -> None:
    company = make_company("㈜한빛전자")

    walk(page, "company-domains", {"company": company.name}, TYPED_TEXT)

    wanted = {"acme.example", "acme-korea.example"}
    wait_for(lambda: {str(domain) for domain in company.domains.all()} == wanted)


def test_block(page: Page, minjun: Contact) -> None:
    walk(page, "block", {"contact": minjun.name}, TYPED_TEXT)

    wait_for(Contact.objects.all().blocked().filter(pk=minjun.pk).exists)


def test_import(open_browser: OpenBrowser, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "apply_async", lambda args, **_options: work_on(*args))
    file = tmp_path / "고객.csv"
    file.write_bytes("이름,이메일\n홍길동,gildong@acme.example\n".encode("cp949"))
    page = open_browser(make_admin(), language=language)
    page.on("filechooser", lambda chooser: chooser.set_files(file))

    walk(page, "import", {}, TYPED_TEXT)

    wait_for(Contact.objects.filter(name="홍길동").exists)


def work_on(pk: int, epoch: int | None) -> None:
    """As a worker that is there at once."""
    while epoch is not None:
        epoch = engine.run(pk, epoch)


def test_export(page: Page, minjun: Contact) -> None:
    walk(page, "export", {}, TYPED_TEXT)

    wait_for(Job.objects.filter(kind="contacts.export", total=1).exists)


def test_every_answer_is_walked_here() -> None:
    walked = {
        "onboard",
        "bulk",
        "resend",
        "not-authorized",
        "change-email",
        "company-domains",
        "block",
        "import",
        "export",
    }

    assert walked == {answer.slug for answer in ANSWERS}


def test_the_walker_finds_no_word_that_is_not_on_the_page(page: Page) -> None:
    page.goto("/help/")

    assert not use(page, "Press the red button", TYPED_TEXT)


def test_help_is_found_from_every_page_of_the_desk(page: Page, language: str) -> None:
    page.goto("/companies/")

    with override(language):
        wait_for(lambda: use(page, gettext("Help"), TYPED_TEXT))

    page.wait_for_url("**/help/")
