"""Located values out of cells; what cannot be read is reported once, at its cell."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from perfxl.finding import Finding
from perfxl.form import NO_RESULT, Located, Target, located
from perfxl.grid import BLANK_CELL, Cell, CellError, CellRef
from perfxl.number_format import shown_number
from perfxl.reading.values import MoneyUnit, read_amount, read_measure, read_points, read_share

T = TypeVar("T")

NOT_COMPUTABLE = "无法计算"
"""What the formulas of our templates show where an input allows no result; the input has its own finding."""


class CellReader:
    """Reads cells of one form and collects its problems. `label` is the form's own word for the place."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, CellRef, str], Finding] = {}

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(sorted(self._problems.values(), key=lambda finding: (finding.at, finding.code)))

    def report(self, finding: Finding) -> None:
        """Keep a problem; the same code at the same cell is kept once, for each label that is missing."""
        missing = finding.field if finding.code == "L110" else ""
        self._problems.setdefault((finding.code, finding.at, missing), finding)

    def missing(self, at: CellRef, label: str) -> None:
        self.report(Finding("L110", at, label, numbers={"label": label}))

    def doubt(self, at: CellRef, label: str, word: str) -> None:
        """Keep that an unknown label was read as if it were `word`."""
        self.report(Finding("L112", at, word, numbers={"label": label.strip(), "word": word}))

    def text(self, cell: Cell, at: CellRef, label: str) -> Located[str]:
        """`value` is the text without outer spaces; None where blank."""
        if cell is BLANK_CELL:
            return blank(at)
        if isinstance(raw := cell.value, str) and cell.formula is None:
            return located((raw.strip() or None, at, raw))
        raw = _raw(cell)
        return located((None if self._has_no_result(cell, at, label) else raw.strip() or None, at, raw))

    def points(self, cell: Cell, at: CellRef, label: str) -> Located[Decimal]:
        return blank(at) if cell is BLANK_CELL else self._number(read_points(cell), cell, at, label)

    def amount(self, cell: Cell, at: CellRef, label: str, unit: MoneyUnit) -> Located[Decimal]:
        return blank(at) if cell is BLANK_CELL else self._number(read_amount(cell, unit), cell, at, label)

    def share(self, cell: Cell, at: CellRef, label: str, in_percent: bool) -> Located[Decimal]:
        return self._number(read_share(cell, in_percent), cell, at, label)

    def measure(self, cell: Cell, at: CellRef, label: str, year: int | None) -> Located[Target]:
        if cell is BLANK_CELL:
            return blank(at)
        raw = _raw(cell)
        found: Located[Target] = located((None, at, raw))
        if self._has_no_result(cell, at, label) or found.blank:
            return found
        return located((read_measure(cell, raw, year), at, raw))

    def _number(self, value: Decimal | None, cell: Cell, at: CellRef, label: str) -> Located[Decimal]:
        found: Located[Decimal] = located((value, at, _raw(cell)))
        if value is None and not found.blank and not self._has_no_result(cell, at, label):
            self.report(Finding("L108", at, label, found.raw))
        return found

    def _has_no_result(self, cell: Cell, at: CellRef, label: str) -> bool:
        """An error, which is reported, or a formula that shows nothing or 无法计算.

        Neither is a blank, nor words where a number belongs.
        """
        if isinstance(cell.value, CellError):
            self.report(Finding("L109", at, label, cell.text))
            return True
        return cell.formula is not None and cell.value in (None, NOT_COMPUTABLE)


def blank(at: CellRef) -> Located[T]:
    """Nothing filled in, at that place."""
    return located((None, at, ""))


def _raw(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, str):
        return value
    if value is None:
        return "" if cell.formula is None else NO_RESULT
    # A number format such as `;;;` shows nothing of a number that is there.
    return (shown_number(value, cell.number_format) if isinstance(value, Decimal) else cell.text) or f"{value}"
