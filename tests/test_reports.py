"""The reports on hand-made reviews: complete, exact, and deaf to what workbooks try to say."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from perfxl.finding import Finding, Severity
from perfxl.grid import CellRef
from perfxl.reports import FORMATS
from perfxl.reports.escaping import html_text, markdown_text, visible
from perfxl.reports.links import workbook_link
from perfxl.reports.overview import Totals, figures
from perfxl.reports.view import View
from perfxl.reports.waiting import Waiting
from perfxl.review import FileReview
from tests.golden_files import assert_golden
from tests.sample_reviews import HOSTILE, report, sample_files

SCHEMA = Path(__file__).parent.parent / "docs" / "schema" / "check-v1.json"
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal or a browser obeys."""


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
