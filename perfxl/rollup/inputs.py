"""What a lower level hands over: the store, JSON or JSON Lines of `perfxl check`, JSON of `perfxl rollup`; a
汇总表.xlsx of either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from perfxl.across.facts import digest
from perfxl.grid import Grid, normalised
from perfxl.os_errors import english_reason, reason
from perfxl.reports.contract import CheckModel, FileModel, FormModel, file_model
from perfxl.reports.summary import SHEETS
from perfxl.reports.summary_forms import COLUMNS
from perfxl.reports.view import View
from perfxl.reports.words import words_of
from perfxl.review_data import DamagedReview, ReviewData
from perfxl.rollup import FormRecord, Rollup
from perfxl.rollup.contract import RollupModel
from perfxl.scheme_files import builtin_schemes
from perfxl.sources import read_workbook
from perfxl.store import MAGIC, StoreUnusable, stored_reviews

SHEET, REPLACED = "汇总", "已被替换"
MORE_COLUMNS = (("提交次数", "Submission"), ("内容摘要", "Digest"))
"""What the 汇总表 of a roll-up has beside those of `perfxl check`."""
_UNREAD = frozenset(SHEETS) - {SHEET}
"""Of the sheets of `perfxl check`. A hundred thousand indicators are more than a workbook may have to be read."""
_FIELDS = {
    "主管部门": "department",
    "单位": "unit",
    "项目名称": "project",
    "年度": "year",
    "方案": "scheme",
    "年初预算(元)": "initial_budget",
    "全年预算(元)": "adjusted_budget",
    "全年执行(元)": "executed",
    "总分(填报)": "total_reported",
    "总分(重算)": "total_computed",
    "等级(填报)": "grade_reported",
    "等级(重算)": "grade_computed",
    "状态": "status",
    "文件": "path",
}
_MAY_BE_MISSING = {"执行率": "rate", "提交次数": "submission", "内容摘要": "content"}


class Unusable(ValueError):
    """An input that is none of these. The message says why, in Chinese; `en` in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.en = en


def read_into(rollup: Rollup, path: Path) -> int:
    """Add the self-evaluations of one input; how many it has. Raises Unusable and UnreadableFile; adds nothing then."""
    now, past = _records(path)
    for record in now:
        rollup.add(record)
    for record in past:
        rollup.add(record, past=True)
    return len(now)


def _records(path: Path) -> tuple[list[FormRecord], list[FormRecord]]:
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
        if start == MAGIC:
            return list(_of_store(path)), []
        if start.startswith(b"PK"):
            return _of_workbook(path)
        return _of_json(path.read_text("utf-8-sig"))
    except StoreUnusable as error:
        raise Unusable("不是可用的结果库，或正被别的程序使用", "it is no usable store, or in use") from error
    except DamagedReview as error:
        raise Unusable(
            "结果库里有读不了的结果（方案不是自带的，或已损坏）", f"it has a result that cannot be read ({error})"
        ) from error
    except OSError as error:
        raise Unusable(reason(error), english_reason(error)) from error
    except UnicodeDecodeError as error:
        raise Unusable("不是 UTF-8 文字", "it is no UTF-8 text") from error
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        zh, en = (f"（{place}）", f" ({place})") if place else ("", "")
        raise Unusable(f"不是 perfxl 的结果{zh}", f"it is no output of perfxl{en}") from error
    except RecursionError as error:
        raise Unusable("嵌套过深", "nested too deeply") from error


def _of_json(text: str) -> tuple[list[FormRecord], list[FormRecord]]:
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError:
        files = [FileModel.model_validate_json(line) for line in text.splitlines() if line.strip()]
        return list(_of_files(files)), []
    except ValueError as error:
        raise Unusable("有过长的数字", "a number in it is too long") from error
    if isinstance(document, dict) and "history" in document:
        before = RollupModel.model_validate(document)
        return before.forms, before.history
    if isinstance(document, dict) and "path" in document:
        return list(_of_files([FileModel.model_validate(document)])), []
    return list(_of_files(CheckModel.model_validate(document).files)), []


def _of_store(path: Path) -> Iterator[FormRecord]:
    data = ReviewData()
    for packed in stored_reviews(path):
        yield from _of_files([file_model(data.unpacked(packed), View())])


def _of_files(files: list[FileModel]) -> Iterator[FormRecord]:
    for file in files:
        for form in file.forms:
            if form.kind == "self_evaluation":
                yield _record(file, form)


def _record(file: FileModel, form: FormModel) -> FormRecord:
    money = form.funding
    return FormRecord.model_validate(
        {
            "path": file.path,
            "department": form.department or "",
            "unit": form.unit or "",
            "project": form.project or "",
            "year": form.year,
            "scheme": form.scheme,
            "status": file.status,
            "submission": file.seal.submission if file.seal else None,
            "content": f"{digest(form.model_dump_json()):016x}",
            "initial_budget": money.initial_budget,
            "adjusted_budget": money.adjusted_budget,
            "executed": money.executed,
            "rate": money.rate_computed,
            "total_reported": form.total_reported,
            "total_computed": form.total_computed,
            "grade_reported": form.grade_reported or "",
            "grade_computed": form.grade_computed or "",
        }
    )


def _of_workbook(path: Path) -> tuple[list[FormRecord], list[FormRecord]]:
    grids = {grid.sheet: grid for grid in read_workbook(path, unread=_UNREAD).grids}
    if SHEET not in grids or (now := _of_sheet(grids[SHEET])) is None:
        raise Unusable(f"没有工作表“{SHEET}”或其表头", f"no sheet “{SHEET}” with its header")
    return now, (_of_sheet(grids[REPLACED]) or []) if REPLACED in grids else []


def _of_sheet(grid: Grid) -> list[FormRecord] | None:
    """None without the header."""
    head = next((row for row, cells in grid.rows() if _columns(cells)), None)
    if head is None:
        return None
    columns = _columns(grid.row(head))
    rows = [row for row, _ in grid.rows() if row > head and grid.text(row, columns["path"]).strip()]
    return list(_of_rows(grid, columns, rows))


def _columns(cells: list[tuple[int, Any]]) -> dict[str, int]:
    """The columns by field; empty where one is missing."""
    labels = [(zh, en) for zh, en, _, _ in COLUMNS] + list(MORE_COLUMNS)
    english = {normalised(en): normalised(zh) for zh, en in labels}
    texts = {normalised(cell.text): column for column, cell in cells}
    found = {english.get(text, text): column for text, column in texts.items()}
    if not _FIELDS.keys() <= found.keys():
        return {}
    return {field: found[label] for label, field in (_FIELDS | _MAY_BE_MISSING).items() if label in found}


def _of_rows(grid: Grid, columns: dict[str, int], rows: list[int]) -> Iterator[FormRecord]:
    statuses = {text: key for key in ("accepted", "returned") for text in words_of(key)}
    schemes = builtin_schemes()
    for row in rows:
        values: dict[str, object] = {field: grid.cell(row, column).value for field, column in columns.items()}
        scheme = schemes.get(str(values["scheme"]))
        if not values["scheme"] or (scheme and scheme.kind == "objective"):
            continue  # a file without a form, an objective form
        texts = ("department", "unit", "project", "scheme", "grade_reported", "grade_computed", "path", "content")
        values |= {field: str(values.get(field) or "") for field in texts}
        yield FormRecord.model_validate(values | {"status": statuses.get(str(values["status"]))})
