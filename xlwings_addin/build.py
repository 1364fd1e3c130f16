"""Text → perfxl.xlam and the forms with macros: the same bytes on every build."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from perfxl.layouts.templates import template_name
from perfxl.layouts.workbook import SHEETS, write_form
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes
from xlwings_addin.archive import archive
from xlwings_addin.texts import ribbon_xml
from xlwings_addin.vba_project import vba_project
from xlwings_addin.vba_sources import modules

ADDIN = "perfxl.xlam"
_RIBBON = "customUI/customUI14.xml"
_EXTENSIBILITY = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def build(directory: Path) -> list[Path]:
    """Write the add-in and a form with macros for every self-evaluation scheme. Returns the files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = [directory / ADDIN]
    files[0].write_bytes(addin())
    for scheme in builtin_schemes().values():
        if scheme.kind == "self_evaluation":
            path = directory / Path(template_name(scheme)).with_suffix(".xlsm")
            path.write_bytes(form(scheme))
            files.append(path)
    return files


def form(scheme: Scheme) -> bytes:
    """The official form with wrappers, ribbon and live formulas inside."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsm"
        write_form(scheme, path, macros=_macros_of_a_form())
        return _with_ribbon(path.read_bytes())


@cache
def _macros_of_a_form() -> bytes:
    return vba_project("perfxl", modules(SHEETS))


def _with_ribbon(data: bytes) -> bytes:
    package = ZipFile(BytesIO(data))
    parts = {name: package.read(name) for name in package.namelist()}
    relations = parts["_rels/.rels"].decode()
    added = f'<Relationship Id="rIdPx" Type="{_EXTENSIBILITY}" Target="{_RIBBON}"/></Relationships>'
    parts["_rels/.rels"] = relations.replace("</Relationships>", added).encode()
    return archive([*parts.items(), (_RIBBON, ribbon_xml())])


def addin() -> bytes:
    """perfxl.xlam: one empty sheet, the ribbon and the VBA project."""
    return archive(
        [
            ("[Content_Types].xml", _content_types()),
            ("_rels/.rels", _relations((f"{_OFFICE}/officeDocument", "xl/workbook.xml"), (_EXTENSIBILITY, _RIBBON))),
            (
                "xl/workbook.xml",
                f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
                '<bookViews><workbookView visibility="hidden"/></bookViews>'
                '<sheets><sheet name="perfxl" sheetId="1" r:id="rId1"/></sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                _relations(
                    (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
                    (f"{_OFFICE}/styles", "styles.xml"),
                    (f"{_OFFICE}/sharedStrings", "sharedStrings.xml"),
                    (f"{_OFFICE}/theme", "theme/theme1.xml"),
                    ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/><sheetData/></worksheet>',
            ),
            *_looks(),
            ("xl/vbaProject.bin", vba_project("perfxl", modules(1))),
            (_RIBBON, ribbon_xml()),
        ]
    )


def _looks() -> list[tuple[str, bytes]]:
    """Styles, strings and theme of an empty workbook, as XlsxWriter writes them."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    book.add_worksheet().write_string(0, 0, " ")
    book.close()
    package = ZipFile(buffer)
    return [(name, package.read(name)) for name in ("xl/styles.xml", "xl/sharedStrings.xml", "xl/theme/theme1.xml")]


def _content_types() -> str:
    overrides = {
        "/xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        "/xl/worksheets/sheet1.xml": f"{_SPREADSHEET}.worksheet+xml",
        "/xl/styles.xml": f"{_SPREADSHEET}.styles+xml",
        "/xl/sharedStrings.xml": f"{_SPREADSHEET}.sharedStrings+xml",
        "/xl/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "/xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
