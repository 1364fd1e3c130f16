"""lock, verify, unlock, key and receipt on the command line."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from perfxl.layouts import write_form
from perfxl.scheme_files import builtin_schemes
from tests.commands import LINCANG, RETURNED, Capture, run
from tests.random_forms import random_form


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
