"""Forms count once however often they are handed over; newer ones replace older ones; sums are sums of money."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.reports.overview import Totals
from perfxl.rollup import FormRecord, Rollup
from perfxl.rollup.inputs import Unusable, read_into
from perfxl.sources import UnreadableFile
from tests.commands import KUNMING, RETURNED, Capture, run

DRAFT, FINAL = RETURNED / "临江市公路事务中心-2025-初稿.xlsx", RETURNED / "临江市公路事务中心-2025.xlsx"


def record(unit: str, *, executed: str = "50", budget: str = "100", total: str = "90", **more: object) -> FormRecord:
    known: dict[str, object] = {
        "path": f"{unit}.xlsx",
        "department": "交通局",
        "unit": unit,
        "project": "养护",
        "year": 2025,
        "scheme": "mof/2020",
        "status": "accepted",
        "initial_budget": None,
        "adjusted_budget": budget,
        "executed": executed,
        "total_reported": total,
        "total_computed": total,
        "grade_reported": "优",
        "grade_computed": "优",
    }
    return FormRecord.model_validate(known | more)


def rolled(*records: FormRecord) -> Rollup:
    rollup = Rollup()
    for one in records:
        rollup.add(one)
    return rollup


def figures(totals: Totals) -> tuple[object, ...]:
    return totals.forms, totals.executed, totals.rate, totals.computed.plain, totals.computed.weighted


def test_the_rate_is_of_the_sums_and_both_means_are_there() -> None:
    rollup = rolled(record("甲", budget="100", executed="100", total="100"), record("乙", budget="300", total="80"))
    assert figures(rollup.totals) == (2, Decimal(150), Decimal("0.375"), Decimal(90), Decimal(85))


def test_blank_figures_are_no_zeros_in_the_means() -> None:
    blank = record("丙", adjusted_budget=None, total_reported=None, total_computed=None)
    blank = blank.model_copy(update={"executed": None})
    assert figures(rolled(record("甲"), blank).totals) == (2, Decimal(50), Decimal("0.5"), Decimal(90), Decimal(90))
    assert figures(rolled(blank).totals) == (1, Decimal(0), None, None, None)


def test_the_same_form_counts_once_whatever_its_file_is_called() -> None:
    rollup = rolled(record("甲"), record("甲"), record("甲", path="另存/甲.xlsx"), record("甲", submission=1))
    assert (len(rollup.forms), rollup.history) == (1, [])
    other = rolled(record("甲"), record("甲", year=2024), record("甲", project="另一个"), record("乙"))
    assert len(other.forms) == 4
    words = rolled(record("甲", content="1"), record("甲", content="2"), record("甲"))
    assert ([form.content for form in words.forms], len(words.history)) == (["2"], 1)


def test_a_nameless_form_is_told_by_its_file() -> None:
    rollup = rolled(record("", path="1.xlsx"), record("", path="2.xlsx"), record("", path="1.xlsx"))
    assert [form.path for form in rollup.forms] == ["1.xlsx", "2.xlsx"]


def test_a_later_form_replaces_an_earlier_one_which_stays_in_the_history() -> None:
    old, new = record("甲", executed="50"), record("甲", executed="60")
    rollup = rolled(old, new, old)
    assert (rollup.forms, rollup.history) == ([new], [old])
    assert rollup.totals.executed == 60


def test_the_submission_of_the_seal_decides_in_whatever_order_forms_come() -> None:
    forms = [record("甲", executed=str(number), submission=number) for number in (1, 2, 3)]
    for order in permutations(forms):
        rollup = rolled(*order)
        assert rollup.forms == [forms[2]]
        assert sorted(form.submission or 0 for form in rollup.history) == [1, 2]


def test_what_a_lower_level_has_replaced_stays_replaced() -> None:
    old, new = record("甲", executed="50"), record("甲", executed="60")
    rollup = rolled(new)
    rollup.add(old, past=True)
    rollup.add(old)
    assert (rollup.forms, rollup.history) == ([new], [old])


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two units' checks have written, the second time after a new submission."""
    folder = tmp_path_factory.mktemp("单位")
    for name, files in (("一", (DRAFT, KUNMING)), ("二", (FINAL, KUNMING))):
        (folder / name).mkdir()
        for number, file in enumerate(files):
            shutil.copy(file, folder / name / f"{number}.xlsx")
        for more in (
            ("--format", "json", "--output", folder / f"{name}.json"),
            ("--format", "jsonl", "--output", folder / f"{name}.jsonl"),
            ("--report", folder / f"报告{name}"),
            ("--report", folder / f"en{name}", "--lang", "en"),
        ):
            assert main(["check", str(folder / name), *map(str, more)]) in (0, 1)
    return folder


@pytest.fixture
def inputs(checked: Path, tmp_path: Path) -> dict[str, Path]:
    """By kind; the test may change them."""
    shutil.copytree(checked, tmp_path, dirs_exist_ok=True)
    return {
        "json": tmp_path / "二.json",
        "jsonl": tmp_path / "二.jsonl",
        "xlsx": tmp_path / "报告二" / "汇总表.xlsx",
        "en": tmp_path / "en二" / "汇总表.xlsx",
        "before": tmp_path / "一.json",
        "store": tmp_path / "报告二" / "perfxl.db",
    }


def test_json_lines_and_workbooks_say_the_same(inputs: dict[str, Path]) -> None:
    rollup = Rollup()
    counts = [read_into(rollup, inputs[kind]) for kind in ("json", "jsonl", "store", "xlsx", "en")]
    assert counts == [3, 3, 3, 3, 3]
    assert rollup.history == []
    # 627.43 万元 of 636.50 万元; 627,430.69 of 636,500; 129,025.80 of 380,000
    assert (rollup.totals.forms, rollup.totals.executed) == (3, Decimal("7030756.49"))
    assert rollup.totals.rate == Decimal("7030756.49") / Decimal("7381500")


def test_roll_ups_are_rolled_up(inputs: dict[str, Path], capsys: Capture, tmp_path: Path) -> None:
    first, second = tmp_path / "部门.json", tmp_path / "财政.json"
    assert run(capsys, "rollup", inputs["before"], inputs["json"], "--format", "json", "--output", first)[0] == 0
    assert run(capsys, "rollup", first, "--format", "json", "--output", second)[0] == 0
    assert first.read_bytes() == second.read_bytes()
    run(capsys, "rollup", first, inputs["before"], first, "--format", "json", "--output", second)
    assert first.read_bytes() == second.read_bytes()
    document = json.loads(first.read_text("utf-8"))
    assert [(one["unit"], one["executed"]) for one in document["history"]] == [("临江市公路事务中心", "6500000")]
    assert document["summary"] == {
        "forms": 3,
        "initial_budget": "7206500",
        "adjusted_budget": "7381500",
        "executed": "7030756.49",
        "rate": "0.9525",
        "mean_score": "96.87",
        "weighted_score": "98.92",
        "grades": {"优": 1},
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_of_a_roll_up_is_rolled_up(
    lang: str, inputs: dict[str, Path], capsys: Capture, tmp_path: Path
) -> None:
    report, again = tmp_path / "部门", tmp_path / "财政"
    for out, given in ((report, (inputs["before"], inputs["store"])), (again, (report / "汇总表.xlsx",))):
        arguments = ("--format", "json", "--output", out.with_suffix(".json"), "--report", out, "--lang", lang)
        assert run(capsys, "rollup", *given, *arguments)[0] == 0
    first, second = (json.loads(out.with_suffix(".json").read_text("utf-8")) for out in (report, again))
    unit, *_ = (one.pop("rate") for one in first["forms"] + second["forms"] + first["history"] + second["history"])
    assert unit is not None
    assert first == second
    assert len(first["forms"]) == 3 and len(first["history"]) == 1
    mixed = Rollup()
    for path in (again / "汇总表.xlsx", inputs["store"], report / "汇总表.xlsx", inputs["before"]):
        read_into(mixed, path)
    assert (len(mixed.forms), len(mixed.history)) == (3, 1)


def test_the_workbook_of_a_roll_up_is_for_people_too(inputs: dict[str, Path], capsys: Capture, tmp_path: Path) -> None:
    run(capsys, "rollup", inputs["before"], inputs["store"], "--report", tmp_path / "部门")
    book = openpyxl.load_workbook(tmp_path / "部门" / "汇总表.xlsx", data_only=True)
    assert book.sheetnames == ["汇总", "按主管部门", "已被替换", "图表"]
    rows = [[cell.value for cell in row] for row in book["按主管部门"].iter_rows(min_row=2)]
    assert [(row[0], row[1], row[4], row[5] and round(float(str(row[5])), 4)) for row in rows] == [
        ("上海市人民政府合作交流办公室", 2, 756456.49, 0.7442),
        ("临江市交通运输局", 1, 6274300, 0.9858),
        ("汇总", 3, 7030756.49, 0.9525),
    ]
    sheet = book["汇总"]
    assert [sheet.cell(row, 4).value for row in (7, 8, 9)] == ["合计", "平均分", "按全年预算加权平均分"]
    assert [sheet.cell(7, column).value for column in (8, 9, 10)] == [7206500, 7381500, 7030756.49]
    assert [book["已被替换"].cell(row, 3).value for row in (4, 5)] == ["临江市公路事务中心", None]


def test_text(inputs: dict[str, Path], capsys: Capture) -> None:
    code, out, err = run(capsys, "rollup", inputs["before"], inputs["xlsx"])
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0][:5] == ["表", "退回", "预算合计", "执行合计", "执行率"]
    assert [line[-1] for line in lines[1:4]] == ["上海市人民政府合作交流办公室", "临江市交通运输局", "汇总"]
    assert lines[2][:4] == ["1", "6,365,000.00", "6,274,300.00", "98.58%"]
    assert lines[5] == ["已被替换", "1"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"hello", "不是 perfxl 的结果"),
        ("a.json", b'{"files": []}', "不是 perfxl 的结果（schema_version）"),
        ("a.jsonl", b'{"path": 1}', "不是 perfxl 的结果（path）"),
        ("deep.json", b"[" * 200_000, "嵌套过深"),
        ("a.bin", b"\xff\xfe\x00", "不是 UTF-8 文字"),
        ("a.db", b"SQLite format 3\0" + b"no database", "不是可用的结果库"),
        ("a.xlsx", b"PK\x03\x04", "文件打不开"),
        ("long.json", b'{"schema_version": 1' + b"1" * 5000 + b"}", "有过长的数字"),
    ],
)
def test_an_input_that_cannot_be_rolled_up_is_one_sentence(
    name: str, content: bytes, reason: str, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, out, err = run(capsys, "rollup", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"perfxl: {path} 不能汇总：") and reason in err
    with pytest.raises((Unusable, UnreadableFile)):
        read_into(Rollup(), path)


@pytest.mark.parametrize(("cell", "text"), [("F4", "去年"), ("I4", "一百万"), ("Y4", "不明")])
def test_a_summary_that_someone_has_typed_over(
    cell: str, text: str, inputs: dict[str, Path], capsys: Capture, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(inputs["xlsx"])
    book["汇总"][cell] = text
    book.save(tmp_path / "改.xlsx")
    code, _, err = run(capsys, "rollup", tmp_path / "改.xlsx")
    assert (code, err.count("\n")) == (2, 1)
    assert "不能汇总：不是 perfxl 的结果（" in err


def test_a_workbook_that_is_no_summary(capsys: Capture) -> None:
    code, _, err = run(capsys, "rollup", FINAL)
    assert (code, err.startswith(f"perfxl: {FINAL} 不能汇总：没有工作表“汇总”或其表头")) == (2, True)
    assert run(capsys, "rollup", RETURNED / "没有.json")[0] == 2
