"""Live formulas become native ones: which are live, and what stands in their native branch."""

from __future__ import annotations

import pytest

from perfxl.live_formula import is_live, native_formula


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("PX_SCORE(A1)", True),
        ("=IF(PX_ON,IFERROR(PX_SCORE(A1,B1),ROUND(A1,2)),ROUND(A1,2))", True),
        ("[1]!PX_SCORE(A1)", True),
        ("'C:\\加载项\\perfxl.xlam'!PX_GRADE(A1)", True),
        ("_xludf.PX_RATE(A1,B1)", True),
        ("1+PX_RATE(A1,B1)", True),
        ('"PX_SCORE"&A1', False),
        ('"他说""PX_SCORE"""&A1', False),
        ("APX_SCORE(A1)", False),
        ("PX_1+PX", False),
        ("ROUND(A1,2)", False),
        ("", False),
    ],
)
def test_live(formula: str, expected: bool) -> None:
    assert is_live(formula) is expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("IF(PX_ON,IFERROR(PX_SCORE(A1,B1),ROUND(A1,2)),ROUND(A1,2))", "=ROUND(A1,2)"),
        ("=IF(PX_ON,IFERROR(PX_SCORE(A1),A1),A1)", "=A1"),
        ("if( PX_ON , [1]!PX_SCORE(A1) , MIN(A1, B1) )", "=MIN(A1, B1)"),
        ('IF(PX_ON,PX_GRADE(A1),IF(A1>=90,"优,(良","说""差)"""))', '=IF(A1>=90,"优,(良","说""差)""")'),
        ("IF(PX_ON,PX_RATE(A1),SUM({1,2;3,4}))", "=SUM({1,2;3,4})"),
        ("IF(PX_ON,PX_RATE('表,(一)'!A1),'它''s,表'!A1)", "='它''s,表'!A1"),
        ("IF(PX_ON,PX_RATE(A1),)", ""),
        ("IF(PX_ON,PX_RATE(A1))", ""),
        ("IF(PX_ON,1,2,3)", ""),
        ("IF(PX_ON,PX_RATE(A1),PX_RATE(B1))", ""),
        ("IF(A1,PX_RATE(A1),B1)", ""),
        ("IF(PX_ON,PX_RATE(A1),B1)+1", ""),
        ("IF(PX_ON,PX_RATE(A1),B1)+(1)", ""),
        ("IFERROR(PX_RATE(A1),B1)", ""),
        ("PX_RATE(A1)", ""),
        ("IF", ""),
        ("", ""),
    ],
)
def test_native_branch(formula: str, expected: str) -> None:
    assert native_formula(formula) == expected
