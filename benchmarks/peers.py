"""What a folder check would be without perfxl: each peer reads every workbook of a folder.

python -m benchmarks.peers openpyxl FOLDER SUMMARY.xlsx

Packages that the peers need: pip install 'perfxl[bench]'.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

Row = tuple[object, ...]

_NEEDED = re.compile(
    r"xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/\w+\.xml|docProps/custom\.xml"
)
"""The parts that any reader of values, formulas, formats and properties must parse."""


def openpyxl_values(path: Path) -> Row:
    """One load for the cached values; every cell read, the labelled ones looked up."""
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    return _summary(path, [cell.value for cell in cells])


def openpyxl_both(path: Path) -> Row:
    """Two loads: the cached values, and the formulas."""
    from openpyxl import load_workbook

    row = openpyxl_values(path)
    book = load_workbook(path)
    formulas = sum(cell.data_type == "f" for sheet in book.worksheets for line in sheet.iter_rows() for cell in line)
    return (*row, formulas)


def pandas_frames(path: Path) -> Row:
    """Every sheet as a frame of cached values, as pandas 3 reads .xlsx where nothing else is said: by openpyxl."""
    from pandas import read_excel

    values: list[object] = []
    for frame in read_excel(path, sheet_name=None, header=None, engine="openpyxl").values():
        values += frame.astype(object).where(frame.notna(), None).to_numpy().ravel().tolist()
    return _summary(path, values)


def calamine(path: Path) -> Row:
    """The fastest bare reader at hand: values only, nothing looked up."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return path.name, sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def expat(path: Path) -> Row:
    """The floor of any reader written in Python: inflate and parse, and look at nothing."""
    size = 0
    with ZipFile(path) as package:
        for name in package.namelist():
            if _NEEDED.fullmatch(name):
                data = package.read(name)
                ParserCreate().Parse(data, True)
                size += len(data)
    return path.name, size


@dataclass(frozen=True)
class Peer:
    """Makes a row of a workbook. `packages` are the modules it needs, `writes` says whether it ends with a summary."""

    read: Callable[[Path], Row]
    packages: tuple[str, ...] = ()
    writes: bool = False

    @property
    def missing(self) -> list[str]:
        """Of the packages, those that are not installed."""
        return [package for package in self.packages if find_spec(package) is None]


PEERS = {
    "openpyxl": Peer(openpyxl_values, ("openpyxl",), writes=True),
    "openpyxl-twice": Peer(openpyxl_both, ("openpyxl",), writes=True),
    "pandas": Peer(pandas_frames, ("pandas", "openpyxl"), writes=True),
    "calamine": Peer(calamine, ("python_calamine",)),
    "expat": Peer(expat),
}


def _summary(path: Path, values: list[object]) -> Row:
    """What a short script would put into a summary: project, unit, budget, total and grade beside their labels."""
    found: dict[str, object] = {}
    for label in ("项目名称", "主管部门", "年度资金总额", "总分", "合计", "自评等级"):
        if label in values:
            after = values[values.index(label) + 1 :]
            found[label] = next((value for value in after if value is not None), None)
    return path.name, *found.values()


def _write(rows: list[Row], out: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    book.save(out)


def main(arguments: list[str]) -> None:
    name, folder, out = arguments
    peer = PEERS[name]
    if peer.missing:
        raise SystemExit(left_out(name))
    rows = [peer.read(path) for path in sorted(Path(folder).glob("*.xlsx"))]
    if peer.writes:
        _write(rows, Path(out))
    print(len(rows))


def left_out(name: str) -> str:
    """What to say of a peer whose packages are missing."""
    return f"{name} left out: no {', '.join(PEERS[name].missing)}; pip install 'perfxl[bench]'"


if __name__ == "__main__":
    main(sys.argv[1:])
