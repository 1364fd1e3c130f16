"""A 自评报告 checked against its form: ours, the published one, and one with other numbers."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from perfxl.review import review_workbook
from perfxl.words.reading import paragraphs_of
from tests.commands import RETURNED, Capture, run
from tests.word_documents import SEEDS, published, report_of, workbook_of


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
