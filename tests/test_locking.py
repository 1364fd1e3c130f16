"""Locking: what stands against it, what it does to a file, what undoes it, and what is said of a locked file."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from openpyxl.packaging.custom import StringProperty

from perfxl.edit import Edit, SetFormula, SetProperty, SetValue, WorkbookSettings
from perfxl.editing import apply_edits, workbook_settings
from perfxl.grid import CellError
from perfxl.locking import SEAL, LockRefused, footer_with, lock, unlock
from perfxl.markup import marked
from perfxl.protection import BEFORE, before_from_properties, before_properties, hashed
from perfxl.reading import read_forms
from perfxl.reading.explanations import SHEET
from perfxl.review import review_workbook
from perfxl.seal import Verdict, verify
from perfxl.signing import Register, RegisteredKey, generate
from perfxl.sources.xlsx import read_xlsx
from tests.extent import fast_first
from tests.test_markup import DRAFT, NAME, SCHEMES, explained, filled, findings, saved, seed

EACH_SCHEME = pytest.mark.parametrize("scheme", fast_first(SCHEMES, 3))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FORM = "自评表"
REFUSED = {
    "上海市人民政府驻昆明办事处-2019": "B5 F114, B11 N106, G22 S105, G24 S105, G26 S105, G27 S105, G28 S105",
    "上海市人民政府驻昆明办事处-2020": (
        "E6 F105, B13 I104, F13 I102, F15 I102, H18 S105, H19 S102, F21 I102, H29 F101, H29 F106, H29 X105, "
        "B36 I104, F37 I102, F38 I102, F41 I111"
    ),
    "古美路街道办事处-2020": (
        "G3 L101, G4 F115, B8 T104, B9 N101, A13 W108, E15 W107, E16 W106, C17 L102, C17 W105, F23 S104, F26 T101, "
        "A28 W106"
    ),
    "临沧市人民政府办公室-2021": "A19 Y101, A20 X102, A20 Y101, A20 Y101, A23 Y101, D7 F107, F13 N101, H39 S102",
    "上海市人民政府驻广州办事处-2020-绩效目标表": "D15 F114, A30 L102, D31 X104, A71 L102, D72 X104",
    DRAFT: "F6 F103, H15 S104, H22 S105",
}


def locked(data: bytes, *, password: str = "") -> bytes:
    return apply_edits(data, lock(data, NAME, time=NOW, password=password).edits)


def unlocked(data: bytes) -> bytes:
    return apply_edits(data, unlock(data, NAME, time=NOW, by="王芳", reason="补填").edits)


def verdict(data: bytes, keys: Register | None = None) -> Verdict:
    workbook = read_xlsx(data, NAME)
    return verify(workbook, read_forms(workbook), keys)


def file_findings(data: bytes) -> list[str]:
    """The findings of family K, with their place."""
    review = review_workbook(read_xlsx(data, NAME), NAME)
    return [f"{f.at.address if f.at.row else '—'} {f.code}" for f in review.findings if f.code[0] == "K"]


def sheet_of_form(data: bytes) -> str:
    return read_forms(read_xlsx(data, NAME))[0].at.sheet


def resaved(data: bytes) -> bytes:
    return saved(openpyxl.load_workbook(BytesIO(data)))


@pytest.mark.parametrize("name", REFUSED)
def test_what_stands_against_a_lock(name: str) -> None:
    with pytest.raises(LockRefused) as refused:
        lock(seed(name), NAME, time=NOW)
    expected = REFUSED[name].split(", ")
    assert [f"{f.at.address} {f.code}" for f in refused.value.findings] == expected
    assert str(refused.value) == f"还有 {len(expected)} 个问题没有解决；错误请改正，核实请改正或写明原因"


def test_a_workbook_without_form() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "购物清单"
    with pytest.raises(LockRefused, match="文件里没有自评表或绩效目标表"):
        lock(saved(book), NAME, time=NOW)


@EACH_SCHEME
def test_every_cell_every_sheet_and_the_structure_are_locked(scheme: str) -> None:
    book = openpyxl.load_workbook(BytesIO(locked(filled(scheme))))
    assert [c.coordinate for sheet in book for row in sheet for c in row if not c.protection.locked] == []
    assert book.security.lockStructure is True
    free = {"formatColumns", "sort", "autoFilter", "selectLockedCells", "selectUnlockedCells"}
    for sheet in book:
        flags = dict(sheet.protection)
        assert (sheet.title, flags.pop("sheet")) == (sheet.title, "1")
        kept = {name for name, flag in flags.items() if flag == "0"} - {"objects", "scenarios"}
        assert (sheet.title, kept) == (sheet.title, free)
        assert (flags["objects"], flags["scenarios"]) == ("1", "1")


@EACH_SCHEME
def test_the_seal_code_is_in_the_footer_of_the_form_alone(scheme: str) -> None:
    data = filled(scheme)
    locking = lock(data, NAME, time=NOW)
    before, after = workbook_settings(data), workbook_settings(apply_edits(data, locking.edits))
    changed = {name for name, sheet in after.sheets.items() if sheet.footer != before.sheets[name].footer}
    assert changed == {sheet_of_form(data)}
    footer = after.sheets[sheet_of_form(data)].footer
    assert footer == footer_with(locking.seal.code, before.sheets[sheet_of_form(data)].footer)
    assert f"封签码 {locking.seal.code}" in footer


@EACH_SCHEME
def test_unlocking_gives_back_everything(scheme: str) -> None:
    data = filled(scheme)
    opened = unlocked(locked(data, password="密码 1"))
    assert workbook_settings(opened) == workbook_settings(data)
    before, after = read_xlsx(data, NAME), read_xlsx(opened, NAME)
    assert after.grids == before.grids
    left = after.properties.keys() - before.properties.keys()
    assert {name.rstrip("0123456789") for name in left} == {SEAL}
    assert file_findings(opened) == ["— K106"]


@EACH_SCHEME
def test_the_chain_goes_on(scheme: str) -> None:
    first = locked(filled(scheme))
    again = lock(unlocked(first), NAME, time=NOW)
    assert again.seal.head.submission == 2
    assert [(e.kind, e.by, e.reason) for e in again.seal.history][1:2] == [("unlocked", "王芳", "补填")]
    assert [e.kind for e in again.seal.history] == ["locked", "unlocked", "locked"]
    data = apply_edits(unlocked(first), again.edits)
    assert (verdict(data).status, file_findings(data)) == ("intact", [])


@EACH_SCHEME
def test_a_locked_file_saved_by_another_program(scheme: str) -> None:
    data = resaved(locked(filled(scheme)))
    assert verdict(data).status == "intact"
    opened = unlocked(data)
    assert workbook_settings(opened).structure is None
    assert lock(opened, NAME, time=NOW).seal.head.submission == 2


def test_what_cannot_be_locked_or_unlocked_now() -> None:
    data = filled("mof/2020")
    closed = locked(data)
    code = lock(data, NAME, time=NOW).seal.code
    for file, message in ((closed, f"文件已经锁定，封签码 {code}；需要更正时请先解锁"),):
        with pytest.raises(LockRefused, match=message):
            lock(file, NAME, time=NOW)
    for file, message in ((data, "文件没有锁定，不必解锁"), (unlocked(closed), "文件已经解锁；可以直接修改")):
        with pytest.raises(LockRefused, match=message):
            unlock(file, NAME, time=NOW, by="王芳", reason="补填")


HANZI = [chr(code) for code in range(0x4E00, 0x9FA5)]


def test_more_than_a_seal_holds_is_refused_with_its_cure() -> None:
    """Forty texts of ten thousand characters without any repetition, beside the form."""
    words = random.Random(1)
    book = openpyxl.load_workbook(BytesIO(filled("mof/2020")))
    sheet = book.create_sheet("数据")
    for row in range(1, 41):
        sheet.cell(row, 1, "".join(words.choices(HANZI, k=10_000)))
    with pytest.raises(LockRefused) as refused:
        lock(saved(book), NAME, time=NOW)
    assert refused.value.zh == "内容过多，封签放不下；请删去表外多余的内容和工作表再锁定"
    del book["数据"]
    assert lock(saved(book), NAME, time=NOW).seal.head.submission == 1


def test_an_unlock_that_the_seal_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    data = locked(filled("mof/2020"))
    parts = sum(name.startswith(SEAL) for name in read_xlsx(data, NAME).properties)
    monkeypatch.setattr("perfxl.seal.record.MOST_PARTS", parts + 2)
    reason = "".join(random.Random(1).choices(HANZI, k=1000))
    with pytest.raises(LockRefused, match="封签已满，放不下这次解锁的记录；请把原因写短一些再解锁"):
        unlock(data, NAME, time=NOW, by="王芳", reason=reason)
    assert unlock(data, NAME, time=NOW, by="王芳", reason="补填").seal


@pytest.mark.parametrize(("by", "reason"), [("王芳", "补" * 1001), ("王" * 1001, "补填")])
def test_a_name_or_reason_that_no_history_takes(by: str, reason: str) -> None:
    data = locked(filled("mof/2020"))
    with pytest.raises(LockRefused, match="姓名或原因超过 1,000 字；请写短一些再解锁"):
        unlock(data, NAME, time=NOW, by=by, reason=reason)
    opened = unlock(data, NAME, time=NOW, by=by[:1000], reason=reason[:1000]).seal
    assert opened and (opened.history[-1].by, opened.history[-1].reason) == (by[:1000], reason[:1000])


def test_why_a_seal_is_damaged_is_said_in_either_language() -> None:
    data = apply_edits(locked(filled("mof/2020")), [SetProperty(f"{SEAL}1", None)])
    workbook = read_xlsx(data, NAME)
    count = sum(name.startswith(SEAL) for name in workbook.properties)
    (found,) = (one for one in review_workbook(workbook, NAME).findings if one.code == "K102")
    assert found.message() == f"封签损坏：封签共 {count + 1} 段，现有 {count} 段"
    assert found.message("en") == f"Seal is damaged: {count} of its {count + 1} pieces are there"
    assert verdict(data).why("en") == f"{count} of its {count + 1} pieces are there"


def _excel_hash(password: str, salt: str, spins: int) -> str:
    """ECMA-376 part 1, 18.3.1.85, worked out by itself."""
    state = hashlib.new("sha512", base64.b64decode(salt) + password.encode("utf-16-le")).digest()
    for count in range(spins):
        state = hashlib.new("sha512", state + bytes((count & 255, count >> 8 & 255, count >> 16 & 255, 0))).digest()
    return base64.b64encode(state).decode()


def test_the_password_as_excel_keeps_it() -> None:
    one, other = hashed("密码 1"), hashed("密码 1")
    assert one.salt != other.salt
    assert (one.algorithm, one.spins, len(base64.b64decode(one.salt))) == ("SHA-512", 100_000, 16)
    assert one.digest == _excel_hash("密码 1", one.salt, 100_000)
    assert one.digest != _excel_hash("密码 2", one.salt, 100_000)
    book = openpyxl.load_workbook(BytesIO(locked(filled("mof/2020"), password="密码 1")))
    kept = [sheet.protection for sheet in book]
    assert {(p.algorithmName, p.spinCount) for p in kept} == {("SHA-512", 100_000)}
    assert kept[0].hashValue == _excel_hash("密码 1", kept[0].saltValue, 100_000)
    assert book.security.workbookHashValue == kept[0].hashValue


@pytest.mark.parametrize(
    ("footer", "expected"),
    [
        ("", "&L封签码 AB"),
        ("&C第 &P 页", "&L封签码 AB&C第 &P 页"),
        ("第 &P 页", "&L封签码 AB&C第 &P 页"),
        ("&L甲&C乙", "&L甲&C乙&R封签码 AB"),
        ("&L甲&R丙", "&L甲&C封签码 AB&R丙"),
        ("&L甲&C乙&R丙", "&L甲\n封签码 AB&C乙&R丙"),
        ("&R丙&L甲&C乙", "&L甲\n封签码 AB&C乙&R丙"),
        ('&L&"宋体,Bold"&9甲&&L&K00FF00乙', '&L&"宋体,Bold"&9甲&&L&K00FF00乙&C&R封签码 AB'.replace("&C&R", "&R")),
        ("&L甲&L乙", "&L甲乙&R封签码 AB"),
        ("&L" + "长" * 250, "&L封签码 AB"),
    ],
)
def test_footers(footer: str, expected: str) -> None:
    assert footer_with("AB", footer) == expected


def test_settings_survive_as_properties_or_not_at_all() -> None:
    settings = workbook_settings(filled("mof/2020"))
    kept = before_properties(settings)
    assert max(map(len, kept.values())) <= 255
    assert before_from_properties({**kept, "别的": "值"}) == settings
    assert before_from_properties(before_properties(WorkbookSettings({}, None))) == WorkbookSettings({}, None)
    for broken in ("", "不是", "AAAA", kept[f"{BEFORE}1"][:-5]):
        assert before_from_properties({f"{BEFORE}1": broken}) is None
    assert before_from_properties({}) is None


def _with_formula(formula: str, value: object = "文字") -> bytes:
    data = filled("mof/2020")
    return apply_edits(data, [SetFormula("填表说明", 60, 1, formula, value)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('=IF(PX_ON,IFERROR(PX_TEXT(A1),"甲,""(乙"),"甲,""(乙")', '"甲,""(乙"'),
        ("=IF(PX_ON,[1]!PX_TEXT({1,2;3,4}),SUM({1,2;3,4}))", "SUM({1,2;3,4})"),
        ("=[1]!PX_TEXT(A1)", None),
        ("=IF(PX_ON,PX_TEXT(A1),PX_TEXT(A2))", None),
    ],
)
def test_live_formulas_are_frozen(formula: str, expected: str | None) -> None:
    data = _with_formula(formula)
    locking = lock(data, NAME, time=NOW)
    assert [place.in_file for place in locking.frozen] == ["填表说明!A60"]
    after = read_xlsx(apply_edits(data, locking.edits), NAME)
    cell = next(grid for grid in after.grids if grid.sheet == "填表说明").cell(60, 1)
    assert ((cell.formula or "").removeprefix("=") or None, cell.value) == (expected, "文字")


def test_a_live_formula_without_value_is_named() -> None:
    with pytest.raises(LockRefused, match="填表说明!A60 的实时函数没有给出数值"):
        lock(_with_formula("=PX_TEXT(A1)", CellError("#NAME?")), NAME, time=NOW)


def _settled() -> bytes:
    """The draft with its errors put right and its one 核实 explained."""
    right = {(6, 6): "636.5", (7, 6): "636.5", (6, 8): "1", (7, 8): "1", (15, 8): "15", (28, 8): "99.5"}
    edits = [SetValue(FORM, row, column, Decimal(value)) for (row, column), value in right.items()]
    data = apply_edits(seed(DRAFT), [*edits, SetValue(FORM, 29, 3, "优")])
    data = marked(data, NAME)[0]
    return explained(data, {f"{row[1]} {row[2]}": "已报备" for row in findings(data) if row[0] == "核实"})


def _outcome(edits: list[Edit]) -> list[str]:
    return file_findings(apply_edits(locked(filled("mof/2020")), edits))


def test_an_untouched_file_has_no_finding_of_the_seal() -> None:
    assert file_findings(filled("mof/2020")) == []
    assert _outcome([]) == []


def _properties(data: bytes, prefix: str) -> list[str]:
    return [name for name in read_xlsx(data, NAME).properties if name.startswith(prefix)]


def test_a_changed_cell_is_k101_at_its_place() -> None:
    data = locked(filled("mof/2020"))
    total = read_forms(read_xlsx(data, NAME))[0].funding.total.executed
    changed = apply_edits(data, [SetValue(total.at.sheet, total.at.row, total.at.column, "1")])
    review = review_workbook(read_xlsx(changed, NAME), NAME)
    found = [f for f in review.findings if f.code == "K101"]
    assert [(f.at.in_file, f.reported, f.expected) for f in found] == [
        (total.at.in_file, "1", total.raw.replace(",", ""))
    ]


def test_damaged_and_missing_seals() -> None:
    data = locked(filled("mof/2020"))
    seals = _properties(data, SEAL)
    assert _outcome([SetProperty(seals[0], "AAAA")]) == ["— K102"]
    gone: list[Edit] = [SetProperty(name, None) for name in seals]
    assert _outcome(gone) == ["— K103"]
    everything: list[Edit] = [*gone, *(SetProperty(name, None) for name in _properties(data, BEFORE))]
    assert _outcome(everything) == []
    repaired = unlock(apply_edits(data, [SetProperty(seals[0], "AAAA")]), NAME, time=NOW, by="王芳", reason="补填")
    assert (repaired.verdict.status, repaired.seal) == ("damaged", None)


def test_the_seal_of_another_form_is_k104() -> None:
    properties = read_xlsx(locked(filled("hubei/2021", 3)), NAME).properties
    foreign: list[Edit] = [SetProperty(n, v) for n, v in properties.items() if n.startswith((SEAL, BEFORE))]
    assert file_findings(apply_edits(filled("mof/2020"), foreign)) == ["— K104"]


def test_a_signature_by_an_unregistered_key_is_k107() -> None:
    pytest.importorskip("cryptography")
    data = filled("mof/2020")
    signed = apply_edits(data, lock(data, NAME, time=NOW, key=generate("Ed25519")).edits)
    assert (file_findings(signed), verdict(signed, Register(())).signature) == ([], "unknown")
    codes = [f.code for f in review_workbook(read_xlsx(signed, NAME), NAME, keys=Register(())).findings]
    assert codes == ["K107"]


def test_a_signature_by_a_key_out_of_its_time_is_k105() -> None:
    pytest.importorskip("cryptography")
    key, data = generate("Ed25519"), filled("mof/2020")
    signed = apply_edits(data, lock(data, NAME, time=NOW, key=key).edits)
    day = NOW.date()

    def codes(*valid: date | None) -> list[str]:
        keys = Register((RegisteredKey("甲单位", key.public, *valid),))
        return [f.code for f in review_workbook(read_xlsx(signed, NAME), NAME, keys=keys).findings]

    assert (codes(day, day), codes(day + timedelta(days=1)), codes(None, day - timedelta(days=1))) == (
        [],
        ["K105"],
        ["K105"],
    )


def test_a_foreign_property_is_kept() -> None:
    book = openpyxl.load_workbook(BytesIO(filled("mof/2020")))
    book.custom_doc_props.append(  # type: ignore[attr-defined]
        StringProperty(name="科室", value="规划财务科")
    )
    opened = unlocked(locked(saved(book)))
    assert read_xlsx(opened, NAME).properties["科室"] == "规划财务科"


def test_an_explanation_is_locked_and_sealed() -> None:
    data = locked(_settled())
    assert [row[3] for row in findings(data)] == ["已报备"]
    assert (verdict(data).status, file_findings(data)) == ("intact", [])
    later = apply_edits(data, [SetValue(SHEET, 5, 6, "另一个说法")])
    finding = "“惠及行政村数量”扣 0.5 分（9.5/10），没有写明原因"
    assert verdict(later).status == "changed"
    assert [(c.at.in_file if c.at else "", c.before, c.after) for c in verdict(later).changes] == [
        (f"{SHEET}!F5", f"已报备（{finding}）", f"另一个说法（{finding}）")
    ]
