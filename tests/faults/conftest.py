"""Houses of real processes, each with a counting mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.faults.house import House, Template, open_house
from tests.faults.ledger import Line, told
from tests.mail import MailServer

OpenHouse = Callable[..., House]
Tell = Callable[[Line], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Hand in a line of the table."""
    return lambda line: record_property("fault", told(line))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[Template]:
    template = Template(tmp_path_factory.mktemp("template"), django_db_blocker.unblock)
    yield template
    template.close()


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, template: Template, mail: MailServer) -> Iterator[OpenHouse]:
    """Opens one with the environment given; its letters go to `mail`."""
    with ExitStack() as stack:

        def _open(**env: str) -> House:
            folder = tmp_path / "house"
            folder.mkdir()
            return stack.enter_context(open_house(folder, template, EMAIL_URL=mail.url, **env))

        yield _open
