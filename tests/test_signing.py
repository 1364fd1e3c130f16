"""Keys, key files, the register, and what a verdict says of a signature."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from perfxl import signing
from perfxl.grid import Workbook
from perfxl.reading import read_forms
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import Seal, Verdict, seal_form, signed, verify
from perfxl.signing import (
    KeyFileError,
    PrivateKey,
    PublicKey,
    Register,
    RegisteredKey,
    SignatureAlgorithm,
    SigningUnavailable,
    generate,
    read_private_key,
    read_register,
    register_text,
    write_private_key,
)
from tests.grids import form_grid

MESSAGE = b"perfxl"
ALGORITHMS: tuple[SignatureAlgorithm, ...] = ("Ed25519", "SM2")
LIBRARIES = {"Ed25519": "cryptography", "SM2": "gmssl_pyx"}
UNIT = "清河县水利局"
# RFC 8032, section 7.1, test 2
RFC_SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
RFC_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
RFC_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.fixture(params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> PrivateKey:
    pytest.importorskip(LIBRARIES[request.param])
    return generate(request.param)


def form_workbook() -> Workbook:
    return Workbook("表.xlsx", (form_grid("mof-2020"),))


def sealed() -> Seal:
    workbook = form_workbook()
    time = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    return seal_form(workbook, read_forms(workbook), scheme=builtin_schemes()["mof/2020"], time=time, signer=UNIT)


def verdict(seal: Seal, register: Register | None) -> Verdict:
    workbook = replace(form_workbook(), properties=seal.properties())
    return verify(workbook, read_forms(workbook), register)


def test_the_published_answer_of_ed25519() -> None:
    pytest.importorskip("cryptography")
    public = PublicKey("Ed25519", RFC_PUBLIC)
    signature = PrivateKey("Ed25519", RFC_SECRET, public).sign(b"\x72")
    assert signature == base64.b64encode(RFC_SIGNATURE).decode()
    assert public.verify(b"\x72", signature)


def test_a_signature_is_good_for_its_message_and_key_alone(key: PrivateKey) -> None:
    signature = key.sign(MESSAGE)
    assert key.public.verify(MESSAGE, signature)
    assert not key.public.verify(MESSAGE + b".", signature)
    assert not generate(key.algorithm).public.verify(MESSAGE, signature)
    for hostile in ("", "=", "中", "A" * 400, signature[:-8], "AAAA" + signature[4:]):
        assert not key.public.verify(MESSAGE, hostile)
    assert not PublicKey(key.algorithm, b"\1" * len(key.public.raw)).verify(MESSAGE, signature)


def test_a_secret_is_never_shown(key: PrivateKey) -> None:
    assert key.raw.hex() not in repr(key) and repr(key.raw) not in repr(key)


def test_key_files_are_the_owners_alone(key: PrivateKey, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    old = os.umask(0)
    try:
        write_private_key(path, key)
    finally:
        os.umask(old)
    assert read_private_key(path) == key
    with pytest.raises(FileExistsError):
        write_private_key(path, generate(key.algorithm))
    assert read_private_key(path) == key
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        with pytest.raises(KeyFileError, match="他人也能读取"):
            read_private_key(path)


def test_a_passphrase_closes_the_file(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    key = generate()
    path = tmp_path / "key.pem"
    write_private_key(path, key, "长 口令")
    assert b"ENCRYPTED" in path.read_bytes()
    assert read_private_key(path, "长 口令") == key
    for wrong in ("", "别的"):
        with pytest.raises(KeyFileError, match="口令不对"):
            read_private_key(path, wrong)
    write_private_key(tmp_path / "open.pem", key)
    with pytest.raises(KeyFileError):
        read_private_key(tmp_path / "open.pem", "多余的口令")


def test_sm2_takes_no_passphrase(tmp_path: Path) -> None:
    pytest.importorskip("gmssl_pyx")
    with pytest.raises(KeyFileError, match="不能加口令"):
        write_private_key(tmp_path / "key.pem", generate("SM2"), "口令")
    assert not (tmp_path / "key.pem").exists()


def test_openssl_reads_an_sm2_key_and_signs_with_it(tmp_path: Path) -> None:
    pytest.importorskip("gmssl_pyx")
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl")
    key = generate("SM2")
    path = tmp_path / "key.pem"
    write_private_key(path, key)
    (tmp_path / "message").write_bytes(MESSAGE)
    command = [openssl, "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", str(path)]
    command += ["-pkeyopt", "distid:1234567812345678", "-in", str(tmp_path / "message")]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this openssl has no SM2")
    assert key.public.verify(MESSAGE, base64.b64encode(done.stdout).decode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\xff" * 3000,
        b"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ],
)
def test_what_is_no_key_is_refused(data: bytes, tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    path = tmp_path / "key.pem"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(KeyFileError):
        read_private_key(path)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", tmp_path):
        with pytest.raises(KeyFileError):
            read_private_key(path)
        with pytest.raises(KeyFileError):
            read_register(path)


def test_an_sm2_file_whose_keys_do_not_fit_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("gmssl_pyx")
    write_private_key(tmp_path / "key.pem", replace(generate("SM2"), public=generate("SM2").public))
    with pytest.raises(KeyFileError, match="不是一对"):
        read_private_key(tmp_path / "key.pem")


# The register


def registered(key: PrivateKey, first: date | None = None, last: date | None = None) -> Register:
    return Register((RegisteredKey(UNIT, key.public, first, last),))


def test_a_register_is_written_and_read(key: PrivateKey, tmp_path: Path) -> None:
    entries = (
        RegisteredKey('甲"单\\位\n', key.public, date(2025, 1, 1), date(2026, 12, 31)),
        RegisteredKey("乙单位", generate(key.algorithm).public),
    )
    path = tmp_path / "keys.toml"
    path.write_text(register_text(entries), "utf-8")
    assert read_register(path).keys == (replace(entries[0], unit='甲"单\\位'), entries[1])


GOOD = f'unit = "甲"\nalgorithm = "Ed25519"\npublic = "{PublicKey("Ed25519", RFC_PUBLIC).text}"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[key]", "不是 UTF-8 编码的 TOML"),
        ("a = 1", "只能有 [[key]]"),
        ("key = 3", "只能有 [[key]]"),
        ("key = [3]", "第 1 个 [[key]]: 应为一张表"),
        (f"[[key]]\n{GOOD}more = 1", "没有 more 这一项"),
        (f"[[key]]\n{GOOD}[[key]]\n{GOOD}", "登记了两次"),
        ("[[key]]\n" + GOOD.replace("甲", " "), "没有单位名称；请写 unit"),
        ("[[key]]\n" + GOOD.replace("Ed25519", "RSA"), "algorithm 有误；请写 Ed25519 或 SM2"),
        ("[[key]]\n" + GOOD.replace("Ed25519", "SM2"), "public 不是 64 字节的 Base64"),
        ("[[key]]\n" + GOOD.replace('public = "', 'public = "!'), "public 不是 32 字节的 Base64"),
        (f"[[key]]\n{GOOD}valid_from = 2025-01-01T00:00:00", "不是日期"),
        (f'[[key]]\n{GOOD}valid_to = "2025"', "不是日期"),
    ],
)
def test_a_register_that_does_not_fit_names_the_place(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(KeyFileError) as error:
        read_register(path)
    assert message in str(error.value)


# Verdicts


def test_signatures_of_seals(key: PrivateKey) -> None:
    seal = signed(sealed(), key)
    other = generate(key.algorithm)
    found = verdict(seal, registered(key))
    assert (found.word, found.signature_word, found.signed_by) == ("完好", "签名有效", UNIT)
    assert "电子签章" in found.caveat[0] and "electronic signature" in found.caveat[1]
    assert verdict(seal, None).signature_word == "签名未知"
    assert verdict(seal, registered(other)).signature_word == "签名未知"
    assert verdict(sealed(), registered(key)).signature_word == "没有签名"
    assert seal.signature is not None
    forged = seal.signature.model_copy(update={"value": other.sign(b"something else")})
    found = verdict(seal.model_copy(update={"signature": forged}), registered(key))
    assert (found.signature_word, found.signed_by) == ("签名无效", "")
    assert "重新封签" in found.caveat[0]


def test_a_signature_does_not_fit_another_seal(key: PrivateKey) -> None:
    workbook = form_workbook()
    again = seal_form(
        workbook,
        read_forms(workbook),
        scheme=builtin_schemes()["mof/2020"],
        time=datetime(2027, 1, 1, tzinfo=UTC),
        signer=UNIT,
    )
    moved = again.model_copy(update={"signature": signed(sealed(), key).signature})
    assert verdict(moved, registered(key)).signature == "invalid"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "valid"),
        (date(2026, 3, 3), None, "invalid"),
        (None, date(2026, 3, 1), "invalid"),
    ],
)
def test_a_key_is_good_in_its_time(first: date | None, last: date | None, expected: str) -> None:
    pytest.importorskip("cryptography")
    key = generate()
    assert verdict(signed(sealed(), key), registered(key, first, last)).signature == expected


def test_without_the_library_a_signature_is_unknown(key: PrivateKey, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = signed(sealed(), key)

    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(signing, "import_module", missing)
    assert verdict(seal, registered(key)).signature == "unknown"
    with pytest.raises(SigningUnavailable, match="pip install"):
        generate(key.algorithm)
    with pytest.raises(SigningUnavailable, match=r"perfxl\[(sign|sm2)\]"):
        key.sign(MESSAGE)
