"""The command line: exit codes, streams, formats, one sentence for every mistake of the user."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from perfxl import batch
from perfxl.commands.schema import schemas
from perfxl.finding import catalog
from perfxl.folder import Folder
from perfxl.reports import FORMATS
from tests.commands import GUMEI, KUNMING, LINCANG, RETURNED, ROOT, Capture, run
from tests.golden_files import assert_golden


@pytest.fixture
def in_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(RETURNED)


def test_golden_check(capsys: Capture, in_examples: None) -> None:
    code, out, err = run(capsys, "check", LINCANG.name, GUMEI.name)
    assert (code, err) == (1, "")
    assert_golden("check-text.txt", out)


@pytest.mark.parametrize("file", [KUNMING, GUMEI, LINCANG], ids=["kunming", "gumei", "lincang"])
def test_golden_score(capsys: Capture, in_examples: None, file: Path, request: pytest.FixtureRequest) -> None:
    code, out, err = run(capsys, "score", file.name, "--explain")
    assert (code, err) == (0, "")
    assert_golden(f"score-{request.node.callspec.id}.txt", out)


def test_score_says_the_numbers_of_the_published_forms(capsys: Capture) -> None:
    kunming_2019 = RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx"
    assert [line.strip() for line in run(capsys, "score", kunming_2019)[1].splitlines()][-6:-1] == [
        "执行率：98.75%",
        "总分：89",
        "总分（填报）：89",
        "等级：良好",
        "等级（填报）：良好",
    ]
    kunming = run(capsys, "score", KUNMING, "--explain")[1]
    assert "10 × min(627,430.69 ÷ 636,500.00, 1) = 9.86" in kunming and "总分：97.86" in kunming
    assert "129,025.80 ÷ 380,000.00 = 33.95%" in kunming and "总分：93.4\n" in kunming
    gumei = run(capsys, "score", GUMEI)[1]
    assert "总分：89（补满 96）" in gumei and "等级：良好（补满 优秀）" in gumei
    lincang = run(capsys, "score", LINCANG)[1]
    assert "总分：100" in lincang and "总分（填报）：99" in lincang


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_exit_code_on_stdout_alone(capsys: Capture, name: str) -> None:
    code, out, err = run(capsys, "check", GUMEI, RETURNED / "报送说明.txt", "--format", name)
    assert (code, err) == (1, "")
    assert "T101" in out and "古美路街道办事处-2020.xlsx" in unquote(out)


def test_json_of_the_examples_fits_the_schema(capsys: Capture) -> None:
    code, out, _ = run(capsys, "check", RETURNED, "--format", "json")
    document = json.loads(out)
    jsonschema.validate(document, json.loads(schemas()["check"]()))
    assert code == 1
    assert len(document["files"]) == sum(1 for path in RETURNED.rglob("*") if path.is_file())
    paths = [file["path"] for file in document["files"]]
    assert paths == sorted(set(paths))


def test_schema_command(capsys: Capture) -> None:
    for name, written in schemas().items():
        assert run(capsys, "schema", name) == (0, written(), "")
    assert run(capsys, "schema") == run(capsys, "schema", "check")
    known = "check、verify、diff、rollup、seal、receipt、scheme"
    assert run(capsys, "schema", "score") == (2, "", f"perfxl: OF 没有取值 score；可用：{known}\n")


def test_three_runs_are_the_same(capsys: Capture) -> None:
    outs = {run(capsys, "check", RETURNED, "--format", "json")[1] for _ in range(3)}
    assert len(outs) == 1


def test_exit_codes(capsys: Capture) -> None:
    errors = "L101,S104,T101,T104,W108"
    assert run(capsys, "check", GUMEI)[0] == 1
    assert run(capsys, "check", GUMEI, "--exit-zero")[0] == 0
    assert run(capsys, "check", GUMEI, "--fail-on", "never")[0] == 0
    assert run(capsys, "check", GUMEI, "--ignore", errors)[0] == 0
    assert run(capsys, "check", GUMEI, "--ignore", errors, "--fail-on", "核实")[0] == 1
    assert run(capsys, "check", GUMEI, "--ignore", errors, "--fail-on", "info")[0] == 1
    assert run(capsys, "check", RETURNED / "滨河区文化馆-空文件.xlsx")[0] == 1
    assert run(capsys, "check", RETURNED / "滨河区文化馆-空文件.xlsx", "--fail-on", "never")[0] == 0


def test_select_and_ignore_take_codes_and_prefixes(capsys: Capture) -> None:
    def codes(*arguments: str) -> set[str]:
        out = run(capsys, "check", GUMEI, "--format", "concise", *arguments)[1]
        return {line.split(": ")[1].split(" ")[0] for line in out.splitlines()}

    assert codes("--select", "T,S1") == {"T101", "T104", "S104"}
    assert codes("--select", "t", "--ignore", "T104") == {"T101"}
    assert not codes("--ignore", "L，W，N，F，S，T") & {code for code in catalog() if code[0] in "LWNFST"}
    assert codes("--severity", "error") == {"L101", "S104", "T101", "T104", "W108"}


def test_a_file_that_cannot_be_read_has_its_line_whatever_is_selected(capsys: Capture) -> None:
    out = run(capsys, "check", RETURNED / "滨河区文化馆-空文件.xlsx", "--select", "F", "--format", "concise")[1]
    assert out.count("\n") == 1 and ": R101 错误 " in out


def test_the_scheme_can_be_given(capsys: Capture) -> None:
    out = run(capsys, "check", LINCANG, "--scheme", "mof/2020", "--format", "json")[1]
    (form,) = json.loads(out)["files"][0]["forms"]
    assert (form["scheme"], form["place"]) == ("mof/2020", "mof")


def test_english(capsys: Capture) -> None:
    out = run(capsys, "check", GUMEI, "--lang", "en", "--select", "T101")[1]
    assert "error T101 2020绩效自评价!F26 Total is 96.00, the points sum to 89" in out
    assert run(capsys, "check", "nowhere", "--lang", "en") == (
        2,
        "",
        "perfxl: no such file or folder: nowhere; check the path\n",
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "没有.xlsx"], "没有这个文件或文件夹：没有.xlsx；请核对路径"),
        (["check", GUMEI, "--select", "Q1"], "--select：没有代码 Q1；可写代码或开头字母，如 F102 或 F，多个用逗号隔开"),
        (
            ["check", GUMEI, "--format", "xml"],
            "--format 没有取值 xml；可用：text、concise、json、jsonl、csv、github、sarif、junit、html、md",
        ),
        (["check", GUMEI, "--severity", "大"], "--severity 没有取值 大；可用：提示、核实、错误、info、query、error"),
        (["check", GUMEI, "--lang", "fr"], "--lang 没有取值 fr；可用：zh、en"),
        (["check", GUMEI, "--quux"], "没有选项 --quux；用法见 perfxl check --help"),
        (["check", GUMEI, "--format"], "选项 --format 缺少取值；用法见 perfxl check --help"),
        (["check"], "缺少参数 PATH；用法见 perfxl check --help"),
        (["score"], "缺少参数 FILE；用法见 perfxl score --help"),
        (["unlock", GUMEI], "缺少选项 --reason；用法见 perfxl unlock --help"),
        (["check", GUMEI, "--sel", "F"], "没有选项 --sel，是不是 --select；用法见 perfxl check --help"),
        (["check", GUMEI, "--jobs", "x"], "选项 --jobs 的取值不对：应为整数；用法见 perfxl check --help"),
        (["check", GUMEI, "--jobs", "-1"], "选项 --jobs 的取值不对：应不小于 0；用法见 perfxl check --help"),
        (["check", GUMEI, "--timeout", "x"], "选项 --timeout 的取值不对：应为数字；用法见 perfxl check --help"),
        (["check", GUMEI, "--since", "昨天"], "选项 --since 的取值不对：应为日期，如 2026-03-31 或 2026-03-31T09:30；"),
        (["check", GUMEI, "--exit-zero=1"], "选项 --exit-zero 后面不跟值；用法见 perfxl check --help"),
        (["explain", "F1", "F2"], "多了参数 F2；用法见 perfxl explain --help"),
        (["score", RETURNED], f"没有这个文件：{RETURNED}；请核对路径"),
        (["explain", "F999"], "没有代码 F999；相近的有 "),
        (["chekc"], "没有命令 chekc，是不是 check；用法见 perfxl --help"),
        (["new", "mof/2020", "a.xls"], "a.xls 应以 .xlsx 结尾"),
        (["scheme", "show", "mof/1999"], "没有方案 mof/1999；可用："),
        (["scheme", "show", "没有.toml"], "没有.toml: 没有这个文件"),
    ],
)
def test_a_mistake_of_the_user_is_one_chinese_sentence(
    capsys: Capture, arguments: list[str | Path], sentence: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"perfxl: {sentence}") and err.count("\n") == 1


def test_an_unknown_scheme_names_those_that_exist(capsys: Capture) -> None:
    code, _, err = run(capsys, "check", GUMEI, "--scheme", "beijing/2020")
    assert code == 2
    assert err.startswith("perfxl: 没有方案 beijing/2020；可用：") and "mof/2020" in err


def test_an_empty_folder_is_said(capsys: Capture, tmp_path: Path) -> None:
    assert run(capsys, "check", tmp_path) == (2, "", f"perfxl: {tmp_path} 里没有文件；请指定放报送表的文件夹\n")


def test_an_error_of_ours_is_exit_code_3_and_a_row(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ZeroDivisionError("权重")

    monkeypatch.setattr(batch, "review_workbook", failing)
    code, out, _ = run(capsys, "check", GUMEI, KUNMING, "--format", "concise", "--exit-zero")
    assert code == 3
    assert out.count(": R199 错误 perfxl 检查这个文件时出错：ZeroDivisionError 权重 (test_cli.py:") == 2
    assert run(capsys, "score", GUMEI)[0] == 3


def test_an_error_outside_any_file_is_a_sentence(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError("权重")

    monkeypatch.setattr(Folder, "parts", failing)
    code, _, err = run(capsys, "check", GUMEI)
    assert code == 3
    assert err.startswith("perfxl: perfxl 自身出错（ZeroDivisionError 权重）") and err.count("\n") == 1


def test_interrupted(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Folder, "parts", interrupted)
    code, _, err = run(capsys, "check", GUMEI, "--report", tmp_path / "r", "--output", tmp_path / "o.txt")
    assert (code, err) == (130, "perfxl: 已中断，可重新运行\n")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["perfxl.db"]


def test_explain_every_code(capsys: Capture) -> None:
    for code in catalog():
        result, out, _ = run(capsys, "explain", code.lower())
        assert result == 0
        assert out.startswith(f"{code} ") and "怎么改：" in out
        assert "{" not in out.replace("{ ", "")


def test_explain_names_the_check(capsys: Capture) -> None:
    out = run(capsys, "explain", "F102")[1]
    place = out.split("源码：")[1].strip()
    file, line = place.split(":")
    assert file == "perfxl/checks/funds.py"
    assert '@evaluation_check("F102")' in (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_scheme_commands(capsys: Capture, tmp_path: Path) -> None:
    assert "mof/2020" in run(capsys, "scheme", "list")[1]
    assert "full_score.value = 100" in run(capsys, "scheme", "show", "mof/2020")[1]
    assert "valid_from: 2020 → 2021" in run(capsys, "scheme", "diff", "mof/2020", "lincang/2021")[1]
    assert run(capsys, "scheme", "diff", "mof/2020", "mof/2020") == (0, "没有不同\n", "")
    good = ROOT / "perfxl" / "schemes" / "mof" / "2020.toml"
    assert run(capsys, "scheme", "check", good) == (0, "没有问题\n", "")
    bad = tmp_path / "bad.toml"
    bad.write_text(good.read_text("utf-8").replace('kind = "self_evaluation"', 'kindd = "self_evaluation"'), "utf-8")
    code, out, _ = run(capsys, "scheme", "check", bad)
    assert code == 1 and out.startswith("bad.toml: kindd")


def test_help_is_chinese_first(capsys: Capture) -> None:
    code, out, _ = run(capsys, "check", "--help")
    assert code == 0 and "检查报送的自评表和绩效目标表。" in out and "退出码" in out
    assert all(name in run(capsys, "--help")[1] for name in ("check", "score", "explain", "new", "scheme", "template"))


@pytest.mark.parametrize("arguments", [[], ["scheme"], ["template"]])
def test_without_a_command_the_help_is_shown(capsys: Capture, arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "") and "--help" in err and len(err.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments", [["lock"], ["unlock", "--reason", "补填"], ["clean"], ["score", "--write"], ["verify"]]
)
def test_a_wrong_path_is_one_sentence(capsys: Capture, tmp_path: Path, arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments, tmp_path / "没有.xlsx")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "请核对路径" in err
