"""The LibreOffice extension: what is in it, and its menu command run in a LibreOffice that has it installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from tests.test_hosts_contract import started
from xlwings_addin.hosts import install as installing
from xlwings_addin.hosts.libreoffice import Office
from xlwings_addin.hosts.oxt import IDENTIFIER, build
from xlwings_addin.texts import buttons, texts

COMMAND = ["python3", "-m", "xlwings_addin.hosts.macro"]
NAME = "{http://openoffice.org/2001/registry}name"
SOURCES = Path(installing.__file__).with_name("uno_side")


def test_the_same_bytes_each_time_and_another_command_another_package() -> None:
    assert build(COMMAND) == build(COMMAND)
    assert build(COMMAND) != build(["perfxl"])


def test_everything_that_is_named_is_inside() -> None:
    archive = ZipFile(BytesIO(build(COMMAND)))
    modules = [f"pythonpath/perfxl_uno/{path.name}" for path in sorted((SOURCES / "perfxl_uno").glob("*.py"))]
    fixed = ["META-INF/manifest.xml", "description.xml", "Addons.xcu", "command.json", "component.py"]
    assert archive.namelist() == [*fixed, *modules]
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    manifest = ElementTree.fromstring(archive.read("META-INF/manifest.xml"))
    named = [entry.get("{http://openoffice.org/2001/manifest}full-path") for entry in manifest]
    assert named == ["Addons.xcu", "component.py"]
    assert json.loads(archive.read("command.json")) == COMMAND
    description = ElementTree.fromstring(archive.read("description.xml"))
    assert description[0].get("value") == IDENTIFIER


def test_menu_and_toolbar_have_every_button_in_order() -> None:
    addons = ElementTree.fromstring(ZipFile(BytesIO(build(COMMAND))).read("Addons.xcu"))
    menu = addons.find(f".//node[@{NAME}='perfxl.menu']")
    toolbar = addons.find(f".//node[@{NAME}='perfxl.toolbar']")
    assert menu is not None and toolbar is not None
    assert value(menu, "Title") == "绩效自评"
    submenu = menu.find(f"node[@{NAME}='Submenu']")
    assert submenu is not None
    for entries in (submenu, toolbar):
        assert [(value(entry, "URL"), value(entry, "Title")) for entry in entries] == [
            (f"service:perfxl.Macro?{name}", texts()[f"{name}.label"].chinese) for name in buttons(toggles=False)
        ]
        names = [entry.get(NAME) for entry in entries]
        assert names == sorted(map(str, names)) and len(set(names)) == len(names)


def value(node: ElementTree.Element, name: str) -> str:
    found = node.find(f"prop[@{NAME}='{name}']/value")
    assert found is not None and found.text
    return found.text


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A LibreOffice profile of our own. unopkg refuses to run as root, so then nobody runs it."""
    started(Office).close()
    folder = Path(tempfile.mkdtemp(prefix="perfxl-profile-"))
    if os.geteuid() == 0:
        folder.chmod(0o777)
        run = subprocess.run

        def as_nobody(command: list[str], **settings: Any) -> object:
            if Path(command[0]).name == "unopkg":
                for argument in command:
                    if argument.endswith(".oxt"):
                        Path(argument).parent.chmod(0o755)
                command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
                settings["env"] = {**os.environ, "HOME": str(folder)}
            return run(command, **settings)

        monkeypatch.setattr(subprocess, "run", as_nobody)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.acceptance
def test_the_menu_is_put_in_and_taken_out(profile: Path) -> None:
    assert not installing.is_installed(profile)
    installing.install(profile)
    installing.install(profile)
    assert installing.is_installed(profile)
    installing.remove(profile)
    assert not installing.is_installed(profile)
