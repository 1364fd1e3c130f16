"""What only several files together show. Every code of the family D reports, and is silent just short of it."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from perfxl.across import Across, SpotCheck, SpotChecks
from perfxl.across.rules import registered_rules
from perfxl.cli import main
from perfxl.finding import catalog
from perfxl.grid import Workbook
from perfxl.reports import open_report
from perfxl.reports.html import HtmlReport
from perfxl.reports.summary import SHEETS, SummaryReport
from perfxl.reports.view import View
from perfxl.review import FileReview, review_workbook
from perfxl.scheme import Scheme, Suspension
from perfxl.scheme_files import scheme_named
from tests.grids import form_grid

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
MOF = scheme_named("mof/2020")
GOAL = "完成情况：全年养护县乡道路三百二十公里，修复路面十二处，没有发生责任事故。"
"""Longer than `LONG_TEXT`."""
REASON = "两个村因改线推迟到下年，已列入下年计划。"
"""As tests/forms/mof-2020.tsv gives it in I18 for half a point lost."""
UNIT, PROJECT, YEAR, TARGET_TEXT, ACTUAL_TEXT, NOTE = "G4", "C3", "A2", "B11", "F11", "I18"


def review(file: str, changes: Mapping[str, str], scheme: Scheme = MOF) -> FileReview:
    grid = replace(form_grid("mof-2020", changes), file=file)
    return review_workbook(Workbook(file, (grid,)), f"in/{file}", scheme=scheme)


def spot_checks(*changes: Mapping[str, str], scheme: Scheme = MOF) -> list[SpotCheck]:
    across = Across(given=scheme)
    for number, one in enumerate(changes):
        across.add(review(f"{number:02}.xlsx", one, scheme))
    return list(across.spot_checks())


def found(*changes: Mapping[str, str], scheme: Scheme = MOF) -> list[str]:
    """`01.xlsx A1 D101` in the order of the files."""
    return sorted(
        f"{one.form.at.file} {finding.at.address} {finding.code}"
        for one in spot_checks(*changes, scheme=scheme)
        for finding in one.across
    )


def own(number: int) -> dict[str, str]:
    """A unit's own form: name, results and reason are its own."""
    return {UNIT: f"第{number}事务中心", ACTUAL_TEXT: f"{number}：{GOAL}", NOTE: f"{number}：{REASON}"}


def test_forms_of_their_own_have_nothing_in_common() -> None:
    assert found(own(1), own(2), own(3)) == []


def test_d101_same_form_under_two_names_whatever_its_spelling() -> None:
    assert found(own(1), own(2), own(1)) == ["02.xlsx A1 D101"]
    assert found(own(1), {**own(1), "E13": "不低于320公里", "E6": "636.5"}) == ["01.xlsx A1 D101"]
    assert "D101" not in " ".join(found(own(1), {**own(1), "E13": "≥321公里"}))
    assert found({**own(1), PROJECT: ""}, {**own(1), PROJECT: ""}) == []  # blank forms are alike


def test_d102_several_versions_of_one_form() -> None:
    other = {**own(1), "E13": "≥321公里"}
    assert found(own(1), other) == ["00.xlsx A1 D102", "01.xlsx A1 D102"]
    assert found(own(1), other, own(1)) == ["00.xlsx A1 D102", "01.xlsx A1 D102", "02.xlsx A1 D101"]
    assert found(own(1), {**other, UNIT: "第2事务中心", ACTUAL_TEXT: "二", NOTE: "二"}) == []
    assert found(own(1), {**other, YEAR: "（2024年度）"}) == ["00.xlsx I18 D104", "01.xlsx I18 D104"]


def test_d103_same_text_in_several_units() -> None:
    same = [{**own(1), ACTUAL_TEXT: GOAL}, {**own(2), ACTUAL_TEXT: GOAL}, {**own(3), ACTUAL_TEXT: GOAL[:-1]}]
    assert found(*same) == ["00.xlsx F11 D103", "01.xlsx F11 D103"]
    assert (
        found(*[{**form, ACTUAL_TEXT: "全年任务全部完成，效果良好。"} for form in same]) == []
    )  # too short to be copied
    assert (
        found(*[{**form, ACTUAL_TEXT: str(n), TARGET_TEXT: GOAL} for n, form in enumerate(same)]) == []
    )  # set for all


def test_d104_same_reason_across_units_or_years() -> None:
    assert found({**own(1), NOTE: REASON}, {**own(2), NOTE: REASON}) == ["00.xlsx I18 D104", "01.xlsx I18 D104"]
    last_year = {**own(1), YEAR: "（2024年度）"}
    assert found(own(1), last_year) == ["00.xlsx I18 D104", "01.xlsx I18 D104"]
    assert found({**own(1), NOTE: "因疫情影响推迟"}, {**own(2), NOTE: "因疫情影响推迟"}) == []
    full = {"H18": "10", "F18": "40个", "I18": REASON}  # nothing lost: no reason is asked for
    assert found({**own(1), **full}, {**own(2), **full}) == []


def test_places_in_documents_are_said_in_their_words(tmp_path: Path) -> None:
    places = {row: f"表1 第{row}行 第{{column}}列" for row in range(1, 24)}
    changes = {**own(1), NOTE: REASON}, {**own(2), NOTE: REASON}
    report = SummaryReport(tmp_path / "a.xlsx", tmp_path, View())
    across = Across()
    for file, one in zip(("a.docx", "b.docx"), changes, strict=True):
        grid = replace(form_grid("mof-2020", one), file=file, row_places=places)
        reviewed = review_workbook(Workbook(file, (grid,)), f"in/{file}", scheme=MOF)
        across.add(reviewed)
        report.add(reviewed)
    checks = across.spot_checks()
    assert [f.at.in_file for one in checks for f in one.across] == ["表1 第18行 第9列", "表1 第18行 第9列"]
    report.across(checks)
    report.close()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["抽查"]
    links = [sheet.cell(row, 12).hyperlink for row in (3, 4)]
    assert all(links) and [link and link.location for link in links] == [None, None]  # no cell to open it at


def with_total(number: int, total: str) -> dict[str, str]:
    return {**own(number), "H21": total}


def test_d201_scores_crowd_just_above_a_limit() -> None:
    above = [with_total(n, f"90.{n % 10}") for n in range(10)]
    below = [with_total(10 + n, f"89.{n}") for n in range(4)]
    everyone = [f"{n:02}.xlsx A1 D201" for n in range(10)]
    assert found(*above) == everyone
    assert found(*above[:9]) == []
    assert found(*above, below[0]) == []  # one in eleven may be chance: 12 in 2048
    more = [with_total(20 + n, "90") for n in range(6)]
    assert len(found(*above, *more, below[0])) == 16
    assert found(*above, *more, *below, below[0] | own(99), below[1] | own(98)) == []
    # 40 to 15 is no chance (1 in 2,000) and still no crowd: scores grow more frequent towards the top.
    assert found(*(with_total(n, "90") for n in range(40)), *(with_total(40 + n, "89") for n in range(15))) == []


def with_rate(number: int, executed: str) -> dict[str, str]:
    return {**own(number), "F6": executed, "F7": ""}


def test_d202_out_of_line_with_like_projects() -> None:
    like = [with_rate(n, f"{630 + n}") for n in range(7)]
    lone = with_rate(8, "400")
    assert [place for place in found(*like, lone) if "D202" in place] == ["07.xlsx A1 D202"]
    assert "D202" not in " ".join(found(*like[:6], lone))  # seven projects have no quartiles to speak of
    assert "D202" not in " ".join(found(*like, with_rate(8, "580")))  # nearer than a tenth
    assert "D202" not in " ".join(found(*like, {**lone, PROJECT: "另一个项目"}))
    (finding,) = [f for one in spot_checks(*like, lone) for f in one.across if f.code == "D202"]
    assert finding.message() == "预算执行率 62.84%，8 个同名项目的中位数为 99.37%"


def objective(file: str, changes: Mapping[str, str]) -> FileReview:
    """An objective form of the unit and project of `own(1)`."""
    known = {"A2": "(2025年度)", "A3": "申报单位名称：第1事务中心", "B4": "农村公路养护补助"}
    grid = replace(form_grid("shanghai-2020-objective", {**known, **changes}), file=file)
    return review_workbook(Workbook(file, (grid,)), f"in/{file}", scheme=scheme_named("shanghai/2020-objective"))


def changed_targets(*objectives: Mapping[str, str]) -> list[str]:
    across = Across()
    for number, changes in enumerate(objectives):
        across.add(objective(f"目标{number}.xlsx", changes))
    across.add(review("自评.xlsx", own(1)))
    found = (finding for one in across.spot_checks() for finding in one.across if finding.code == "D301")
    return [f"{finding.at.file} {finding.at.address} {finding.message()}" for finding in found]


def test_d301_target_changed_against_the_objective_form_in_another_file() -> None:
    changed, as_set = {"C23": "养护道路里程", "D23": "≥360公里"}, {"C23": "养护道路里程", "D23": "不低于320公里"}
    said = "“养护道路里程”在绩效目标表（in/目标0.xlsx）中的指标值为 ≥360公里，本表填的不同"
    assert changed_targets(changed) == [f"自评.xlsx E13 {said}"]
    assert changed_targets(as_set) == []
    assert changed_targets(as_set, changed) == []  # adjusted during the year: one of the two holds
    assert changed_targets({**changed, "B4": "另一个项目"}) == []
    assert changed_targets({**changed, "A2": "(2024年度)"}) == []
    assert changed_targets({**changed, "A3": "申报单位名称：第2事务中心"}) == []
    assert changed_targets({**changed, "C24": "养护道路里程"}) == []  # two rows of that name: which one is meant


def test_d301_is_silent_where_one_file_has_both_forms() -> None:
    both = objective("a.xlsx", {"C23": "养护道路里程", "D23": "≥360公里"}), review("a.xlsx", own(1))
    across = Across()
    for file in both:
        across.add(file)
    assert [finding.code for one in across.spot_checks() for finding in one.across] == []


def test_every_code_of_the_family_has_a_rule_and_official_words() -> None:
    rules = registered_rules()
    assert set(rules) | {"D105"} == {code for code in catalog() if code.startswith("D")}  # D105: test_diff
    assert [code for code, rule in rules.items() if not (rule.__doc__ or "").strip()] == []
    assert [code for code in rules if not catalog()[code].risk] == []


def test_messages_have_their_numbers() -> None:
    files = [{**own(n), "H21": "90", ACTUAL_TEXT: GOAL, NOTE: REASON} for n in range(10)]
    checks = spot_checks(*files, files[0], {**files[0], "E13": "≥321公里"}, with_rate(50, "100"))
    codes = {finding.code for one in checks for finding in one.across}
    assert codes == {"D101", "D102", "D103", "D104", "D201", "D202"}
    for one in checks:
        for finding in one.across:
            for lang in ("zh", "en"):
                assert finding.message(lang) and finding.why(lang) and finding.fix(lang)


def test_codes_can_be_left_out_by_the_command_and_by_a_scheme() -> None:
    forms = [{**own(1), NOTE: REASON}, {**own(2), NOTE: REASON}]
    suspension = Suspension(code="D104", since="2026-01-01", reason="试行")
    checks = replace(MOF.checks, suspend=(suspension,))
    assert found(*forms, scheme=replace(MOF, checks=checks)) == []
    across = Across(frozenset({"D104"}))
    for number, changes in enumerate(forms):
        across.add(review(f"{number}.xlsx", changes))
    assert list(across.spot_checks()) == []


LOW = {"F6": "318.25", "F7": "281.75", "H6": "50.00%", "I6": "5", "F18": "40个", "H18": "10", "I18": "", "H21": "95"}
"""All indicators full with half of the money: X105."""


def test_spot_checks_are_sorted_by_weight_then_by_budget() -> None:
    large = {"E6": "900", "F6": "450", "D6": "900"}
    forms = [own(1), {**own(2), **LOW}, {**own(3), **LOW, **large}, {**own(4), NOTE: REASON}, {**own(5), NOTE: REASON}]
    forms.append({**own(6), **LOW, "F13": "500公里"})
    checks = spot_checks(*forms)
    assert [(one.form.at.file, one.weight, sorted(f.code for f in one.findings)) for one in checks] == [
        ("05.xlsx", 4, ["S107", "X105"]),
        ("02.xlsx", 2, ["X105"]),
        ("01.xlsx", 2, ["X105"]),
        ("03.xlsx", 2, ["D104"]),
        ("04.xlsx", 2, ["D104"]),
    ]


def test_a_risk_that_is_explained_calls_for_no_spot_check() -> None:
    far = {**own(1), "F13": "500公里"}
    assert [[f.code for f in one.findings] for one in spot_checks(far)] == [["S107"]]
    assert spot_checks({**far, "C23": "S107：新增里程。"}) == []


@pytest.fixture
def files() -> list[FileReview]:
    changes = [{**own(1), NOTE: REASON, UNIT: "<b>甲</b>"}, {**own(2), NOTE: REASON}, {**own(3), **LOW}, own(4)]
    return [review(f"{number}.xlsx", one) for number, one in enumerate(changes)]


def checked(files: list[FileReview]) -> SpotChecks:
    across = Across()
    for file in files:
        across.add(file)
    return across.spot_checks()


@pytest.mark.parametrize("name", ["text", "concise", "md", "github", "sarif", "junit", "csv", "json"])
def test_every_report_says_what_several_files_show(name: str, files: list[FileReview]) -> None:
    for view, times in ((View(), 2), (View(hidden=frozenset({"D104"})), 0)):
        out = io.StringIO()
        report = open_report(name, out, view)
        report.across(checked(files))
        report.close()
        assert out.getvalue().count("一字不差") == times


def test_summary_has_a_sheet_of_spot_checks(files: list[FileReview], tmp_path: Path) -> None:
    report = SummaryReport(tmp_path / "a.xlsx", tmp_path, View())
    for file in files:
        report.add(file)
    report.across(checked(files))
    report.close()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == list(SHEETS)
    rows = [[cell.value for cell in row] for row in book["抽查"].iter_rows(min_row=3)]
    assert [(row[0], row[2], row[9], row[11]) for row in rows] == [
        (1, "<b>甲</b>", 2, "in/0.xlsx"),
        (2, "第2事务中心", 2, "in/1.xlsx"),
        (3, "第3事务中心", 2, "in/2.xlsx"),
    ]
    assert rows[2][10] == "X105 执行率低而指标全满分：预算执行率只有 50.00%，8 项指标却全部得满分"
    listed = Counter(row[3].value for row in book["问题清单"].iter_rows(min_row=2))
    assert listed["D104"] == 2
    by_code = [[cell.value for cell in row] for row in book["按代码"].iter_rows(min_row=2)]
    assert [(row[0], row[3]) for row in by_code] == sorted(listed.items(), key=lambda item: (-item[1], str(item[0])))
    assert [row[1:6] for row in by_code if row[0] == "D104"] == [
        ["核实", "偏差原因雷同", 2, 2, catalog()["D104"].zh.fix]
    ]


def test_page_has_a_section_of_spot_checks(files: list[FileReview]) -> None:
    out = io.StringIO()
    page = HtmlReport(out, View())
    for file in files:
        page.add(file)
    page.across(checked(files))
    page.close()
    section = out.getvalue().partition('id="spot-checks"')[2].partition("</details>")[0]
    assert section.count("<tr>") == 4 and "<b>甲" not in section and "抽查 3" in section
    assert [part.partition('"')[0] for part in section.split('href="#')[1:]] == ["f1", "f2", "f3"]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        shutil.copy(RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx", tmp_path / name)

    def run(*options: str) -> tuple[int, list[str]]:
        code = main(["check", str(tmp_path), "--format", "concise", *options])
        return code, [line.partition(": ")[2][:4] for line in capsys.readouterr().out.splitlines()]

    assert run("--select", "D") == (0, ["D101"])
    assert run("--select", "D", "--fail-on", "核实") == (1, ["D101"])
    assert run("--select", "D", "--ignore", "D101", "--fail-on", "核实") == (0, [])
    assert run("--select", "D", "--severity", "错误") == (0, [])
