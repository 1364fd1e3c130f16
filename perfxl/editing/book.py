"""The workbook part under edit: sheets, calculation, document properties, and the parts that hang on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfxl.edit import AddSheet, EditError, SetProperty
from perfxl.editing.cells import SheetText
from perfxl.editing.parts import DECLARATION, Parts, Pointer
from perfxl.editing.sheet import new_sheet
from perfxl.editing.styles import BLANK_STYLES, Styles
from perfxl.editing.xml import (
    attributes,
    child,
    children,
    escaped,
    namespaces,
    quoted,
    root_of,
    set_attribute,
    with_attribute,
    with_child,
    with_last,
    without_element,
)
from perfxl.grid import column_letters
from perfxl.refusals import misshapen, no_sheet, only_sheet, own_error, sheet_exists

# ECMA-376 part 1, 18.2.27.
ORDER = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups"),
    *("externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches"),
    *("smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst"),
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_BAD_NAME = re.compile(r"[\\/?*\[\]:\x00-\x1f]|^'|'$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet of the workbook in order. `pointer` is the relationship's id, `id` the sheet's number."""

    name: str
    id: int
    pointer: str
    part: str
    worksheet: bool


class Book:
    """The workbook part and what it points to."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        pointer = parts.pointer("", "officeDocument")
        if pointer is None:
            raise misshapen("文件中没有工作簿", "there is no workbook in the file")
        self.part = pointer.target
        text = parts.text(self.part)
        root = root_of(text)
        self.namespace = namespaces(text, root).get(root.prefix, "")
        strict = self.namespace == _STRICT
        self.office = f"{_STRICT_OFFICE if strict else _OFFICE}/relationships"
        self._strict = strict
        self._sheets: tuple[str, list[SheetEntry]] | None = None
        self._styles: tuple[str, Styles] | None = None
        self._open: dict[str, SheetText] = {}

    @property
    def text(self) -> str:
        return self.parts.text(self.part)

    @property
    def sheets(self) -> list[SheetEntry]:
        text = self.text
        if self._sheets and self._sheets[0] is text:
            return self._sheets[1]
        parent = child(text, root_of(text), "sheets")
        targets = {pointer.id: pointer for pointer in self.parts.pointers(self.part)}
        entries: list[SheetEntry] = []
        for element in children(text, parent) if parent else ():
            values = attributes(text, element)
            identifier = next((value for name, value in values.items() if name.endswith(":id")), "")
            target = targets.get(identifier)
            if target is None or target.external:
                name = values.get("name", "")[:31]
                raise misshapen(f"工作表“{name}”的内容缺失", f"the content of the sheet “{name}” is missing")
            number = values.get("sheetId", "0")
            entries.append(
                SheetEntry(
                    values.get("name", ""),
                    int(number) if number.isdigit() else 0,
                    identifier,
                    target.target,
                    target.kind == "worksheet",
                )
            )
        self._sheets = (text, entries)
        return entries

    def sheet(self, name: str) -> SheetEntry:
        """The worksheet of that name, whatever its case."""
        for entry in self.sheets:
            if entry.name.casefold() == name.casefold() and entry.worksheet:
                return entry
        raise no_sheet(name)

    @property
    def styles(self) -> Styles:
        """The styles; `keep` puts their changes into the package."""
        if self._styles is None:
            pointer = self.parts.pointer(self.part, "styles")
            if pointer is None:
                name = self.parts.free_name("xl/styles{}.xml").replace("styles1", "styles")
                self.parts.add(name, BLANK_STYLES.replace(_MAIN, self.namespace), f"{_SPREADSHEET}.styles+xml")
                self.parts.point(self.part, name, f"{self.office}/styles")
            else:
                name = pointer.target
            self._styles = (name, Styles(self.parts.text(name)))
        return self._styles[1]

    def open(self, entry: SheetEntry) -> SheetText:
        """The sheet for edits, which `keep` puts into the package."""
        if entry.part not in self._open:
            self._open[entry.part] = SheetText.parse(entry.name, self.parts.text(entry.part))
        return self._open[entry.part]

    def may_have_marks(self, entry: SheetEntry) -> bool:
        """False for a sheet that has no notes and nowhere our name, which is soon seen."""
        return self.parts.pointer(entry.part, "comments") is not None or self.parts.mentions(entry.part, "perfxl")

    def keep(self) -> list[SheetText]:
        """Put all changes into the package; the sheets that were opened."""
        for part, sheet in self._open.items():
            self.parts.put(part, sheet.written())
        if self._styles is not None:
            self.parts.put(self._styles[0], self._styles[1].text)
        return list(self._open.values())

    def calculate_on_load(self) -> None:
        """Ask the next program that opens the file to compute every formula."""
        text = self.text
        root = root_of(text)
        found = child(text, root, "calcPr")
        if found is None:
            xml = f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'
            self.parts.put(self.part, with_child(text, root, xml, "calcPr", ORDER))
        elif attributes(text, found).get("fullCalcOnLoad") not in ("1", "true"):
            self.parts.put(self.part, set_attribute(text, found, "fullCalcOnLoad", "1"))

    def drop_calculation(self, places: set[tuple[int, int]] | None) -> None:
        """Take cells out of the calculation chain, or the whole chain for None.

        Excel repairs a file whose chain names a cell without formula, and completes a chain that lacks one. So
        cells of that address go for all sheets, whose numbers the chain gives in more than one way.
        """
        pointer = self.parts.pointer(self.part, "calcChain")
        if pointer is None or pointer.target not in self.parts:
            return
        left = False
        if places is not None:
            gone = {f"{column_letters(column)}{row}" for row, column in places}
            text = self.parts.text(pointer.target)
            pieces: list[str] = []
            place = 0
            sheet: str | None = None
            owed = False
            for element in children(text, root_of(text)):
                values = attributes(text, element)
                if "i" in values:
                    sheet, owed = values["i"], False
                if values.get("r") in gone:
                    pieces.append(text[place : element.start])
                    place, owed = element.end, True
                    continue
                left = True
                if owed and sheet is not None:
                    # An entry without a sheet belongs to the sheet of the entry before, which has gone.
                    pieces.append(text[place : element.start])
                    pieces.append(with_attribute(text[element.start : element.inner], "i", sheet))
                    place = element.inner
                owed = False
            pieces.append(text[place:])
            self.parts.put(pointer.target, "".join(pieces))
        if not left:
            self.parts.unpoint(self.part, pointer)
            self.parts.remove(pointer.target)

    def add_sheet(self, edit: AddSheet) -> None:
        sheets = self.sheets
        if not 1 <= len(edit.name) <= 31 or _BAD_NAME.search(edit.name):
            raise EditError(
                f"工作表名称“{edit.name[:31]}”不合 Excel 的要求，未作修改；"
                "请换成 31 字以内、不含 \\ / ? * [ ] : 的名称",
                f"Excel takes no sheet name “{edit.name[:31]}”, so nothing was changed; choose one of at most 31"
                " characters without \\ / ? * [ ] :",
            )
        if any(entry.name.casefold() == edit.name.casefold() for entry in sheets):
            raise sheet_exists(edit.name)
        part = self.parts.free_name("xl/worksheets/sheet{}.xml")
        self.parts.add(part, new_sheet(edit, self.namespace, self.styles), f"{_SPREADSHEET}.worksheet+xml")
        identifier = self.parts.point(self.part, part, f"{self.office}/worksheet")
        text = self.text
        root = root_of(text)
        parent = child(text, root, "sheets")
        assert parent is not None
        spaces = {uri: prefix for prefix, uri in namespaces(text, root).items() if prefix}
        prefix = spaces.get(self.office, "r:")
        declared = "" if self.office in spaces else f' xmlns:r="{self.office}"'
        number = max((entry.id for entry in sheets), default=0) + 1
        name = quoted(edit.name)
        xml = f'<{root.prefix}sheet{declared} name="{name}" sheetId="{number}" {prefix}id="{identifier}"/>'
        self.parts.put(self.part, with_last(text, parent, xml))

    def remove_sheet(self, name: str) -> None:
        """The sheet, what only it points to, and the names that live on it."""
        entry = self.sheet(name)
        sheets = self.sheets
        index = sheets.index(entry)
        if len(sheets) == 1:
            raise only_sheet(entry.name)
        formulas = re.search(rf"<{self._prefix_of(entry)}f[\s>/]", self.parts.text(entry.part)) is not None
        self._open.pop(entry.part, None)
        before = self.parts.reachable()
        text = self.text
        parent = child(text, root_of(text), "sheets")
        assert parent is not None
        text = without_element(text, children(text, parent)[index])
        text = _without_local_names(text, index)
        text = _with_views(text, index, len(sheets) - 1)
        self.parts.put(self.part, text)
        for pointer in self.parts.pointers(self.part):
            if pointer.id == entry.pointer:
                self.parts.unpoint(self.part, pointer)
                break
        if formulas:
            self.drop_calculation(None)
        self.parts.remove_unreachable(before)

    def _prefix_of(self, entry: SheetEntry) -> str:
        text = self.parts.text(entry.part)
        return root_of(text).prefix

    def set_properties(self, edits: Sequence[SetProperty]) -> None:
        """Custom document properties, the last edit of a name winning; the part goes with its last property."""
        wanted = {edit.name: edit.value for edit in edits}
        for name, value in wanted.items():
            if not name or _CONTROL.search(name + (value or "")):
                raise own_error(
                    f"文档属性 {name[:50]} 含有不能保存的字符",
                    f"the document property {name[:50]} has characters that cannot be saved",
                )
        pointer = self.parts.pointer("", "custom-properties", "customProperties")
        if pointer is None:
            if not any(value is not None for value in wanted.values()):
                return
            pointer = self._new_properties()
        text = self.parts.text(pointer.target)
        root = root_of(text)
        pieces, place, last = [], root.inner, 1
        for element in children(text, root):
            values = attributes(text, element)
            last = max(last, int(values["pid"]) if values.get("pid", "").isdigit() else 0)
            if (name := values.get("name", "")) not in wanted:
                continue
            value = wanted[name]
            if value is None or element.empty:
                pieces.append(text[place : element.start])
                place = element.end
            else:
                pieces += (text[place : element.inner], self._property_value(text, value))
                place = element.close
                del wanted[name]
        pieces.append(text[place : root.close])
        for name, value in wanted.items():
            if value is not None:
                last += 1
                pieces.append(
                    f'<{root.prefix}property fmtid="{_CUSTOM_ID}" pid="{last}" name="{quoted(name)}">'
                    f"{self._property_value(text, value)}</{root.prefix}property>"
                )
        text = with_last(text[: root.inner] + text[root.close :], root._replace(close=root.inner), "".join(pieces))
        self.parts.put(pointer.target, text)
        if not children(text, root_of(text)):
            self.parts.unpoint("", pointer)
            self.parts.remove(pointer.target)

    @staticmethod
    def _property_value(text: str, value: str) -> str:
        spaces = namespaces(text, root := root_of(text))
        vt = next((prefix for prefix, uri in spaces.items() if uri.endswith("/docPropsVTypes")), None)
        declared = ""
        if vt is None:
            vt, declared = "vt:", f' xmlns:vt="{spaces[root.prefix].rpartition("/")[0]}/docPropsVTypes"'
        written = escaped(value).replace("\r", "&#13;")
        return f"<{vt}lpwstr{declared}>{written}</{vt}lpwstr>"

    def _new_properties(self) -> Pointer:
        part = "docProps/custom.xml" if "docProps/custom.xml" not in self.parts else "docProps/custom-perfxl.xml"
        base = _STRICT_OFFICE if self._strict else _OFFICE
        kind = "customProperties" if self._strict else "custom-properties"
        xml = f'{DECLARATION}<Properties xmlns="{base}/{kind}" xmlns:vt="{base}/docPropsVTypes"></Properties>'
        self.parts.add(part, xml, _CUSTOM_TYPE)
        self.parts.point("", part, f"{base}/relationships/{kind}")
        pointer = self.parts.pointer("", kind)
        assert pointer is not None
        return pointer


def _without_local_names(text: str, index: int) -> str:
    """Names of the removed sheet go, those of the sheets behind it follow them to the left."""
    parent = child(text, root_of(text), "definedNames")
    if parent is None:
        return text
    for element in reversed(children(text, parent)):
        owner = attributes(text, element).get("localSheetId", "")
        if not owner.isdigit() or int(owner) < index:
            continue
        if int(owner) == index:
            text = without_element(text, element)
        else:
            text = set_attribute(text, element, "localSheetId", str(int(owner) - 1))
    parent = child(text, root_of(text), "definedNames")
    assert parent is not None
    return text if children(text, parent) else without_element(text, parent)


def _with_views(text: str, index: int, left: int) -> str:
    """The active and the first sheet of each window as before, or the last that is left."""
    parent = child(text, root_of(text), "bookViews")
    if parent is None:
        return text
    for element in reversed(children(text, parent)):
        values = attributes(text, element)
        for name in ("activeTab", "firstSheet"):
            shown = int(values[name]) if values.get(name, "").isdigit() else 0
            if shown > index or shown >= left:
                again = max(min(shown - (shown > index), left - 1), 0)
                current = child(text, root_of(text), "bookViews")
                assert current is not None
                view = next(one for one in children(text, current) if one.start == element.start)
                text = set_attribute(text, view, name, str(again))
    return text
