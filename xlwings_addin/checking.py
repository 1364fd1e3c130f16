"""Macros of the groups 校验 and 提交: score, walk through the findings, explain, lock, unlock, verify."""

from __future__ import annotations

from datetime import datetime
from getpass import getuser
from typing import TYPE_CHECKING

from perfxl.edit import SetValue
from perfxl.finding import Severity
from perfxl.grid import CellRef
from xlwings_addin.hosts import live
from xlwings_addin.opened import MOST_LINES, Open, Refused, refuse_locked

if TYPE_CHECKING:
    import xlwings as xw

    from perfxl.review import FileReview

# 校验并评分


def score(open_: Open) -> str:
    from perfxl.editing import notes_by
    from perfxl.markup import AUTHOR, markup

    result = markup(open_.workbook, open_.book.name, notes_by(open_.data, AUTHOR))
    refuse_locked(result.review)
    if not result.review.reviews:
        raise Refused("工作簿里没有自评表或绩效目标表；请打开官方表再校验")
    open_.apply(result.edits)
    _go(open_.book, _first(result.review))
    return _counts(result.review, len(result.computed))


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
        raise Refused("没有列出的问题；还没有校验的请先按“校验并评分”")
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
    asked = "\n".join(f"{one.code} {one.message}" for one in rows[:MOST_LINES])
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
        more = ["……"] if len(lines) > MOST_LINES else []
        raise Refused("\n".join((f"没有锁定：{error}", *lines[:MOST_LINES], *more))) from error
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
    return (
        f"已解锁。注意：锁定以后已有 {changed} 处改动，请逐处核对；改好后请重新锁定提交。"
        if changed
        else "已解锁，改好后请重新锁定提交。"
    )


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
        for change in verdict.changes[:MOST_LINES]
    ]
    if len(verdict.changes) > MOST_LINES:
        lines.append(f"……共 {len(verdict.changes)} 处")
    if verdict.status != "missing":
        lines.append(verdict.caveat[0])
    _go(open_.book, next((change.at for change in verdict.changes if change.at), None))
    return "\n".join(filter(None, lines))


def _now() -> datetime:
    return datetime.now().astimezone()
