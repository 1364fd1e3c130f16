"""The ribbon's macros: what each button does on the open workbook. Glue over perfxl, the same on every host.

A macro reads the workbook in one call, computes, and makes its edits all or none. It says what it did; what goes wrong
becomes a sentence that names the cure.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.edit import Edit, EditError, SetFormula, SetValue
from perfxl.finding import Severity
from perfxl.grid import CellRef, Workbook
from perfxl.sources import UnreadableFile
from perfxl.sources.xlsx import read_xlsx
from perfxl.table_rows import RowRefused
from xlwings_addin.hosts import live

if TYPE_CHECKING:
    import xlwings as xw

    from perfxl.form import SelfEvaluation
    from perfxl.grid import Grid
    from perfxl.review import FileReview

TITLE = "绩效自评"
_MOST_LINES = 12
"""Lines of a list that a message shows."""


class Refused(Exception):
    """A macro that cannot do its work; the message is the sentence to show."""


@dataclass(frozen=True)
class Open:
    """The open workbook as one call gave it."""

    book: xw.Book
    data: bytes
    workbook: Workbook

    def apply(self, edits: tuple[Edit, ...], *, password: str | None = None) -> None:
        """Make the edits; where the person was stays in sight."""
        live.apply_live(self.book, edits, password=password, data=self.data)


def run(action: str, book: xw.Book | None = None) -> None:
    """Press a button. Without `book` the active one is meant. Nothing is raised: what goes wrong is said."""
    target = book
    try:
        target = target or _active()
        _say(target, ACTIONS[action](_read(target)))
    except (Refused, EditError, RowRefused) as error:
        _say(target, str(error), critical=True)
    except UnreadableFile as error:
        _say(target, _unreadable(error), critical=True)
    except Exception as error:
        _say(target, f"没有完成：{type(error).__name__} {error}。表没有改动；请把这一行发给维护人员。", critical=True)


def _active() -> xw.Book:
    import xlwings as xw

    if not len(xw.books):
        raise Refused("没有打开的工作簿；请先打开自评表")
    active: xw.Book = xw.books.active
    return active


def _read(book: xw.Book) -> Open:
    data = live.snapshot(book)
    return Open(book, data, read_xlsx(data, book.name))


def _say(book: xw.Book | None, text: str, *, critical: bool = False) -> None:
    if text and book is not None:
        book.app.alert(text, TITLE, mode="critical" if critical else "info")


def _unreadable(error: UnreadableFile) -> str:
    from perfxl.finding import Finding

    finding = Finding(error.code, CellRef(""), numbers=error.numbers)
    return f"{finding.message()}。{finding.fix()}"


# 校验并评分


def score(open_: Open) -> str:
    from perfxl.editing import notes_by
    from perfxl.markup import AUTHOR, markup

    result = markup(open_.workbook, open_.book.name, notes_by(open_.data, AUTHOR))
    _refuse_locked(result.review)
    if not result.review.reviews:
        raise Refused("工作簿里没有自评表或绩效目标表；请打开官方表再校验")
    open_.apply(result.edits)
    _go(open_.book, _first(result.review))
    return _counts(result.review, len(result.computed))


def _refuse_locked(review: FileReview) -> None:
    if review.seal and review.seal.seal and not review.seal.opened:
        raise Refused("表已锁定，没有改动；需要更正时请先按“解锁”")


def _counts(review: FileReview, computed: int) -> str:
    counts = {severity: review.count(severity) for severity in (Severity.error, Severity.query, Severity.info)}
    listed = "，".join(f"{severity.label()} {count} 项" for severity, count in counts.items())
    filled = f"算出 {computed} 格。" if computed else ""
    if not any(counts.values()):
        return f"没有问题。{filled}可以锁定提交。"
    if not counts[Severity.error] and not counts[Severity.query]:
        return f"{listed}。{filled}可以锁定提交。"
    return f"{listed}。{filled}已标在格内，并列在“校验结果”表：错误请改正，核实请改正或写明原因。"


def _first(review: FileReview) -> CellRef | None:
    """The gravest finding that has a cell, the first of the sheet among equals."""
    placed = [finding for finding in review.findings if finding.at.row and not finding.settled]
    return max(placed, key=lambda finding: finding.severity).at if placed else None


def _go(book: xw.Book, place: CellRef | None) -> None:
    if place is not None:
        live.reveal(book, place.sheet, place.row, place.column)


# 上一个问题, 下一个问题, 写说明


def next_finding(open_: Open) -> str:
    return _step(open_, forward=True)


def previous_finding(open_: Open) -> str:
    return _step(open_, forward=False)


def _step(open_: Open, *, forward: bool) -> str:
    order = {grid.sheet: number for number, grid in enumerate(open_.workbook.grids)}
    places = sorted({(order[at.sheet], at.row, at.column, at.sheet) for at, _ in _listed(open_) if at.sheet in order})
    if not places:
        raise Refused("没有列出的问题；请先按“校验并评分”")
    sheet, row, column = live.active_cell(open_.book)
    here = (order.get(sheet, -1), row, column, sheet)
    beyond = [place for place in places if (place > here if forward else place < here)]
    _, row, column, sheet = (beyond or places)[0 if forward else -1]
    live.reveal(open_.book, sheet, row, column)
    said = [message for at, message in _listed(open_) if (at.sheet, at.row, at.column) == (sheet, row, column)]
    open_.book.app.status_bar = "；".join(said)
    return ""


def _listed(open_: Open) -> list[tuple[CellRef, str]]:
    """The findings of 校验结果 that have a cell."""
    from perfxl.editing.cells import position
    from perfxl.reading.explanations import result_rows

    found = []
    for row in result_rows(open_.workbook):
        sheet, mark, address = row.place.rpartition("!")
        if mark:
            found.append((CellRef(open_.workbook.file, sheet, *position(address)), f"{row.code} {row.message}"))
    return found


def explain(open_: Open) -> str:
    """Ask for the 说明 of the findings at the active cell, and write it into 校验结果."""
    from perfxl.reading.explanations import result_rows

    sheet, row, column = live.active_cell(open_.book)
    here = CellRef(open_.workbook.file, sheet, row, column).in_file
    own_row = (one for one in result_rows(open_.workbook) if one.at.sheet == sheet and one.at.row == row)
    rows = [one for one in result_rows(open_.workbook) if one.place == here] or list(own_row)
    if not rows:
        raise Refused("这一格没有列出的问题；请先按“下一个问题”，到有问题的格上再写说明")
    asked = "\n".join(f"{one.code} {one.message}" for one in rows[:_MOST_LINES])
    text = live.ask(open_.book, "text", f"{asked}\n\n说明：", rows[0].text)
    if text is None:
        return ""
    open_.apply(tuple(SetValue(one.at.sheet, one.at.row, one.at.column, text.strip() or None) for one in rows))
    return f"已写入“校验结果”表 {len(rows)} 处说明。"


# 锁定提交, 解锁, 验证封签


def lock(open_: Open) -> str:
    from perfxl.locking import LockRefused
    from perfxl.locking import lock as locking

    password = live.ask(open_.book, "password", "保护密码（只防误改，可以不填）：")
    if password is None:
        return ""
    try:
        locked = locking(open_.data, open_.book.name, time=_now(), password=password)
    except LockRefused as error:
        lines = [f"{f.severity.label()} {f.code} {f.at.in_file} {f.message()}" for f in error.findings]
        more = ["……"] if len(lines) > _MOST_LINES else []
        raise Refused("\n".join((f"没有锁定：{error}", *lines[:_MOST_LINES], *more))) from error
    open_.apply(locked.edits, password=password or None)
    open_.book.save()
    return f"已锁定并保存。封签码 {locked.seal.code}，已印在页脚；请打印盖章后连同本文件一起报送。"


def unlock(open_: Open) -> str:
    from perfxl.locking import LockRefused
    from perfxl.locking import unlock as opening

    reason = live.ask(open_.book, "text", "解锁的原因（记入文件）：")
    if reason is None:
        return ""
    if not reason.strip():
        raise Refused("没有解锁；请写明原因")
    try:
        opened = opening(open_.data, open_.book.name, time=_now(), by=getuser(), reason=reason.strip())
    except LockRefused as error:
        raise Refused(f"没有解锁：{error}") from error
    password = None
    if any(grid.protected for grid in open_.workbook.grids):
        password = live.ask(open_.book, "password", "保护密码（锁定时没有设就不填）：")
        if password is None:
            return ""
    open_.apply(opened.edits, password=password or None)
    changed = len(opened.verdict.changes)
    return f"已解锁。注意：锁定以后已有 {changed} 处改动。" if changed else "已解锁，改好后请重新锁定提交。"


def verify(open_: Open) -> str:
    from perfxl.reading import read_forms
    from perfxl.reports.words import seal_word
    from perfxl.seal import verify as verdict_of

    verdict = verdict_of(open_.workbook, read_forms(open_.workbook))
    lines = [f"封签：{seal_word(verdict, 'zh')}", verdict.reason]
    if verdict.seal:
        lines.append(f"封签码 {verdict.seal.code}，第 {verdict.seal.head.submission} 次提交，{verdict.seal.head.time}")
    lines += [
        f"{change.at.in_file if change.at else '—'} {change.name}：“{change.before or '—'}” → “{change.after or '—'}”"
        for change in verdict.changes[:_MOST_LINES]
    ]
    if len(verdict.changes) > _MOST_LINES:
        lines.append(f"……共 {len(verdict.changes)} 处")
    if verdict.status != "missing":
        lines.append(verdict.caveat[0])
    _go(open_.book, next((change.at for change in verdict.changes if change.at), None))
    return "\n".join(filter(None, lines))


# 从目标表填入, 评分底稿, 实时函数


def prefill(open_: Open) -> str:
    from perfxl.detection import detect_scheme
    from perfxl.form import ObjectiveForm, SelfEvaluation
    from perfxl.prefilling import prefilling
    from perfxl.reading import read_forms
    from perfxl.sources import read_workbook

    own = next((form for form in read_forms(open_.workbook) if isinstance(form, SelfEvaluation)), None)
    if own is None:
        raise Refused("工作簿里没有自评表；请打开自评表再填入")
    path = live.ask(open_.book, "file", "选择绩效目标表")
    if path is None:
        return ""
    forms = read_forms(read_workbook(Path(path)))
    objective = next((form for form in forms if isinstance(form, ObjectiveForm)), None)
    if objective is None:
        raise Refused(f"{Path(path).name} 里没有绩效目标表；请选填好的目标表")
    filled = prefilling(open_.workbook, own, detect_scheme(own)[0], objective)
    open_.apply(filled.edits)
    said = f"从目标表填入 {len(filled.edits)} 格；已有内容没有改动。"
    if filled.left:
        names = "、".join(row.name for row in filled.left[:_MOST_LINES])
        said += f"\n没有空行可填的指标 {len(filled.left)} 个：{names}。请插入指标行后再填入。"
    return said


def insert_row(open_: Open) -> str:
    from perfxl.detection import detect_scheme
    from perfxl.table_rows import insertion

    form, grid, row = _row_in_front(open_)
    open_.apply(insertion(grid, form, detect_scheme(form)[0], row))
    live.reveal(open_.book, grid.sheet, row + 1, next(one.at.column for one in form.indicators))
    return f"已在第 {row} 行下面插入一行。"


def delete_row(open_: Open) -> str:
    from perfxl.detection import detect_scheme
    from perfxl.table_rows import deletion

    form, grid, row = _row_in_front(open_)
    name = next((one.name for one in form.indicators if one.at.row == row), "")
    open_.apply(deletion(grid, form, detect_scheme(form)[0], row))
    return f"已删除第 {row} 行{f'（{name}）' if name else ''}。"


def _row_in_front(open_: Open) -> tuple[SelfEvaluation, Grid, int]:
    """The self-evaluation on the sheet in front, its grid, and the selected row."""
    from perfxl.form import SelfEvaluation
    from perfxl.reading import read_forms
    from perfxl.review import review_workbook

    _refuse_locked(review_workbook(open_.workbook, open_.book.name))
    sheet, row, _ = live.active_cell(open_.book)
    forms = [form for form in read_forms(open_.workbook) if isinstance(form, SelfEvaluation)]
    form = next((form for form in forms if form.at.sheet == sheet), None)
    if form is None:
        raise Refused("请先转到自评表，选中一个指标行")
    return form, next(grid for grid in open_.workbook.grids if grid.sheet == sheet), row


def working_paper(open_: Open) -> str:
    from perfxl.review import review_workbook
    from perfxl.working_paper import SHEET
    from perfxl.working_paper import working_paper as sheet

    edits = tuple(sheet(open_.workbook, review_workbook(open_.workbook, open_.book.name)))
    if not edits:
        raise Refused("工作簿里没有计分的自评表")
    live.apply_live(open_.book, edits, data=open_.data)
    live.reveal(open_.book, SHEET, 1, 1)
    return ""


def live_functions(open_: Open) -> str:
    """Turn `PX_ON`, and have Excel read the formulas again: it binds a function that it met in a file only then."""
    from perfxl.live_formula import is_live

    cells = [
        SetFormula(grid.sheet, row, column, cell.formula, None)
        for grid in open_.workbook.grids
        for (row, column), cell in grid.cells.items()
        if cell.formula and is_live(cell.formula)
    ]
    if not cells:
        raise Refused("这份表没有实时函数；请用带宏的表（.xlsm）")
    if open_.book.app.engine.name != "excel":
        raise Refused("实时函数只在 Windows 的 Excel 里可用；这里由表中自己的公式计算，结果相同")
    switch = open_.book.names["PX_ON"]
    on = "FALSE" in (switch.refers_to or "").upper()
    switch.refers_to = f"={str(on).upper()}"
    open_.apply(tuple(cells))
    open_.book.app.calculate()
    return "实时函数已开，得分由 Python 计算。" if on else "实时函数已关，得分由 Excel 自己的公式计算。"


# 批量检查文件夹, 帮助


def batch(open_: Open) -> str:
    from perfxl.across import Across
    from perfxl.batch import Options, check_paths, collect
    from perfxl.commands.outputs import folder_reports
    from perfxl.reports.files import SUMMARY
    from perfxl.reports.view import View

    folder = live.ask(open_.book, "folder", "选择报送表所在的文件夹")
    if folder is None:
        return ""
    out = Path(folder) / "检查报告"
    candidates = collect([Path(folder)], leave_out=[out])
    app = open_.book.app
    returned, across = 0, Across()
    with ExitStack() as stack:
        reports = folder_reports(stack, out, View())
        for number, file in enumerate(check_paths(candidates, Options()), start=1):
            for report in reports:
                report.add(file)
            across.add(file)
            returned += file.status in ("returned", "unreadable")
            app.status_bar = f"已检查 {number}/{len(candidates)}"
        found = across.spot_checks()
        for report in reports:
            report.across(found)
            report.close()
    app.status_bar = False
    app.books.open(str(out / SUMMARY))
    return f"检查了 {len(candidates)} 个文件，{returned} 个有错误或打不开。汇总表已打开，报告在 {out}"


def help_(open_: Open) -> str:
    from perfxl import __version__

    return (
        f"perfxl {__version__}\n"
        "填好表后按“校验并评分”，按提示改正；“核实”在“校验结果”表写说明；没有错误后按“锁定提交”，打印盖章报送。"
    )


def _now() -> datetime:
    return datetime.now().astimezone()


ACTIONS: dict[str, Callable[[Open], str]] = {
    "score": score,
    "previous": previous_finding,
    "next": next_finding,
    "note": explain,
    "lock": lock,
    "unlock": unlock,
    "prefill": prefill,
    "insert_row": insert_row,
    "delete_row": delete_row,
    "live": live_functions,
    "working": working_paper,
    "batch": batch,
    "verify": verify,
    "help": help_,
}
"""By the button's id in ribbon.xml. Each gives the sentence to show, empty where what happened is plain to see."""
