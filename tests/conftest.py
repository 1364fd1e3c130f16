"""What several modules' tests are given. Imports are late: every run of a single test reads this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.office_window import Screen


@pytest.fixture(scope="module")
def display() -> Iterator[Screen]:
    """A screen for LibreOffice's windows; a visible skip where either is not installed."""
    from tests.office_window import screen
    from tests.test_hosts_contract import started
    from xlwings_addin.hosts.libreoffice import Office

    started(Office).close()
    with screen() as made:
        yield made
