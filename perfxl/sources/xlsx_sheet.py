"""One worksheet part → its cells, merges and protection."""

from __future__ import annotations

from perfxl.grid import Cell, CellRef, CellValue, Merge
from perfxl.sources.errors import UnreadableFile, damaged, too_large
from perfxl.sources.ooxml import count, main, plain_text, truth
from perfxl.sources.xlsx_scan import scanned_sheet, scanned_surroundings
from perfxl.sources.xlsx_styles import CellStyle
from perfxl.sources.xlsx_values import MAX_COLUMNS, MAX_ROWS, BadValue, SheetContext, cell_value, merge_range, position
from perfxl.sources.xml_part import MAX_TEXT, Attributes, PartParser, remembered, text_too_long
from perfxl.sources.xml_scan import Unusual

MAX_CELLS = 1_000_000
"""Kept cells of all sheets of a workbook together; a summary of 10,000 forms has some 300,000."""
MAX_MERGES = 100_000
"""Merges of one sheet; a summary of 10,000 forms has some 30,000."""


@remembered
def _surroundings(rest: bytes, part: str) -> tuple[tuple[Merge, ...], bool]:
    """The merges and the protection of a worksheet part without its rows. Raises Unusual and UnreadableFile."""
    merges, left = scanned_surroundings(rest)
    reader = SheetReader("", "", SheetContext([], {}, epoch_1904=False), 0)
    reader.parse(left, part)
    if reader.has_rows:
        raise Unusual
    return (*merges, *reader.merges), reader.protected


class SheetReader:
    """Reads one worksheet part. Blank cells are dropped whatever their style; `dimension` is not believed."""

    def __init__(self, file: str, sheet: str, context: SheetContext, most_cells: int) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[Merge] = []
        self.hidden_rows: set[int] = set()
        self.protected = False
        self._file = file
        self._sheet = sheet
        self._context = context
        self._most_cells = most_cells
        self._row = 0
        self._column = 0
        self._reference: str | None = None
        self._type = "n"
        self._style = "0"
        self._value: str | None = None
        self._formula: str | None = None
        self._inline: list[str] | None = None
        self._phonetic = False

    def read(self, data: bytes, part: str) -> None:
        """Raises UnreadableFile R101 naming the cell that is damaged, R105 over a limit."""
        try:
            scanned = scanned_sheet(data, self._context)
            merges, self.protected = _surroundings(scanned.rest, part)
            if len(scanned.cells) <= self._most_cells and len(merges) <= MAX_MERGES:
                self.cells, self.merges, self.hidden_rows = scanned.cells, list(merges), scanned.hidden_rows
                return
        except (Unusual, UnreadableFile):
            pass
        # Only expat judges: it says what is wrong and where, or finds that it was merely unusual.
        self.protected = False
        self.parse(data, part)

    def parse(self, data: bytes, part: str) -> None:
        """The same by expat alone."""
        starts = {
            "row": self._start_row,
            "c": self._start_cell,
            "is": self._start_inline,
            "rPh": self._start_phonetic,
            "mergeCell": self._merge,
            "sheetProtection": self._protection,
        }
        texts = {"v": self._value_text, "f": self._formula_text, "t": self._inline_text}
        ends = {"c": self._end_cell, "rPh": self._end_phonetic}
        PartParser(
            part,
            main("worksheet"),
            {name: called for local, called in starts.items() for name in main(local)},
            {name: called_with for local, called_with in texts.items() for name in main(local)},
            {name: finished for local, finished in ends.items() for name in main(local)},
        ).parse(data)

    @property
    def has_rows(self) -> bool:
        """Whether a row or cell was met, were it blank."""
        return bool(self._row or self._column or self._reference)

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        if number is None:
            self._row += 1
        else:
            self._row = count(number) or 0
            if not self._row:
                raise damaged(
                    f"工作表 {self._sheet} 的行号 {number[:20]} 有误",
                    f"sheet {self._sheet} has a wrong row number, {number[:20]}",
                )
        if self._row > MAX_ROWS:
            raise too_large(f"行号不超过 {MAX_ROWS:,}", f"row numbers go up to {MAX_ROWS:,}")
        if truth(attributes.get("hidden", "0")):
            self.hidden_rows.add(self._row)
        self._column = 0
        self._reference = None

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._find_column()
            self._column += 1
        self._reference = reference
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._value = self._formula = self._inline = None

    def _find_column(self) -> None:
        """Only for cells that hold something and those that others are counted from: a blank one says nothing."""
        if self._reference is not None:
            row, self._column = position(self._reference)
            if row != self._row:
                raise damaged(
                    f"工作表 {self._sheet} 的单元格 {self._reference} 不在所写的行",
                    f"cell {self._reference} of sheet {self._sheet} is not in the row it names",
                )

    def _value_text(self, text: str) -> None:
        if self._value is not None:
            self._find_column()
            raise self._bad("有两个值", "has two values")
        self._value = text

    def _formula_text(self, text: str) -> None:
        # A follower of a shared formula has no text of its own; "=" says that there is a formula.
        if len(text) > MAX_TEXT:
            raise text_too_long()
        self._formula = "=" + text

    def _start_inline(self, _: Attributes) -> None:
        self._inline = []

    def _inline_text(self, text: str) -> None:
        if self._inline is not None and not self._phonetic:
            self._inline.append(text)

    def _start_phonetic(self, _: Attributes) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _end_cell(self) -> None:
        if self._value is None and self._formula is None and self._inline is None:
            return
        self._find_column()
        style = self._context.styles.get(self._style)
        if style is None:
            raise self._bad("的样式编号有误", "has a wrong style number")
        value = self._cell_value(style)
        if value is None and self._formula is None:
            return
        place = (self._row, self._column)
        if place in self.cells:
            raise self._bad("重复出现", "is there twice")
        if len(self.cells) >= self._most_cells:
            raise too_large(f"有内容的单元格不超过 {MAX_CELLS:,} 个", f"at most {MAX_CELLS:,} cells with content")
        if not self._row or self._column > MAX_COLUMNS:
            raise self._bad("的位置有误", "is in a wrong place")
        self.cells[place] = Cell(value, self._formula, style.number_format, style.locked)

    def _cell_value(self, style: CellStyle) -> CellValue:
        if self._inline is not None:
            return plain_text("".join(self._inline)) or None
        if self._value is None:
            return None
        try:
            return cell_value(self._value, self._type, style, self._context)
        except BadValue as bad:
            raise self._bad(*bad.args) from None

    def _bad(self, zh: str, en: str) -> UnreadableFile:
        place = CellRef(self._file, self._sheet, self._row, self._column)
        return damaged(f"单元格 {place.in_file} {zh}", f"cell {place.in_file} {en}")

    def _merge(self, attributes: Attributes) -> None:
        if len(self.merges) >= MAX_MERGES:
            raise too_large(f"合并区域不超过 {MAX_MERGES:,} 个", f"at most {MAX_MERGES:,} merged areas")
        self.merges.append(merge_range(attributes.get("ref", "")))

    def _protection(self, attributes: Attributes) -> None:
        self.protected = truth(attributes.get("sheet", "0"))
