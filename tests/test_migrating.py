"""Forms on an older template carried over to the current one: values, 说明, history, and what has no place there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from perfxl.comparison import compared
from perfxl.edit import SetValue
from perfxl.editing import apply_edits
from perfxl.form import Form, Group, Indicator
from perfxl.grid import CellRef, Workbook
from perfxl.layouts import write_form
from perfxl.layouts.workbook import SHEETS
from perfxl.locking import LockRefused, lock, unlock
from perfxl.markup import marked
from perfxl.migrating import MigrationRefused, migration, objects_in, write_migrated
from perfxl.reading import read_forms
from perfxl.reading.explanations import read_explanations
from perfxl.review import Review, review_workbook
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes, load_scheme
from perfxl.seal import read_seal, verify
from perfxl.sources import read_workbook
from perfxl.sources.xlsx import read_xlsx
from tests import commands
from tests.extent import fast_first
from tests.random_forms import random_form
from tests.test_markup import explained, saved
from tests.test_seeds import RETURNED
from xlwings_addin.vba_project import vba_project
from xlwings_addin.vba_sources import modules

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NAME = "表.xlsx"
SOURCE = files("perfxl").joinpath("schemes", "mof", "2020.toml").read_text("utf-8")
OLDER = {
    '{ id = "project_name", label = "项目名称", required = true, wide = true },': (
        '{ id = "project_name", label = "项目名称", required = true, wide = true },\n'
        '  { id = "project_code", label = "项目代码", wide = true },'
    ),
    '"主管部门"': '"主管单位"',
    '"年度指标值"': '"指标值"',
    '"自评等级"': '"评价等级"',
    '  { id = "level2", label = "二级指标", width = 12 },\n': "",
    '  { id = "max_score", label = "分值", kind = "computed" },\n': "",
}
"""The edition before: a field more, other words, a column less in both tables. So the rows stand elsewhere."""


def edition(folder: Path, version: int) -> Path:
    """The scheme as a file: version 1 as it was before, version 2 as it is now."""
    text = SOURCE.replace("\n", f"\nversion = {version}\n", 1)
    if version == 1:
        for now, before in OLDER.items():
            assert text.count(now) == 1, now
            text = text.replace(now, before)
    path = folder / f"第{version}版.toml"
    path.write_text(text, "utf-8")
    return path


def sampling(form: Form) -> Indicator:
    return next(row for row in form.indicators if row.name == "抽检样品")


@pytest.fixture
def old(tmp_path: Path) -> bytes:
    """A form filled in on version 1, right but for one deduction without a reason."""
    scheme = load_scheme(edition(tmp_path, 1))
    filled = random_form(builtin_schemes()["mof/2020"], 3).content
    path = tmp_path / NAME
    write_form(scheme, path, filled)
    form = read_forms(read_workbook(path))[0]
    at = sampling(form).note.at
    code = form.fields["project_code"].at
    clear = [SetValue(at.sheet, at.row, at.column, None), SetValue(code.sheet, code.row, code.column, "XM-0031")]
    return apply_edits(path.read_bytes(), clear)


@pytest.fixture
def current(tmp_path: Path) -> Scheme:
    return load_scheme(edition(tmp_path, 2))


def carried(data: bytes, scheme: Scheme, folder: Path) -> tuple[bytes, list[str], int]:
    """The new file, what was left over or is computed otherwise, and how many 说明 were carried over."""
    path = folder / "新.xlsx"
    done = write_migrated(migration(read_xlsx(data, NAME), scheme), path)
    lost = [f"{one.at.address} {one.label}：{one.text}" for one in done.leftovers]
    lost += [f"{one.at.address} {one.label}：{one.text} → {value}" for one, value in done.recomputed]
    return path.read_bytes(), lost, done.explanations


def reviewed(data: bytes, scheme: Scheme) -> Review:
    return review_workbook(read_xlsx(data, NAME), NAME, scheme=scheme).reviews[0]


def listed(review: Review) -> list[str]:
    return [f"{f.at.in_file} {f.code}{' 已说明' if f.settled else ''}" for f in review.findings]


def test_values_stay_and_what_has_no_place_is_listed(old: bytes, current: Scheme, tmp_path: Path) -> None:
    new, lost, _ = carried(old, current, tmp_path)
    assert lost == ["C4 项目代码：XM-0031"]
    assert read_xlsx(new, NAME).properties == {"perfxl.scheme": "mof/2020", "perfxl.template_version": "2"}
    before, after = reviewed(old, current), reviewed(new, current)
    differences = [f"{one.kind} {one.name} {one.before}→{one.after}" for one in compared(before, after).differences]
    assert differences == ["changed 项目代码 XM-0031→", "changed 资金“年度资金总额”的分值 →10"]
    assert [one for one in listed(before) if "L103" not in one] == ["自评表!A1 L105", "自评表!G15 S105"]
    assert listed(after) == ["自评表!H14 S105"]


def test_explanations_go_with_their_cells(old: bytes, current: Scheme, tmp_path: Path) -> None:
    """Of two 说明 one has its finding still, at another cell; the other's is gone."""
    scored, _ = marked(old, NAME, scheme=current)
    told = explained(scored, {"S105 自评表!G15": "样品运输途中破损", "L105 自评表!A1": "下年换表"})
    new, _, count = carried(told, current, tmp_path)
    assert count == 2
    assert [(one.code, one.place, one.text) for one in read_explanations(read_xlsx(new, NAME))] == [
        ("S105", "自评表!H14", "样品运输途中破损"),
        ("L105", "自评表!A1", "下年换表"),
    ]
    assert listed(reviewed(new, current)) == ["自评表!H14 S105 已说明"]


def test_an_explanation_without_its_cell_is_never_taken_for_another_s(
    old: bytes, current: Scheme, tmp_path: Path
) -> None:
    """Its row was given another name since; in the new form another row with such a finding stands at that place."""
    scored, _ = marked(old, NAME, scheme=current)
    told = explained(scored, {"S105 自评表!G15": "样品运输途中破损"})
    form = read_forms(read_xlsx(told, NAME))[0]
    plan = migration(read_xlsx(told, NAME), current)
    name = sampling(form).level3.at
    renamed = replace(plan, form=replace(form, groups=tuple(_without(group, name) for group in form.groups)))
    write_migrated(renamed, path := tmp_path / "新.xlsx")
    explanations = read_explanations(read_workbook(path))
    assert [(one.place, one.text) for one in explanations] == [("原 自评表!G15", "样品运输途中破损")]


def _without(group: Group, at: CellRef) -> Group:
    return group._replace(rows=tuple(row for row in group.rows if row.level3.at != at))


def test_history_goes_on(old: bytes, current: Scheme, tmp_path: Path) -> None:
    scored, _ = marked(old, NAME, scheme=current)
    told = explained(scored, {"S105 自评表!G15": "样品运输途中破损"})
    locked = apply_edits(told, lock(told, NAME, time=NOW, scheme=current).edits)
    with pytest.raises(LockRefused, match=r"文件已经锁定，封签码 .*；需要更正时请先解锁"):
        migration(read_xlsx(locked, NAME), current)
    opened = apply_edits(locked, unlock(locked, NAME, time=NOW, by="王芳", reason="换用新模板").edits)
    new, _, _ = carried(opened, current, tmp_path)
    first = read_seal(read_xlsx(locked, NAME).properties)
    assert first and verdict(new)[0] == "changed"
    again = lock(new, NAME, time=NOW, scheme=current)
    relocked = apply_edits(new, again.edits)
    assert not migration(read_xlsx(relocked, NAME), current).needed, "locked on the current template: nothing to do"
    assert verdict(relocked)[0] == "intact"
    assert again.seal.head.previous == first.digest
    assert (again.seal.head.submission, again.seal.head.template_version) == (2, "2")
    assert [(event.kind, event.by, event.reason) for event in again.seal.history] == [
        ("locked", first.head.signer, ""),
        ("unlocked", "王芳", "换用新模板"),
        ("locked", first.head.signer, ""),
    ]


def verdict(data: bytes) -> tuple[str, str]:
    workbook = read_xlsx(data, NAME)
    found = verify(workbook, read_forms(workbook))
    return found.status, found.reason


def test_a_seal_that_is_gone_or_damaged_has_to_be_opened_first(old: bytes, current: Scheme) -> None:
    workbook = read_xlsx(old, NAME)

    def with_properties(properties: dict[str, str]) -> Workbook:
        return Workbook(NAME, workbook.grids, {**workbook.properties, **properties})

    with pytest.raises(LockRefused, match="^文件锁定过，封签已不在；请先解锁，再迁移$"):
        migration(with_properties({"perfxl.before.1": "x"}), current)
    with pytest.raises(LockRefused, match="^封签损坏.*；请先解锁，再迁移$"):
        migration(with_properties({"perfxl.seal.1": "x"}), current)


def test_cells_beside_the_form_and_other_sheets_are_named(old: bytes, current: Scheme, tmp_path: Path) -> None:
    """Without the protection nobody can tell who put 执行率分值 there, which the new template does not print."""
    path = tmp_path / NAME
    path.write_bytes(old)
    book = openpyxl.load_workbook(path)
    sheet = book["自评表"]
    sheet.protection.disable()
    sheet.cell(3, 20, "等财务核对")
    sheet.cell(3, 3).comment = Comment("问李工", "王芳")
    book.create_sheet("附件").append(["发票", 3])
    data = saved(book)
    _, lost, _ = carried(data, current, tmp_path)
    assert [line for line in lost if "项目代码" not in line] == [
        "T3 栏目以外的内容：等财务核对",
        "J6 栏目以外的内容：执行率分值",
        "J7 栏目以外的内容：10",
        " 工作表：附件（2 个有内容的单元格）",
    ]
    path.write_bytes(data)
    assert [f"{one.label} {one.text}" for one in objects_in(path)] == ["批注 作者 王芳"]


def test_what_is_refused(current: Scheme, tmp_path: Path) -> None:
    foreign = read_workbook(RETURNED / "上海市人民政府驻昆明办事处-2019.xlsx")
    with pytest.raises(MigrationRefused, match="^不是官方模板填的表；请用 perfxl import 转到官方表$"):
        migration(foreign)
    path = tmp_path / NAME
    write_form(current, path)
    with pytest.raises(MigrationRefused, match="^模板版本 2 比现有的 1 新；请先更新 perfxl 或方案文件$"):
        migration(read_workbook(path))
    with pytest.raises(MigrationRefused, match="^表是自评表，方案 mof/2021-objective 是绩效目标表的，没有写；请"):
        migration(read_workbook(path), builtin_schemes()["mof/2021-objective"])


@pytest.mark.parametrize("scheme", fast_first(builtin_schemes(), 3))
def test_every_scheme_s_form_is_the_same_on_its_next_version(scheme: str, tmp_path: Path) -> None:
    now = builtin_schemes()[scheme]
    path = tmp_path / NAME
    write_form(now, path, random_form(now, 5).content)
    later = replace(now, version=now.version + 1)
    plan = migration(read_workbook(path), later)
    assert plan.needed and not migration(read_workbook(path)).needed
    done = write_migrated(plan, tmp_path / "新.xlsx")
    assert (done.leftovers, done.recomputed) == ((), ())
    before, after = reviewed(path.read_bytes(), later), reviewed((tmp_path / "新.xlsx").read_bytes(), later)
    assert compared(before, after).differences == ()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return partial(commands.run, capsys)


def test_the_command(old: bytes, tmp_path: Path, run: Run) -> None:
    path, scheme = tmp_path / "水利局.xlsx", edition(tmp_path, 2)
    path.write_bytes(old)
    code, out, err = run("migrate", path, "--scheme", scheme)
    new = tmp_path / "水利局-迁移.xlsx"
    assert (code, err, path.read_bytes() == old) == (1, "", True)
    assert out.splitlines()[0].endswith(f" → {new.as_posix()}（mof/2020，指标 6 条）")
    assert out.splitlines()[1:] == ["  未带入 自评表!C4 项目代码：XM-0031"]
    code, _, err = run("migrate", path, "--scheme", scheme)
    assert (code, err) == (2, f"perfxl: {new} 已存在；覆盖请加 --force\n")
    assert run("migrate", new, "--scheme", scheme) == (
        0,
        f"{new.as_posix()}: 已是现行模板，没有改写（mof/2020，第 2 版）\n",
        "",
    )
    assert sorted(one.name for one in tmp_path.glob("*-迁移*")) == [new.name]


def test_a_form_with_macros_becomes_one_without(tmp_path: Path, run: Run) -> None:
    path, scheme = tmp_path / "a.xlsm", load_scheme(edition(tmp_path, 1))
    write_form(
        scheme, path, random_form(builtin_schemes()["mof/2020"], 3).content, vba_project("perfxl", modules(SHEETS))
    )
    code, out, _ = run("migrate", path, "--scheme", edition(tmp_path, 2))
    assert (code, out.splitlines()[1:]) == (1, ["  未带入 宏：1 个"])
    assert (tmp_path / "a-迁移.xlsx").exists()


def test_no_file_is_written_over(old: bytes, tmp_path: Path, run: Run) -> None:
    """Neither the original, whatever --force says, nor what another one of the same name became."""
    for folder in ("一", "二"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / NAME).write_bytes(old)
    one, two = tmp_path / "一", tmp_path / "二"
    for words in ((one / NAME, "--to", one, "--force"), (one / NAME, two / NAME, "--to", tmp_path / "新")):
        code, out, err = run("migrate", *words)
        assert (code, out) == (2, "")
        assert "请用 --to 换一个文件夹，或分几次迁移" in err
    assert [path.name for path in tmp_path.rglob("*.xlsx")] == [NAME, NAME, NAME]


def test_the_command_in_english(old: bytes, tmp_path: Path, run: Run) -> None:
    path, to = tmp_path / "a.xlsx", tmp_path / "to"
    locked = lock(old := marked_and_told(old, tmp_path), NAME, time=NOW, scheme=load_scheme(edition(tmp_path, 2)))
    path.write_bytes(apply_edits(apply_edits(old, locked.edits), ()))
    code, out, err = run("migrate", path, "--to", to, "--scheme", tmp_path / "第2版.toml", "--lang", "en")
    assert (code, out, to.exists()) == (1, "", False)
    assert err == (
        f"{path.as_posix()}: the file is locked already, seal code {locked.seal.code}; unlock it first where it has to"
        " be corrected\n"
    )
    assert run("unlock", path, "--reason", "换表", "--by", "王芳")[0] == 0
    code, out, err = run("migrate", path, "--to", to, "--scheme", tmp_path / "第2版.toml", "--lang", "en")
    assert (code, err, [one.name for one in to.iterdir()]) == (1, "", ["a.xlsx"])
    assert out.splitlines()[0].endswith(" (mof/2020, 6 indicators)")
    assert out.splitlines()[1:] == [
        "  carried over: 1 explanations, 2 events of its history",
        "  not carried over: 自评表!C4 项目代码: XM-0031",
    ]
    assert run("verify", to / "a.xlsx")[0] == 1
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(b"PK")
    code, _, err = run("migrate", broken, "--lang", "en")
    assert (code, err.startswith(f"{broken.as_posix()}: File cannot be opened")) == (1, True)


def marked_and_told(data: bytes, folder: Path) -> bytes:
    scored, _ = marked(data, NAME, scheme=load_scheme(edition(folder, 2)))
    return explained(scored, {"S105 自评表!G15": "样品运输途中破损"})
