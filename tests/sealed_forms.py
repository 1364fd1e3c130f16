"""Forms and their seals: what the tests of the seal share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from perfxl.grid import Cell, Workbook
from perfxl.layouts import write_form
from perfxl.reading import read_forms
from perfxl.scheme_files import builtin_schemes
from perfxl.seal import Seal, Verdict, canonical, seal_form, verify
from perfxl.seal.content import Canonical
from perfxl.sources import read_workbook
from tests.random_forms import random_form

RETURNED = Path(__file__).parent.parent / "examples" / "returned"
RESAVED = RETURNED / "LibreOffice另存"
SEEDS = tuple(sorted(path.name for path in RESAVED.glob("*.xlsx")))
SCHEMES = tuple(builtin_schemes())
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@cache
def filled(scheme: str) -> Workbook:
    """A filled form of the scheme, as read from a file."""
    return read_workbook(written(scheme))


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


@cache
def written(scheme: str) -> Path:
    path = Path(_folder().name) / f"{scheme.replace('/', '-')}.xlsx"
    write_form(builtin_schemes()[scheme], path, random_form(builtin_schemes()[scheme], 7).content)
    return path


def content(workbook: Workbook) -> Canonical:
    return canonical(workbook, read_forms(workbook))


def sealed(workbook: Workbook, scheme: str = "mof/2020", earlier: Seal | None = None) -> Seal:
    forms = read_forms(workbook)
    return seal_form(workbook, forms, scheme=builtin_schemes()[scheme], time=NOW, signer="甲单位", earlier=earlier)


def carrying(workbook: Workbook, properties: Mapping[str, str]) -> Workbook:
    return replace(workbook, properties={**workbook.properties, **properties})


def verdict(workbook: Workbook, properties: Mapping[str, str]) -> Verdict:
    return verify(carrying(workbook, properties), read_forms(workbook))


def with_cells(workbook: Workbook, sheet: str, cells: Mapping[tuple[int, int], Cell | None]) -> Workbook:
    grids = []
    for grid in workbook.grids:
        if grid.sheet == sheet:
            merged = {**grid.cells, **cells}
            grid = replace(grid, cells={at: cell for at, cell in merged.items() if cell is not None})
        grids.append(grid)
    return replace(workbook, grids=tuple(grids))
