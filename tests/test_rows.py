"""Rows put into a form and taken out: everything that names a place below follows, and nothing else changes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openxml_audit import FileFormat, OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.detection import detect_scheme
from perfxl.edit import AddSheet, DeleteRow, Edit, EditError, InsertRow, NewCell, SetFill, SetNote, SetValue
from perfxl.editing import apply_edits, notes_by
from perfxl.editing.formula import mapped
from perfxl.form import SelfEvaluation
from perfxl.grid import Workbook
from perfxl.reading import read_forms
from perfxl.review import review_workbook
from perfxl.sources.xlsx import read_xlsx
from perfxl.table_rows import RowRefused, deletion, insertion
from tests.extent import fast_first
from tests.spreadsheets import recalculate

ROOT = Path(__file__).parent.parent
FORM = "自评表"
FILES = [
    *(path for path in sorted((ROOT / "templates").glob("*.xlsx")) if "目标表" not in path.name),
    ROOT / "examples" / "returned" / "滨河区图书馆-2020.xlsx",
    ROOT / "examples" / "returned" / "临江市公路事务中心-2025.xlsx",
]
EACH_FILE = pytest.mark.parametrize("path", fast_first(reversed(FILES), 3), ids=lambda path: path.stem)


def form_of(workbook: Workbook) -> SelfEvaluation:
    (form,) = (form for form in read_forms(workbook) if isinstance(form, SelfEvaluation))
    return form


@pytest.mark.parametrize(
    ("formula", "inserted", "deleted"),
    [
        ("SUM(H3:H9)", "SUM(H3:H10)", "SUM(H3:H8)"),
        ("SUM(H5:H9)", "SUM(H6:H10)", "SUM(H5:H8)"),
        ("SUM($H$3:$H$5)", "SUM($H$3:$H$6)", "SUM($H$3:$H$4)"),
        ("A4+A5+A6", "A4+A6+A7", "A4+#REF!+A5"),
        ("SUM(A5:B5)", "SUM(A6:B6)", "SUM(#REF!)"),
        ("'自评表'!B6*自评表!$B$4", "'自评表'!B7*自评表!$B$4", "'自评表'!B5*自评表!$B$4"),
        ("'别的'!B6+B6", "'别的'!B6+B7", "'别的'!B6+B5"),
        ('IF(A6="A6",LOG10(A6),px_6)', 'IF(A7="A6",LOG10(A7),px_6)', 'IF(A5="A6",LOG10(A5),px_6)'),
        ("[1]自评表!A6", "[1]自评表!A6", "[1]自评表!A6"),
        ("SUM(5:7)+SUM(A:A)", "SUM(6:8)+SUM(A:A)", "SUM(5:6)+SUM(A:A)"),
        ("SUM(H9:H3)", "SUM(H10:H3)", "SUM(H8:H3)"),
    ],
)
def test_references_follow(formula: str, inserted: str, deleted: str) -> None:
    def put_in(top: int, bottom: int) -> tuple[int, int]:
        return top + (top >= 5), bottom + (bottom >= 5)

    def taken_out(top: int, bottom: int) -> tuple[int, int] | None:
        first, last = top - (top > 5), bottom - (bottom >= 5)
        return (first, last) if first <= last else None

    assert mapped(formula, FORM, put_in, own=True) == inserted
    assert mapped(formula, FORM, taken_out, own=True) == deleted


@EACH_FILE
def test_a_row_put_in_and_taken_out_again_leaves_no_trace(path: Path) -> None:
    data = path.read_bytes()
    before = read_xlsx(data, "")
    rows = [indicator.at.row for indicator in form_of(before).indicators]
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        one = apply_edits(data, [InsertRow(FORM_OF[path], row, row)])
        after = read_xlsx(apply_edits(one, [DeleteRow(FORM_OF[path], row)]), "")
        assert after.names == before.names
        for old, new in zip(before.grids, after.grids, strict=True):
            assert new.merges == old.merges
            assert {place: (cell.value, cell.formula) for place, cell in new.cells.items()} == {
                place: (cell.value, cell.formula) for place, cell in old.cells.items()
            }
            assert all(new.cells[place].locked == cell.locked for place, cell in old.cells.items())


FORM_OF = {path: read_xlsx(path.read_bytes(), "").grids[0].sheet for path in FILES}


def rows_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Indicator rows, the last among them, with the workbook after an insertion below each."""
    data = path.read_bytes()
    workbook = read_xlsx(data, "")
    form = form_of(workbook)
    scheme = detect_scheme(form)[0]
    rows = [indicator.at.row for indicator in form.indicators]
    for row in sorted({*rows[::5], *rows[3::7], rows[-1]}):
        try:
            yield row, apply_edits(data, insertion(workbook.grids[0], form, scheme, row))
        except RowRefused as refused:
            assert str(refused).startswith("这一类指标由官方固定，不能增加；请") and "shanghai" in path.stem


@EACH_FILE
def test_a_row_below_any_indicator_belongs_to_its_block(path: Path) -> None:
    workbook = read_xlsx(path.read_bytes(), "")
    form = form_of(workbook)
    findings = [(f.code, f.numbers) for f in review_workbook(workbook, "").findings]
    named = [(one.level1.value, one.level2.value, one.name) for one in form.named_indicators]
    for row, edited in rows_of(path):
        after = read_xlsx(edited, "")
        new = form_of(after)
        assert [(one.level1.value, one.level2.value, one.name) for one in new.named_indicators] == named, row
        assert [one.raw for one in (new.total, new.total_max)] == [one.raw for one in (form.total, form.total_max)]
        before = next(one for one in form.indicators if one.at.row == row)
        for label in (before.level1, before.level2):
            old = workbook.grids[0].merge_at(row, label.at.column)
            now = after.grids[0].merge_at(row + 1, label.at.column)
            assert (now.top, now.bottom) == ((old.top, old.bottom + 1) if old.bottom > old.top else (row + 1, row + 1))
        # A blank row above filled ones is asked about until it is filled in.
        found = [(f.code, f.numbers) for f in review_workbook(after, "").findings if f.code != "L103"]
        assert found == findings, row


@EACH_FILE
def test_a_row_taken_out_leaves_the_others(path: Path) -> None:
    data = path.read_bytes()
    workbook = read_xlsx(data, "")
    form = form_of(workbook)
    scheme = detect_scheme(form)[0]
    done = 0
    for place, indicator in list(enumerate(form.indicators))[::3]:
        try:
            edits = deletion(workbook.grids[0], form, scheme, indicator.at.row)
        except RowRefused as refused:
            assert "不能删除" in str(refused)
            continue
        done += 1
        new = form_of(read_xlsx(apply_edits(data, edits), ""))
        expected = [*form.indicators[:place], *form.indicators[place + 1 :]]
        assert [(one.level1.value, one.level2.value, one.name, one.score.raw) for one in new.indicators] == [
            (one.level1.value, one.level2.value, one.name, one.score.raw) for one in expected
        ], indicator.at.row
    assert done or "shanghai" in path.stem


def test_what_cannot_be_put_in_or_taken_out() -> None:
    workbook = read_xlsx(FILES[-2].read_bytes(), "")
    form, grid = form_of(workbook), workbook.grids[0]
    scheme = detect_scheme(form)[0]
    for row in (1, 12, 99):
        with pytest.raises(RowRefused, match="请先选中一个指标行"):
            insertion(grid, form, scheme, row)
        with pytest.raises(RowRefused, match="请先选中一个指标行"):
            deletion(grid, form, scheme, row)
    with pytest.raises(EditError, match="没有工作表"):
        apply_edits(FILES[-2].read_bytes(), [InsertRow("别的", 1, 1)])
    with pytest.raises(EditError, match="没有第 0 行"):
        apply_edits(FILES[-2].read_bytes(), [DeleteRow(FORM, 0)])


def test_everything_around_the_cells_follows() -> None:
    """Notes and their boxes, fills, validations, links, breaks, shared formulas, names and another sheet's formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = FORM
    for row in range(1, 11):
        sheet.cell(row, 1, row)
        sheet.cell(row, 2, f"=A{row}*2")
    sheet["C8"].comment = Comment("别人的批注", "别人")
    sheet["A9"].hyperlink = Hyperlink("A9", location="自评表!A10")
    sheet.row_breaks.append(Break(id=7))
    sheet.conditional_formatting.add("A3:A9", Rule(type="expression", formula=["A3>5"]))
    rule = DataValidation(type="whole", formula1="A6")
    rule.add("D2:D8")
    sheet.add_data_validation(rule)
    book.create_sheet("别的")["A1"] = "=SUM(自评表!A2:A8)"
    buffer = BytesIO()
    book.save(buffer)
    data = apply_edits(buffer.getvalue(), [SetNote(FORM, 7, 1, "我们的"), SetFill(FORM, 7, 1, "FFFFC7CE")])
    shared = ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    shared = shared.replace("<f>A1*2</f>", '<f t="shared" ref="B1:B10" si="0">A1*2</f>')
    shared = re.sub(r"<f>A\d+\*2</f>", '<f t="shared" si="0"/>', shared)
    data = with_part(data, "xl/worksheets/sheet1.xml", shared)

    edited = apply_edits(data, [InsertRow(FORM, 5, 4)])
    workbook = read_xlsx(edited, "")
    grid = workbook.grids[0]
    assert [grid.cell(row, 2).formula for row in (4, 5, 6, 11)] == ["=A4*2", "=A5*2", "=A6*2", "=A11*2"]
    assert [str(grid.cell(row, 1).value or "") for row in range(3, 8)] == ["3", "4", "", "5", "6"]
    assert workbook.grids[1].cell(1, 1).formula == "=SUM(自评表!A2:A9)"
    assert notes_by(edited, "perfxl") == {(FORM, 8, 1): "我们的"}
    parts = {
        name: ZipFile(BytesIO(edited)).read(name).decode("utf-8", "replace")
        for name in ZipFile(BytesIO(edited)).namelist()
    }
    own = parts["xl/worksheets/sheet1.xml"]
    assert 'sqref="A3:A10"' in own and "<formula>A3&gt;5</formula>" in own
    assert 'sqref="D2:D9"' in own and "<formula1>A7</formula1>" in own
    assert 'sqref="A8"' in own
    assert 'location="自评表!A11"' in own and 'ref="A10"' in own
    assert re.search(r'<brk id="8"', own)
    comments = next(text for name, text in parts.items() if "comment" in name.lower() and name.endswith(".xml"))
    assert re.findall(r'ref="(\w+)"', comments) == ["C9", "A8"]
    boxes = "".join(text for name, text in parts.items() if name.endswith(".vml"))
    assert sorted(re.findall(r"<\w+:Row>(\d+)</", boxes)) == ["7", "8"]
    gone = apply_edits(edited, [DeleteRow(FORM, 8)])
    assert notes_by(gone, "perfxl") == {}
    assert re.findall(
        r"<\w+:Row>(\d+)</",
        "".join(
            ZipFile(BytesIO(gone)).read(name).decode()
            for name in ZipFile(BytesIO(gone)).namelist()
            if name.endswith(".vml")
        ),
    ) == ["7"]


def test_what_was_on_the_deleted_row_alone_goes_with_it() -> None:
    """Nothing of it turns up elsewhere: neither a fill nor a list nor a link, nor a merge."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = FORM
    for row in range(1, 9):
        sheet.cell(row, 1, row)
    sheet["A5"].hyperlink = Hyperlink("A5", location="自评表!A1")
    sheet.merge_cells("B5:C5")
    sheet.conditional_formatting.add("A5:C5", Rule(type="expression", formula=["A5>5"]))
    for place in ("D5", "D7"):
        rule = DataValidation(type="whole", formula1="1")
        rule.add(place)
        sheet.add_data_validation(rule)
    sheet.sheet_view.selection[0].sqref = sheet.sheet_view.selection[0].activeCell = "A5"
    buffer = BytesIO()
    book.save(buffer)
    name = "xl/worksheets/sheet1.xml"
    later = (
        '<extLst><ext><x14:dataValidations xmlns:x14="x" xmlns:xm="m"><x14:dataValidation><xm:sqref>D5</xm:sqref>'
        "</x14:dataValidation><x14:dataValidation><xm:sqref>D8</xm:sqref></x14:dataValidation></x14:dataValidations>"
        "</ext></extLst></worksheet>"
    )
    text = ZipFile(BytesIO(buffer.getvalue())).read(name).decode().replace("</worksheet>", later)
    edited = apply_edits(with_part(buffer.getvalue(), name, text), [DeleteRow(FORM, 5)])
    own = ZipFile(BytesIO(edited)).read(name).decode()
    for gone in ("hyperlink", "mergeCell", "conditionalFormatting", '=""'):
        assert gone not in own, gone
    assert re.findall(r'<dataValidation [^>]*sqref="(\w+)"', own) == ["D6"] and '<dataValidations count="1"' in own
    assert re.findall(r"<xm:sqref>(\w+)</xm:sqref>", own) == ["D7"]
    assert 'activeCell="A1"' in own


def test_the_last_row_of_a_sheet_has_nowhere_to_go() -> None:
    """LibreOffice writes the height of the last row, and content there would be lost."""
    data = FILES[-2].read_bytes()
    name = "xl/worksheets/sheet1.xml"
    sheet = ZipFile(BytesIO(data)).read(name).decode()
    empty = sheet.replace("</sheetData>", '<row r="1048576" ht="12.8"/></sheetData>')
    assert read_xlsx(apply_edits(with_part(data, name, empty), [InsertRow(FORM, 14, 14)]), "").grids[0].merges
    filled = sheet.replace("</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    with pytest.raises(EditError, match="的最后一行（第 1,048,576 行）有内容"):
        apply_edits(with_part(data, name, filled), [InsertRow(FORM, 14, 14)])


def with_part(data: bytes, name: str, text: str) -> bytes:
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(buffer, "w") as target:
        for part in source.namelist():
            target.writestr(part, text if part == name else source.read(part))
    return buffer.getvalue()


def test_rows_among_other_edits_in_their_order() -> None:
    data = FILES[-2].read_bytes()
    edits: list[Edit] = [
        SetValue(FORM, 13, 9, "前"),
        InsertRow(FORM, 13, 13),
        SetValue(FORM, 13, 9, "新"),
        AddSheet("表", ((NewCell("一"),),)),
    ]
    grid = read_xlsx(apply_edits(data, edits), "").grids[0]
    assert (grid.text(13, 9), grid.text(14, 9)) == ("新", "前")


@pytest.mark.parametrize("path", fast_first(reversed(FILES), 1), ids=lambda path: path.stem)
def test_the_open_xml_sdk_finds_nothing(path: Path, tmp_path: Path) -> None:
    rows = list(rows_of(path))
    for row, edited in (rows[0], rows[-1]):
        file = tmp_path / f"{row}.xlsx"
        file.write_bytes(edited)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = OpenXmlValidator(file_format=FileFormat.OFFICE_2019).validate(str(file))
        assert [str(error) for error in result.errors] == []


@pytest.mark.acceptance
@pytest.mark.parametrize("path", FILES[-2:], ids=lambda path: path.stem)
def test_another_program_computes_the_same_totals(path: Path, tmp_path: Path) -> None:
    """The new row filled with an indicator of 0 points: every formula of the form gives what it gave before."""
    before = recalculate(path, "libreoffice")
    rows = list(rows_of(path))
    for row, edited in (rows[0], rows[len(rows) // 2], rows[-1]):
        file = tmp_path / f"{row}.xlsx"
        file.write_bytes(edited)
        after = recalculate(file, "libreoffice")
        for sheet, cells in before.items():
            if sheet != "自检":  # It tells places, which have moved.
                assert sorted(map(str, cells.values())) == sorted(map(str, after[sheet].values())), (sheet, row)
