"""The committed templates are what the code writes: labels, open inputs, locked formulas, the scheme's numbers."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.grid import normalised
from perfxl.layouts import (
    Content,
    FundingContent,
    RowContent,
    build_templates,
    stale_templates,
    template_name,
    write_form,
)
from perfxl.scheme import FieldLayout, Scheme
from perfxl.scheme_files import builtin_schemes, validated
from perfxl.scoring import FORWARD, INVERSE, QUALITATIVE
from perfxl.sources import read_workbook

TEMPLATES = Path(__file__).parent.parent / "templates"
SCHEMES = builtin_schemes()
SCORED = [name for name, scheme in SCHEMES.items() if scheme.kind == "self_evaluation"]
FUNCTIONS = re.compile(
    r"ABS|AND|COUNT|COUNTA|COUNTBLANK|COUNTIF|FIND|HYPERLINK|IF|IFERROR|ISLOGICAL|ISNUMBER|ISTEXT|LEFT|LEN|LOOKUP|MAX"
    r"|MID|MIN|NOT|OR|ROUND|ROW|ROWS|SUBSTITUTE|SUM|SUMPRODUCT|TEXT|TYPE|VALUE"
)
"""All of them in Excel 2007 and WPS."""


def some_content(scheme: Scheme) -> Content:
    """Every field filled, three indicators of each kind, and mistakes for the hints to find."""
    values: dict[str, str | Decimal | date] = {
        "text": "滨河区文化和旅游局",
        "long_text": "保障社区图书馆全年免费开放，丰富馆藏，组织阅读活动。" * 6,
        "amount": Decimal("1160000.00"),
        "rate": Decimal("0.9875"),
        "date": date(2021, 3, 31),
    }
    layout = scheme.layout
    fields = {
        field.id: field.choices[0] if field.kind == "choice" else values[field.kind]
        for field in (*layout.header, *layout.goals, *layout.footer)
        if field.kind != "computed"
    }
    rows = []
    for group in scheme.groups:
        for preset in group.preset:
            lost = None if preset.points is None else preset.points - 1
            rows.append(RowContent(group.name, preset.level2, preset.name, target="≥95%", score=lost))
        for level2 in [level2.name for level2 in group.level2] or [""] * bool(group.rows):
            rows += [
                _row(group.name, level2, FORWARD, "≥95%", Decimal("0.9"), "9.47"),
                _row(group.name, level2, INVERSE, "≤30天", "40天", "8"),
                _row(group.name, level2, QUALITATIVE, "借阅更方便", "满意", "11"),
            ]
    line = FundingContent(Decimal("826500"), Decimal("636500"), Decimal("627430.69"))
    return Content(2020, fields, (line, line), tuple(rows))


def _row(group: str, level2: str, kind: str, target: str, actual: str | Decimal, score: str) -> RowContent:
    return RowContent(
        group, level2, f"{kind}的指标", "指标解释", "评分规则", kind, target, actual, True, Decimal(10), Decimal(score)
    )


@cache
def template(name: str) -> Workbook:
    return openpyxl.load_workbook(TEMPLATES / template_name(SCHEMES[name]))


def form(name: str) -> Worksheet:
    sheet = template(name).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def cells(book: Workbook) -> list[Cell]:
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell)]


def formulas(name: str) -> list[Cell]:
    return [cell for cell in cells(template(name)) if cell.data_type == "f"]


def named(book: Workbook, name: str) -> Cell:
    """The cell that a defined name points to."""
    title, address = book.defined_names[name].attr_text.split("!")
    cell = book[title.strip("'")][address.split(":")[0].replace("$", "")]
    assert isinstance(cell, Cell)
    return cell


def fields(scheme: Scheme) -> tuple[FieldLayout, ...]:
    return (*scheme.layout.header, *scheme.layout.goals, *scheme.layout.footer)


def written(scheme: Scheme, content: Content | None, folder: Path, *, values: bool = True) -> Workbook:
    path = folder / "表.xlsx"
    write_form(scheme, path, content)
    return openpyxl.load_workbook(path, data_only=values)


def texts(book: Workbook) -> list[str]:
    return [str(cell.value) for cell in cells(book) if isinstance(cell.value, str)]


def test_committed_templates_are_what_the_code_writes() -> None:
    assert stale_templates(TEMPLATES) == []


def test_a_missing_a_foreign_and_a_changed_template_are_named(tmp_path: Path) -> None:
    first, second, *_ = build_templates(tmp_path)
    first.unlink()
    second.write_bytes(b"PK")
    (tmp_path / "旧表.xlsx").write_bytes(b"")
    assert stale_templates(tmp_path) == sorted([first.name, second.name, "旧表.xlsx"])


def test_the_same_form_is_the_same_file_to_the_byte(tmp_path: Path) -> None:
    for name, scheme in SCHEMES.items():
        for file in ("a.xlsx", "b.xlsx"):
            write_form(scheme, tmp_path / file, some_content(scheme))
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes(), name


@pytest.mark.parametrize("name", SCHEMES)
def test_every_label_stands_in_the_form(name: str) -> None:
    scheme = SCHEMES[name]
    shown = {normalised(str(cell.value)) for row in form(name).iter_rows() for cell in row if cell.value is not None}
    groups = {normalised(group.name) for group in scheme.groups}
    assert {normalised(label) for label in scheme.labels} - groups - shown == set()
    assert {group for group in groups if not any(text.startswith(group) for text in shown)} == set()
    assert {normalised(line) for line in scheme.layout.notes} - shown == set()


@pytest.mark.parametrize("name", SCHEMES)
def test_formulas_are_locked_and_inputs_are_not(name: str) -> None:
    book = template(name)
    assert [cell.coordinate for cell in formulas(name) if not cell.protection.locked] == []
    inputs = ["year", *(field.id for field in fields(SCHEMES[name]) if field.kind != "computed")]
    inputs += [field.id for field in SCHEMES[name].layout.funding_columns if field.kind == "amount"]
    assert [field for field in inputs if named(book, f"px_{field}").protection.locked] == []
    header = next(cell.row for cell in cells(book) if cell.value == SCHEMES[name].layout.columns[0].label)
    for column in SCHEMES[name].layout.columns:
        at = next(cell.column for cell in form(name)[header] if cell.value == column.label)
        below = [form(name).cell(row, at) for row in range(header + 1, header + 30)]
        assert column.id in ("level1", "level2") or any(not cell.protection.locked for cell in below), column.label


@pytest.mark.parametrize("name", SCHEMES)
def test_sheets_are_protected_without_a_password_and_none_is_hidden(name: str) -> None:
    for sheet in template(name).worksheets:
        protection = sheet.protection
        assert (protection.sheet, protection.password, sheet.sheet_state) == (True, None, "visible")
        allowed = (protection.formatColumns, protection.formatRows, protection.insertRows, protection.autoFilter)
        assert allowed == (False, False, False, False), "False is how the file format says allowed"
    assert [sheet.title for sheet in template(name).worksheets][1:] == ["填表说明", "自检"]


@pytest.mark.parametrize("name", SCHEMES)
def test_properties_and_names_tell_the_scheme(name: str) -> None:
    book = template(name)
    properties = read_workbook(TEMPLATES / template_name(SCHEMES[name])).properties
    assert properties == {"perfxl.scheme": name, "perfxl.template_version": str(SCHEMES[name].version)}
    assert book.defined_names["PX_SCHEME"].attr_text == f'"{name}"'
    assert all(re.fullmatch(r"PX_SCHEME|px_[a-z_]+", defined) for defined in book.defined_names)
    if name in SCORED:
        assert {"px_total", "px_max_total", "px_executed", "px_execution_rate"} <= set(book.defined_names)
    assert ("px_grade" in book.defined_names) == bool(SCHEMES[name].grades)


@pytest.mark.parametrize("name", SCHEMES)
def test_prints_on_a4_one_page_wide_without_the_helping_columns(name: str) -> None:
    sheet = form(name)
    setup = sheet.page_setup
    assert (setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == (9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
    hint = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "提示")
    assert sheet.print_title_rows == f"${hint.row}:${hint.row}"
    last = range_boundaries(sheet.print_area.split("!")[1].replace("$", ""))[2]
    assert last is not None and last < hint.column


@pytest.mark.parametrize("name", SCHEMES)
def test_validations_speak_chinese(name: str) -> None:
    rules = form(name).data_validations.dataValidation
    kinds = {rule.type for rule in rules}
    assert kinds >= {"whole", "decimal"}
    dates = any(field.kind == "date" for field in SCHEMES[name].layout.header)
    assert ("date" in kinds) == dates
    for rule in rules:
        for text, longest in ((rule.promptTitle, 32), (rule.errorTitle, 32), (rule.prompt, 255), (rule.error, 255)):
            assert text and len(text) <= longest and re.search(r"[\u4e00-\u9fff]", text)
    lists = {rule.formula1 for rule in rules if rule.type == "list"}
    assert ('"正向定量,反向定量,定性"' in lists) == (name in SCORED and SCHEMES[name].family == "ten_ninety")


@pytest.mark.parametrize("name", SCHEMES)
def test_formulas_use_old_functions_only_and_nothing_outside_the_file(name: str) -> None:
    used = {function for cell in formulas(name) for function in re.findall(r"([A-Z.]+)\(", _unquoted(str(cell.value)))}
    assert [function for function in used if not FUNCTIONS.fullmatch(function)] == []
    with ZipFile(TEMPLATES / template_name(SCHEMES[name])) as package:
        parts = package.namelist()
        calculation = package.read("xl/workbook.xml").decode()
    assert [part for part in parts if "external" in part.lower() or "vba" in part.lower()] == []
    assert 'fullCalcOnLoad="1"' in calculation


def _unquoted(formula: str) -> str:
    return re.sub(r'"[^"]*"', '""', formula)


@pytest.mark.parametrize("name", SCHEMES)
def test_rows_of_indicators_may_grow_and_the_others_keep_their_height(name: str) -> None:
    with ZipFile(TEMPLATES / template_name(SCHEMES[name])) as package:
        rows = re.findall(r"<row ([^>]*)>", package.read("xl/worksheets/sheet1.xml").decode())
    assert all("ht=" in row for row in rows)
    growing = sum("customHeight" not in row for row in rows)
    groups = SCHEMES[name].groups
    assert growing == sum(len(g.preset) + g.rows + sum(level2.rows for level2 in g.level2) for g in groups)


@pytest.mark.parametrize("name", SCORED)
def test_blank_form_shows_no_number_that_nobody_filled_in(name: str, tmp_path: Path) -> None:
    book = written(SCHEMES[name], None, tmp_path)
    for place in ("px_total", "px_execution_rate", "px_execution_score", "px_grade"):
        if place in book.defined_names:
            assert named(book, place).value in (None, ""), place


def test_amounts_are_written_in_the_unit_of_the_form(tmp_path: Path) -> None:
    line = (FundingContent(executed=Decimal("627430.69")),)
    in_10000 = written(SCHEMES["mof/2020"], Content(funding=line), tmp_path)
    in_yuan = written(SCHEMES["shanghai/2019"], Content(funding=line), tmp_path)
    assert named(in_10000, "px_executed").value == 62.743069
    assert named(in_yuan, "px_executed").value == 627430.69


def test_rows_are_added_where_the_content_has_more(tmp_path: Path) -> None:
    more = [RowContent("产出指标", "数量指标", f"指标{number}") for number in range(5)]
    more += [RowContent("产出指标", "其他产出", "自设"), RowContent("其他指标", "", "外加")]
    sheet = written(SCHEMES["mof/2020"], Content(indicators=tuple(more)), tmp_path).worksheets[0]
    names = [(sheet[f"B{row}"].value, sheet[f"C{row}"].value, sheet[f"D{row}"].value) for row in range(13, 34)]
    assert names[:6] == [
        ("产出指标", "数量指标", "指标0"),
        *((None, None, f"指标{number}") for number in range(1, 5)),
        (None, "质量指标", None),
    ]
    assert (None, "其他产出", "自设") in names and ("其他指标", None, "外加") in names


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    row = RowContent("产出指标", "数量指标", "=1+1", target="=100%", actual="-5", note="+1")
    content = Content(fields={"project_name": "=cmd()", "expected_goal": "-按计划"}, indicators=(row,))
    book = written(SCHEMES["mof/2020"], content, tmp_path, values=False)
    wanted = ["=1+1", "=100%", "-5", "+1", "=cmd()", "-按计划"]
    found = [cell for cell in cells(book) if cell.value in wanted]
    assert sorted(str(cell.value) for cell in found) == sorted(wanted)
    assert [cell.coordinate for cell in found if cell.number_format != "@" and not cell.quotePrefix] == []


def test_hints_name_the_first_matter_of_each_row(tmp_path: Path) -> None:
    def row(name: str, points: str, score: str, note: str = "", actual: str | Decimal = "95%") -> RowContent:
        value = Decimal(score) if score else None
        return RowContent(
            "产出指标", "数量指标", name, "", "", FORWARD, "≥95%", actual, False, Decimal(points), value, note
        )

    rows = (
        row("完成", "10", "10"),
        row("", "10", "10"),
        row("未答", "10", "10", actual=""),
        row("未评", "10", ""),
        row("多给", "10", "10.01"),
        row("扣分", "10", "9.99"),
        row("不符", "10", "9.99", "说明"),
        row("进位", "10", "8.95", "说明", actual="85%"),
        row("超限", "31", "31"),
    )
    scheme = SCHEMES["lincang/2021"]
    book = written(scheme, Content(indicators=rows), tmp_path)
    hints = [book.worksheets[0][f"O{number}"].value or "" for number in range(14, 23)]
    assert hints == [
        *("", "未填指标名称", "未填完成值", "未填得分", "得分越界", "扣分未说明", "与参考得分不符", ""),
        "分值超过单项上限",
    ]
    check = book["自检"]
    found = {
        str(line[0].value): (line[1].value, line[2].value, line[4].value)
        for line in check.iter_rows(min_row=8)
        if line[1].value
    }
    assert {text: place for text, place in found.items() if re.search("的行|的指标", text)} == {
        "有分值或得分而没有指标名称的行": (1, "需改", "D15"),
        "没有实际完成值的指标": (1, "需改", "F16"),
        "没有得分的指标": (1, "需改", "H17"),
        "分值超过单项上限的指标": (1, "需改", "G22"),
        "得分小于 0 或大于分值的行": (1, "需改", "H18"),
        "扣了分而没有写明原因的行": (1, "需改", "I19"),
        "得分与参考得分不同的行": (3, "核实", "H18"),
    }


def test_every_number_of_the_rules_comes_from_the_scheme(tmp_path: Path) -> None:
    """The same form with other numbers, none of which stands in the original."""
    numbers = {"100": "230", "10": "23", "50": "117", "30": "67", "90": "207", "80": "191", "60": "133"}
    original = SCHEMES["mof/2020"]
    data = asdict(original)
    data["full_score"]["value"] = numbers["100"]
    data["execution"]["weight"]["value"] = numbers["10"]
    for group in data["groups"]:
        group["points"]["value"] = numbers[str(group["points"]["value"])]
    for grade in data["grades"]:
        grade["low"]["value"] = numbers.get(str(grade["low"]["value"]), "0")
    data["layout"]["notes"] = ()
    changed = validated(data, "其他.toml")
    budget = (FundingContent(adjusted_budget=Decimal(100), executed=Decimal(100)),)
    rows = (RowContent("产出指标", "数量指标", "任务", max_score=Decimal(180), score=Decimal(180)),)
    book = written(changed, Content(2024, {}, budget, rows), tmp_path)
    found = {name: named(book, f"px_{name}").value for name in ("execution_score", "total", "grade")}
    assert found == {"execution_score": 23, "total": 203, "grade": "良"}
    rules = [text for text in texts(book) if re.search(r"分。$|[^0-9]低于|合计", text)]
    stated = {number for text in rules for number in re.findall(r"[0-9]+", text) if "%" not in text}
    assert stated == {"0", *numbers.values()}
