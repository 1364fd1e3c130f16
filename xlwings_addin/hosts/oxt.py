"""The extension that gives LibreOffice the menu and the toolbar 绩效自评."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xlwings_addin.archive import archive
from xlwings_addin.texts import Words, buttons, texts

IDENTIFIER = "perfxl.libreoffice"

_SOURCES = Path(__file__).with_name("uno_side")
_MENU = texts()["perfxl.label"]
_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REGISTRY = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def build(command: Sequence[str]) -> bytes:
    """The .oxt, the same bytes each time. `command` with a macro's name behind it runs `macro.main`."""
    return archive(_parts(command))


def _parts(command: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield "META-INF/manifest.xml", _manifest()
    yield "description.xml", _description()
    yield "Addons.xcu", _addons()
    yield "command.json", json.dumps(list(command), ensure_ascii=False)
    yield "component.py", (_SOURCES / "component.py").read_text("utf-8")
    for source in sorted((_SOURCES / "perfxl_uno").glob("*.py")):
        yield f"pythonpath/perfxl_uno/{source.name}", source.read_text("utf-8")


def _manifest() -> str:
    types = {
        "Addons.xcu": "application/vnd.sun.star.configuration-data",
        "component.py": "application/vnd.sun.star.uno-component;type=Python",
    }
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>\n'
        for path, kind in types.items()
    )
    return f'{_XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'


def _description() -> str:
    names = "".join(f'<name lang="{lang}">{name}</name>' for lang, name in zip(("zh-CN", "en"), _MENU, strict=True))
    return (
        f'{_XML}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f'<identifier value="{IDENTIFIER}"/>\n<version value="{version("perfxl")}"/>\n'
        f"<display-name>{names}</display-name>\n</description>\n"
    )


def _addons() -> str:
    """Menu and toolbar; LibreOffice sorts entries by their node's name."""
    entries = [(number, (name, texts()[f"{name}.label"])) for number, name in enumerate(buttons(toggles=False), 1)]
    menu = "".join(_node(f"m{number:02}", _entry(*button)) for number, button in entries)
    tools = "".join(_node(f"t{number:02}", _entry(*button)) for number, button in entries)
    popup = _node(
        "perfxl.menu", _value("Context", _SPREADSHEET) + _title(_MENU) + _node("Submenu", menu, replace=False)
    )
    return (
        f'{_XML}<oor:component-data {_REGISTRY} oor:name="Addons" oor:package="org.openoffice.Office">\n'
        f'<node oor:name="AddonUI">\n<node oor:name="OfficeMenuBar">\n{popup}</node>\n'
        f'<node oor:name="OfficeToolBar">\n{_node("perfxl.toolbar", tools)}</node>\n'
        f"</node>\n</oor:component-data>\n"
    )


def _entry(name: str, label: Words) -> str:
    url = _value("URL", f"service:perfxl.Macro?{name}")
    return url + _title(label) + _value("Target", "_self") + _value("Context", _SPREADSHEET)


def _title(label: Words) -> str:
    languages = zip(("zh-CN", "en-US"), label, strict=True)
    values = "".join(f'<value xml:lang="{lang}">{escape(words)}</value>' for lang, words in languages)
    return f'<prop oor:name="Title" oor:type="xs:string">{values}</prop>\n'


def _value(name: str, value: str) -> str:
    return f'<prop oor:name="{name}" oor:type="xs:string"><value>{escape(value)}</value></prop>\n'


def _node(name: str, content: str, *, replace: bool = True) -> str:
    operation = ' oor:op="replace"' if replace else ""
    return f"<node oor:name={quoteattr(name)}{operation}>\n{content}</node>\n"
