"""The workbook 汇总表: rows, sums, formulas, links, tables and charts, whatever the forms say."""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfxl import __version__
from perfxl.batch import Options, check_file, collect
from perfxl.finding import Finding, Language, Severity
from perfxl.reports import summary_sheets
from perfxl.reports.escaping import visible
from perfxl.reports.summary import SHEETS, SummaryReport
from perfxl.reports.view import View
from perfxl.review import FileReview
from tests.golden_files import assert_golden
from tests.sample_reviews import HOSTILE, evaluation, reviewed, sample_files

EXAMPLES = Path(__file__).parent.parent / "examples" / "returned"


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    path = tmp_path / "汇总表.xlsx"
    write_summary(path)
    return path


def write_summary(path: Path, view: View | None = None) -> None:
    opened = SummaryReport(path, Path("build/demo"), view or View())
    for file in sample_files():
        opened.add(file)
    opened.close()


def values(sheet: Worksheet, row: int) -> list[object]:
    return [cell.value for cell in sheet[row]]


def test_summary_rows(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary, data_only=True)["汇总"]
    assert " ".join(str(value).replace("\n", "") for value in values(sheet, 3)) == (
        "序号 主管部门 单位 项目名称 项目代码 年度 方案 年初预算（元） 全年预算（元） 全年执行（元） 执行率 执行率得分 "
        "投入（成本） 产出 效益（效果） 满意度（影响力） 总分（填报） 总分（重算） 等级（填报） 等级（重算） "
        "错误数 核实数 提示数 封签 状态 文件"
    )
    amounts = [636500, 636500, 627430.69, 0.9858, 9.86, None, 50, 28, 10]
    assert values(sheet, 4) == (
        [1, "交通局", "公路中心", "道路养护", None, 2021, "mof/2020", *amounts]
        + [97.86, 97.86, "良", "优", 0, 0, 0, None, "无错误", "in/a.xlsx"]
    )
    assert values(sheet, 5)[3] == "=cmd|'/c calc'!A1<script>alert(1)</script>\\u202e反\\x1b[31m"
    assert values(sheet, 5)[16:] == [96, 97.86, "良", "优", 2, 0, 0, None, "退回", "in/b=1.xlsx"]
    assert values(sheet, 6)[16:] == [None, None, None, None, 1, 0, 0, None, "打不开", "in/c.docx"]
    assert values(sheet, 7)[16:] == [None, None, None, None, 0, 0, 1, None, "跳过", "in/~$a.xlsx"]


def test_summary_footer_is_exact(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary, data_only=True)["汇总"]
    assert values(sheet, 8)[7:11] == [1273000, 1273000, 1254861.38, float(Decimal("1254861.38") / 1273000)]
    assert (sheet["D8"].value, sheet["D9"].value) == ("合计", "平均分")
    assert values(sheet, 9)[16:18] == [96.93, 97.86]
    assert (sheet["D10"].value, values(sheet, 10)[16:18]) == ("按全年预算加权平均分", [96.93, 97.86])
    assert (sheet["S11"].value, sheet["T11"].value) == ("优", 2)


def test_the_only_formulas_of_the_summary_are_its_own(summary: Path) -> None:
    book = openpyxl.load_workbook(summary)
    formulas = {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert formulas == {
        "汇总!H8": "=SUM(H4:H7)",
        "汇总!I8": "=SUM(I4:I7)",
        "汇总!J8": "=SUM(J4:J7)",
        "汇总!K8": '=IF(I8=0,"",J8/I8)',
        "汇总!Q9": '=IFERROR(AVERAGE(Q4:Q7),"")',
        "汇总!R9": '=IFERROR(AVERAGE(R4:R7),"")',
        "汇总!Q10": '=IFERROR(SUMPRODUCT(Q4:Q7,I4:I7)/SUMPRODUCT(ISNUMBER(Q4:Q7)*1,I4:I7),"")',
        "汇总!R10": '=IFERROR(SUMPRODUCT(R4:R7,I4:I7)/SUMPRODUCT(ISNUMBER(R4:R7)*1,I4:I7),"")',
        "汇总!T11": "=COUNTIF(T4:T7,S11)",
    }
    assert book["汇总"]["D5"].quotePrefix
    assert book["问题清单"]["I4"].quotePrefix


def test_summary_findings_link_to_their_cells(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary)["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    assert heads == ["文件", "表", "单元格", "代码", "级别", "名称", "填报值", "应为", "问题", "怎么改"]
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        ["in/a.xlsx", "自评表", "C7", "F106", "核实（已说明）"],
        ["in/b=1.xlsx", "自评表", "G15", "T101", "错误"],
        ["in/b=1.xlsx", "自评表", "G13", "S104", "错误"],
        ["in/c.docx", None, None, "R103", "错误"],
        ["in/~$a.xlsx", None, None, "R107", "提示"],
    ]
    link = sheet["C3"].hyperlink
    assert link is not None
    assert (link.target, link.location) == ("..\\..\\in\\b=1.xlsx", "'自评表'!G15")


def test_summary_is_ready_to_print_and_to_filter(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary)["汇总"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("E4", "A3:Z7")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr is not None and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_golden_sheets(tmp_path: Path, lang: Language) -> None:
    """Every cell."""
    path = tmp_path / "a.xlsx"
    write_summary(path, View(lang))
    book = openpyxl.load_workbook(path, data_only=True)
    lines = []
    for name in SHEETS:
        rows = [[str(value).replace("\n", "") for value in row if value is not None] for row in book[name].values]
        lines += [f"== {name}", *(" | ".join(row) for row in rows if row)]
    text = "\n".join(lines) + "\n"
    assert_golden(f"summary-{lang}.txt", text.replace(f"perfxl {__version__}", "perfxl VERSION"))


def test_summary_lists_every_indicator_with_its_place(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary)["指标明细"]
    rows = [[cell.value for cell in row[5:]] for row in sheet.iter_rows(min_row=2)]
    shown = visible(HOSTILE)
    assert rows == [
        ["养护里程", "≥20", "20", 50, 50, 50, None, "in/a.xlsx", "自评表!G12"],
        ["投诉下降", "≥30", "28", 30, 28, 28, None, "in/a.xlsx", "自评表!G13"],
        ["道路养护", "≥90", "95", 10, 10, 10, None, "in/a.xlsx", "自评表!G14"],
        ["养护里程", "≥20", "20", 50, 50, 50, None, "in/b=1.xlsx", "自评表!G12"],
        ["投诉下降", "≥30", "28", 30, None, 28, None, "in/b=1.xlsx", "自评表!G13"],
        [shown, "≥90", "95", 10, 10, 10, None, "in/b=1.xlsx", "自评表!G14"],
    ]


def test_indicators_of_the_examples(tmp_path: Path) -> None:
    """Of each file: rows, scores, the first name and place: that of its score, or its own in a form without scores."""
    opened = SummaryReport(tmp_path / "a.xlsx", tmp_path, View())
    for candidate in collect([EXAMPLES]):
        opened.add(check_file(candidate, Options()))
    opened.close()
    rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["指标明细"].iter_rows(min_row=2, values_only=True)
    found = []
    for path, group in groupby(rows, lambda row: Path(str(row[12])).relative_to(EXAMPLES).as_posix()):
        own = list(group)
        found.append((path, len(own), sum(isinstance(row[9], (int, float)) for row in own), own[0][5], own[0][13]))
    assert found == [
        ("LibreOffice另存/上海市人民政府驻广州办事处-2020-绩效目标表.xlsx", 41, 0, "预算执行率", "绩效目标表!C20"),
        ("LibreOffice另存/上海市人民政府驻昆明办事处-2019.xlsx", 14, 14, "资金使用的合规性", "绩效自评价!G15"),
        (
            "LibreOffice另存/上海市人民政府驻昆明办事处-2020.xlsx",
            18,
            18,
            "服务各类沪滇扶贫协作和人才保障工作",
            "项目支出绩效自评表!H13",
        ),
        (
            "LibreOffice另存/临沧市人民政府办公室-2021.xlsx",
            3,
            3,
            "重点服务保障市委、市政府及相关部门赴京汇报工作。",
            "项目支出绩效自评表!H18",
        ),
        (
            "LibreOffice另存/古美路街道办事处-2020.xlsx",
            13,
            12,
            "财务（资产）管理制度健全性和执行的有效性",
            "2020绩效自评价!F13",
        ),
        ("上海市人民政府驻广州办事处-2020-绩效目标表.xlsx", 41, 0, "预算执行率", "绩效目标表!C20"),
        ("上海市人民政府驻昆明办事处-2019.xlsx", 14, 14, "资金使用的合规性", "绩效自评价!G15"),
        (
            "上海市人民政府驻昆明办事处-2020.xlsx",
            18,
            18,
            "服务各类沪滇扶贫协作和人才保障工作",
            "项目支出绩效自评表!H13",
        ),
        ("临江市公路事务中心-2025-初稿.xlsx", 8, 7, "养护道路里程", "自评表!H13"),
        ("临江市公路事务中心-2025.xlsx", 8, 8, "养护道路里程", "自评表!H13"),
        ("临江市政府办-2021.xlsx", 4, 4, "接待来访团组批次", "自评表!H14"),
        (
            "临沧市人民政府办公室-2021.xlsx",
            3,
            3,
            "重点服务保障市委、市政府及相关部门赴京汇报工作。",
            "项目支出绩效自评表!H18",
        ),
        ("古美路街道办事处-2020.xlsx", 13, 12, "财务（资产）管理制度健全性和执行的有效性", "2020绩效自评价!F13"),
        ("滨河区图书馆-2020-初稿.xlsx", 7, 7, "举办读书会场次", "自评表!H13"),
        ("滨河区图书馆-2020.xlsx", 7, 7, "举办读书会场次", "自评表!H13"),
    ]


def test_summary_links_the_files_that_were_not_read(summary: Path) -> None:
    sheet = openpyxl.load_workbook(summary)["不可读文件"]
    links = [row[0].hyperlink.target for row in sheet.iter_rows(min_row=2) if row[0].hyperlink]
    assert links == ["..\\..\\in\\c.docx", "..\\..\\in\\~$a.xlsx"]


def test_tables_of_the_summary(summary: Path) -> None:
    """Their header is that of the cells, to the letter: Excel repairs the file otherwise."""
    book = openpyxl.load_workbook(summary)
    tables = {table.name: (sheet, table) for sheet in book for table in sheet.tables.values()}
    assert {name: table.ref for name, (_, table) in tables.items()} == {
        "问题清单": "A1:J6",
        "按单位": "A1:L2",
        "按代码": "A1:G6",
        "指标明细": "A1:N7",
        "不可读文件": "A1:E3",
    }
    for sheet, table in tables.values():
        assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[1]]
        assert (sheet.freeze_panes, sheet.print_title_rows, table.autoFilter.ref) == ("A2", "$1:$1", table.ref)


def test_relations_of_a_sheet_have_names_of_their_own(summary: Path) -> None:
    with zipfile.ZipFile(summary) as package:
        names = [name for name in package.namelist() if name.startswith("xl/worksheets/_rels/")]
        assert len(package.namelist()) == len(set(package.namelist()))
        for name in names:
            ids = [relation.get("Id") for relation in ElementTree.fromstring(package.read(name))]
            sheet = package.read(name.replace("_rels/", "").removesuffix(".rels")).decode()
            assert len(ids) == len(set(ids)) > 0
            assert sorted(re.findall('r:id="([^"]*)"', sheet)) == sorted(filter(None, ids))
    assert [name[-11:-9] for name in names] == ["t2", "t3", "t4", "t5", "t6", "t8", "t1"]


def test_summary_has_four_native_charts(summary: Path) -> None:
    with zipfile.ZipFile(summary) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        texts = [package.read(name).decode() for name in charts]
    ranges = [re.findall("<c:f>([^<]*)</c:f>", text) for text in texts]
    assert ranges == [
        ["汇总!$S$11", "汇总!$T$11"],
        ["汇总!$K$4:$K$7", "汇总!$R$4:$R$7"],
        ["按代码!$C$2:$C$6", "按代码!$D$2:$D$6"],
        ["图表!$B$41:$B$45", "图表!$E$41:$E$45"],
    ]


def test_rows_beyond_the_last_of_a_sheet_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_sheets, "MOST_ROWS", 5)
    write_summary(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert (book["指标明细"].max_row, book["指标明细"].tables["指标明细"].ref) == (5, "A1:N5")
    assert list(book["说明"].iter_rows(min_row=2, max_row=5, values_only=True)) == [
        ("汇总", "放不下，有 2 行没有列出。"),
        ("问题清单", "放不下，有 1 行没有列出。"),
        ("按代码", "放不下，有 1 行没有列出。"),
        ("指标明细", "放不下，有 2 行没有列出。"),
    ]


CODES_BY_SEVERITY = {Severity.error: "T101", Severity.query: "F106", Severity.info: "L106"}


def random_file(number: int) -> FileReview:
    """One or two forms of random units with random amounts and findings."""
    random = Random(number)
    reviews = []
    for _ in range(random.choice((1, 1, 2))):
        form = evaluation("a.xlsx")
        names = {
            "supervising_department": random.choice(("", "交通局", "教育局", "\ud800局")),
            "implementing_unit": random.choice(("甲", "乙", "丙")),
        }
        fields = {key: form.title._replace(raw=name) for key, name in names.items()}
        total = form.funding.total
        budget, executed = (Decimal(random.randrange(1, 10**9)).scaleb(-2) for _ in range(2))
        money = total._replace(
            adjusted_budget=total.adjusted_budget._replace(value=random.choice((budget, budget, None))),
            executed=total.executed._replace(value=executed),
        )
        form = replace(form, fields=fields, funding=form.funding._replace(total=money))
        codes = random.choices([*CODES_BY_SEVERITY.values()], k=random.randrange(4))
        reviews.append(reviewed(form, *(Finding(code, form.total.at) for code in codes)))
    returned = any(f.severity is Severity.error for review in reviews for f in review.findings)
    return FileReview(f"{number}.xlsx", "returned" if returned else "accepted", tuple(reviews))


def test_sums_by_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each unit's, worked out here; together they are those of the sheet 汇总."""
    monkeypatch.setattr(Finding, "message", lambda *_: "")
    monkeypatch.setattr(Finding, "fix", lambda *_: "")
    files = [random_file(number) for number in range(40)]
    opened = SummaryReport(tmp_path / "a.xlsx", tmp_path, View())
    expected: dict[tuple[str, str], list[list[Fraction]]] = {}
    returned: Counter[tuple[str, str]] = Counter()
    for file in files:
        opened.add(file)
        forms = [(review.form.department, review.form.unit) for review in file.reviews]
        returned.update(set(forms) if file.status == "returned" else ())
        for unit, review in zip(forms, file.reviews, strict=True):
            money, card = review.form.funding.total, review.scorecard
            assert card is not None
            figures = [money.adjusted_budget.value or 0, money.executed.value or 0, card.computed_total or 0]
            counts = [sum(f.code == code for f in review.findings) for code in CODES_BY_SEVERITY.values()]
            expected.setdefault(unit, []).append(list(map(Fraction, (*figures, *counts))))
    opened.close()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    rows: list[Any] = list(book["按单位"].iter_rows(min_row=2, values_only=True))
    wanted = []
    for unit, forms_of in sorted(
        expected.items(), key=lambda item: [name.encode("utf-8", "surrogatepass") for name in item[0]]
    ):
        budget, executed, _, *counts = map(sum, zip(*forms_of, strict=True))
        names = [visible(name) or "未填" for name in unit]
        mean = sum(form[2] for form in forms_of) / len(forms_of)
        weighted = sum(form[2] * form[0] for form in forms_of) / budget
        figures_of = [budget, executed, executed / budget, mean, weighted]
        wanted.append((*names, len(forms_of), *map(float, figures_of), *counts, returned[unit]))
    assert [(*row[:3], *map(pytest.approx, row[3:8]), *row[8:]) for row in rows] == wanted
    assert len(rows) == 12
    whole: list[Any] = list(book["汇总"].iter_rows(min_row=4, values_only=True))
    forms_of_all = [row for row in whole if row[0]]
    sums = next(row for row in whole if row[3] == "合计")
    assert [sum(row[column] for row in rows) for column in (2, 3, 4)] == pytest.approx([len(forms_of_all), *sums[8:10]])
    by_kind = [sum(row[column] for row in forms_of_all) for column in (20, 21, 22)]
    assert [sum(row[column] for row in rows) for column in (8, 9, 10)] == by_kind


def test_memory_of_the_summary_does_not_grow(tmp_path: Path) -> None:
    """Units of their own, rows of tables: XlsxWriter would keep two kilobytes a row of these, and a hundred bytes of
    each one above the sums."""
    peaks = []
    for count in (1500, 4000):
        opened = SummaryReport(tmp_path / f"{count}.xlsx", tmp_path, View())
        part = opened.maker(sample_files()[0])
        tracemalloc.start()
        for number in range(count):
            _, _, figures_of = part[3][0]
            opened.put([*part[:3], [[b"", str(number).encode(), figures_of]], *part[4:]])
        opened.close()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 200_000
    assert openpyxl.load_workbook(tmp_path / "4000.xlsx", read_only=True)["按单位"].max_row == 4001


def test_summary_is_the_same_each_time(tmp_path: Path) -> None:
    write_summary(tmp_path / "1.xlsx")
    write_summary(tmp_path / "2.xlsx")
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_summary_without_forms_opens(tmp_path: Path) -> None:
    opened = SummaryReport(tmp_path / "0.xlsx", tmp_path, View("en"))
    opened.close()
    assert openpyxl.load_workbook(tmp_path / "0.xlsx").sheetnames == list(SHEETS)
