"""One file per code in tests/cases: forms with a few cells typed over, and every finding they must give."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfxl.checks import registered_checks
from perfxl.finding import catalog
from tests.grids import FORMS, form_grid, places, report_grid, review_grids

CASES = Path(__file__).parent / "cases"
GOOD = {
    "mof-2020": "mof/2020",
    "shanghai-2019": "shanghai/2019",
    "shanghai-2020": "shanghai/2020",
    "lincang-2021": "lincang/2021",
    "shanghai-2020-objective": "shanghai/2020-objective",
}


def _load() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case)
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text("utf-8"))["case"]
    ]


@pytest.mark.parametrize(
    ("code", "case"), _load(), ids=lambda value: value if isinstance(value, str) else value["name"]
)
def test_case(code: str, case: dict[str, Any]) -> None:
    grids = [form_grid(case["form"], case.get("set"), case.get("unmerge", ()))]
    grids = [replace(grid, hidden=case.get("hidden", False)) for grid in grids]
    if "objective" in case:
        grids.append(replace(form_grid("shanghai-2020-objective", case["objective"]), sheet="绩效目标表"))
    if "report" in case:
        grids.insert(0, report_grid(case["report"]))
    review = review_grids(*grids, scheme=case.get("scheme"), properties=case.get("properties"))
    assert places(review) == case["findings"]
    for finding in review.findings:
        for lang in ("zh", "en"):
            assert finding.message(lang) and finding.why(lang) and finding.fix(lang)


@pytest.mark.parametrize(("form", "scheme"), GOOD.items())
def test_a_good_form_has_no_finding(form: str, scheme: str) -> None:
    assert places(review_grids(form_grid(form), scheme=scheme)) == []


def test_every_code_has_a_case_that_reports_and_one_that_is_silent() -> None:
    reported: set[str] = set()
    silent: set[str] = set()
    for code, case in _load():
        found = {place.rpartition(" ")[2] for place in case["findings"]}
        (reported if code in found else silent).add(code)
    codes = {
        code for code in catalog() if code[0] not in "RKD"
    }  # R: test_hostile_files, test_batch; K: test_locking; D: test_across
    assert (codes - reported, codes - silent, reported - codes) == (set(), set(), set())


def test_every_check_has_its_catalogue_entry_and_official_words() -> None:
    checks = registered_checks()
    assert set(checks) <= set(catalog())
    assert [code for code, function in checks.items() if not (function.__doc__ or "").strip()] == []


def test_every_good_form_is_used() -> None:
    assert {path.stem for path in FORMS.glob("*.tsv")} == set(GOOD)
