"""What every command writes as JSON is what its committed schema says, and no JSON output is without a schema."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from docs_build.contract import DOCUMENTS
from perfxl.cli import main
from perfxl.commands.schema import schemas
from perfxl.commands.tree import command_tree, runnable

ROOT = Path(__file__).parent.parent
RETURNED = ROOT / "examples" / "returned"
SCHEMAS = ROOT / "docs" / "schema"
FORM = RETURNED / "滨河区图书馆-2020.xlsx"
DRAFT, FINAL = RETURNED / "临江市公路事务中心-2025-初稿.xlsx", RETURNED / "临江市公路事务中心-2025.xlsx"

Capture = pytest.CaptureFixture[str]


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}-v1.json").read_text("utf-8"))


def written(capsys: Capture, name: str, *arguments: str | Path) -> Any:
    """The document on stdout, which fits the schema of that name and is the same in English but for its words."""
    outs = []
    capsys.readouterr()
    for lang in ("zh", "en"):
        main([*map(str, arguments), "--lang", lang])
        outs.append(capsys.readouterr().out)
    documents = [json.loads(out) for out in outs]
    for document in documents:
        jsonschema.validate(document, schema(name))
    assert shape(documents[0]) == shape(documents[1])
    return documents[0]


def shape(value: Any) -> Any:
    """The keys, and how many things there are."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else value is None


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms that are locked, changed since, opened, never locked, and files that are none."""
    folder = tmp_path_factory.mktemp("locked")
    key = folder / "单位.pem"
    names = ("完好", "改过", "解锁", "没锁", "损坏")
    paths = {name: folder / f"{name}.xlsx" for name in names}
    for path in paths.values():
        shutil.copy(FORM, path)
    assert main(["key", "new", str(key), "--unit", "滨河区图书馆"]) == 0
    sealed = [str(path) for name, path in paths.items() if name != "没锁"]
    assert main(["lock", *sealed, "--key", str(key), "--json", "--no-backup"]) == 0
    assert main(["unlock", str(paths["解锁"]), "--reason", "补\x1b[31m填\u202e", "--no-backup"]) == 0
    book: Any = openpyxl.load_workbook(paths["改过"])
    book["自评表"]["C3"] = "改过"
    book.save(paths["改过"])
    book = openpyxl.load_workbook(paths["损坏"])
    del book.custom_doc_props["perfxl.seal.1"]
    book.save(paths["损坏"])
    (folder / "坏.xlsx").write_bytes(b"PK")
    return folder


@pytest.fixture
def folder(locked: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(locked)
    return locked


def test_verify(capsys: Capture, folder: Path) -> None:
    files = written(capsys, "verify", "verify", *sorted(folder.glob("*.xlsx")), "--format", "json")["files"]
    for file in files:
        file["path"] = Path(file["path"]).name
    assert {file["path"]: (file["status"], [found["code"] for found in file["findings"]]) for file in files} == {
        "坏.xlsx": ("unreadable", ["R101"]),
        "完好.xlsx": ("intact", []),
        "损坏.xlsx": ("damaged", []),
        "改过.xlsx": ("changed", []),
        "没锁.xlsx": ("missing", []),
        "解锁.xlsx": ("intact", []),
    }
    by_name = {file["path"]: file for file in files}
    assert [(one["kind"], one["place"], one["after"]) for one in by_name["改过.xlsx"]["changes"]] == [
        ("changed", "自评表!C3", "改过")
    ]
    assert [event["kind"] for event in by_name["解锁.xlsx"]["history"]] == ["locked", "unlocked"]
    assert by_name["坏.xlsx"].keys() == by_name["完好.xlsx"].keys()


def test_verify_with_all_that_can_be_compared(capsys: Capture, folder: Path) -> None:
    capsys.readouterr()
    main(["key", "new", "财政局.pem", "--unit", "青山区财政局"])
    Path("登记表.toml").write_text(capsys.readouterr().out, "utf-8")
    main(["receipt", "完好.xlsx", "--key", "财政局.pem", "--receiver", "青山区财政局"])
    capsys.readouterr()
    jsonschema.validate(json.loads(Path("完好.xlsx.receipt.json").read_text("utf-8")), schema("receipt"))
    more = ("--keys", "登记表.toml", "--code", "AAAA", "--receipt", "完好.xlsx.receipt.json")
    (file,) = written(capsys, "verify", "verify", "完好.xlsx", "--format", "json", *more)["files"]
    assert (file["code_agrees"], file["signature"], file["receipt"]["same"]) == (False, "unknown", True)
    assert (file["receipt"]["signed_by"], file["receipt"]["signature"]) == ("青山区财政局", "valid")


def test_what_is_in_a_file_does_not_act(capsys: Capture, folder: Path) -> None:
    capsys.readouterr()
    main(["verify", "解锁.xlsx", "--format", "json"])
    out = capsys.readouterr().out
    assert "\u202e" not in out and "\x1b" not in out
    assert json.loads(out)["files"][0]["history"][1]["reason"] == "补\x1b[31m填\u202e"


def test_seals_that_are_kept_apart(folder: Path) -> None:
    for path in folder.glob("*.seal.json"):
        jsonschema.validate(json.loads(path.read_text("utf-8")), schema("seal"))
    assert len(list(folder.glob("*.seal.json"))) == 4


@pytest.fixture
def submissions(tmp_path: Path) -> tuple[Path, Path]:
    """Changed, sent again as it was, only in one of the two, and not to be read."""
    old, new = tmp_path / "旧", tmp_path / "新"
    files = {
        old: {"a": DRAFT, "b": RETURNED / "滨河区图书馆-2020-初稿.xlsx", "c": FORM},
        new: {
            "a": FINAL,
            "b2": RETURNED / "滨河区图书馆-2020-初稿.xlsx",
            "d": RETURNED / "古美路街道办事处-2020.xlsx",
            "e": RETURNED / "滨河区文化馆-空文件.xlsx",
            "f": RETURNED / "上海市人民政府驻广州办事处-2020-绩效目标表.xlsx",
        },
    }
    for side, names in files.items():
        side.mkdir()
        for name, source in names.items():
            shutil.copy(source, side / f"{name}.xlsx")
    return old, new


def test_diff(capsys: Capture, submissions: tuple[Path, Path]) -> None:
    document = written(capsys, "diff", "diff", *submissions, "--format", "json")
    found = {Path(pair["new"]["path"]).name: pair for pair in document["forms"]}
    assert [(name, len(pair["differences"]), bool(pair["resubmitted"])) for name, pair in found.items()] == [
        ("a.xlsx", 8, False),
        ("b2.xlsx", 0, True),
    ]
    assert [Path(one["path"]).name for one in document["only_new"]] == ["d.xlsx", "f.xlsx", "f.xlsx"]
    assert [Path(one["path"]).name for one in document["only_old"]] == ["c.xlsx"]
    assert [[found["code"] for found in file["findings"]] for file in document["unreadable"]] == [["R101"]]


def test_diff_of_what_came_back_as_it_was(capsys: Capture, tmp_path: Path) -> None:
    shutil.copy(DRAFT, tmp_path / "又.xlsx")
    (pair,) = written(capsys, "diff", "diff", DRAFT, tmp_path / "又.xlsx", "--format", "json")["forms"]
    assert (pair["resubmitted"]["code"], pair["differences"]) == ("D105", [])


def test_rollup_and_the_next_level(capsys: Capture, tmp_path: Path) -> None:
    for name, file in (("一", DRAFT), ("二", FINAL)):
        written(capsys, "check", "check", file, "--format", "json")
        main(["check", str(file), "--format", "jsonl", "--output", str(tmp_path / f"{name}.jsonl")])
    document = written(capsys, "rollup", "rollup", tmp_path / "一.jsonl", tmp_path / "二.jsonl", "--format", "json")
    assert [len(document[key]) for key in ("forms", "history", "departments")] == [1, 1, 1]
    again = tmp_path / "again.json"
    again.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    assert written(capsys, "rollup", "rollup", again, "--format", "json") == document


def test_a_line_of_jsonl_is_an_item_of_the_document(capsys: Capture) -> None:
    files = (DRAFT, FORM, RETURNED / "滨河区文化馆-空文件.xlsx", RETURNED / "临沧市人民政府办公室-2021.xlsx")
    main(["check", *map(str, files), "--format", "jsonl"])
    one = schema("check") | {"$ref": "#/$defs/FileModel"}
    for key in ("properties", "required", "additionalProperties", "type", "description"):
        one.pop(key, None)
    lines = capsys.readouterr().out.splitlines()
    for line in lines:
        jsonschema.validate(json.loads(line), one)
    assert len(lines) == len(files)


# ---- nothing is left out

SAID = {
    "check --format": "check",
    "verify --format": "verify",
    "verify --seal": "seal",
    "verify --receipt": "receipt",
    "diff --format": "diff",
    "rollup --format": "rollup",
    "lock --json": "seal",
    "receipt --output": "receipt",
}
"""Every option that is about JSON, with the schema of what it writes or reads."""

WRITERS = {
    "perfxl/reports/json_text.py": "how the documents of check, verify, diff and rollup are written; schemas",
    "perfxl/reports/sarif.py": "SARIF 2.1.0",
    "perfxl/reports/text.py": "lines that wait in a temporary file",
    "perfxl/reports/summary_units.py": "in a temporary database",
    "perfxl/review_data.py": "between processes, and in the store",
    "perfxl/scheme_schema.py": "a schema",
    "perfxl/seal/content.py": "what is hashed",
    "perfxl/seal/receipt.py": "receipt",
    "perfxl/seal/record.py": "seal",
}
"""Modules that write JSON, and what."""
DOCUMENT_WRITERS = {
    "perfxl/reports/json.py": "check",
    "perfxl/reports/verdicts.py": "verify",
    "perfxl/reports/differences.py": "diff",
    "perfxl/rollup/output.py": "rollup",
}
"""Modules that write through json_text."""


def options_about_json() -> Iterator[str]:
    for command in command_tree(runnable("zh")).every():
        for option in command.options:
            words = {*option.names, option.metavar.lower(), *option.help.split()}
            if words & {"json", "--json"}:
                yield f"{' '.join(command.path)} {next(name for name in option.names if name.startswith('--'))}"


def test_no_json_output_is_without_a_schema() -> None:
    assert sorted(options_about_json()) == sorted(SAID)
    assert {*SAID.values(), "scheme"} == set(schemas()) == {path.name[:-8] for path in SCHEMAS.glob("*-v1.json")}


def test_a_new_place_that_writes_json_has_to_be_thought_about() -> None:
    """A document of its own needs a schema."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "perfxl").rglob("*.py")}
    assert {name for name, text in texts.items() if re.search(r"\bjson\.(dumps?|JSONEncoder)\b", text)} == set(WRITERS)
    through = {name for name, text in texts.items() if "from perfxl.reports.json_text import dumped" in text}
    assert through == set(DOCUMENT_WRITERS)


def test_every_schema_is_sound_and_has_its_section() -> None:
    for name in schemas():
        jsonschema.Draft202012Validator.check_schema(schema(name))
    assert {one.name for one in DOCUMENTS} == set(schemas()) - {"scheme"}
    for one in DOCUMENTS:
        jsonschema.validate(one.example(), schema(one.name))
