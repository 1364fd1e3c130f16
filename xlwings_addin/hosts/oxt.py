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
_ACCESS_KEY = "L"
"""Alt and this open the menu; neither language's own menus have it."""
_TOOLBAR = "perfxl.toolbar"
_PROTOCOL = "vnd.perfxl:"
_MACRO = "perfxl.Macro"
"""The name that component.py gives itself."""
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
    yield "CalcWindowState.xcu", _toolbar_state()
    yield "ProtocolHandler.xcu", _handler()
    yield "command.json", json.dumps(list(command), ensure_ascii=False)
    yield "component.py", (_SOURCES / "component.py").read_text("utf-8")
    for source in sorted((_SOURCES / "perfxl_uno").glob("*.py")):
        yield f"pythonpath/perfxl_uno/{source.name}", source.read_text("utf-8")


def _manifest() -> str:
    registry = ("Addons.xcu", "CalcWindowState.xcu", "ProtocolHandler.xcu")
    types = dict.fromkeys(registry, "application/vnd.sun.star.configuration-data") | {
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
    key = _ACCESS_KEY.lower()
    title = Words(f"{_MENU.chinese}(~{_ACCESS_KEY})", _MENU.english.replace(key, f"~{key}", 1))
    shown = _value("Context", _SPREADSHEET) + _words("Title", title)
    popup = _node("perfxl.menu", shown + _inside("Submenu", menu))
    bars = _inside("OfficeMenuBar", popup) + _inside("OfficeToolBar", _node(_TOOLBAR, tools))
    return _component("Addons", "org.openoffice.Office", _inside("AddonUI", bars))


def _entry(name: str, label: Words) -> str:
    needs = texts().get(f"{name}.needs")
    url = _value("URL", f"{_PROTOCOL}{name}{f'?{needs.chinese}' if needs else ''}")
    return url + _words("Title", label) + _value("Target", "_self") + _value("Context", _SPREADSHEET)


def _toolbar_state() -> str:
    """The toolbar's name, and its place: a row of its own below the others. Without it it floats over them."""
    docked = _value("Docked", "true", "boolean") + _value("DockingArea", "0", "int") + _value("DockPos", "0,9")
    state = _words("UIName", _MENU) + _value("Visible", "true", "boolean") + docked
    bar = _node(f"private:resource/toolbar/addon_{_TOOLBAR}", state)
    return _component("CalcWindowState", "org.openoffice.Office.UI", _inside("UIElements", _inside("States", bar)))


def _handler() -> str:
    """What is behind the entries: component.py."""
    protocols = f'<prop oor:name="Protocols" oor:type="oor:string-list"><value>{_PROTOCOL}*</value></prop>\n'
    return _component("ProtocolHandler", "org.openoffice.Office", _inside("HandlerSet", _node(_MACRO, protocols)))


def _component(name: str, package: str, content: str) -> str:
    """A part of LibreOffice's settings."""
    return (
        f'{_XML}<oor:component-data {_REGISTRY} oor:name="{name}" oor:package="{package}">\n'
        f"{content}</oor:component-data>\n"
    )


def _words(name: str, words: Words) -> str:
    languages = zip(("zh-CN", "en-US"), words, strict=True)
    values = "".join(f'<value xml:lang="{lang}">{escape(text)}</value>' for lang, text in languages)
    return f'<prop oor:name="{name}" oor:type="xs:string">{values}</prop>\n'


def _value(name: str, value: str, kind: str = "string") -> str:
    return f'<prop oor:name="{name}" oor:type="xs:{kind}"><value>{escape(value)}</value></prop>\n'


def _node(name: str, content: str) -> str:
    """One of our own among others."""
    return f'<node oor:name={quoteattr(name)} oor:op="replace">\n{content}</node>\n'


def _inside(name: str, content: str) -> str:
    """A node that LibreOffice has."""
    return f"<node oor:name={quoteattr(name)}>\n{content}</node>\n"
