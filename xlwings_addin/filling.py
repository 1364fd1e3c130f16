"""Macros of the groups 填表 and 审核: prefill, rows, repair, live functions, working paper, folder, help."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.edit import SetFormula
from xlwings_addin.hosts import live
from xlwings_addin.opened import MOST_LINES, Open, Refused, refuse_locked

if TYPE_CHECKING:
    from perfxl.form import SelfEvaluation
    from perfxl.grid import Grid

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
        names = "、".join(row.name for row in filled.left[:MOST_LINES])
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

    refuse_locked(review_workbook(open_.workbook, open_.book.name))
    sheet, row, _ = live.active_cell(open_.book)
    forms = [form for form in read_forms(open_.workbook) if isinstance(form, SelfEvaluation)]
    form = next((form for form in forms if form.at.sheet == sheet), None)
    if form is None:
        raise Refused("现在的表不是自评表；请先转到自评表，选中一个指标行")
    return form, next(grid for grid in open_.workbook.grids if grid.sheet == sheet), row


def repair(open_: Open) -> str:
    """The form written anew into a file beside this one: what pasting destroyed cannot be told from what was meant."""
    from perfxl.carried import carried_explanations
    from perfxl.detection import detect_scheme
    from perfxl.editing import apply_edits
    from perfxl.importing import content_of
    from perfxl.layouts import write_form
    from perfxl.reading import read_forms
    from perfxl.sources import read_workbook

    forms = read_forms(open_.workbook)
    if len(forms) != 1:
        raise Refused("工作簿里没有表，或不止一张；请打开只有一张自评表或绩效目标表的工作簿，再修复")
    path = Path(open_.book.fullname)
    if not path.is_file():
        raise Refused("工作簿还没有保存过；请先保存，再修复，修复后的表会放在它旁边")
    new = _beside(path)
    scheme = detect_scheme(forms[0])[0]
    imported = content_of(forms[0], scheme)
    write_form(scheme, new, imported.content)
    if explained := carried_explanations(open_.workbook, forms[0], read_workbook(new)):
        new.write_bytes(apply_edits(new.read_bytes(), explained))
    open_.book.app.books.open(str(new))
    said = f"格式、下拉和公式都恢复的表已放在 {new.name} 并打开，原表没有改动；请核对后使用新表，重新校验。"
    left = [f"{one.at.in_file} {one.label}：{one.text}" for one in imported.leftovers]
    return "\n".join([said, *(["没有位置、未带入的："] if left else []), *left[:MOST_LINES]])


def _beside(path: Path) -> Path:
    """`表-修复.xlsx`, counted up where it is there."""
    names = (path.with_name(f"{path.stem}-修复{number if number > 1 else ''}.xlsx") for number in count(1))
    return next(new for new in names if not new.exists())


def working_paper(open_: Open) -> str:
    from perfxl.review import review_workbook
    from perfxl.working_paper import SHEET
    from perfxl.working_paper import working_paper as sheet

    edits = tuple(sheet(open_.workbook, review_workbook(open_.workbook, open_.book.name)))
    if not edits:
        raise Refused("工作簿里没有计分的自评表；请打开自评表，再按“评分底稿”")
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
        raise Refused("实时函数只在 Windows 的 Excel 里可用；请照常填写，得分由表中自己的公式计算，结果相同")
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
        stack.callback(setattr, app, "status_bar", False)
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
    app.books.open(str(out / SUMMARY))
    return f"检查了 {len(candidates)} 个文件，{returned} 个有错误或打不开。汇总表已打开，报告在 {out}"


def help_(open_: Open) -> str:
    from perfxl import __version__

    return (
        f"perfxl {__version__}\n"
        "填好表后按“校验并评分”，按提示改正；“核实”在“校验结果”表写说明；没有错误后按“锁定提交”，打印盖章报送。"
    )
