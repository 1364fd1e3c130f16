"""Cases of the families that a table of cells cannot show: reading a file (R), its seal (K), several files (D).

Each gives the findings of what its name says. test_cases.py runs them, and so does the catalogue of codes in docs/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from perfxl.across import Across
from perfxl.batch import Candidate, Options, check_file, collect
from perfxl.edit import Edit, SetProperty, SetValue
from perfxl.editing import apply_edits
from perfxl.finding import Finding
from perfxl.grid import Workbook
from perfxl.locking import SEAL, lock, unlock
from perfxl.protection import BEFORE
from perfxl.reading import read_forms
from perfxl.review import FileReview, review_workbook
from perfxl.scheme_files import scheme_named
from perfxl.signing import Register, RegisteredKey, generate
from perfxl.sources.xlsx import read_xlsx
from perfxl.submissions import Pair, differences
from tests.grids import form_grid
from tests.hostile.form import pointing
from tests.hostile_files import GOOD, ole
from tests.test_across import NOTE, PROJECT, REASON, own
from tests.test_locking import NOW
from tests.test_markup import filled
from tests.xlsx_packages import zipped

NAME = "表.xlsx"


@dataclass(frozen=True)
class FileCase:
    """What `findings()` must give are exactly the `places`: `02.xlsx A1 D101`, `— R102` for a whole file."""

    code: str
    name: str
    places: tuple[str, ...]
    findings: Callable[[], Sequence[Finding]]


FILE_CASES: list[FileCase] = []


def _case(code: str, name: str, *places: str) -> Callable[[Callable[[], Sequence[Finding]]], None]:
    def keep(findings: Callable[[], Sequence[Finding]]) -> None:
        FILE_CASES.append(FileCase(code, name, places, findings))

    return keep


def places(findings: Sequence[Finding]) -> list[str]:
    return [f"{finding.at.address if finding.at.row else '—'} {finding.code}" for finding in findings]


# ---- R: a file as it came


def _file(content: bytes, name: str = NAME) -> Sequence[Finding]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return check_file(Candidate(str(path)), Options()).findings


@cache
def _whole() -> bytes:
    return filled("mof/2020")


def _with_macros(*, ours: bool) -> bytes:
    return pointing("vbaProject", "vbaProject.bin", ours=ours)


def _other_kind(code: str, what: str, content: bytes, good: str) -> None:
    _case(code, what, f"— {code}")(lambda: _file(content))
    _case(code, good)(lambda: _file(_whole()))


_case("R101", "只下载了三分之二的文件", "— R101")(lambda: _file(_whole()[: len(_whole()) * 2 // 3]))
_case("R101", "完整的文件")(lambda: _file(_whole()))
_other_kind("R102", "设了打开密码的工作簿", ole("EncryptionInfo", "EncryptedPackage"), "没有打开密码的工作簿")
_other_kind("R103", "改名为 .xlsx 的 RAR 压缩包", b"Rar!\x1a\x07\x01\x00", "从压缩包里取出的工作簿")
_case("R104", "名为 .xls 的 .xlsx 文件", "— R104")(lambda: _file(_whole(), "表.xls"))
_case("R104", "扩展名与内容相符")(lambda: _file(_whole()))
_other_kind("R105", "65 MB 的文件", bytes(65 * 2**20), "几十 KB 的文件")
_other_kind("R106", "只有一行字的工作簿", zipped(GOOD), "有自评表的工作簿")
_case("R110", "带宏、又不是我们的表样", "— R110", "A1 L106")(lambda: _file(_with_macros(ours=False), "表.xlsm"))
_case("R110", "我们的表样自带的宏")(lambda: _file(_with_macros(ours=True), "表.xlsm"))
_other_kind("R108", "手机拍的照片", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "填表时的 Excel 文件")
_other_kind("R109", "Word 97-2003 文档", ole("1Table", "WordDocument"), "另存为 .xlsx 的表")


@_case("R107", "Excel 打开文件时的临时文件", "— R107")
def _() -> Sequence[Finding]:
    with TemporaryDirectory() as folder:
        (Path(folder) / f"~${NAME}").write_bytes(b"")
        return [finding for one in collect([Path(folder)]) for finding in check_file(one, Options()).findings]


_case("R107", "文件本身")(lambda: _file(_whole()))


@_case("R199", "perfxl 自己出错", "— R199")
def _() -> Sequence[Finding]:
    with patch("perfxl.batch.review_workbook", side_effect=ZeroDivisionError("权重")):
        (finding,) = _file(_whole())
    place = finding.numbers["reason"].partition(" (")[0]  # without the line of the mock
    return [finding._replace(numbers={"reason": place})]


_case("R199", "没有出错")(lambda: _file(_whole()))


# ---- K: a locked form


@cache
def _locked() -> bytes:
    return apply_edits(_whole(), lock(_whole(), NAME, time=NOW).edits)


def _sealed(data: bytes, keys: Register | None = None) -> Sequence[Finding]:
    return review_workbook(read_xlsx(data, NAME), NAME, keys=keys).findings


def _without(*prefixes: str) -> list[Edit]:
    names = read_xlsx(_locked(), NAME).properties
    return [SetProperty(name, None) for name in names if name.startswith(prefixes)]


@_case("K101", "锁定以后改了其他需要说明的事项", "C30 K101")
def _() -> Sequence[Finding]:
    notes = read_forms(read_xlsx(_locked(), NAME))[0].fields["other_notes"].at
    return _sealed(apply_edits(_locked(), [SetValue(notes.sheet, notes.row, notes.column, "年中追加预算。")]))


_case("K101", "锁定以后没有改动")(lambda: _sealed(_locked()))


@_case("K102", "封签被截去一段", "— K102")
def _() -> Sequence[Finding]:
    (first, *_) = _without(SEAL)
    assert isinstance(first, SetProperty)
    return _sealed(apply_edits(_locked(), [SetProperty(first.name, "AAAA")]))


_case("K102", "封签完好")(lambda: _sealed(_locked()))
_case("K103", "锁定过，封签被删去", "— K103")(lambda: _sealed(apply_edits(_locked(), _without(SEAL))))
_case("K103", "没有锁定过的表")(lambda: _sealed(_whole()))


@_case("K104", "另一张表的封签", "— K104")
def _() -> Sequence[Finding]:
    other = filled("hubei/2021", 3)
    other = apply_edits(other, lock(other, NAME, time=NOW).edits)
    properties = read_xlsx(other, NAME).properties.items()
    seal: list[Edit] = [SetProperty(name, value) for name, value in properties if name.startswith((SEAL, BEFORE))]
    return _sealed(apply_edits(_whole(), seal))


_case("K104", "自己的封签")(lambda: _sealed(_locked()))


def _signed(first_day: date | None, *, registered: bool = True) -> Sequence[Finding]:
    """Signed by a key that is valid from a day on."""
    key = generate("Ed25519")
    keys = (RegisteredKey("某市公路事务中心", key.public, first_day),) if registered else ()
    return _sealed(apply_edits(_whole(), lock(_whole(), NAME, time=NOW, key=key).edits), Register(keys))


_case("K105", "密钥在锁定之日还没有启用", "— K105")(lambda: _signed(NOW.date() + timedelta(days=1)))
_case("K105", "密钥在有效期内")(lambda: _signed(NOW.date()))
_case("K107", "密钥没有登记", "— K107")(lambda: _signed(None, registered=False))
_case("K107", "密钥已经登记")(lambda: _signed(None))


@_case("K106", "解锁以后没有再锁定", "— K106")
def _() -> Sequence[Finding]:
    return _sealed(apply_edits(_locked(), unlock(_locked(), NAME, time=NOW, by="王芳", reason="第3行得分填错").edits))


_case("K106", "锁定着的表")(lambda: _sealed(_locked()))


# ---- D: several files


def _review(file: str, changes: Mapping[str, str], form: str = "mof-2020", scheme: str = "mof/2020") -> FileReview:
    grid = replace(form_grid(form, changes), file=file)
    return review_workbook(Workbook(file, (grid,)), file, scheme=scheme_named(scheme))


def _together(*reviews: FileReview) -> Sequence[Finding]:
    across = Across()
    for one in reviews:
        across.add(one)
    found = [(one.form.path, finding) for one in across.spot_checks() for finding in one.across]
    return [finding for _, finding in sorted(found, key=lambda pair: (pair[0], pair[1].code))]


def _forms(*changes: Mapping[str, str]) -> Sequence[Finding]:
    return _together(*(_review(f"{number:02}.xlsx", one) for number, one in enumerate(changes, 1)))


_case("D101", "两个文件里是同一张表", "A1 D101")(lambda: _forms(own(1), own(1)))
_case("D101", "两个单位各自的表")(lambda: _forms(own(1), own(2)))
_case("D102", "同一项目的两份，指标值不同", "A1 D102", "A1 D102")(lambda: _forms(own(1), {**own(1), "E13": "≥321公里"}))
_case("D102", "同一单位的两个项目")(
    lambda: _forms(own(1), {**own(1), PROJECT: "桥梁维修", "I18": "桥址改线，推迟到下年。"})
)
_GOAL = "完成情况：全年养护县乡道路三百二十公里，修复路面十二处，没有发生责任事故。"
_case("D103", "两个单位的实际完成情况一字不差", "F11 D103", "F11 D103")(
    lambda: _forms({**own(1), "F11": _GOAL}, {**own(2), "F11": _GOAL})
)
_case("D103", "各写各的完成情况")(lambda: _forms(own(1), own(2)))
_case("D104", "两个单位的扣分原因一字不差", "I18 D104", "I18 D104")(
    lambda: _forms({**own(1), NOTE: REASON}, {**own(2), NOTE: REASON})
)
_case("D104", "各写各的原因")(lambda: _forms(own(1), own(2)))


def _resubmitted(before: bytes, after: bytes) -> Sequence[Finding]:
    with TemporaryDirectory() as folder:
        old, new = Path(folder) / "上次" / NAME, Path(folder) / "这次" / NAME
        for path, data in ((old, before), (new, after)):
            path.parent.mkdir()
            path.write_bytes(data)
        (pair,) = differences(collect([old]), collect([new]), Options())
        assert isinstance(pair, Pair)
        found = [pair.resubmitted] if pair.resubmitted else []
        return [one._replace(numbers={**one.numbers, "other": f"上次/{NAME}"}) for one in found]


def _returned(name: str) -> bytes:
    return (Path(__file__).parent.parent / "examples" / "returned" / name).read_bytes()


@_case("D105", "退回的表原样再报", "A1 D105")
def _() -> Sequence[Finding]:
    return _resubmitted(_returned("滨河区图书馆-2020-初稿.xlsx"), _returned("滨河区图书馆-2020-初稿.xlsx"))


@_case("D105", "改好再报")
def _() -> Sequence[Finding]:
    return _resubmitted(_returned("滨河区图书馆-2020-初稿.xlsx"), _returned("滨河区图书馆-2020.xlsx"))


def _totals(*totals: str) -> Sequence[Finding]:
    return _forms(*({**own(number), "H21": total} for number, total in enumerate(totals)))


_case("D201", "十份表的总分都刚过 90 分", *["A1 D201"] * 10)(lambda: _totals(*(f"90.{n}" for n in range(10))))
_case("D201", "十份刚过 90 分，四份略低于 90 分")(
    lambda: _totals(*(f"90.{n}" for n in range(10)), "89.2", "89.4", "89.6", "89.8")
)


def _executed(*amounts: str) -> Sequence[Finding]:
    forms = ({**own(number), "F6": amount, "F7": ""} for number, amount in enumerate(amounts))
    return _forms(*forms)


_LIKE = tuple(str(630 + number) for number in range(7))
_case("D202", "八个同名项目，一个的执行率低三分之一", "A1 D202")(lambda: _executed(*_LIKE, "400"))
_case("D202", "八个同名项目，执行率相差不多")(lambda: _executed(*_LIKE, "580"))


def _with_objective(target: str) -> Sequence[Finding]:
    """An objective form of the unit and project of `own(1)` in a file of its own."""
    known = {"A2": "(2025年度)", "A3": "申报单位名称：第1事务中心", "B4": "农村公路养护补助", "C23": "养护道路里程"}
    objective = _review("目标表.xlsx", {**known, "D23": target}, "shanghai-2020-objective", "shanghai/2020-objective")
    return _together(objective, _review("自评表.xlsx", own(1)))


_case("D301", "绩效目标表报的是 ≥360公里，自评表填 ≥320公里", "E13 D301")(lambda: _with_objective("≥360公里"))
_case("D301", "写法不同，意思相同")(lambda: _with_objective("不低于320公里"))
