"""What xlrd does not tell of a BIFF workbook: which cells have formulas, protection, and how much there is to read."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from perfxl.sources.errors import UnreadableFile, damaged, too_large

MAX_SLOTS = 4_000_000
"""Places from column A to the last cell of each row, which is what xlrd keeps; a sheet has 16 million."""

_BOF = (0x0809, 0x0409, 0x0209, 0x0009)
_EOF = 0x000A
_FILEPASS = 0x002F
_BOUNDSHEET = 0x0085
_PROTECT = 0x0012
_FORMULAS = (0x0006, 0x0206, 0x0406)
_CELLS = (0x00FD, 0x00D6, 0x027E, *(kind + step for kind in (1, 2, 3, 4, 5) for step in (0, 0x0200)))
_MANY_CELLS = (0x00BD, 0x00BE)
"""Several cells in one record, the number of the last at its end."""
_HEADER = struct.Struct("<HH")


@dataclass
class SheetRecords:
    """`formulas` are (row, column) counted from 0, as xlrd counts."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    protected: bool = False


class _Stream:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.sheets: list[int] = []
        self._unread = 2 * len(content)
        self._left = MAX_SLOTS

    def walk(self, position: int) -> SheetRecords:
        """One substream from its BOF to its EOF; charts in a sheet are substreams within it."""
        found = SheetRecords()
        widths: dict[int, int] = {}
        start, depth = position, 0
        while True:
            if position + 4 > len(self.content):
                raise damaged("工作簿的记录不完整", "the workbook's records are incomplete")
            kind, length = _HEADER.unpack_from(self.content, position)
            data = self.content[position + 4 : position + 4 + length]
            if len(data) < length or (position == start and kind not in _BOF):
                raise damaged("工作簿的记录不完整", "the workbook's records are incomplete")
            position += 4 + length
            if kind in _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if not depth:
                    break
            elif depth == 1:
                self._record(kind, data, found, widths)
        self._unread -= position - start
        if self._unread < 0:
            raise damaged("工作簿的工作表互相重叠", "the workbook's sheets overlap")
        self._left -= sum(widths.values())
        if self._left < 0:
            raise too_large(f"有格式的单元格不超过 {MAX_SLOTS:,} 个", f"at most {MAX_SLOTS:,} cells with a format")
        return found

    def _record(self, kind: int, data: bytes, found: SheetRecords, widths: dict[int, int]) -> None:
        if kind == _FILEPASS:
            raise UnreadableFile("R102")
        if kind == _BOUNDSHEET and len(data) >= 6 and data[5] == 0:
            # Macro sheets, charts and modules have another type; xlrd leaves them out too.
            self.sheets.append(int.from_bytes(data[:4], "little"))
        elif kind == _PROTECT:
            found.protected = any(data)
        elif len(data) >= 4 and (kind in _CELLS or kind in _FORMULAS or kind in _MANY_CELLS):
            row, column = _HEADER.unpack_from(data)
            if kind in _FORMULAS:
                found.formulas.add((row, column))
            elif kind in _MANY_CELLS:
                column = int.from_bytes(data[-2:], "little")
            widths[row] = max(widths.get(row, 0), column + 1)


def read_records(content: bytes) -> list[SheetRecords]:
    """The worksheets in order; none before Excel 5. R101 where records are cut, R102 encrypted, R105 over a limit."""
    stream = _Stream(content)
    stream.walk(0)
    return [stream.walk(position) for position in stream.sheets]
