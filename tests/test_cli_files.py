"""What commands write: reports, new forms, schemes, templates, marks; and what they say where that fails."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from perfxl.refusals import misshapen
from perfxl.scheme_files import builtin_schemes
from tests.commands import GUMEI, LINCANG, OBJECTIVE, RETURNED, ROOT, Capture, run


def test_report_folder(capsys: Capture, tmp_path: Path) -> None:
    report = tmp_path / "报告" / "2021"
    code, out, err = run(capsys, "check", GUMEI, LINCANG, "--report", report)
    assert code == 1
    assert err.splitlines() == [f"报告：{report}/index.html", f"汇总表：{report}/汇总表.xlsx"]
    assert sorted(path.name for path in report.iterdir()) == ["index.html", "perfxl.db", "汇总表.xlsx"]
    sheet = openpyxl.load_workbook(report / "汇总表.xlsx")["汇总"]
    link = sheet["Z4"].hyperlink
    assert link is not None and link.target is not None
    assert (report / link.target.replace("\\", "/")).resolve() == LINCANG
    assert "T101" in out


def test_a_report_written_twice_replaces_the_first(capsys: Capture, tmp_path: Path) -> None:
    for _ in range(2):
        run(capsys, "check", GUMEI, "--report", tmp_path, "--output", tmp_path / "o.json", "--format", "json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "o.json", "perfxl.db", "汇总表.xlsx"]
    assert json.loads((tmp_path / "o.json").read_text("utf-8"))["summary"]["files"] == 1


def test_a_report_inside_the_checked_folder_is_not_checked(capsys: Capture, tmp_path: Path) -> None:
    shutil.copy(GUMEI, tmp_path)
    for _ in range(2):
        out = run(capsys, "check", tmp_path, "--report", tmp_path / "r", "--format", "jsonl")[1]
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["skipped", "returned"]


def test_a_report_that_cannot_be_written_is_said(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "r").write_text("")
    code, _, err = run(capsys, "check", GUMEI, "--report", tmp_path / "r")
    assert code == 2
    assert err.startswith(f"perfxl: 无法写入 {tmp_path / 'r'}")


def test_new_blank_and_prefilled(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "新 表.xlsx"
    assert run(capsys, "new", "mof/2020", out) == (0, f"{out}\n", "")
    assert run(capsys, "new", "mof/2020", out)[0] == 2
    code, _, err = run(capsys, "new", "shanghai/2020-10-90", out, "--from", OBJECTIVE, "--force")
    assert (code, err) == (0, f"{OBJECTIVE} 里有 2 张绩效目标表，取第 1 张：合作交流工作业务费\n")
    (form,) = json.loads(run(capsys, "check", out, "--format", "json")[1])["files"][0]["forms"]
    assert (form["project"], form["unit"], form["year"]) == ("合作交流工作业务费", "上海市人民政府驻广州办事处", 2020)
    assert form["funding"]["initial_budget"] == "334680"
    (source,) = json.loads(run(capsys, "check", OBJECTIVE, "--format", "json")[1])["files"]
    wanted = [(row["level3"], row["target"]) for row in source["forms"][0]["indicators"]]
    assert sorted((row["level3"], row["target"]) for row in form["indicators"]) == sorted(wanted)


def test_new_from_a_file_without_objective_form(capsys: Capture, tmp_path: Path) -> None:
    code, _, err = run(capsys, "new", "mof/2020", tmp_path / "a.xlsx", "--from", GUMEI)
    assert (code, err) == (2, f"perfxl: {GUMEI} 里没有绩效目标表；请用 --from 指定填好的目标表\n")
    assert list(tmp_path.iterdir()) == []


def test_a_scheme_is_copied_to_write_another_one_from(capsys: Capture, tmp_path: Path) -> None:
    out = tmp_path / "我县.toml"
    for name in builtin_schemes():
        assert run(capsys, "scheme", "copy", name, out, "--force") == (0, f"{out}\n", "")
        assert out.read_bytes() == (ROOT / "perfxl" / "schemes" / f"{name}.toml").read_bytes()
    assert run(capsys, "scheme", "check", out)[0] == 0
    assert run(capsys, "scheme", "copy", "mof/2020", out) == (2, "", f"perfxl: {out} 已存在；覆盖请加 --force\n")
    assert run(capsys, "scheme", "copy", out, tmp_path / "b.toml")[2] == f"perfxl: {out} 本来就是文件；请直接复制它\n"
    assert run(capsys, "scheme", "copy", "mof/1999", tmp_path / "b.toml")[0] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["我县.toml"]


def test_an_edit_that_fails_inside_the_file_says_what_to_do(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise misshapen("文件的样式编号有误", "a style number in the file is wrong")

    monkeypatch.setattr("perfxl.markup.marked", failing)
    path = tmp_path / "表.xlsx"
    shutil.copy(LINCANG, path)
    said = f"{path}: 文件的样式编号有误，未作修改；请在 Excel 或 WPS 中打开，另存为新的 .xlsx 再试\n"
    assert run(capsys, "score", path, "--write") == (1, "", said)
    said = (
        f"{path}: a style number in the file is wrong, so nothing was changed; open the file in Excel or WPS, save it"
        " as a new .xlsx and try again\n"
    )
    assert run(capsys, "score", path, "--write", "--lang", "en") == (1, "", said)


def test_template_commands(capsys: Capture, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "template", "build", "--out", tmp_path)
    assert code == 0 and len(out.splitlines()) == len(list(tmp_path.iterdir()))
    assert run(capsys, "template", "check", "--dir", tmp_path) == (0, "空白表与方案一致\n", "")
    first = sorted(tmp_path.iterdir())[0]
    first.unlink()
    assert run(capsys, "template", "check", "--dir", tmp_path)[:2] == (
        1,
        f"{first.name}: 与方案不一致，请运行 perfxl template build\n",
    )


def test_score_write_and_clean(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "初稿.xlsx"
    shutil.copy(RETURNED / "临江市公路事务中心-2025-初稿.xlsx", path)
    code, out, _ = run(capsys, "score", path, "--write")
    assert (code, out) == (0, f"{path}: 已写回：算出 1 格，错误 1 项，核实 1 项，提示 0 项\n")
    assert "校验结果" in openpyxl.load_workbook(path).sheetnames
    assert run(capsys, "clean", path)[:2] == (0, f"{path}: 已去掉标记\n")
    assert "校验结果" not in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "无法写入 {}（已有同名的文件）；请换一个位置"),
        ("en", "cannot write {} (a file of that name is there); choose another place"),
    ],
)
def test_a_folder_to_write_to_that_is_a_file(capsys: Capture, tmp_path: Path, lang: str, said: str) -> None:
    file = tmp_path / "文件"
    file.write_bytes(b"")
    for words in (["import", LINCANG, "--to"], ["template", "build", "--out"], ["score", LINCANG, "--paper"]):
        code, _, err = run(capsys, *words, file, "--lang", lang)
        place = file / f"{LINCANG.stem}-评分底稿.docx" if words[0] == "score" else file
        assert (code, err) == (2, f"perfxl: {said.format(place)}\n"), words
