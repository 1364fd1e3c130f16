"""A small PDF writer for the tests: ruled tables, and text in a font that every reader knows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

from perfxl.grid import Grid
from tests.document_forms import blocks

WIDTH, HEIGHT = 842, 595
MARGIN, COLUMN, SIZE, PADDING = 30, 80, 8, 2

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, from the page's upper left corner."""


def text_at(left: float, top: float, text: str, size: float = SIZE) -> str:
    """One line; every character is as wide as it is high."""
    return f"BT /F1 {size} Tf {left:.2f} {HEIGHT - top - size:.2f} Td <{text.encode('utf-16-be').hex()}> Tj ET\n"


def box(sides: Box) -> str:
    left, top, right, bottom = sides
    return f"{left} {HEIGHT - bottom} {right - left} {bottom - top} re S\n"


def pdf(
    pages: Sequence[str], *, packed: bool = False, extra: Mapping[int, bytes] | None = None, trailer: str = ""
) -> bytes:
    """A file with these contents, one a page. `extra` are objects by number, in place of ours or besides them."""
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(pages)))
    shared = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R >> /XObject << /X1 8 0 R >> >>"
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} {shared} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -120 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    }
    for number, content in enumerate(pages):
        page = 10 + 2 * number
        objects[page] = f"<< /Type /Page /Parent 2 0 R /Contents {page + 1} 0 R >>".encode()
        data = content.encode("latin-1")
        objects[page + 1] = stream(zlib.compress(data) if packed else data, "/Filter /FlateDecode" if packed else "")
    return assembled({**objects, **(extra or {})}, trailer)


def stream(data: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def assembled(objects: Mapping[int, bytes], trailer: str = "") -> bytes:
    """The objects with their table; those numbers that are missing are free."""
    out = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    size = max(objects) + 1
    table = "".join(
        f"{places[number]:010} 00000 n \n" if number in places else "0000000000 65535 f \n" for number in range(size)
    )
    start = len(out)
    end = f"trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    return out + f"xref\n0 {size}\n{table}{end}".encode()


def as_pdf(*grids: Grid) -> bytes:
    """Each sheet as a ruled table over as many numbered pages as it needs, every column of one width."""
    pages: list[str] = []
    for grid, rows in ((one, rows) for one in grids for rows in _pages(one)):
        tops: dict[int, float] = {}
        top: float = MARGIN
        for row in rows:
            tops[row] = top
            top += _height(grid, row)
        tops[rows[-1] + 1] = top
        number = text_at(WIDTH / 2, HEIGHT - 20, f"- {len(pages) + 1} -")
        pages.append("".join(_blocks(grid, rows, tops)) + number)
    return pdf(pages, packed=True)


def _blocks(grid: Grid, rows: Sequence[int], tops: Mapping[int, float]) -> Iterable[str]:
    drawn = {(merge.top, merge.left): merge for row in range(1, grid.last_row + 1) for _, merge in blocks(grid, row)}
    for (row, column), merge in drawn.items():
        first, last = max(merge.top, rows[0]), min(merge.bottom, rows[-1])
        if first > last:
            continue
        left = MARGIN + (column - 1) * COLUMN
        right = MARGIN + merge.right * COLUMN
        yield box((left, tops[first], right, tops[last + 1]))
        if merge.top >= rows[0]:
            for number, line in enumerate(_broken(grid.text(row, column), right - left)):
                yield text_at(left + PADDING, tops[first] + PADDING + number * SIZE * 1.25, line)


def _pages(grid: Grid) -> list[list[int]]:
    pages: list[list[int]] = [[]]
    used: float = 0
    for row in range(1, grid.last_row + 1):
        height = _height(grid, row)
        if used + height > HEIGHT - 3 * MARGIN:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += height
    return pages


def _height(grid: Grid, row: int) -> float:
    """What the texts that begin in the row need, for a block over several rows only a share."""
    most = 1.0
    for column, merge in blocks(grid, row):
        count = len(_broken(grid.text(row, column), (merge.right - column + 1) * COLUMN))
        most = max(most, count / (merge.bottom - row + 1))
    return most * SIZE * 1.25 + 2 * PADDING


def _broken(text: str, width: float) -> list[str]:
    most = int((width - 2 * PADDING) // SIZE)
    return [part[start : start + most] for part in text.split("\n") for start in range(0, max(1, len(part)), most)]
