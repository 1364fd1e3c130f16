"""The LibreOffice extension: what is in it, and its menu command run in a LibreOffice that has it installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from tests.office_window import new_profile
from tests.open_workbooks import started
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
    fixed = ["META-INF/manifest.xml", "description.xml", "Addons.xcu"]
    fixed += ["CalcWindowState.xcu", "ProtocolHandler.xcu", "command.json", "component.py"]
    assert archive.namelist() == [*fixed, *modules]
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    manifest = ElementTree.fromstring(archive.read("META-INF/manifest.xml"))
    named = [entry.get("{http://openoffice.org/2001/manifest}full-path") for entry in manifest]
    assert named == ["Addons.xcu", "CalcWindowState.xcu", "ProtocolHandler.xcu", "component.py"]
    assert json.loads(archive.read("command.json")) == COMMAND
    description = ElementTree.fromstring(archive.read("description.xml"))
    assert description[0].get("value") == IDENTIFIER


def test_menu_and_toolbar_have_every_button_in_order() -> None:
    addons = ElementTree.fromstring(ZipFile(BytesIO(build(COMMAND))).read("Addons.xcu"))
    menu = addons.find(f".//node[@{NAME}='perfxl.menu']")
    toolbar = addons.find(f".//node[@{NAME}='perfxl.toolbar']")
    assert menu is not None and toolbar is not None
    assert value(menu, "Title") == "绩效自评(~L)"
    submenu = menu.find(f"node[@{NAME}='Submenu']")
    assert submenu is not None
    for entries in (submenu, toolbar):
        assert [(value(entry, "URL"), value(entry, "Title")) for entry in entries] == [
            (address(name), texts()[f"{name}.label"].chinese) for name in buttons(toggles=False)
        ]
        names = [entry.get(NAME) for entry in entries]
        assert names == sorted(map(str, names)) and len(set(names)) == len(names)


def address(name: str) -> str:
    needs = texts().get(f"{name}.needs")
    return f"vnd.perfxl:{name}?{needs.chinese}" if needs else f"vnd.perfxl:{name}"


def test_the_settings_name_what_the_component_and_the_toolbar_are_called() -> None:
    archive = ZipFile(BytesIO(build(COMMAND)))
    handler = ElementTree.fromstring(archive.read("ProtocolHandler.xcu")).find(f"node[@{NAME}='HandlerSet']/node")
    assert handler is not None and value(handler, "Protocols") == "vnd.perfxl:*"
    assert f'_NAME = "{handler.get(NAME)}"' in archive.read("component.py").decode()
    bar = ElementTree.fromstring(archive.read("CalcWindowState.xcu")).find(f".//node[@{NAME}='States']/node")
    assert bar is not None and bar.get(NAME) == "private:resource/toolbar/addon_perfxl.toolbar"
    shown = [value(bar, name) for name in ("UIName", "Visible", "Docked")]
    assert shown == ["绩效自评", "true", "true"]


def value(node: ElementTree.Element, name: str) -> str:
    found = node.find(f"prop[@{NAME}='{name}']/value")
    assert found is not None and found.text
    return found.text


@pytest.fixture
def profile() -> Iterator[Path]:
    started(Office).close()
    with new_profile() as folder:
        yield folder


@pytest.mark.acceptance
def test_the_menu_is_put_in_and_taken_out(profile: Path) -> None:
    assert not installing.is_installed(profile)
    installing.install(profile)
    installing.install(profile)
    assert installing.is_installed(profile)
    installing.remove(profile)
    assert not installing.is_installed(profile)
