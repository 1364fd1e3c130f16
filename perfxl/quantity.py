"""The number in a cell such as `≥95%` or `58批`: one closed grammar, read in Python and by a native formula.

A text is a quantity when it is, without spaces: at most one sign or word of the lists below, then digits with at
most one decimal point, then an optional unit without digits. A percent sign in the unit divides by 100. A text
that holds any of `NOT_A_UNIT` is no quantity: 万 and 亿 multiply, 年, 月, 号 and 前 make a date. Nor are thousands
commas, ranges (`3-5`), dates, exponents (`1E3`) and full-width digits: a native formula cannot tell them apart
safely, and Python reads no more than the cell does. The formulas are long: give them a cell of their own.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

SIGNS = "≥≧>＞≤≦<＜=＝═"
TWO_CHARACTER_SIGNS = ">= <="
WORDS = "不低于、不少于、不小于、不高于、不超过、不大于、不多于"
NOT_A_UNIT = "万亿千百年月号前‰"
PERCENT_SIGNS = "%％"
_NUMERIC = "0123456789."


def read_quantity(text: str) -> Decimal | None:
    """The number in `text`, a percentage as a share of 1; None when the text is no quantity."""
    start = (text[:1] in SIGNS) + (text[:2] in TWO_CHARACTER_SIGNS) + 3 * (text[:3] in WORDS) if text else 0
    rest = "".join(character for character in text if character not in _NUMERIC)
    end = start + len(text) - len(rest)
    if text[end:] != rest[start:] or any(character in text for character in NOT_A_UNIT):
        return None
    try:
        digits = Decimal(text[start:end])
    except InvalidOperation:
        return None
    return digits.scaleb(-2 * sum(sign in text for sign in PERCENT_SIGNS))


def quantity_formula(cell: str) -> tuple[str, str]:
    """The same reading as native formulas over a cell that is not blank: whether it is a quantity, and its number.

    No array constants: gnumeric and excelize evaluate those in fewer places than Excel does.
    """
    start = (
        f'ISNUMBER(FIND(LEFT({cell}),"{SIGNS}"))+ISNUMBER(FIND(LEFT({cell},2),"{TWO_CHARACTER_SIGNS}"))'
        f'+3*ISNUMBER(FIND(LEFT({cell},3),"{WORDS}"))+1'
    )
    rest = cell
    for character in _NUMERIC:
        rest = f'SUBSTITUTE({rest},"{character}","")'
    count = f"LEN({cell})-LEN({rest})"
    refused = ",".join(f'FIND("{character}",{cell})' for character in NOT_A_UNIT)
    percent = ",".join(f'FIND("{sign}",{cell})' for sign in PERCENT_SIGNS)
    one_number = f"MID({cell},{start}+{count},999)=MID({rest},{start},999)"
    one_point = f'LEN({cell})-LEN(SUBSTITUTE({cell},".",""))<2'
    # In LibreOffice TYPE is 8 for any formula, and ISNUMBER holds for a boolean.
    is_number = f"AND(ISNUMBER({cell}),NOT(ISLOGICAL({cell})))"
    is_quantity = f"OR({is_number},AND(ISTEXT({cell}),{one_number},{one_point},COUNT({refused})=0))"
    digits = f"VALUE(MID({cell},{start},{count}))"
    return is_quantity, f"IF(ISNUMBER({cell}),{cell},{digits}/100^COUNT({percent}))"
