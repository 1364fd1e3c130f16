"""Forms of any layout carried over into the official ones: what goes where, and what is left over."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reading.sheet import Fact
from benchmarks.reading.truth import facts_of
from perfxl.cli import main
from perfxl.detection import detect_scheme
from perfxl.edit import SetValue
from perfxl.editing import apply_edits
from perfxl.form import Form, SelfEvaluation
from perfxl.grid import Workbook
from perfxl.importing import Imported, content_of, recomputed
from perfxl.layouts import write_form
from perfxl.markup import marked
from perfxl.reading import read_forms
from perfxl.reading.explanations import read_explanations, result_rows
from perfxl.review import review_workbook
from perfxl.scheme_files import builtin_schemes, scheme_named
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from perfxl.table_rows import insertion
from tests.extent import fast_first
from tests.grids import form_grid
from tests.random_forms import random_form

RETURNED = Path(__file__).parents[1] / "examples" / "returned"
SEEDS = fast_first(range(4), 1)


def carried(form: Form, scheme: str, folder: Path) -> tuple[Form, Imported]:
    """The form written as the scheme's and read again."""
    imported = content_of(form, scheme_named(scheme))
    path = folder / "导入.xlsx"
    write_form(scheme_named(scheme), path, imported.content)
    (again,) = read_forms(read_workbook(path))
    return again, imported


def placed(form: Form) -> list[tuple[str, Fact, str]]:
    return [(path, fact, at.address) for path, fact, at in facts_of(form)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scheme", builtin_schemes())
def test_an_official_form_stays_the_same(scheme: str, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    write_form(scheme_named(scheme), path, random_form(scheme_named(scheme), seed).content)
    (form,) = read_forms(read_workbook(path))
    again, imported = carried(form, scheme, tmp_path)
    assert imported.leftovers == ()
    assert placed(again) == placed(form)


def test_a_layout_of_another_province(tmp_path: Path) -> None:
    """Execution 20 and goals 80 into 10 + 90: what has no place there, and what the formulas say instead."""
    (form,) = read_forms(Workbook("表.xlsx", (form_grid("layouts/execution-20"),)))
    again, imported = carried(form, "mof/2020", tmp_path)
    assert [f"{one.at.address} {one.label} {one.text}" for one in imported.leftovers] == [
        "A2 申报单位名称 某县卫生健康局",
        "D2 填报日期 2023年2月20日",
        "C5 项目属性 持续性项目",
        "F5 项目类型 常年性项目",
        "C16 偏差大或目标未完成原因分析 受就诊淡季影响，门急诊人次增长略低于预期。",
        "C17 改进措施 加强与村卫生室的转诊衔接，下一年度据此安排预算。",
    ]
    assert [f"{one.at.address} {one.label} {one.text} {value}" for one, value in recomputed(form, again)] == [
        "G7 预算执行率得分 19.55 9.78",
        "G15 总分 98.35 88.58",
    ]
    assert [(row.level1.value, row.level2.value, row.name) for row in again.named_indicators] == [
        ("产出指标", "数量指标", "改造乡镇卫生院数量"),
        ("产出指标", "质量指标", "设备验收合格率"),
        ("产出指标", "时效指标", "培训完成时间"),
        ("效益指标", "社会效益指标", "门急诊人次增长率"),
        ("满意度指标", "服务对象满意度指标", "就诊群众满意度"),
    ]


def test_signs_and_units_are_written_in_one_cell(tmp_path: Path) -> None:
    (form,) = read_forms(Workbook("表.xlsx", (form_grid("layouts/split-target"),)))
    again, imported = carried(form, "mof/2020", tmp_path)
    assert [(row.target.raw, row.actual.raw) for row in again.named_indicators] == [
        (row.target.raw, row.actual.raw) for row in form.named_indicators
    ]
    assert [f"{one.at.address} {one.label}" for one in imported.leftovers] == [
        "D7 其中：财政拨款年初预算数",
        "F7 其中：财政拨款全年预算数",
        "H7 其中：财政拨款全年执行数",
    ]


def test_texts_that_the_official_form_prints_itself_are_left_over() -> None:
    workbook = read_workbook(RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx")
    imported = content_of(read_forms(workbook)[0], scheme_named("shanghai/2019"))
    assert [f"{one.at.address} {one.label} {one.text}" for one in imported.leftovers] == [
        "C16 预算执行率：指标解释 反应项目预算执行的进度"
    ]


def test_a_row_that_the_official_form_prints_elsewhere_goes_there() -> None:
    workbook = read_workbook(RETURNED / "古美路街道办事处-2020.xlsx")
    imported = content_of(read_forms(workbook)[0], scheme_named("shanghai/2020"))
    name = "项目管理制度健全性和执行的有效性"
    assert [row.group for row in imported.content.indicators if row.name == name] == ["投入与管理"]
    assert [f"{one.at.address} {one.text}" for one in imported.leftovers if "一级" in one.label] == ["A18 项目完成率"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    returned = RETURNED / "临沧市人民政府办公室-2021.xlsx"
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK")
    code = main(["import", str(returned), str(broken), "--to", str(tmp_path / "新")])
    out, err = capsys.readouterr()
    assert (code, [path.name for path in sorted((tmp_path / "新").iterdir())]) == (1, [returned.name])
    assert out.splitlines()[0].endswith("（lincang/2021，指标 3 条）")
    assert err.startswith(broken.as_posix())
    assert main(["import", str(returned), "--to", str(tmp_path / "新")]) == 2
    assert (
        main(["import", str(returned), "--to", str(tmp_path / "新"), "--force", "--scheme", "mof/2021-objective"]) == 1
    )


def test_the_command_in_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The forms' own words stay Chinese."""
    note, gone = tmp_path / "note.csv", tmp_path / "gone.pdf"
    note.write_text("a,b", "utf-8")
    gone.write_bytes(b"%PDF-1.7")
    kunming = RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx"
    code = main(["import", str(note), str(gone), str(kunming), "--to", str(tmp_path), "--lang", "en"])
    out, err = capsys.readouterr()
    nothing = "there is neither a self-evaluation nor an objective form in it; see that it is a filled form"
    nothing = "there is neither a self-evaluation nor an objective form in it; see that it is a filled form"
    nothing = "there is neither a self-evaluation nor an objective form in it; see that it is a filled form"
    assert (code, err.splitlines()[0]) == (1, f"{note.as_posix()}: {nothing}")
    assert err.splitlines()[1].startswith(f"{gone.as_posix()}: File cannot be opened: ")
    assert out.splitlines()[0].endswith(" (shanghai/2019, 14 indicators)")
    assert out.splitlines()[1:] == ["  not carried over: 绩效自评价!C16 预算执行率：指标解释: 反应项目预算执行的进度"]
    goal = RETURNED / "临江市政府办-2021.xlsx"
    code = main(["import", str(goal), "--to", str(tmp_path), "--lang", "en", "--scheme", "mof/2021-objective"])
    assert code == 1
    assert (
        "the form is a self-evaluation, mof/2021-objective is the scheme of an objective form, so"
        in capsys.readouterr().err
    )


def test_what_was_written_in_the_results_follows_its_row(tmp_path: Path) -> None:
    """A blank row more moves the rows of the old form down; the new form has none."""
    path = tmp_path / "表.xlsx"
    draft = (RETURNED / "滨河区图书馆-2020-初稿.xlsx").read_bytes()
    workbook = read_xlsx(draft, path.name)
    (form,) = read_forms(workbook)
    assert isinstance(form, SelfEvaluation)
    moved = apply_edits(draft, insertion(workbook.grids[0], form, detect_scheme(form)[0], 13))
    data, _ = marked(moved, path.name)
    rows = result_rows(read_xlsx(data, path.name))
    data = apply_edits(data, [SetValue(one.at.sheet, one.at.row, one.at.column, f"原在 {one.place}") for one in rows])
    path.write_bytes(data)
    assert main(["import", str(path), "--to", str(tmp_path / "新")]) == 0
    new = read_workbook(tmp_path / "新" / path.name)
    assert [f"{one.code} {one.place} {one.text}" for one in read_explanations(new)] == [
        "S101 自评表!H29 原在 自评表!H30",
        "W101 自评表!G31 原在 自评表!G32",
        "T105 自评表!H31 原在 自评表!H32",
        "N101 自评表!F11 原在 自评表!F11",
        "W102 自评表!B13 原在 自评表!B13",
    ]
    assert sorted(f.code for f in review_workbook(new, path.name).findings if f.settled) == ["N101", "W102"]
