"""The reports on hand-made reviews: complete, exact, and deaf to what workbooks try to say."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.finding import Finding, Severity
from perfxl.grid import CellRef
from perfxl.reports import FORMATS, open_report
from perfxl.reports.escaping import html_text, markdown_text, visible
from perfxl.reports.html import HtmlReport
from perfxl.reports.links import workbook_link
from perfxl.reports.overview import Totals, figures
from perfxl.reports.summary import SummaryReport
from perfxl.reports.view import View
from perfxl.reports.waiting import Waiting
from perfxl.review import FileReview
from tests.golden_files import assert_golden
from tests.sample_reviews import HOSTILE, sample_files

SCHEMA = Path(__file__).parent.parent / "docs" / "schema" / "check-v1.json"
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal or a browser obeys."""


def report(name: str, view: View | None = None, files: list[FileReview] | None = None) -> str:
    out = io.StringIO()
    opened = open_report(name, out, view or View())
    for file in sample_files() if files is None else files:
        opened.add(file)
    opened.close()
    return out.getvalue()


@pytest.mark.parametrize("name", ["text", "concise", "md", "github", "junit", "csv"])
def test_golden(name: str) -> None:
    assert_golden(f"report-{name}.txt", report(name))


@pytest.mark.parametrize("name", ["text", "concise"])
def test_golden_english(name: str) -> None:
    assert_golden(f"report-{name}-en.txt", report(name, View("en")))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_from_a_workbook_acts(name: str) -> None:
    text = report(name)
    assert not ACTING.search(text)
    assert "<script>alert" not in text or name in ("text", "concise", "json", "jsonl", "csv", "github", "sarif")


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_without_files_is_well_formed(name: str) -> None:
    text = report(name, files=[])
    assert "None" not in text


def test_visible() -> None:
    assert visible("a\r\nb\u202ec\x1b[0m\ud800\u200b\t") == "a↵b\\u202ec\\x1b[0m\\ud800\\u200b\\x09"
    assert visible("１００％ 〔2017〕≥95%") == "１００％ 〔2017〕≥95%"


def test_html_and_markdown_text() -> None:
    assert html_text("<b a='1'>&\"") == "&lt;b a=&#x27;1&#x27;&gt;&amp;&quot;"
    assert (
        markdown_text("|*x*|<img>[a](b) https://a.b www.c 9.5")
        == "\\|\\*x\\*\\|&lt;img&gt;\\[a\\](b) https\\://a.b www\\.c 9.5"
    )


def test_json_is_what_the_schema_says() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    document = json.loads(report("json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert document["schema_version"] == 1
    assert [(file["path"], file["status"]) for file in document["files"]] == [
        ("in/a.xlsx", "accepted"),
        ("in/b=1.xlsx", "returned"),
        ("in/c.docx", "unreadable"),
        ("in/~$a.xlsx", "skipped"),
    ]
    form = document["files"][1]["forms"][0]
    assert form["project"] == HOSTILE
    assert form["funding"] == {
        "initial_budget": "636500",
        "adjusted_budget": "636500",
        "executed": "627430.69",
        "rate_reported": "0.9858",
        "rate_computed": "0.9858",
        "max_score": "10",
        "score_reported": "9.86",
        "score_computed": "9.86",
    }
    assert form["indicators"][1]["score_reported"] is None
    assert (form["indicators"][1]["score_computed"], form["indicators"][1]["cell"]) == ("28", "自评表!C13")
    assert document["summary"] == {
        "files": 4,
        "forms": 2,
        "accepted": 1,
        "returned": 1,
        "unreadable": 1,
        "skipped": 1,
        "errors": 3,
        "queries": 0,
        "infos": 1,
        "initial_budget": "1273000",
        "adjusted_budget": "1273000",
        "executed": "1254861.38",
        "rate": "0.9858",
        "mean_score": "97.86",
        "weighted_score": "97.86",
        "grades": {"优": 2},
    }


def test_json_has_exactly_the_keys_of_the_contract() -> None:
    def keys(model: str) -> str:
        return " ".join(schema["$defs"][model]["properties"])

    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert list(schema["properties"]) == ["schema_version", "files", "across", "summary"]
    assert keys("FileModel") == "path status seal forms findings"
    assert keys("AcrossModel") == "code name severity place field message reported expected path"
    assert keys("SealModel") == "status open signature code submission"
    assert keys("FormModel") == (
        "kind scheme place project unit department year funding indicators "
        "total_reported total_computed grade_reported grade_computed"
    )
    assert keys("FundingModel") == (
        "initial_budget adjusted_budget executed rate_reported rate_computed max_score score_reported score_computed"
    )
    assert keys("IndicatorModel") == (
        "level1 level2 level3 target actual max_score score_reported score_computed note cell"
    )
    assert keys("FindingModel") == "code name severity place field message reported expected"


def test_json_lines_are_the_files_of_the_document() -> None:
    lines = [json.loads(line) for line in report("jsonl").splitlines()]
    assert lines == json.loads(report("json"))["files"]


def test_sarif() -> None:
    (run,) = json.loads(report("sarif"))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    results = [(r["ruleId"], r["level"], rules[r["ruleIndex"]]) for r in run["results"]]
    assert results == [
        ("F106", "note", "F106"),
        ("T101", "error", "T101"),
        ("S104", "error", "S104"),
        ("R103", "error", "R103"),
        ("R107", "note", "R107"),
    ]
    location = run["results"][1]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "in/b%3D1.xlsx"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "自评表!G15"
    assert run["results"][0]["suppressions"][0]["kind"] == "inSource"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "\\x09=1"),
        ("-38.16%", "-38.16%"),
        ("+1,040,000.00", "+1,040,000.00"),
        ("≥95%", "≥95%"),
        ('说"好"，\n换行', '说"好"，↵换行'),
    ],
)
def test_csv_holds_no_formula(text: str, shown: str) -> None:
    found = Finding("N105", CellRef("a.xlsx", "表", 1, 1), "备注", text, numbers={"text": "x"})
    lines = report("csv", files=[FileReview("a.xlsx", "returned", (), (found,))]).splitlines()
    (row,) = csv.DictReader(lines)
    assert (row["\ufeff文件"], row["填报"], row["代码"]) == ("a.xlsx", shown, "N105")


def test_junit() -> None:
    suites = ElementTree.fromstring(report("junit"))
    assert [
        tuple(suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")) for suite in suites
    ] == [
        ("in/a.xlsx", "1", "0", "0", "0"),
        ("in/b=1.xlsx", "2", "2", "0", "0"),
        ("in/c.docx", "1", "0", "1", "0"),
        ("in/~$a.xlsx", "1", "0", "0", "1"),
    ]


def test_the_lowest_severity_and_hidden_codes_are_not_shown_but_count() -> None:
    document = json.loads(report("json", View("zh", Severity.error, frozenset({"R103"}))))
    shown = [finding["code"] for file in document["files"] for finding in file["findings"]]
    assert shown == ["T101", "S104"]
    assert document["summary"]["errors"] == 3


class _Page(HTMLParser):
    """Collects what a page would run, load or name."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]


def test_the_page_stands_alone() -> None:
    text = report("html")
    page = _Page()
    page.feed(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 1
    assert not {"link", "img", "iframe", "object", "base"} & set(tags)
    attributes = {name for _, found in page.tags for name in found}
    assert not {name for name in attributes if name.startswith("on") or name == "src"}
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
    assert next(found["lang"] for tag, found in page.tags if tag == "html") == "zh-CN"
    assert len(page.ids) == len(set(page.ids))
    targets = [found["href"] for tag, found in page.tags if tag == "a"]
    assert {target.removeprefix("#") for target in targets if target} <= set(page.ids)


def test_the_page_lets_only_its_own_script_run() -> None:
    text = report("html")
    policy = re.search(r'content="(default-src [^"]*)"', text)
    assert policy and policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_the_page_says_place_numbers_rule_and_cure() -> None:
    text = report("html")
    assert "总分填 96，各项得分之和为 69.86" in text
    assert '<span class="place">自评表!G15</span>' in text
    assert "怎么改：改正总分，或补填、改正各项得分。" in text
    assert "10 × min(627,430.69 ÷ 636,500.00, 1) = 9.86" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\u202e反\\x1b[31m" in text


def test_slots_in_a_workbook_are_left_alone() -> None:
    files = [FileReview("@sections@ @title@.xlsx", "accepted")]
    assert report("html", files=files).count("@sections@ @title@.xlsx") == 2


def test_the_page_links_the_files_of_its_folder() -> None:
    out = io.StringIO()
    page = HtmlReport(out, View(), Path("build/demo"))
    page.add(FileReview("in/报 表#1.xlsx", "accepted"))
    page.close()
    assert 'href="../../in/%E6%8A%A5%20%E8%A1%A8%231.xlsx"' in out.getvalue()


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


def test_summary_has_two_native_charts(summary: Path) -> None:
    with zipfile.ZipFile(summary) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
        texts = [package.read(name).decode() for name in charts]
    assert len(charts) == 2
    assert "!$T$11<" in texts[0] and "!$K$4:$K$7<" in texts[1]


def test_summary_is_the_same_each_time(tmp_path: Path) -> None:
    write_summary(tmp_path / "1.xlsx")
    write_summary(tmp_path / "2.xlsx")
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


def test_summary_without_forms_opens(tmp_path: Path) -> None:
    opened = SummaryReport(tmp_path / "0.xlsx", tmp_path, View("en"))
    opened.close()
    assert openpyxl.load_workbook(tmp_path / "0.xlsx").sheetnames == ["汇总", "问题清单", "抽查", "图表"]


def test_links_of_odd_names() -> None:
    assert workbook_link("in/50% #1.xlsx", Path("out"), "O'Neil 表", "D6") == (
        "external:../in/50%25%20%231.xlsx#'O''Neil 表'!D6"
    )
    assert workbook_link("in/" + "长" * 2100, Path("out")) is None


def test_links_of_one_name_in_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = []
    for name in "ab":
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        links.append(workbook_link("1.xlsx", tmp_path / "out"))
    assert links == ["external:../a/1.xlsx", "external:../b/1.xlsx"]


@pytest.mark.parametrize("count", [0, 3, 20_000])
def test_text_that_waits_comes_as_it_went(count: int) -> None:
    """In memory and, the blocks ending within a character, in a file."""
    texts = [f"{number}绩效\udc80{'効' * (number % 7)}\n" for number in range(count)]

    def waiting() -> Waiting:
        one = Waiting()
        for text in texts:
            one.write(text)
        return one

    out = io.StringIO()
    waiting().pour(out)
    assert out.getvalue() == "".join(texts)
    assert list(waiting().lines()) == texts
    assert b"".join(waiting().blocks()) == "".join(texts).encode("utf-8", "surrogatepass")


def test_totals_leave_objective_forms_out() -> None:
    totals = Totals()
    for file in sample_files():
        totals.add(figures(file))
    assert (totals.adjusted_budget, totals.rate) == (Decimal(1273000), Decimal("1254861.38") / 1273000)
