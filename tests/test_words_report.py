"""自评报告: made from the form, and written anew without losing what the clerk wrote."""

from __future__ import annotations

import copy
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest

from perfxl.review import review_workbook
from perfxl.scheme import REPORT_NAMES, Scheme
from perfxl.scheme_files import SchemeError, builtin_schemes, load_scheme, report_outline
from perfxl.words.facts import facts
from perfxl.words.kept import END, written_sections
from perfxl.words.reading import read_blocks
from perfxl.words.report import report
from tests.commands import RETURNED, ROOT, Capture, run
from tests.docx_text import shown
from tests.golden_files import assert_golden
from tests.word_documents import SEEDS, published, report_of, reviewed, workbook_of


@pytest.mark.parametrize("seed", SEEDS)
def test_report(seed: str) -> None:
    assert_golden(f"words-report-{seed}.txt", shown(report_of(seed).data))


def test_the_outlines_name_only_what_is_known() -> None:
    known = facts(reviewed("临沧市人民政府办公室-2021").reviews[0])
    assert set(known) == REPORT_NAMES


@pytest.mark.parametrize("scheme", [scheme for scheme in builtin_schemes().values() if scheme.execution])
def test_every_scheme_of_points_has_an_outline(scheme: Scheme) -> None:
    outline = report_outline(scheme)
    assert {part for section in outline.sections for part in section.parts} == {
        "funding_table",
        "indicator_table",
        "points_table",
        "chart",
    }


def test_an_outline_that_does_not_fit(tmp_path: Path) -> None:
    text = (ROOT / "perfxl/schemes/lincang/2021.toml").read_text("utf-8")
    text = text.replace('{ id = "purpose", level = 2', '{ id = "overview", level = 4').replace("{graded}", "{mark}")
    text = text.replace("{rules}", "{rules")
    path = tmp_path / "本市.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SchemeError) as caught:
        load_scheme(path)
    assert [line.partition("，可用")[0] for line in str(caught.value).splitlines()] == [
        "本市.toml: report: 花括号应当成对，现为 “{rules”",
        "本市.toml: report: 没有 mark 可填",
        "本市.toml: report.sections: id overview 重复，应各不相同",
        "本市.toml: report.sections.overview.level: 应不大于 2，现为 4",
    ]


def test_the_chart_has_the_numbers_of_the_form() -> None:
    with zipfile.ZipFile(io.BytesIO(report_of("lincang").data)) as archive:
        chart = ElementTree.fromstring(archive.read("word/charts/chart1.xml"))
    values = [element.text for element in chart.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}v")]
    names = ["预算执行率", "产出指标", "效益指标", "满意度指标"]
    assert values == ["分值", *names, "10", "30", "30", "30", "得分", *names, "10", "30", "30", "29"]


def test_written_twice_it_is_the_same_and_nothing_counts_as_the_clerks() -> None:
    first = report_of("lincang")
    sections = written_sections(read_blocks(first.data))
    assert {key: written for key, written in sections.items() if written.texts or written.lost} == {}
    assert report_of("lincang", first.data).data == first.data


def test_what_the_clerk_wrote_stays_when_the_form_changes() -> None:
    book = docx.Document(io.BytesIO(report_of("lincang").data))
    for paragraph in book.paragraphs:
        if paragraph.text.startswith("【请补充：开展自评的目的"):
            paragraph.text = "为编制下年度预算提供依据。"
            paragraph.insert_paragraph_before("及时总结经验。")
        if paragraph.text == "　　　　年　　月　　日":
            paragraph.text = "2022年4月1日"
    edited = io.BytesIO()
    book.save(edited)
    name, _ = SEEDS["lincang"]
    workbook = workbook_of(name)
    grid = workbook.grids[0]
    cells = {place: cell._replace(value="驻京办事经费") if cell.text == "驻京联络处2021工作经费" else cell
             for place, cell in grid.cells.items()}  # fmt: skip
    changed = replace(workbook, grids=(replace(grid, cells=cells),))
    file = review_workbook(changed, f"{name}.xlsx")
    again = report(changed, file, file.reviews[0], written_sections(read_blocks(edited.getvalue())))
    text = shown(again.data)
    lines = text.splitlines()
    place = lines.index("heading 2: 绩效评价目的")
    assert lines[place + 1 : place + 3] == ["公文正文: 及时总结经验。", "公文正文: 为编制下年度预算提供依据。"]
    assert "落款: 2022年4月1日" in lines
    assert ("驻京联络处2021工作经费" in text, "“驻京办事经费”由" in text, again.lost) == (False, True, ())


def test_a_changed_paragraph_of_the_forms_numbers_is_reported_not_kept() -> None:
    book = docx.Document(io.BytesIO(report_of("lincang").data))
    for paragraph in book.paragraphs:
        if "自评得分99分" in paragraph.text:
            paragraph.text = paragraph.text.replace("自评得分99分", "自评得分100分")
    edited = io.BytesIO()
    book.save(edited)
    again = report_of("lincang", edited.getvalue())
    assert again.lost[0] == "该项目2021年度单位自评得分100分，评价等级“优”。"
    assert "表内数据: 该项目2021年度单位自评得分99分，评价等级“优”。" in shown(again.data).splitlines()


def test_the_report_before_is_kept_where_it_was_another(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "临沧市人民政府办公室-2021.xlsx"
    path = tmp_path / "临沧市人民政府办公室-2021-自评报告.docx"
    for _ in range(2):
        code, out, err = run(capsys, "report", form, "--out", tmp_path)
        assert (code, out, err) == (0, f"{path.as_posix()}: 待补 10 处，保留 0 处\n", "")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    book = docx.Document(str(path))
    book.paragraphs[0].runs[0].bold = True
    book.save(str(path))
    before = path.read_bytes()
    assert run(capsys, "report", form, "--out", tmp_path)[0] == 0
    assert (tmp_path / f"{path.name}.bak").read_bytes() == before


def test_a_report_that_is_open_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "滨河区图书馆-2020.xlsx"
    path = tmp_path / "滨河区图书馆-2020-自评报告.docx"
    assert run(capsys, "report", form, "--out", tmp_path)[0] == 0
    book = docx.Document(str(path))
    book.paragraphs[0].runs[0].bold = True
    book.save(str(path))
    before = path.read_bytes()
    (tmp_path / f"~${path.name}").write_bytes(b"")
    code, out, err = run(capsys, "report", form, "--out", tmp_path)
    assert (code, out, "正被打开" in err, path.read_bytes() == before) == (1, "", True, True)


def test_two_forms_of_one_name_are_not_mixed_up(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "古美路街道办事处-2020.xlsx"
    other = RETURNED / "LibreOffice另存" / form.name
    code, _, err = run(capsys, "report", form, other, "--out", tmp_path)
    said = f"perfxl: 有几个文件都叫 {form.name}，报告会互相覆盖；请分几次运行，--out 各指定一个文件夹\n"
    assert (code, err, list(tmp_path.iterdir())) == (2, said, [])


def test_a_table_of_the_clerks_stays_and_a_picture_is_reported() -> None:
    book = docx.Document(io.BytesIO(report_of("lincang").data))
    place = next(paragraph for paragraph in book.paragraphs if "自评的目的" in paragraph.text)
    table = book.add_table(2, 2)
    for cell, text in zip(table._cells, ("月份", "批次", "三月", "2"), strict=True):
        cell.text = text
    place._p.addnext(table._tbl)
    drawing = next(p for p in book.paragraphs if p._p.findall(".//{*}drawing"))._p.find(".//{*}drawing")
    place.add_run()._r.append(copy.deepcopy(drawing))
    edited = io.BytesIO()
    book.save(edited)
    again = report_of("lincang", edited.getvalue())
    lines = shown(again.data).splitlines()
    start = lines.index("heading 2: 绩效评价目的")
    assert lines[start + 1 : start + 4] == ["公文正文: 【请补充：开展自评的目的】", "| 月份 | 批次 |", "| 三月 | 2 |"]
    assert again.lost == ("（图片）",)


def test_the_lead_is_the_clerks_to_write_anew() -> None:
    book = docx.Document(io.BytesIO(report_of("lincang").data))
    book.paragraphs[2].text = "根据临财绩发〔2022〕1号文件要求，现报告如下："
    edited = io.BytesIO()
    book.save(edited)
    again = report_of("lincang", edited.getvalue())
    assert shown(again.data).splitlines()[1] == "公文正文: 根据临财绩发〔2022〕1号文件要求，现报告如下："
    assert again.lost == ()


def test_somebody_elses_report_is_never_overwritten(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "临沧市人民政府办公室-2021-自评报告.docx"
    published(tmp_path, {}).rename(path)
    before = path.read_bytes()
    code, _, err = run(capsys, "report", RETURNED / "临沧市人民政府办公室-2021.xlsx", "--out", tmp_path)
    said = f"perfxl: {path} 不是 perfxl 写的报告，没有覆盖；请用 --out 另选文件夹，或先改名\n"
    assert (code, err, path.read_bytes() == before) == (2, said, True)


def test_no_report_for_an_objective_form(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx"
    code, out, err = run(capsys, "report", form, "--out", tmp_path)
    assert (code, out, err) == (1, "", f"{form.as_posix()}: 没有自评表，不写报告；请给填好的自评表\n")
    assert list(tmp_path.iterdir()) == []


def test_the_mark_below_the_last_section() -> None:
    assert END in written_sections(read_blocks(report_of("gumei").data))
