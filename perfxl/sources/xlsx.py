"""An .xlsx or .xlsm file → Workbook, in one pass over the parts that matter to a check."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfxl.grid import Grid, Workbook
from perfxl.sources.errors import damaged, too_large
from perfxl.sources.kind import Kind, refuse, zip_kind
from perfxl.sources.ooxml import Relationship, count, main, relationship_id, relationships, truth
from perfxl.sources.package import Package
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.xlsx_sheet import MAX_CELLS, SheetReader
from perfxl.sources.xlsx_strings import read_properties, read_strings
from perfxl.sources.xlsx_styles import DEFAULT_STYLES, read_styles
from perfxl.sources.xlsx_values import SheetContext
from perfxl.sources.xml_part import Attributes, PartParser, remembered

MAX_SHEETS = 1_000
"""One form per sheet of a whole city's projects; Excel itself grows unusable before."""


_MACROS = frozenset({"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"})


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    name: str
    hidden: bool
    relationship: str | None


def read_xlsx(data: bytes | Path | Package, file: str, unread: Collection[str] = ()) -> Workbook:
    """The workbook as plain data; `file` is its name in places and messages.

    Formulas start with `=`; a follower of a shared formula is `=` alone. A number in a date format is a datetime
    where its serial is possible. Chart, dialog and macro sheets are left out. The sheets in `unread` have no cells:
    their parts need only be whole. Raises UnreadableFile.
    """
    if isinstance(data, Path):
        data = file_bytes(data)
    package = data if isinstance(data, Package) else Package(data)
    root = relationships(package, "")
    part = _workbook_part(package, root)
    sheets, names, epoch_1904 = _read_workbook_part(package.read(part), part)
    targets = relationships(package, part)
    strings = _only(targets, "sharedStrings")
    styles = _only(targets, "styles")
    context = SheetContext(
        read_strings(package.read(strings, alike=False), strings) if strings else [],
        read_styles(package.read(styles), styles) if styles else DEFAULT_STYLES,
        epoch_1904,
    )
    properties = _only(root, "custom-properties") or _only(root, "customProperties")
    return Workbook(
        file,
        tuple(_grids(package, file, sheets, targets, context, unread)),
        read_properties(package.read(properties), properties) if properties else {},
        names,
        macros=any(target.kind in _MACROS for target in targets.values()),
    )


def _workbook_part(package: Package, root: Mapping[str, Relationship]) -> str:
    part = _only(root, "officeDocument")
    if part is None:
        if any(name.startswith("xl/") for name in package.names):
            raise damaged("压缩包内没有指明工作簿", "the file does not say which part is the workbook")
        raise refuse(zip_kind(package.names))
    if (kind := zip_kind([part])) is not Kind.ZIP:
        raise refuse(kind)
    return part


def _only(targets: Mapping[str, Relationship], kind: str) -> str | None:
    """The part of that kind or None. R101 where there are several or it lies outside the file."""
    found = [relationship for relationship in targets.values() if relationship.kind == kind]
    if not found:
        return None
    if len(found) > 1 or found[0].external:
        raise damaged(f"压缩包内对 {kind} 的指向有误", f"the file does not say clearly where {kind} is")
    return found[0].target


@remembered
def _read_workbook_part(data: bytes, part: str) -> tuple[Sequence[_SheetEntry], Mapping[str, str], bool]:
    sheets: list[_SheetEntry] = []
    titles: set[str] = set()
    names: dict[str, str] = {}
    epoch_1904 = False
    name = ""

    def settings(attributes: Attributes) -> None:
        nonlocal epoch_1904
        epoch_1904 = truth(attributes.get("date1904", "0"))

    def sheet(attributes: Attributes) -> None:
        title = attributes.get("name", "")
        if len(sheets) >= MAX_SHEETS:
            raise too_large(f"工作表不超过 {MAX_SHEETS:,} 张", f"at most {MAX_SHEETS:,} sheets")
        if not title or title.casefold() in titles:
            raise damaged(
                f"工作表名称 {title[:31]} 缺失或重复", f"the sheet name {title[:31]} is missing or given twice"
            )
        titles.add(title.casefold())
        hidden = attributes.get("state", "visible") != "visible"
        sheets.append(_SheetEntry(title, hidden, relationship_id(attributes)))

    def defined_name(attributes: Attributes) -> None:
        nonlocal name
        name = attributes.get("name", "")
        owner = count(attributes.get("localSheetId", ""))
        if owner is not None and owner < len(sheets):
            name = f"{sheets[owner].name}!{name}"

    def reference(text: str) -> None:
        names[name] = text

    PartParser(
        part,
        main("workbook"),
        starts={
            **dict.fromkeys(main("workbookPr"), settings),
            **dict.fromkeys(main("sheet"), sheet),
            **dict.fromkeys(main("definedName"), defined_name),
        },
        texts=dict.fromkeys(main("definedName"), reference),
        ends={},
    ).parse(data)
    return sheets, names, epoch_1904


def _grids(
    package: Package,
    file: str,
    sheets: Sequence[_SheetEntry],
    targets: Mapping[str, Relationship],
    context: SheetContext,
    unread: Collection[str],
) -> list[Grid]:
    grids: list[Grid] = []
    seen: set[str] = set()
    left = MAX_CELLS
    for sheet in sheets:
        relationship = targets.get(sheet.relationship or "")
        if relationship is None or relationship.external:
            raise damaged(f"工作表 {sheet.name} 的内容缺失", f"the content of sheet {sheet.name} is missing")
        if relationship.kind != "worksheet":
            continue
        if relationship.target in seen:
            raise damaged(
                f"工作表 {sheet.name} 与别的工作表是同一部件", f"sheet {sheet.name} shares its part with another sheet"
            )
        seen.add(relationship.target)
        parsed = sheet.name not in unread
        content = package.read(relationship.target, parsed=parsed)
        reader = SheetReader(file, sheet.name, context, left)
        if parsed:
            reader.read(content, relationship.target)
        left -= len(reader.cells)
        grids.append(
            Grid(
                file, sheet.name, reader.cells, tuple(reader.merges), sheet.hidden, reader.protected, reader.hidden_rows
            )
        )
    if not grids:
        raise damaged("没有工作表", "it has no sheets")
    return grids
