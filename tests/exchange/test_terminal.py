"""Imports and exports from the terminal: one line of totals, an exit status, one sentence where a file is refused."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from openpyxl import Workbook

from companies.models import Company
from contacts.models import Contact
from helpdesk.exchange import terminal
from helpdesk.exchange.models import JobFile
from helpdesk.exchange.sheets import SHEETS
from helpdesk.exchange.terminal import Request
from helpdesk.jobs import actions as jobs
from helpdesk.jobs import claims, engine
from helpdesk.jobs.models import Job, JobRow
from helpdesk.jobs.states import State
from helpdesk.users import actors
from tests import factories

pytestmark = pytest.mark.django_db

CSV = "이름,이메일,회사,쪽지\n홍길동,gildong@example.com,한빛,x\n최효경,hyo@example.com,한빛,y\n이름만,,,z\n"


def run(*args: object, **options: Any) -> tuple[dict[str, Any], int]:
    """The line on stdout, and the exit status."""
    out, status = StringIO(), 0
    try:
        call_command(*map(str, args), stdout=out, stderr=StringIO(), **options)
    except SystemExit as ended:
        status = int(ended.code or 0)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    return json.loads(lines[0]), status


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "고객.csv"
    path.write_bytes(CSV.encode("cp949"))
    return path


def test_imports_and_says_with_3_that_a_row_failed(file: Path) -> None:
    line, status = run("import_contacts", file)
    job = Job.objects.get(pk=line["job"])
    assert (line, status) == ({"created": 2, "updated": 0, "skipped": 0, "failed": 1, "job": job.pk}, 3)
    assert (job.state, job.owner_name, job.params["file"]) == (State.DONE, "command", "고객.csv")
    assert Contact.objects.get(name="홍길동").company == Company.objects.get(name="한빛")


def test_says_with_0_that_no_row_failed_and_acts_for_an_agent(file: Path) -> None:
    file.write_text("name,email\nKim,kim@example.com\n")
    factories.make_agent("admin", email="ada@helpdesk.example")
    line, status = run("import_contacts", file, "--as", "ada@helpdesk.example")
    assert (line["created"], status) == (1, 0)
    assert Job.objects.get().owner.email == "ada@helpdesk.example"  # type: ignore[union-attr]


def test_a_dry_run_foretells_and_leaves_nothing(file: Path) -> None:
    line, status = run("import_contacts", file, "--dry-run")
    assert (line, status) == ({"created": 2, "updated": 0, "skipped": 0, "failed": 1, "dry_run": True}, 3)
    assert not (Contact.objects.exists() or Job.objects.exists() or JobRow.objects.exists() or JobFile.objects.exists())


def test_columns_and_ticks_are_told(file: Path) -> None:
    factories.make_contact("홍길동", email="gildong@example.com", department="영업")
    file.write_text("name,email,what,company\n,gildong@example.com,,None Such\n,new@example.com,Chief,\n")
    line, _ = run("import_contacts", file, "--map", "what=department", "--blank-clears", "--no-create-companies")
    assert (line["created"], line["updated"], line["failed"]) == (1, 0, 1)
    assert Contact.objects.get(name="new").department == "Chief"
    line, _ = run("import_contacts", file, "--map", "what=department", "--blank-clears", "--map", "company=")
    assert (line["updated"], line["skipped"]) == (1, 1)
    assert Contact.objects.get(name="홍길동").department == ""


def test_another_worksheets_column_names_are_where_it_has_them(tmp_path: Path) -> None:
    book = Workbook()
    rows = [["name", "email"], ["A", "a@example.com"], ["B", "b@example.com"], ["C", "c@example.com"]]
    for name, above in {"titled": [["Customers"], []], "plain": []}.items():
        made = book.create_sheet(name)
        for row in [*above, *rows]:
            made.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "book.xlsx")
    line, status = run("import_contacts", tmp_path / "book.xlsx", "--worksheet", "plain")
    assert (line["created"], status) == (3, 0)
    maps = ("--map", "A=name", "--map", "a@example.com=email")
    line, _ = run("import_contacts", tmp_path / "book.xlsx", "--worksheet", "plain", "--header-row", 2, *maps)
    assert line["skipped"] == 2
    with pytest.raises(CommandError, match="no worksheet"):
        call_command("import_contacts", str(tmp_path / "book.xlsx"), "--worksheet", "none")


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"", (), "empty"),
        (b"name,email\n", (), "no rows"),
        (b"%PDF-1.7 \x00\x01", (), "PDF"),
        (b"color,size\nred,3\n", (), "No column is mapped to one of email"),
        (b"name,email\na,b@example.com\n", ("--map", "nome=name"), "no column “nome”"),
        (b"name,email\na,b@example.com\n", ("--map", "name=nome"), "no field “nome”"),
        (b"name,email\na,b@example.com\n", ("--encoding", "bogus"), "no encoding “bogus”. There are: utf-8, "),
        (b"name,email\na,b@example.com\n", ("--encoding", ""), "no encoding “”"),
        (b"name,email\na,b@example.com\n", ("--delimiter", "#"), "not parted by “#”"),
        (b"name,email\na,b@example.com\n", ("--header-row", "5000"), "rows 1 to 1000"),
        (b"name,email\na,b@example.com\n", ("--header-row", "-1"), "rows 1 to 1000"),
        (b"name,email\na,b@example.com\n", ("--header-row", "900"), "no row 900"),
        (b"name,email\na,b@example.com\n", ("--as", "nobody@example.com"), "No active agent"),
        (b"name,email\na,b@example.com\n", ("--as", ""), "Enter an email address"),
    ],
)
def test_a_refused_file_is_one_sentence_and_takes_no_slot(
    file: Path, content: bytes, options: tuple[str, ...], reason: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError, match=reason) as refused:
        call_command("import_contacts", str(file), *options)
    assert refused.value.returncode == 1
    assert not Job.objects.exists()


@pytest.mark.parametrize("sheet", ["contacts", "companies"])
@pytest.mark.parametrize(("act", "role"), [("import", "supervisor"), ("export", "agent")])
def test_nobody_does_by_the_terminal_what_their_role_may_not(file: Path, sheet: str, act: str, role: str) -> None:
    factories.make_contact(company=factories.make_company("한빛"))
    factories.make_agent(role, email="ada@helpdesk.example", name="Ada")
    with pytest.raises(CommandError, match=f"^Ada may not {act} {sheet}.$") as refused:
        call_command(f"{act}_{sheet}", str(file), "--as", "ada@helpdesk.example")
    assert refused.value.returncode == 1
    assert not Job.objects.exists() and file.read_bytes() == CSV.encode("cp949")


def test_a_file_that_breaks_off_keeps_what_was_before_and_ends_with_1(file: Path) -> None:
    file.write_text('name,email\nKim,kim@example.com\nLee,"lee@example.com\n')
    out = StringIO()
    with pytest.raises(CommandError, match="3"):
        call_command("import_contacts", str(file), stdout=out)
    assert json.loads(out.getvalue())["created"] == 1
    assert Job.objects.get().state == State.FAILED
    assert Contact.objects.get().name == "Kim"


def test_goes_on_with_an_import_whose_process_died_and_then_does_its_own(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.exchange.terminal.time.sleep", lambda seconds: pytest.fail("waits for nobody"))
    dead = left_behind(file)
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))
    file.write_text("name,email\nKim,kim@example.com\n")
    assert run("import_contacts", file)[0]["created"] == 1
    dead.refresh_from_db()
    assert (dead.state, dead.totals) == (State.DONE, {"created": 2, "failed": 1})


def test_leaves_an_import_to_whoever_works_on_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, waited = left_behind(file), list[float]()

    def ends(seconds: float) -> None:
        waited.append(seconds)
        claims.move(other, State.CANCELLED)  # LostError if anybody had touched it

    monkeypatch.setattr("helpdesk.exchange.terminal.time.sleep", ends)
    assert run("import_contacts", file)[0]["created"] == 2
    assert waited == [terminal.SLICE]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_its_own_import_and_harms_none_that_it_goes_on_with(
    file: Path, monkeypatch: pytest.MonkeyPatch, deaf: dict[int, Any], number: signal.Signals
) -> None:
    dead, told = left_behind(file), list[Job]()
    Job.objects.update(lease_until=Now() - timedelta(seconds=1))

    def struck(job: Job) -> None:
        told.append(job)
        assert len(told) < 3, "goes on as if nothing had been"
        os.kill(os.getpid(), number)

    monkeypatch.setattr(engine, "_work", lambda job, seconds: struck(job))
    with pytest.raises(CommandError, match="was stopped"):
        run("import_contacts", file)
    dead.refresh_from_db()
    own = Job.objects.exclude(pk=dead.pk).get()
    assert (own.state, dead.state, dead.lease_until) == (State.CANCELLED, State.RUNNING, None)
    assert [job.pk for job in told] == [dead.pk]
    assert {one: signal.getsignal(one) for one in deaf} == deaf


def test_a_hang_up_that_is_ignored_stays_ignored(file: Path, deaf: dict[int, Any]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    job = terminal.begin_import(SHEETS["contacts"], Request(path=file), by=actors.system("command"))
    terminal.run_import(job, lambda job: os.kill(os.getpid(), signal.SIGHUP), by=actors.system("command"))
    assert job.state == State.DONE


@pytest.fixture
def deaf() -> Iterator[dict[int, Any]]:
    """What this process does at signals that would end it: nothing, until told otherwise."""
    before = {one: signal.signal(one, lambda *_: None) for one in terminal.ENDING}
    yield {one: signal.getsignal(one) for one in before}
    for one, handler in before.items():
        signal.signal(one, handler)


def left_behind(file: Path) -> Job:
    """An import whose process claimed it a moment ago and will not be heard of again."""
    by = actors.system("command")
    job = terminal.begin_import(SHEETS["contacts"], Request(path=file), by=by)
    jobs.submit(job, by=by)
    job.refresh_from_db()
    claimed = claims.claim(job.pk, job.epoch)
    assert claimed is not None
    return claimed


def test_companies_come_in_and_go_out(file: Path, tmp_path: Path) -> None:
    file.write_text("회사명,도메인\n한빛,hanbit.kr\n")
    assert run("import_companies", file)[1] == 0
    line, _ = run("export_companies", tmp_path / "out.csv")
    assert line["exported"] == 1
    assert "hanbit.kr" in (tmp_path / "out.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_went_out_comes_in_without_a_change(file: Path, tmp_path: Path, name: str) -> None:
    run("import_contacts", file)
    line, _ = run("export_contacts", tmp_path / name, "--view", "unverified")
    assert line["exported"] == 2
    line, status = run("import_contacts", tmp_path / name)
    assert (line["skipped"], line["updated"], status) == (2, 0, 0)


@pytest.mark.parametrize(
    ("command", "views"),
    [
        ("export_contacts", "all, unverified, verified, blocked, deleted"),
        ("export_companies", "all, deleted"),
    ],
)
@pytest.mark.parametrize("view", ["unverifed", "", "all&q=kim"])
def test_a_view_that_there_is_not_is_refused_and_names_those_that_there_are(
    tmp_path: Path, command: str, views: str, view: str
) -> None:
    factories.make_contact(company=factories.make_company("한빛"))
    with pytest.raises(CommandError) as refused:
        call_command(command, str(tmp_path / "out.csv"), "--view", view)
    assert (str(refused.value), refused.value.returncode) == (f"There is no view “{view}”. There are: {views}.", 1)
    assert not (Job.objects.exists() or (tmp_path / "out.csv").exists())


def test_nothing_to_export_and_nowhere_to_write_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing to export"):
        call_command("export_contacts", str(tmp_path / "out.csv"))
    factories.make_contact()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_contacts", str(tmp_path / "none" / "out.csv"))
