"""A form on an older edition of our template carried over to the current one, with its 说明 and its history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from perfxl.carried import carried_explanations
from perfxl.checks.sealing import was_sealed
from perfxl.detection import detect_scheme
from perfxl.edit import Edit, SetProperty
from perfxl.editing import apply_edits
from perfxl.form import Form, ObjectiveForm
from perfxl.grid import CellRef, Workbook, normalised
from perfxl.importing import Leftover, content_of, other_kind, recomputed
from perfxl.layouts import write_form
from perfxl.locking import LockRefused, open_seal
from perfxl.markup import AUTHOR
from perfxl.problem import Problem
from perfxl.reading import read_forms
from perfxl.reading.explanations import read_explanations
from perfxl.reading.labels import vocabulary
from perfxl.scheme import Scheme
from perfxl.seal import Seal, canonical
from perfxl.sources.kind import Kind, kind_of
from perfxl.sources.package import Package
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.xlsx import read_xlsx

_OBJECTS = (
    ("xl/media/", "图片"),
    ("xl/charts/", "图表"),
    ("xl/embeddings/", "嵌入的文件"),
    ("xl/externallinks/", "外部链接"),
    ("xl/vbaproject.bin", "宏"),
)
"""Parts of a workbook that no cell holds, by how their names begin."""
_COMMENTS = re.compile(r"xl/(?:comments[^/]*|comments/[^/]*|threadedcomments/[^/]*)\.xml")
_AUTHOR = re.compile(rb"<(?:\w+:)?author>([^<]*)<")


class MigrationRefused(Problem):
    """Nothing was written."""


@dataclass(frozen=True)
class Migration:
    """What is to be carried over, and to which scheme."""

    workbook: Workbook
    form: Form
    scheme: Scheme
    seal: Seal | None = None
    """The unlocked seal that the new file goes on with; None for a form that was never locked."""

    @property
    def needed(self) -> bool:
        """False for a form that is on the current template."""
        return (self.form.scheme_id, self.form.template_version) != (self.scheme.id, str(self.scheme.version))


@dataclass(frozen=True)
class Migrated:
    """What has become of a form. `explanations` counts the 说明, `indicators` the rows that were carried over."""

    leftovers: tuple[Leftover, ...]
    recomputed: tuple[tuple[Leftover, str], ...]
    explanations: int
    indicators: int


def migration(workbook: Workbook, scheme: Scheme | None = None) -> Migration:
    """`scheme` None: the one that the file names. Raises MigrationRefused, and LockRefused for a locked form.

    A locked form stays as it is: its seal vouches for what was submitted, and no copy on another template can. Once
    it is unlocked, with name and reason, the copy goes on with its history and the next lock counts on.
    """
    forms = read_forms(workbook)
    if len(forms) != 1 or not forms[0].scheme_id:
        raise MigrationRefused(
            "不是官方模板填的表；请用 perfxl import 转到官方表",
            "not filled in on an official template; use perfxl import",
        )
    form = forms[0]
    target = scheme or detect_scheme(form)[0]
    if (target.kind == "objective") is not isinstance(form, ObjectiveForm):
        raise MigrationRefused(*other_kind(form, target))
    version = form.template_version
    if form.scheme_id == target.id and version.isdecimal() and int(version) > target.version:
        raise MigrationRefused(
            f"模板版本 {version} 比现有的 {target.version} 新；请先更新 perfxl 或方案文件",
            f"template version {version} is newer than {target.version}; update perfxl or the scheme first",
        )
    plan = Migration(workbook, form, target)
    if not plan.needed:
        return plan
    seal = open_seal(workbook, "迁移")
    if seal is None and was_sealed(workbook):
        raise LockRefused(
            "文件锁定过，封签已不在；请先解锁，再迁移", "the file was locked and its seal is gone; unlock it first"
        )
    return replace(plan, seal=seal)


def write_migrated(plan: Migration, path: Path) -> Migrated:
    """Write the new file and read it again. Raises UnreadableFile and EditError where that fails."""
    imported = content_of(plan.form, plan.scheme)
    write_form(plan.scheme, path, imported.content)
    data = path.read_bytes()
    blank = read_xlsx(data, plan.workbook.file)
    (again,) = read_forms(blank)
    edits: list[Edit] = [SetProperty(*item) for item in plan.seal.properties().items()] if plan.seal else []
    edits += carried_explanations(plan.workbook, plan.form, blank, plan.scheme)
    if edits:
        path.write_bytes(apply_edits(data, edits))
    lost = (*imported.leftovers, *_beside(plan, blank))
    return Migrated(
        tuple(sorted(lost, key=lambda one: one.at)),
        recomputed(plan.form, again),
        len(read_explanations(plan.workbook)),
        len(imported.content.indicators),
    )


# What the reader has found no field for


def _beside(plan: Migration, blank: Workbook) -> Iterator[Leftover]:
    """What a person has put beside the fields, and other sheets.

    A locked cell of a protected sheet is the template's. Where the protection is off, the template's formulas are
    known by their locks, its words as labels of the form or by what the new form prints.
    """
    texts = (cell.value for grid in blank.grids for cell in grid.cells.values())
    printed = {normalised(text) for text in texts if isinstance(text, str)} | plan.form.labels
    grids = {grid.sheet: grid for grid in plan.workbook.grids}
    content = canonical(plan.workbook, [plan.form])
    for id_, at in content.places.items():
        if not id_.startswith("beside/") or at.sheet != plan.form.at.sheet:
            continue
        grid = grids[at.sheet]
        cell = grid.cell(at.row, at.column)
        own = cell.locked and (grid.protected or cell.formula is not None)
        text = normalised(content.shown[id_])
        if not own and printed.isdisjoint((text, text.rstrip(":"))):
            yield Leftover("栏目以外的内容", content.shown[id_].strip(), at)
    for name, grid in grids.items():
        if name != plan.form.at.sheet and name not in vocabulary().own_sheets and grid.cells:
            yield Leftover("工作表", f"{name}（{len(grid.cells)} 个有内容的单元格）", CellRef(grid.file, name))


def objects_in(path: Path) -> Iterator[Leftover]:
    """Pictures, macros, notes by others and the like in an .xlsx or .xlsm: none of it is carried over."""
    data = file_bytes(path)
    if kind_of(data) is not Kind.ZIP:
        return
    package, file = Package(data), CellRef(path.name)
    for begin, word in _OBJECTS:
        if count := sum(name.startswith(begin) for name in package.names):
            yield Leftover(word, f"{count} 个", file)
    for name in package.names:
        if _COMMENTS.fullmatch(name):
            authors = {author.decode("utf-8", "replace") for author in _AUTHOR.findall(package.read(name))}
            if others := authors - {AUTHOR}:
                yield Leftover("批注", f"作者 {'、'.join(sorted(others))}", file)
