"""The forms of the five published documents: every finding, at its cell, and nothing beside them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from perfxl.review import FileReview, review_workbook
from perfxl.sources import read_workbook

RETURNED = Path(__file__).parent.parent / "examples" / "returned"

KUNMING_2019 = """
A1 L106, B5 F114, B10 N104, B11 N106, A15 N108, C16 N107, C22 I108, G22 S105, C23 I108, G24 S105, G26 S105,
G27 S105, G28 S105
"""
KUNMING_2020_FIRST = """
A1 L106, E6 F105, B13 I104, F13 I102, F15 I102, E17 I110, H18 S105, H19 S102, F21 I102
"""
KUNMING_2020_SECOND = """
A24 L106, F29 F110, H29 F101, H29 F106, H29 X105, B36 I104, F37 I102, F38 I102, E40 I110, F41 I111, D43 L103
"""
GUMEI_2020 = """
A1 L106, G3 L101, G4 F115, B6 N107, B8 T104, B9 N101, B9 N103, B9 N107, A13 W108, E15 W107, E16 W106, C17 L102,
C17 W105, E19 N103, E20 N103, E21 N103, F23 S104, F26 T101, A28 W106
"""
LINCANG_2021 = """
A19 Y101, A20 X102, A20 Y101, A20 Y101, A23 Y101, A2 L106, D7 F107, F13 N101, D16 I103, G18 W109, H39 S102, H43 T105
"""
GUANGZHOU_2020_FIRST = "A1 L106, B7 N103, B8 N108, D15 F114, D22 I101, A30 L102, D31 X104"
GUANGZHOU_2020_SECOND = "A42 L106, D63 I101, A71 L102, D72 X104"

SEEDS = {
    "上海市人民政府驻昆明办事处-2019": [KUNMING_2019],
    "上海市人民政府驻昆明办事处-2020": [KUNMING_2020_FIRST, KUNMING_2020_SECOND],
    "古美路街道办事处-2020": [GUMEI_2020],
    "临沧市人民政府办公室-2021": [LINCANG_2021],
    "上海市人民政府驻广州办事处-2020-绩效目标表": [GUANGZHOU_2020_FIRST, GUANGZHOU_2020_SECOND],
}


def review(name: str, folder: Path = RETURNED) -> FileReview:
    path = folder / f"{name}.xlsx"
    return review_workbook(read_workbook(path), path.name)


def listed(text: str) -> list[str]:
    return " ".join(text.split()).split(", ")


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize("folder", [RETURNED, RETURNED / "LibreOffice另存"], ids=["typed", "resaved"])
def test_every_finding_of_a_seed(name: str, folder: Path) -> None:
    found = [[f"{f.at.address} {f.code}" for f in form.findings] for form in review(name, folder).reviews]
    assert found == [listed(text) for text in SEEDS[name]]


@pytest.mark.parametrize(
    ("name", "index", "rate", "points", "by_sum", "by_rule", "grade", "if_full"),
    [
        ("上海市人民政府驻昆明办事处-2019", 0, "0.9875", "8", "89", "89", "良好", None),
        ("上海市人民政府驻昆明办事处-2020", 0, "0.9858", "9.86", "97.86", "97.86", None, None),
        ("上海市人民政府驻昆明办事处-2020", 1, "0.3395", "3.40", "93.4", "93.4", None, None),
        ("古美路街道办事处-2020", 0, "1", "8", "89", "89", "良好", "优秀"),
        ("临沧市人民政府办公室-2021", 0, "1", "10", "99", "100", "优", None),
    ],
)
def test_our_arithmetic_on_the_seeds(
    name: str, index: int, rate: str, points: str, by_sum: str, by_rule: str, grade: str | None, if_full: str | None
) -> None:
    card = review(name).reviews[index].scorecard
    assert card is not None
    numbers = (card.rate, card.execution.computed, card.reported_sum, card.computed_total)
    assert numbers == tuple(map(Decimal, (rate, points, by_sum, by_rule)))
    assert (card.reported_sum_grade, card.grade_if_full) == (grade, if_full)


def test_a_blank_score_leaves_two_totals() -> None:
    card = review("古美路街道办事处-2020").reviews[0].scorecard
    assert card is not None and card.reported_sum is not None
    assert (card.reported_sum, card.reported_sum + card.missing) == (Decimal(89), Decimal(96))
