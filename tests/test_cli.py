"""The command line: exit codes, streams, formats, one sentence for every mistake of the user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import openpyxl
import pytest

from perfxl import __version__, batch
from perfxl.cli import main
from perfxl.commands.schema import schemas
from perfxl.finding import catalog
from perfxl.folder import Folder
from perfxl.layouts import write_form
from perfxl.refusals import misshapen
from perfxl.reports import FORMATS
from perfxl.scheme_files import builtin_schemes
from tests.golden_files import assert_golden
from tests.random_forms import random_form

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
GUMEI = RETURNED / "古美路街道办事处-2020.xlsx"
KUNMING = RETURNED / "上海市人民政府驻昆明办事处-2020.xlsx"
LINCANG = RETURNED / "临沧市人民政府办公室-2021.xlsx"
OBJECTIVE = RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx"

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of one command in this process."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "perfxl", *map(str, arguments)],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


@pytest.fixture
def in_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(RETURNED)


def test_version_needs_no_library() -> None:
    script = (
        "import sys; from perfxl.cli import main; main(['--version']); "
        "print(sorted({'typer', 'rich', 'pydantic', 'xlsxwriter', 'tomllib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().split("\n")[:2] == [f"perfxl {__version__}", "[]"]


def test_check_of_one_file_needs_neither_rich_nor_a_writer() -> None:
    script = (
        "import sys; from perfxl.cli import main; main(['check', sys.argv[1]]); "
        "unwanted = {'rich', 'xlsxwriter', 'openpyxl', 'lxml', 'html', 'perfxl.seal', 'perfxl.signing'}; "
        "print(unwanted & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, KUNMING], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.decode().strip() == "set()"


def test_check_of_a_form_that_names_its_scheme_reads_no_other() -> None:
    script = (
        "import sys; from perfxl import scheme_files as files; from perfxl.cli import main; "
        "parse, names = files._parse, []; "
        "files._parse = lambda text, name: names.append(name) or parse(text, name); main(['check', sys.argv[1]]); "
        "print(names, file=sys.stderr)"
    )
    form = ROOT / "templates" / "hubei-2021-项目自评表.xlsx"
    done = subprocess.run([sys.executable, "-c", script, form], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.decode().strip() == "['hubei/2021.toml']"


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


def test_help_is_chinese_first(capsys: Capture) -> None:
    code, out, _ = run(capsys, "check", "--help")
    assert code == 0 and "检查报送的自评表和绩效目标表。" in out and "退出码" in out
    assert all(name in run(capsys, "--help")[1] for name in ("check", "score", "explain", "new", "scheme", "template"))


@pytest.mark.parametrize("arguments", [[], ["scheme"], ["template"]])
def test_without_a_command_the_help_is_shown(capsys: Capture, arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "") and "--help" in err and len(err.splitlines()) > 5


def test_real_process() -> None:
    done = process("check", GUMEI, "--report", "build/test-cli")
    shutil.rmtree(ROOT / "build" / "test-cli")
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout + done.stderr
    assert "T101" in done.stdout.decode() and "报告：" in done.stderr.decode()
    assert "报告：" not in done.stdout.decode()


def test_real_process_under_a_narrow_encoding() -> None:
    done = process("check", GUMEI, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1 and b"Traceback" not in done.stderr


def test_a_reader_that_goes_away() -> None:
    command = f'"{sys.executable}" -m perfxl check "{RETURNED}" --format html | head -c 100'
    done = subprocess.run(command, shell=True, capture_output=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal_alone(no_color: str, coloured: bool) -> None:
    import pty

    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
    subprocess.run(
        [sys.executable, "-m", "perfxl", "check", GUMEI, "--select", "T"],
        stdout=slave,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    os.close(slave)
    shown = os.read(master, 65536)
    os.close(master)
    assert (b"\x1b[" in shown) == coloured


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """A form in which nothing is wrong."""
    scheme = builtin_schemes()["mof/2020"]
    path = tmp_path / "表.xlsx"
    write_form(scheme, path, random_form(scheme, 7).content)
    return path


def test_lock_verify_unlock_and_lock_again(capsys: Capture, right: Path) -> None:
    before = right.read_bytes()
    code, out, err = run(capsys, "lock", right, "--json")
    assert (code, err) == (0, "")
    assert out.startswith(f"{right}: 已锁定，第 1 次提交，封签码 ")
    seal_code = out.split()[-1]
    assert right.with_name("表.xlsx.bak").read_bytes() == before
    apart = right.with_name("表.xlsx.seal.json")

    assert run(capsys, "verify", right)[0] == 0
    assert run(capsys, "verify", right, "--seal", apart)[0] == 0
    for typed, expected in ((seal_code, 0), (seal_code.lower().replace("-", " "), 0), (seal_code[::-1], 1)):
        code, out, _ = run(capsys, "verify", right, "--code", typed, "--format", "json")
        assert (code, json.loads(out)["files"][0]["code_agrees"]) == (expected, expected == 0)

    code, out, err = run(capsys, "lock", right)
    assert (code, out, err) == (1, "", f"{right}: 文件已经锁定，封签码 {seal_code}；需要更正时请先解锁\n")
    code, out, err = run(capsys, "score", right, "--write")
    assert (code, out, err) == (1, "", f"{right}: 文件已经锁定，未作修改；需要更正时请先解锁\n")

    assert run(capsys, "unlock", right)[0] == 2
    assert run(capsys, "unlock", right, "--reason", " ")[0] == 2
    assert run(capsys, "unlock", right, "--reason", "补填")[1] == f"{right}: 已解锁，改好后请重新锁定\n"
    code, out, _ = run(capsys, "lock", right, "--lang", "en")
    assert (code, out.rsplit(" ", 1)[0]) == (0, f"{right}: locked, submission 2, seal code")


def test_verify_as_json(capsys: Capture, right: Path) -> None:
    run(capsys, "lock", right, "--no-backup")
    (right.parent / "坏.xlsx").write_bytes(b"PK")
    code, out, _ = run(capsys, "verify", right.parent, "--format", "json")
    document = json.loads(out)
    assert (code, list(document)) == (1, ["schema_version", "files"])
    by_status = {file["status"]: file for file in document["files"]}
    unreadable, intact = by_status["unreadable"], by_status["intact"]
    assert [(found["code"], found["place"]) for found in unreadable["findings"]] == [("R101", "")]
    keys = (
        "path status findings reason open other_file signature signed_by code code_agrees receipt digest submission "
        "time signer changes history caveat"
    )
    assert (" ".join(intact), " ".join(unreadable)) == (keys, keys)


def test_a_lock_that_is_refused_says_why(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "初稿.xlsx"
    shutil.copy(RETURNED / "滨河区图书馆-2020-初稿.xlsx", path)
    before = path.read_bytes()
    code, out, err = run(capsys, "lock", path)
    lines = err.splitlines()
    assert (code, out, lines[0]) == (1, "", f"{path}: 还有 4 个问题没有解决；错误请改正，核实请改正或写明原因")
    assert [line.split()[1] for line in lines[1:-1]] == ["N101", "W102", "S101", "W101"]
    assert lines[-1] == "  怎么改见 perfxl explain 代码"
    assert (path.read_bytes(), [other.name for other in tmp_path.iterdir()]) == (before, ["初稿.xlsx"])


def test_a_lock_that_fails_in_the_end_leaves_the_file(
    capsys: Capture, right: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = right.read_bytes()

    def refused(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refused)
    code, out, err = run(capsys, "lock", right, "--json")
    assert (code, out) == (1, "")
    assert "关闭" in err
    assert right.read_bytes() == before
    assert not right.with_name("表.xlsx.seal.json").exists()


def test_score_write_and_clean(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "初稿.xlsx"
    shutil.copy(RETURNED / "临江市公路事务中心-2025-初稿.xlsx", path)
    code, out, _ = run(capsys, "score", path, "--write")
    assert (code, out) == (0, f"{path}: 已写回：算出 1 格，错误 1 项，核实 1 项，提示 0 项\n")
    assert "校验结果" in openpyxl.load_workbook(path).sheetnames
    assert run(capsys, "clean", path)[:2] == (0, f"{path}: 已去掉标记\n")
    assert "校验结果" not in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize(
    "arguments", [["lock"], ["unlock", "--reason", "补填"], ["clean"], ["score", "--write"], ["verify"]]
)
def test_a_wrong_path_is_one_sentence(capsys: Capture, tmp_path: Path, arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments, tmp_path / "没有.xlsx")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "请核对路径" in err


def test_a_key_with_a_passphrase_signs_and_issues_a_receipt(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography")
    form = Path(shutil.copy(RETURNED / "滨河区图书馆-2020.xlsx", tmp_path))
    key, register = tmp_path / "单位.pem", tmp_path / "登记表.toml"
    monkeypatch.setenv("PERFXL_PASSPHRASE", "口令 1")
    code, out, _ = run(capsys, "key", "new", key, "--unit", "滨河区图书馆", "--passphrase")
    register.write_text(out, "utf-8")
    assert (code, "ENCRYPTED" in key.read_text()) == (0, True)
    assert run(capsys, "key", "new", key, "--unit", "甲")[0] == 2
    assert 'algorithm = "Ed25519"' in run(capsys, "key", "show", key)[1]
    assert run(capsys, "lock", form, "--key", key)[0] == 0
    code, out, _ = run(capsys, "receipt", form, "--key", key, "--receiver", "青山区财政局")
    receipt = form.with_name(f"{form.name}.receipt.json")
    assert (code, receipt.exists()) == (0, True)
    code, out, _ = run(capsys, "verify", form, "--keys", register, "--receipt", receipt)
    assert (code, "完好·签名有效" in out, "回执就是这一份的" in out) == (0, True, True)
    code, out, _ = run(capsys, "check", form, "--keys", register, "--format", "json")
    seal = json.loads(out)["files"][0]["seal"]
    assert (code, seal["status"], seal["signature"], seal["submission"]) == (0, "intact", "valid", 1)
    assert "封签 完好·签名有效" in run(capsys, "check", form, "--keys", register)[1]
    report = tmp_path / "报告"
    run(capsys, "check", form, "--keys", register, "--report", report)
    sheet = openpyxl.load_workbook(report / "汇总表.xlsx")["汇总"]
    assert "完好·签名有效" in [cell.value for cell in next(sheet.iter_rows(min_row=4, max_row=4))]
    monkeypatch.setenv("PERFXL_PASSPHRASE", "不对")
    code, _, err = run(capsys, "lock", form, "--key", key)
    assert (code, "口令不对" in err) == (2, True)
    book = openpyxl.load_workbook(form)
    book["自评表"]["C3"] = "改过"
    book.save(form)
    assert run(capsys, "receipt", form, "--key", tmp_path / "没有.pem", "--receiver", "甲")[0] == 2
    code, out, _ = run(capsys, "verify", form, "--receipt", receipt)
    assert (code, "有改动" in out) == (1, True)
    assert run(capsys, "verify", form, "--receipt", form)[0] == 2


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


def test_a_receipt_for_a_file_that_was_never_sealed_or_is_damaged(capsys: Capture, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    key, damaged = tmp_path / "k.pem", tmp_path / "坏.xlsx"
    assert run(capsys, "key", "new", key, "--unit", "某县财政局")[0] == 0
    damaged.write_bytes(b"PK")
    words = ("--key", key, "--receiver", "某县财政局")
    said = f"{LINCANG}: 封签缺失，没有出回执；请给锁定提交后的原文件\n"
    assert run(capsys, "receipt", LINCANG, *words) == (1, "", said)
    code, out, err = run(capsys, "receipt", damaged, *words)
    assert (code, out, err.startswith(f"{damaged}: 文件打不开：")) == (1, "", True)
