"""Word documents: 退回意见书, 评分底稿, 自评报告; what stands in them, and what they keep and refuse."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]

from perfxl.finding import Severity
from perfxl.grid import Workbook
from perfxl.layouts import write_form
from perfxl.layouts.content import BLANK_CONTENT
from perfxl.review import FileReview, review_workbook
from perfxl.scheme import REPORT_NAMES, Scheme
from perfxl.scheme_files import SchemeError, builtin_schemes, load_scheme, report_outline
from perfxl.sources import UnreadableFile, read_workbook
from perfxl.words.facts import facts
from perfxl.words.kept import END, written_sections
from perfxl.words.notice import Letterhead, Returned, causes, covering_list, notice
from perfxl.words.page import Paper
from perfxl.words.reading import paragraphs_of, read_blocks
from perfxl.words.report import Report, report
from perfxl.words.working_paper import working_paper
from tests.commands import RETURNED, ROOT, Capture, run
from tests.docx_text import shown
from tests.golden_files import assert_golden
from tests.sample_reviews import HOSTILE, sample_files

PUBLISHED = ROOT / "examples" / "retyped" / "lincang-2021-report.tsv"
SEEDS = {
    "gumei": ("古美路街道办事处-2020", 0),
    "kunming-2019": ("上海市人民政府驻昆明办事处-2019", 0),
    "kunming-2020-1": ("上海市人民政府驻昆明办事处-2020", 0),
    "kunming-2020-2": ("上海市人民政府驻昆明办事处-2020", 1),
    "lincang": ("临沧市人民政府办公室-2021", 0),
}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


@cache
def workbook_of(name: str) -> Workbook:
    """The forms alone: a report that lies in the workbook is left out."""
    book = read_workbook(RETURNED / f"{name}.xlsx")
    return replace(book, grids=tuple(grid for grid in book.grids if grid.sheet != "自评报告"))


@cache
def reviewed(name: str) -> FileReview:
    return review_workbook(workbook_of(name), f"{name}.xlsx")


@cache
def report_of(seed: str, before: bytes | None = None) -> Report:
    name, index = SEEDS[seed]
    book = workbook_of(name)
    file = review_workbook(book, f"{name}.xlsx")
    return report(book, file, file.reviews[index], written_sections(read_blocks(before)) if before else {})


# 退回意见书


@pytest.mark.parametrize(
    ("golden", "names"),
    [
        ("gumei", ["古美路街道办事处-2020"]),
        ("kunming", ["上海市人民政府驻昆明办事处-2020"]),
        ("two-files", ["临江市公路事务中心-2025-初稿", "滨河区图书馆-2020-初稿"]),
    ],
)
def test_notice(golden: str, names: list[str]) -> None:
    files = [Returned(reviewed(name), f"{name}-批注.xlsx") for name in names]
    letterhead = Letterhead("某市财政局", "某财绩〔2026〕1号", "2026年3月31日")
    assert_golden(f"words-notice-{golden}.txt", shown(notice("某单位", files, letterhead)))


def test_what_follows_from_blank_points_is_no_cause_of_its_own() -> None:
    review = reviewed("古美路街道办事处-2020").reviews[0]
    found = [[f"{f.at.address} {f.code}" for f in cause.findings] for cause in causes(review, Severity.error)]
    assert found == [["G3 L101"], ["B8 T104"], ["A13 W108"], ["F23 S104", "F26 T101"]]


def test_settled_queries_are_not_asked_again() -> None:
    review = reviewed("古美路街道办事处-2020").reviews[0]
    settled = replace(review, findings=tuple(replace(f, settled=True) for f in review.findings))
    assert (len(causes(review, Severity.query)), causes(settled, Severity.query)) == (6, [])


def test_a_letter_without_letterhead_leaves_places_to_write() -> None:
    text = shown(notice("", [Returned(reviewed("古美路街道办事处-2020"))], Letterhead()))
    assert "说明: 〔　　　　〕　　号" in text.splitlines()
    assert "主送机关: 　　　　　　　　：" in text.splitlines()
    assert "附件" not in text


def test_covering_list() -> None:
    units = [("甲", ["古美路街道办事处-2020"]), ("", ["上海市人民政府驻昆明办事处-2020"])]
    notices = [(unit, [Returned(reviewed(name)) for name in names]) for unit, names in units]
    assert_golden("words-notice-list.txt", shown(covering_list(notices, Letterhead())))


def test_the_notices_of_a_folder(tmp_path: Path, capsys: Capture) -> None:
    code, out, err = run(capsys, "notice", RETURNED, "--out", tmp_path / "退回")
    assert (code, out.splitlines()) == (0, [f"退回 4 个单位 6 个文件：{(tmp_path / '退回').as_posix()}"])
    assert sorted(path.relative_to(tmp_path / "退回").as_posix() for path in tmp_path.rglob("*.*")) == [
        "上海市人民政府驻昆明办事处/上海市人民政府驻昆明办事处-2020-批注-2.xlsx",
        "上海市人民政府驻昆明办事处/上海市人民政府驻昆明办事处-2020-批注.xlsx",
        "上海市人民政府驻昆明办事处/退回意见书.docx",
        "上海市闵行区人民政府古美路街道办事处/古美路街道办事处-2020-批注-2.xlsx",
        "上海市闵行区人民政府古美路街道办事处/古美路街道办事处-2020-批注.xlsx",
        "上海市闵行区人民政府古美路街道办事处/退回意见书.docx",
        "临江市公路事务中心/临江市公路事务中心-2025-初稿-批注.xlsx",
        "临江市公路事务中心/退回意见书.docx",
        "滨河区图书馆/滨河区图书馆-2020-初稿-批注.xlsx",
        "滨河区图书馆/退回意见书.docx",
        "退回清单.docx",
    ]
    assert [line.rpartition("/")[2] for line in err.splitlines()] == [
        "滨河区体育馆-下载不完整.xlsx: 打不开，没有写意见书（文件打不开：压缩包的目录缺失或损坏，文件可能不完整）",
        "滨河区文化馆-空文件.xlsx: 打不开，没有写意见书（文件打不开：文件为空（0 字节））",
        "滨河区档案馆-网页另存.xls: 打不开，没有写意见书（没有找到自评表或绩效目标表）",
    ]
    copy = read_workbook(next(tmp_path.rglob("古美路街道办事处-2020-批注.xlsx")))
    assert [grid.sheet for grid in copy.grids] == ["2020绩效自评价", "校验结果"]


def test_nothing_is_written_where_nothing_goes_back(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "表.xlsx").write_bytes((RETURNED / "滨河区图书馆-2020.xlsx").read_bytes())
    code, out, err = run(capsys, "notice", tmp_path)
    assert (code, out, err) == (0, "没有要退回的文件，没有写意见书\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["表.xlsx"]


def test_notice_of_no_folder(capsys: Capture) -> None:
    code, _, err = run(capsys, "notice", "没有/这里")
    assert (code, err) == (2, "perfxl: 没有这个文件夹：没有/这里；请核对路径\n")


# 评分底稿


@pytest.mark.parametrize("seed", SEEDS)
def test_working_paper(seed: str) -> None:
    name, index = SEEDS[seed]
    assert_golden(f"words-paper-{seed}.txt", shown(working_paper(reviewed(name).reviews[index], f"{name}.xlsx")))


def test_papers_beside_the_scores(tmp_path: Path, capsys: Capture) -> None:
    code, _, err = run(capsys, "score", RETURNED / "上海市人民政府驻昆明办事处-2020.xlsx", "--paper", tmp_path)
    names = [f"上海市人民政府驻昆明办事处-2020-{number}-评分底稿.docx" for number in (1, 2)]
    assert (code, err.splitlines()) == (0, [f"{tmp_path.as_posix()}/{name}" for name in names])
    assert sorted(path.name for path in tmp_path.iterdir()) == names


# 自评报告


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


def test_what_the_clerk_wrote_is_checked_against_the_form(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "滨河区图书馆-2020.xlsx"
    path = tmp_path / "滨河区图书馆-2020-自评报告.docx"
    assert run(capsys, "report", form, "--out", tmp_path)[0] == 0
    book = docx.Document(str(path))
    for paragraph in book.paragraphs:
        if "自评的目的" in paragraph.text:
            paragraph.text = "2019年项目执行率为90%，自评得分70分，总分100分。"
    book.save(str(path))
    code, out, err = run(capsys, "report", form, "--out", tmp_path)
    assert (code, out.rpartition("，")[2]) == (0, "保留 1 处\n")
    assert [line.split()[1] for line in err.splitlines()] == ["X106", "X108", "Y101"]


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


# A report and its form


def published(tmp_path: Path, changed: dict[str, str]) -> Path:
    """The published report of 临沧 as .docx; `changed` are words to replace."""
    book = docx.Document()
    for line in PUBLISHED.read_text("utf-8").splitlines():
        text = line.split("\t")[1].replace("␣", " ")
        for before, after in changed.items():
            text = text.replace(before, after)
        book.add_paragraph(text)
    path = tmp_path / "自评报告.docx"
    book.save(str(path))
    return path


def about_the_text(path: Path) -> list[str]:
    """Findings in the report, by paragraph."""
    file = review_workbook(workbook_of(SEEDS["lincang"][0]), "表.xlsx", beside=paragraphs_of(path))
    return [f"{f.at.row} {f.code} {f.reported}" for f in file.findings if f.at.file == path.name]


def test_the_published_report_against_its_form(tmp_path: Path) -> None:
    assert about_the_text(published(tmp_path, {})) == [
        "19 Y101 2020",
        "20 X102 市级重点项目前期工作经费",
        "20 Y101 2020",
        "20 Y101 2020",
        "23 Y101 2020",
    ]


def test_other_numbers_in_the_report(tmp_path: Path) -> None:
    path = published(
        tmp_path,
        {
            "最终得分99分": "全年预算数51万元，预算执行率98%，最终得分89分",
            "“优”。": "“良”。",
            "项目满分为100分": "总分100分",
            "2020": "2021",
        },
    )
    assert about_the_text(path) == [
        "20 X102 市级重点项目前期工作经费",
        "35 X106 89",
        "35 X107 良",
        "35 X108 98%",
        "35 X109 51万元",
    ]


@pytest.mark.parametrize("seed", ["lincang", "gumei", "kunming-2019"])
def test_our_report_agrees_with_its_form(seed: str, tmp_path: Path) -> None:
    path = tmp_path / "自评报告.docx"
    path.write_bytes(report_of(seed).data)
    file = review_workbook(workbook_of(SEEDS[seed][0]), "表.xlsx", beside=paragraphs_of(path))
    assert [f.code for f in file.findings if f.at.file == path.name] == []


def test_check_with_its_report(tmp_path: Path, capsys: Capture) -> None:
    form = RETURNED / "临沧市人民政府办公室-2021.xlsx"
    path = published(tmp_path, {"最终得分99分": "最终得分89分"})
    code, out, _ = run(capsys, "check", form, "--words", path, "--select", "X106")
    assert (code, [line.strip() for line in out.splitlines() if "X106" in line]) == (
        0,
        ["核实 X106 正文段落!35 正文写总分 89 分，表内总分为 99 分"],
    )
    code, _, err = run(capsys, "check", form, RETURNED / "古美路街道办事处-2020.xlsx", "--words", path)
    assert (code, err) == (2, "perfxl: --words 只能与一份表核对；请只指定这份报告所附的表\n")
    code, _, err = run(capsys, "check", form, "--words", form)
    assert (code, err) == (2, f"perfxl: {form} 不是 .docx 的报告；请用 --words 指定自评报告\n")


# Paper


def test_the_page_of_an_official_document() -> None:
    section = docx.Document(io.BytesIO(report_of("gumei").data)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    sizes = [round(size.mm) for size in (section.page_width, section.page_height, *margins) if size is not None]
    assert sizes == [210, 297, 37, 35, 28, 26]


def test_the_documents_keep_the_schema_of_word(tmp_path: Path) -> None:
    file = reviewed("上海市人民政府驻昆明办事处-2020")
    documents = (
        report_of("gumei").data,
        notice("甲", [Returned(file, "甲-批注.xlsx")], Letterhead()),
        covering_list([("甲", [Returned(file)])], Letterhead()),
        working_paper(file.reviews[1], "表.xlsx"),
    )
    for data in documents:
        path = tmp_path / "文档.docx"
        path.write_bytes(data)
        assert [str(error) for error in OpenXmlValidator().validate(str(path)).errors] == []


def test_headings_are_numbered_by_their_styles() -> None:
    book = docx.Document(io.BytesIO(Paper("空").data()))
    levels = book.part.numbering_part.element.findall(".//{*}lvl")
    value = docx.oxml.ns.qn("w:val")
    found = [tuple(level.find(f"{{*}}{tag}").get(value) for tag in ("pStyle", "numFmt", "lvlText")) for level in levels]
    assert found == [
        ("Heading1", "chineseCounting", "%1、"),
        ("Heading2", "chineseCounting", "（%2）"),
        ("Heading3", "decimal", "%3．"),
        ("Heading4", "decimal", "（%4）"),
    ]


def test_page_numbers_stand_outside() -> None:
    section = docx.Document(io.BytesIO(Paper("空").data())).sections[0]
    footers = [footer.paragraphs[0] for footer in (section.footer, section.even_page_footer)]
    fields = [paragraph._p.find("{*}fldSimple").get(docx.oxml.ns.qn("w:instr")) for paragraph in footers]
    assert ([paragraph.alignment for paragraph in footers], fields) == ([2, 0], ["PAGE", "PAGE"])


def test_fonts_go_through_the_east_asian_slots() -> None:
    fonts = {}
    for style in docx.Document(io.BytesIO(Paper("空").data())).styles:
        slots = style.element.find(".//{*}rFonts")
        fonts[style.name] = slots.get(docx.oxml.ns.qn("w:eastAsia")) if slots is not None else None
    names = ("公文标题", "公文正文", "Heading 1", "Heading 2", "Heading 3")
    assert [fonts[name] for name in names] == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "仿宋_GB2312"]


def test_what_a_workbook_says_is_text() -> None:
    file = next(file for file in sample_files() if file.status == "returned")
    data = notice(HOSTILE, [Returned(file)], Letterhead(HOSTILE, HOSTILE, HOSTILE))
    text = shown(data)
    assert HOSTILE.partition("\u202e")[0] in text
    assert CONTROL.search(text) is None


def test_what_a_form_says_is_text_in_its_report() -> None:
    book = workbook_of(SEEDS["lincang"][0])
    grid = book.grids[0]
    said = {"驻京联络处2021工作经费": f'{HOSTILE}{{year}}"&', "质量指标": f"{HOSTILE}\x00\ud800"}
    cells = {place: cell._replace(value=said.get(cell.text, cell.value)) for place, cell in grid.cells.items()}
    changed = replace(book, grids=(replace(grid, cells=cells),))
    file = review_workbook(changed, "表.xlsx")
    text = shown(report(changed, file, file.reviews[0], {}).data)
    paper = shown(working_paper(file.reviews[0], f"{HOSTILE}.xlsx"))
    assert ("{year}" in text, "<script>" in text, "<script>" in paper) == (True, True, True)
    assert (CONTROL.search(text), CONTROL.search(paper)) == (None, None)


@pytest.mark.parametrize("scheme", [scheme for scheme in builtin_schemes().values() if scheme.execution])
def test_a_blank_form_gives_a_report_of_gaps_and_a_paper(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    write_form(scheme, path, BLANK_CONTENT)
    book = read_workbook(path)
    file = review_workbook(book, path.name)
    one = file.reviews[0]
    made = report(book, file, one, {})
    assert made.gaps > 10
    assert "【表中未填项目名称】" in shown(made.data)
    assert "参考得分" not in shown(made.data), "our helper columns are no part of the form"
    assert "未填" in shown(working_paper(one, path.name))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "R101"),
        (b"PK\x03\x04broken", "R101"),
        ((RETURNED / "古美路街道办事处-2020.xlsx").read_bytes(), "R103"),
        ((RETURNED / "滨河区档案馆-网页另存.xls").read_bytes(), "R103"),
    ],
)
def test_what_is_no_word_document(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_blocks(data)
    assert caught.value.code == code


def test_a_document_with_a_dtd_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(UnreadableFile) as caught:
        read_blocks(packed.getvalue())
    assert (caught.value.code, caught.value.numbers) == ("R101", {"reason": "文档含有 DTD"})


def test_the_same_bytes_twice() -> None:
    name, index = SEEDS["gumei"]
    review = reviewed(name).reviews[index]
    assert working_paper(review, "表.xlsx") == working_paper(review, "表.xlsx")
    with zipfile.ZipFile(io.BytesIO(working_paper(review, "表.xlsx"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_pdf_without_libreoffice(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, err = run(capsys, "report", RETURNED / "古美路街道办事处-2020.xlsx", "--out", tmp_path, "--pdf")
    said = "perfxl: 没有找到 LibreOffice，不能转成 PDF；请安装后再用 --pdf，或在 Word、WPS 中另存为 PDF\n"
    assert (code, out, err, list(tmp_path.iterdir())) == (2, "", said, [])


def test_the_mark_below_the_last_section() -> None:
    assert END in written_sections(read_blocks(report_of("gumei").data))
