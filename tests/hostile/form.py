"""The good form that most hostile files are made from, in parts."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape
from pathlib import Path

from tests.xlsx_packages import OFFICE, zipped

FILE = Path(__file__).parents[2] / "examples/returned/滨河区图书馆-2020.xlsx"
GOOD = FILE.read_bytes()
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
POINTERS = "xl/_rels/workbook.xml.rels"
SHARED = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
PROPERTIES = "docProps/custom.xml"

with zipfile.ZipFile(io.BytesIO(GOOD)) as _archive:
    TEXTS: dict[str, str] = {name: _archive.read(name).decode() for name in _archive.namelist()}


def workbook(method: int = zipfile.ZIP_DEFLATED, /, **changed: str | bytes | None) -> bytes:
    """The form with parts replaced, added or, for None, left out; by path, as `**{SHEET: …}`."""
    parts: dict[str, str | bytes] = {name: text for name, text in TEXTS.items() if changed.get(name, text) is not None}
    return zipped(parts | {name: content for name, content in changed.items() if content is not None}, method)


def replaced(part: str, old: str, new: str, count: int = 1) -> bytes:
    """The form with `old`, which must be there, replaced in a part."""
    assert old in TEXTS[part], old
    return workbook(**{part: TEXTS[part].replace(old, new, count)})


def with_cell(address: str, written: str) -> bytes:
    """The form with another `<c>` element at the address; `{r}` in it is the address with its style."""
    cell = re.search(rf'<c r="{address}"( s="\d+")?[^>]*?(/>|>.*?</c>)', TEXTS[SHEET])
    assert cell is not None, address
    return replaced(SHEET, cell[0], written.replace("{r}", f'r="{address}"{cell[1] or ""}'))


def with_text(address: str, text: str) -> bytes:
    return with_cell(address, f'<c {{r}} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>')


def with_number(address: str, number: str) -> bytes:
    return with_cell(address, f"<c {{r}}><v>{number}</v></c>")


def before_end(part: str, added: str) -> bytes:
    """The form with something before a part's last end tag."""
    text = TEXTS[part]
    end = text.rindex("</")
    return workbook(**{part: text[:end] + added + text[end:]})


def after_rows(added: str) -> bytes:
    """The form with something behind the sheet's rows."""
    return replaced(SHEET, "</sheetData>", "</sheetData>" + added)


def pointing(kind: str, target: str, mode: str = "", *, ours: bool = True) -> bytes:
    """The form, or one that names no scheme, with one more pointer of the workbook."""
    external = f' TargetMode="{mode}"' if mode else ""
    pointer = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="{target}"{external}/></Relationships>'
    properties = TEXTS[PROPERTIES] if ours else TEXTS[PROPERTIES].replace("perfxl.", "other.")
    return workbook(**{POINTERS: TEXTS[POINTERS].replace("</Relationships>", pointer), PROPERTIES: properties})
