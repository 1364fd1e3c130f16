"""A sheet that knows what stands in it: every filled cell carries the facts that a reader should take from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from perfxl.grid import Cell, CellValue, Grid, Merge, normalised

Fact = Decimal | str
"""What a field holds: an amount in 元, points, a share of 1; texts without white space."""


@dataclass(frozen=True, slots=True)
class Block:
    """A value with the cells it covers, corners included."""

    top: int
    left: int
    bottom: int
    right: int
    cell: Cell
    ruled: bool = True
    """False for what stands outside the form's table: the title, a note, a remark beside it."""


@dataclass
class Sheet:
    """Blocks from row and column 1 on. `facts` are by field path, `places` says in which cell each one stands."""

    blocks: list[Block] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def put(
        self,
        top: int,
        left: int,
        value: CellValue | date,
        down: int = 1,
        right: int = 1,
        shown: str = "",
        ruled: bool = True,
    ) -> None:
        """Nothing is put for an empty text, but the cells are merged."""
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, datetime.min.time())
            shown = "yyyy-mm-dd"
        cell = Cell(None if value == "" else value, None, shown or "General")
        self.blocks.append(Block(top, left, top + down - 1, left + right - 1, cell, ruled))

    def state(self, path: str, fact: Fact | None, top: int, left: int) -> None:
        """What a reader should find, and where. A blank is no fact."""
        path = normalised(path)
        if isinstance(fact, str):
            fact = normalised(fact)
        if fact is not None and fact != "":
            self.facts[path] = fact
            self.places[path] = (top, left)

    def moved(
        self, row: Callable[[int], int], column: Callable[[int], int], right: Callable[[int], int] | None = None
    ) -> Sheet:
        """The same somewhere else, in the same order. `right` is for the last column of a block, else `column`."""
        edge = right or column
        blocks = [
            replace(one, top=row(one.top), left=column(one.left), bottom=row(one.bottom), right=edge(one.right))
            for one in self.blocks
        ]
        places = {path: (row(top), column(left)) for path, (top, left) in self.places.items()}
        return Sheet(blocks, self.facts, places)

    def emptied(self, chosen: Callable[[str], bool]) -> Sheet:
        """The same without the facts that are chosen; a cell that holds more than one fact stays."""
        shared = Counter(self.places.values())
        gone = {path for path, place in self.places.items() if shared[place] == 1 and chosen(path)}
        places = {self.places[path] for path in gone}
        blocks = [
            replace(one, cell=Cell(None)) if (one.top, one.left) in places and _alone(one.cell) else one
            for one in self.blocks
        ]
        kept = {(one.top, one.left) for one in blocks if one.cell.value is not None}
        facts = {path: fact for path, fact in self.facts.items() if path not in gone or self.places[path] in kept}
        return Sheet(blocks, facts, {path: self.places[path] for path in facts})

    @property
    def last_row(self) -> int:
        return max(block.bottom for block in self.blocks)

    @property
    def frame(self) -> Merge:
        """The rows and columns of the ruled table."""
        ruled = [block for block in self.blocks if block.ruled]
        return Merge(
            min(block.top for block in ruled),
            min(block.left for block in ruled),
            max(block.bottom for block in ruled),
            max(block.right for block in ruled),
        )

    def grid(self, merged: bool = True, name: str = "自评表") -> Grid:
        cells: Mapping[tuple[int, int], Cell] = {
            (block.top, block.left): block.cell for block in self.blocks if block.cell.value is not None
        }
        merges = tuple(
            Merge(block.top, block.left, block.bottom, block.right)
            for block in self.blocks
            if (block.top, block.left) != (block.bottom, block.right)
        )
        return Grid("表.xlsx", name, dict(cells), merges if merged else ())


def _alone(cell: Cell) -> bool:
    """Whether the cell holds a value and not its label too."""
    return "：" not in cell.text
