"""The seal: its digest and its code, how it is kept in the file, its verdicts and its history."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from random import Random
from typing import Any

import pytest

from perfxl.grid import Cell
from perfxl.reading import read_forms
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import (
    SealTooLarge,
    broken_link,
    is_seal_code,
    read_seal,
    same_code,
    seal_code,
    seal_form,
    seal_from_json,
    with_event,
)
from perfxl.seal import digest as seal_digest
from perfxl.seal.digest import ALPHABET, default_algorithm, hex_digest, sm3
from perfxl.seal.record import MOST_CONTENT
from tests.sealed_forms import NOW, SCHEMES, filled, sealed, verdict, with_cells

# The digest


def test_digests_give_the_known_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert hex_digest("SHA-256", b"abc") == hashlib.sha256(b"abc").hexdigest()
    random = Random(1)
    for length in (*range(130), 4096):
        data = random.randbytes(length)
        assert hex_digest("SM3", data) == sm3(data)


def test_without_sm3_seals_use_sha_256_and_sm3_seals_are_still_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = filled("mof/2020")
    by_sm3 = sealed(workbook)

    def refuse(name: str, data: bytes = b"") -> Any:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", refuse)
    seal_digest._sm3_offered.cache_clear()
    seal_digest.default_algorithm.cache_clear()
    try:
        assert default_algorithm() == "SHA-256"
        assert verdict(workbook, by_sm3.properties()).status == "intact"
        assert sealed(workbook).head.algorithm == "SHA-256"
        assert verdict(workbook, sealed(workbook).properties()).status == "intact"
    finally:
        monkeypatch.undo()
        seal_digest._sm3_offered.cache_clear()
        seal_digest.default_algorithm.cache_clear()


def test_the_algorithm_is_inside_what_is_hashed() -> None:
    seal = sealed(filled("mof/2020"))
    other = seal.head.model_copy(update={"algorithm": "SHA-256" if seal.head.algorithm == "SM3" else "SM3"})
    forged = seal.model_copy(update={"head": other})
    assert forged.problem() == ("封签内的内容与摘要不符", "its content does not fit its digest")


# The 封签码


def test_the_check_sign_finds_every_slip() -> None:
    random = Random(3)
    for _ in range(12):
        code = seal_code(random.randbytes(32).hex())
        assert re.fullmatch(rf"(?:[{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{4}}", code)
        plain_code = code.replace("-", "")
        assert is_seal_code(code)
        for place, sign in enumerate(plain_code):
            for other in ALPHABET:
                if other != sign:
                    assert not is_seal_code(plain_code[:place] + other + plain_code[place + 1 :])
        for place in range(len(plain_code) - 1):
            a, b = plain_code[place], plain_code[place + 1]
            if a != b:
                assert not is_seal_code(plain_code[:place] + b + a + plain_code[place + 2 :])


def test_a_code_may_be_typed_as_people_type() -> None:
    digest = hex_digest("SM3", b"abc")
    code = seal_code(digest)
    assert code == "EFUR-XXBB-WZSY-7PUH-GUNH"
    for typed_code in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " — "),
        f" {code}\n",
        "ＥＦＵＲ" + code[4:],
    ):
        assert same_code(typed_code, digest)
    for wrong in ("", code[:-1], code + "A", code.replace("E", "O", 1), "0" * 10_000):
        assert not is_seal_code(wrong)
    assert not same_code(code, hex_digest("SM3", b"abd"))


# The seal in the file


def test_a_seal_is_kept_in_short_properties_and_read_back() -> None:
    for workbook in map(filled, SCHEMES):
        seal = sealed(workbook)
        properties = seal.properties()
        assert max(map(len, properties.values())) <= 255
        assert [*properties] == [f"perfxl.seal.{number}" for number in range(1, len(properties) + 1)]
        assert read_seal({"other": "x", **dict(reversed(properties.items()))}) == seal
        assert seal_from_json(seal.payload()) == seal
        assert seal.problem() is None


def test_the_digest_can_be_recomputed_as_docs_seal_md_says() -> None:
    seal = sealed(filled("mof/2020"))
    parts = {int(name.rpartition(".")[2]): value.split(":", 3)[3] for name, value in seal.properties().items()}
    payload = json.loads(zlib.decompress(base64.b64decode("".join(parts[number] for number in sorted(parts)))))
    head = json.dumps(payload["head"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in payload["lines"]]
    name = payload["head"]["algorithm"].replace("-", "").lower()
    assert hashlib.new(name, "\n".join((head, *lines)).encode()).hexdigest() == seal.digest == payload["digest"]


def test_verdicts() -> None:
    workbook = filled("mof/2020")
    seal = sealed(workbook)
    intact = verdict(workbook, seal.properties())
    assert (intact.word, intact.signature_word, intact.changes, intact.opened) == ("完好", "没有签名", (), None)
    assert "重新封签" in intact.caveat[0] and "seal it again" in intact.caveat[1]
    assert verdict(workbook, {}).word == "封签缺失"
    changed = with_cells(workbook, "自评表", {(3, 3): Cell("改动")})
    assert verdict(changed, seal.properties()).word == "有改动"
    assert verdict(workbook, {"perfxl.seal.1": "x"}).word == "封签损坏"
    head = (seal.head.unit, seal.head.year, seal.head.scheme, seal.head.submission, seal.head.signer, seal.head.time)
    form = read_forms(workbook)[0]
    assert head == (form.unit, form.year.value, "mof/2020", 1, "甲单位", "2026-03-02T09:30:00+00:00")


def test_the_seal_of_another_file_is_told() -> None:
    one, other = filled("mof/2020"), filled("hubei/2021")
    found = verdict(one, sealed(other).properties())
    assert (found.word, found.other_file) == ("有改动", True)
    assert not verdict(one, sealed(one).properties()).other_file


def test_what_cannot_be_sealed() -> None:
    workbook = filled("mof/2020")
    scheme = builtin_schemes()["mof/2020"]
    with pytest.raises(ValueError, match="没有可以封签的表"):
        seal_form(workbook, (), scheme=scheme, time=NOW, signer="甲")
    with pytest.raises(ValueError, match="offset"):
        seal_form(workbook, read_forms(workbook), scheme=scheme, time=NOW.replace(tzinfo=None), signer="甲")
    with pytest.raises(SealTooLarge):
        sealed(workbook).model_copy(update={"lines": (("a", "s", "x" * MOST_CONTENT),)}).properties()


# History


def test_the_history_goes_on_through_unlock_and_lock() -> None:
    workbook = filled("mof/2020")
    first = sealed(workbook)
    opened = first.unlocked(by="县财政局", reason="预算数有误", time=NOW)
    found = verdict(workbook, opened.properties())
    assert found.word == "完好" and found.opened is not None
    assert (found.opened.by, found.opened.reason, found.opened.digest) == ("县财政局", "预算数有误", first.digest)
    corrected = with_cells(workbook, "自评表", {(3, 3): Cell("更正")})
    second = sealed(corrected, earlier=opened)
    assert (second.head.submission, second.head.previous) == (2, first.digest)
    assert [event.kind for event in second.history] == ["locked", "unlocked", "locked"]
    assert verdict(corrected, second.properties()).word == "完好"
    third = sealed(corrected, earlier=second.unlocked(by="甲", reason="再改", time=NOW))
    assert third.head.submission == 3 and third.problem() is None
    with pytest.raises(ValueError, match="次序"):
        sealed(corrected, earlier=second)
    with pytest.raises(ValueError, match="次序"):
        opened.unlocked(by="甲", reason="", time=NOW)


def test_every_change_of_the_history_is_found() -> None:
    workbook = filled("mof/2020")
    opened = sealed(workbook).unlocked(by="乙", reason="更正", time=NOW)
    seal = sealed(workbook, earlier=opened)
    history = seal.history
    tampered = []
    for index, event in enumerate(history):
        fields: dict[str, Any] = {
            "by": "丙",
            "reason": "别的",
            "time": "2020",
            "digest": "0" * 64,
            "previous": "1" * 64,
        }
        fields |= {"kind": "unlocked" if event.kind == "locked" else "locked", "hash": "2" * 64}
        for name, value in fields.items():
            bad = event.model_copy(update={name: value})
            tampered.append((*history[:index], bad, *history[index + 1 :]))
        tampered.append((*history[:index], *history[index + 1 :]))
    tampered += [history[::-1], (*history, history[-1]), (), history[:1], history[2:]]
    for altered in tampered:
        found = verdict(workbook, seal.model_copy(update={"history": altered}).properties())
        assert (found.word, bool(found.reason)) == ("封签损坏", True), altered


def test_a_history_rewritten_from_the_start_no_longer_fits_the_seal() -> None:
    workbook = filled("mof/2020")
    opened = sealed(workbook).unlocked(by="乙", reason="更正", time=NOW)
    seal = sealed(workbook, earlier=opened)
    forged = with_event((), "locked", digest=seal.head.previous, by="甲单位", reason="", time=NOW)
    forged = with_event(forged, "unlocked", digest=seal.head.previous, by="乙", reason="没有理由", time=NOW)
    forged = with_event(forged, "locked", digest=seal.digest, by="甲单位", reason="", time=NOW)
    assert broken_link(forged) is None
    found = verdict(workbook, seal.model_copy(update={"history": forged}).properties())
    assert (found.why("zh"), found.why("en")) == ("锁定记录与封签不符", "its history does not fit the seal")
