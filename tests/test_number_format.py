"""What a person sees of a number. The expected texts are Excel's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.number_format import from_serial, is_date, is_percent, shown_number
from tests.xlsx_packages import ACCOUNTING


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        ("50", "General", "50"),
        ("100.0", "General", "100"),
        ("0", "General", "0"),
        ("-0.5", "General", "-0.5"),
        ("0.1", "General", "0.1"),
        ("0.985764931506849", "General", "0.985764932"),
        ("33.3333333333333", "General", "33.33333333"),
        ("1234567.891234", "General", "1234567.891"),
        ("10400000000", "General", "10400000000"),
        ("12345678901", "General", "12345678901"),
        ("123456789012", "General", "1.23457E+11"),
        ("1E+11", "General", "1E+11"),
        ("0.0001234", "General", "0.0001234"),
        ("0.00001", "General", "0.00001"),
        ("0.0000123456", "General", "1.23456E-05"),
        ("-1E-12", "General", "-1E-12"),
        ("38", "general", "38"),
        ("38", "G/通用格式", "38"),
        ("38", 'General"元"', "38元"),
        ("9", "0", "9"),
        ("2.5", "0", "3"),
        ("-2.5", "0", "-3"),
        ("2.665", "0.00", "2.67"),
        ("0.005", "0.00", "0.01"),
        ("5", "0.00", "5.00"),
        ("5", "0.0#", "5.0"),
        ("5.25", "0.0#", "5.25"),
        ("5", "0.##", "5."),
        ("0.5", ".00", ".50"),
        ("12.5", ".00", "12.50"),
        ("7", "000", "007"),
        ("0", "#,###", ""),
        ("1040000", "#,##0", "1,040,000"),
        ("1040000", "#,##0.00", "1,040,000.00"),
        ("999", "#,##0.00", "999.00"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("1E+20", "#,##0", "100,000,000,000,000,000,000"),
        ("1040000", "#,##0.00,", "1,040.00"),
        ("123456", "0!.0,", "12.3"),
        ("123456", '0\\.0,"万"', "12.3万"),
        ("123456789", "000-0000-00", "123-4567-89"),
        ("0.98576", "0%", "99%"),
        ("0.98576", "0.00%", "98.58%"),
        ("1", "0%", "100%"),
        ("-0.005", "0%", "-1%"),
        ("0.5", '"完成"0%', "完成50%"),
        ("38", "[$¥-804]#,##0.00", "¥38.00"),
        ("38", "[$¥-804]* #,##0.00", "¥38.00"),
        ("38", "[$-804]0.00", "38.00"),
        ("-38", '"¥"#,##0.00;"¥"\\-#,##0.00', "¥-38.00"),
        ("-38", "¥#,##0.00", "-¥38.00"),
        ("38", "0.00_);[Red](0.00)", "38.00"),
        ("-38", "0.00_);[Red](0.00)", "(38.00)"),
        ("-38", "0.00_ ;[红色]-0.00 ", "-38.00"),
        ("1040000", ACCOUNTING, "1,040,000.00"),
        ("-5", ACCOUNTING, "-5.00"),
        ("0", ACCOUNTING, "-"),
        ("0", "0;-0;", ""),
        ("0", '0;-0;"无"', "无"),
        ("8", ";;;", ""),
        ("8", '"已完成"', "已完成"),
        ("3", "@", "3"),
        ("3", "0.0;@", "3.0"),
        ("-3", "0.0;@", "-3.0"),
        ("12345.6789", "0.00E+00", "1.23E+04"),
        ("9.999", "0.00E+00", "1.00E+01"),
        ("0", "0.00E+00", "0.00E+00"),
        ("0.00012", "0.0E-0", "1.2E-4"),
        ("5", "0.00分", "5.00分"),
    ],
)
def test_shown_as_in_excel(value: str, number_format: str, shown: str) -> None:
    assert shown_number(Decimal(value), number_format) == shown


@pytest.mark.parametrize(
    "number_format",
    ["[DBNum2]General", "[>=10000]0.0;0", "# ?/?", "##0.0E+0", "yyyy-mm-dd", "0.0.0", "abc", "", "\\", "[", '"'],
)
def test_a_format_it_does_not_know_shows_general(number_format: str) -> None:
    assert shown_number(Decimal("12.5"), number_format) in ("12.5", "")


def test_a_width_no_number_can_have_shows_general() -> None:
    assert shown_number(Decimal("1.5"), "0." + "0" * 400) == "1.5"
    assert shown_number(Decimal("1E+400"), "0.00") == "1E+400"
    assert len(shown_number(Decimal("1E+300"), "0.00")) == 304


@pytest.mark.parametrize(
    ("number_format", "percent", "date"),
    [
        ("0%", True, False),
        ("0.00%;[Red]-0.00%", True, False),
        ('0.00"%"', False, False),
        ("0.00\\%", False, False),
        ("General", False, False),
        ("@", False, False),
        ("yyyy-mm-dd", False, True),
        ('yyyy"年"m"月"d"日"', False, True),
        ("[$-804]yyyy/m/d;@", False, True),
        ("h:mm", False, True),
        ("[h]:mm:ss", False, True),
        ("[Red]0.00", False, False),
        ('0.00"days"', False, False),
        ("0.00_d", False, False),
        ("0.00\\d", False, False),
        ("[$-804]0.00", False, False),
        (ACCOUNTING, False, False),
        ("0.00E+00", False, False),
    ],
)
def test_percent_and_date_formats(number_format: str, percent: bool, date: bool) -> None:
    assert (is_percent(number_format), is_date(number_format)) == (percent, date)


@pytest.mark.parametrize(
    ("serial", "of_1900", "of_1904"),
    [
        ("1", datetime(1900, 1, 1), datetime(1904, 1, 2)),  # noqa: DTZ001
        ("59", datetime(1900, 2, 28), datetime(1904, 2, 29)),  # noqa: DTZ001
        ("60", None, datetime(1904, 3, 1)),  # noqa: DTZ001
        ("60.5", None, datetime(1904, 3, 1, 12)),  # noqa: DTZ001
        ("61", datetime(1900, 3, 1), datetime(1904, 3, 2)),  # noqa: DTZ001
        ("43921", datetime(2020, 3, 31), datetime(2024, 4, 1)),  # noqa: DTZ001
        ("43921.75", datetime(2020, 3, 31, 18), datetime(2024, 4, 1, 18)),  # noqa: DTZ001
        ("43921.9999999999", datetime(2020, 4, 1), datetime(2024, 4, 2)),  # noqa: DTZ001
        ("2958465", datetime(9999, 12, 31), None),  # noqa: DTZ001
        ("2958465.99999999999", None, None),
        ("2958466", None, None),
        ("0", None, None),
        ("-1", None, None),
        ("0.5", None, datetime(1904, 1, 1, 12)),  # noqa: DTZ001
        ("NaN", None, None),
        ("Infinity", None, None),
    ],
)
def test_serials(serial: str, of_1900: datetime | None, of_1904: datetime | None) -> None:
    assert from_serial(Decimal(serial), False) == of_1900
    assert from_serial(Decimal(serial), True) == of_1904


@given(st.decimals(allow_nan=False, allow_infinity=False), st.text(alphabet='0#?.,%;"\\_*[]E+-@General元¥ ymd$'))
def test_any_number_in_any_format_is_shown(value: Decimal, number_format: str) -> None:
    assert isinstance(shown_number(value, number_format), str)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_two_decimals_are_rounded_half_up(value: Decimal) -> None:
    cents = int((abs(value) * 100 + Decimal("0.5")) // 1)
    sign = "-" if value < 0 else ""
    assert shown_number(value, "#,##0.00") == f"{sign}{cents // 100:,}.{cents % 100:02d}"


@given(
    st.decimals(min_value=-(10**14), max_value=10**14, places=6), st.sampled_from(["0", "#,##0.0", "0.00%", "#,##0%"])
)
def test_plain_formats_are_shown_as_any_other_would_be(value: Decimal, number_format: str) -> None:
    """What is taken out of quotes is no longer plain: its digits are put in one by one."""
    assert shown_number(value, number_format) == shown_number(value, f'{number_format}"元"').removesuffix("元")
