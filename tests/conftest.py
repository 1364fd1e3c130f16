"""What several modules' tests are given. Imports are late: every run of a single test reads this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.office_window import Screen
    from xlwings_addin.hosts.desk import Desk


@pytest.fixture(scope="module")
def display() -> Iterator[Screen]:
    """A screen for LibreOffice's windows; a visible skip where either is not installed."""
    from tests.office_window import screen
    from tests.open_workbooks import started
    from xlwings_addin.hosts.libreoffice import Office

    started(Office).close()
    with screen() as made:
        yield made


@pytest.fixture(scope="module", params=["memory", pytest.param("libreoffice", marks=pytest.mark.acceptance)])
def program(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Each of the hosts that can be started here."""
    if request.param == "memory":
        from xlwings_addin.hosts.memory import MemoryDesk

        yield MemoryDesk()
        return
    from tests.open_workbooks import started
    from xlwings_addin.hosts.libreoffice import Office

    with started(Office) as libreoffice:
        yield libreoffice


@pytest.fixture
def desk(program: Desk) -> Iterator[Desk]:
    """A program with nothing open."""
    yield program
    for book in list(program.books()):
        program.close(book)
