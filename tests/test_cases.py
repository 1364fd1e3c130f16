"""One file per code in tests/cases: forms with a few cells typed over, and every finding they must give."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from perfxl.checks import registered_checks
from perfxl.finding import catalog
from tests.file_cases import FILE_CASES, FileCase
from tests.file_cases import places as file_places
from tests.grids import FORMS, case_review, form_grid, places, review_grids

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
    review = case_review(case)
    assert places(review) == case["findings"]
    for finding in review.findings:
        for lang in ("zh", "en"):
            assert finding.message(lang) and finding.why(lang) and finding.fix(lang)


@pytest.mark.parametrize("case", FILE_CASES, ids=lambda case: f"{case.code}-{case.name}")
def test_file_case(case: FileCase) -> None:
    found = case.findings()
    assert file_places(found) == list(case.places)
    for finding in found:
        for lang in ("zh", "en"):
            assert finding.message(lang) and finding.why(lang) and finding.fix(lang)


@pytest.mark.parametrize(("form", "scheme"), GOOD.items())
def test_a_good_form_has_no_finding(form: str, scheme: str) -> None:
    assert places(review_grids(form_grid(form), scheme=scheme)) == []


def test_every_code_has_a_case_that_reports_and_one_that_is_silent() -> None:
    reported: set[str] = set()
    silent: set[str] = set()
    cases = [(code, case["findings"]) for code, case in _load()] + [(case.code, case.places) for case in FILE_CASES]
    for code, found in cases:
        (reported if code in {place.rpartition(" ")[2] for place in found} else silent).add(code)
    codes = set(catalog())
    assert (codes - reported, codes - silent, reported - codes) == (set(), set(), set())


def test_every_check_has_its_catalogue_entry_and_official_words() -> None:
    checks = registered_checks()
    assert set(checks) <= set(catalog())
    assert [code for code, function in checks.items() if not (function.__doc__ or "").strip()] == []


def test_every_good_form_is_used() -> None:
    assert {path.stem for path in FORMS.glob("*.tsv")} == set(GOOD)
