"""The closed grammars of reading.values: what is a number, and what is not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.form import Target
from perfxl.grid import Cell, CellError, normalised
from perfxl.meaning import said
from perfxl.reading.dates import _DATE
from perfxl.reading.numerals import chinese_number
from perfxl.reading.values import (
    money_unit,
    parse_amount,
    parse_date,
    parse_measure,
    parse_number,
    parse_share,
    parse_year,
    read_amount,
    read_measure,
    read_points,
    read_share,
)

D = Decimal


def number(low: str, unit: str = "", operator: str = "") -> Target:
    return Target("number", operator, D(low), unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,040,000.00", "1040000.00"),
        ("１００", "100"),
        ("６27.43", "627.43"),
        ("129,025.8", "129025.8"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("(380,000)", "-380000"),
        ("（380,000）", "-380000"),
        ("\u00a0380\u200b000\ufeff ", "380000"),
        (" 7 ", "7"),
        ("007", "7"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    assert parse_number(text) == D(value)


NOT_NUMBERS = [
    *("", " ", "—", "3 5", "1 040 000", "9" * 400),
    *[
        "1_000",
        "٣٨٠",
        "٣٨０",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e3",
        "1E999",
        "38O000",
        "约30",
        "³8",
        "8³",
        "½",
        "①",
        "0x10",
    ],
    *("1,04,000", "1,0400", "1.2.3", ".5", "5.", "3,", "+-5", "--5", "-(5)", "(5", "5)"),
]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None
    assert parse_share(text) is None
    assert parse_amount(text) is None
    assert read_points(Cell(text)) is None
    assert parse_measure(text) == Target("text")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("150万", "元", "1500000"),
        ("150 万元", "元", "1500000"),
        ("150万元", "万元", "1500000"),
        ("50", "万元", "500000"),
        ("1.5", "亿元", "150000000"),
        ("1.5亿", "万元", "150000000"),
        ("380,000元", "万元", "380000"),
        ("380000元整", "元", "380000"),
        ("¥380,000.00", "元", "380000"),
        ("￥ 380,000", "元", "380000"),
        ("人民币380000元", "万元", "380000"),
        ("(380,000)", "元", "-380000"),
        ("叁拾捌万元整", "万元", "380000"),
        ("叁拾捌万", "万元", "380000"),
        ("三十八", "万元", "380000"),
        ("壹亿贰仟万零叁元", "元", "120000003"),
        ("壹佰圆正", "元", "100"),
    ],
)
def test_amounts_are_in_yuan(text: str, unit: str, value: str) -> None:
    assert parse_amount(text, unit) == D(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["约50万", "50万左右", "38万5千元", "50-60万", "万元", "元", "50美元", "百", "一千二"])
def test_what_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("98.75%", "0.9875"),
        ("１００％", "1"),
        ("95百分比", "0.95"),
        ("100.00 %", "1"),
        ("-5%", "-0.05"),
        ("百分之九十五", "0.95"),
        ("百分之百", "1"),
        ("百分之98.5", "0.985"),
        ("百分之零", "0"),
    ],
)
def test_shares(text: str, value: str) -> None:
    assert parse_share(text) == D(value)


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("项目资金\n（万元）", "万元"),
        ("当年预算数(元):", "元"),
        ("金额单位：亿元", "亿元"),
        ("（单位：万元）", "万元"),
        ("执行率(%)", None),
        ("元旦活动", None),
        ("单位：个", None),
    ],
)
def test_the_unit_a_label_states(label: str, unit: str | None) -> None:
    assert money_unit(label) == unit


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("≥95%", number("0.95", "%", "≥")),
        ("≧ 95％", number("0.95", "%", "≥")),
        ("＞＝95%", number("0.95", "%", "≥")),
        (">95%", number("0.95", "%", ">")),
        ("> 95%", number("0.95", "%", ">")),
        ("=100%", number("1", "%", "=")),
        ("═100%", number("1", "%", "=")),
        ("＝100%", number("1", "%", "=")),
        ("＞95%", number("0.95", "%", ">")),
        ("95%", number("0.95", "%")),
        ("95百分比", number("0.95", "%")),
        ("不低于90%", number("0.9", "%", "≥")),
        ("达到90%以上", number("0.9", "%", "≥")),
        ("≥90%以上", number("0.9", "%", "≥")),
        ("90%（含）以上", number("0.9", "%", "≥")),
        ("满意度≥95%", number("0.95", "%", "≥")),
        ("群众满意度达到95%以上", number("0.95", "%", "≥")),
        ("控制在5%以内", number("0.05", "%", "≤")),
        ("不少于3次", number("3", "次", "≥")),
        ("至少3次", number("3", "次", "≥")),
        ("不超过5天", number("5", "天", "≤")),
        ("5个工作日内", number("5", "工作日", "≤")),
        ("≤2万元", number("20000", "元", "≤")),
        ("20以下", number("20", "", "≤")),
        ("大于等于3个", number("3", "个", "≥")),
        ("58批", number("58", "批")),
        ("≥320公里", number("320", "公里", "≥")),
        ("2次/年", number("2", "次/年")),
        ("12个街道", number("12", "个")),
        ("5篇报告", number("5", "篇")),
        ("共3万人次", number("30000", "人次")),
        ("三次", number("3", "次")),
        ("两次", number("2", "次")),
        ("十二", number("12")),
        ("一百二十场", number("120", "场")),
        ("叁拾捌万元整", number("380000", "元")),
        ("0起", number("0", "起")),
        ("1,200㎡", number("1200", "㎡")),
        ("各3-5名", Target("range", "", D(3), D(5), "名")),
        ("3～5", Target("range", "", D(3), D(5))),
        ("3至5次", Target("range", "", D(3), D(5), "次")),
        ("90-95%", Target("range", "", D("0.9"), D("0.95"), "%")),
        ("90%—95%", Target("range", "", D("0.9"), D("0.95"), "%")),
        ("2023年12月", Target("date", day=date(2023, 12, 31))),
        ("2023年2月", Target("date", day=date(2023, 2, 28))),
        ("12月底前", Target("date", "≤", day=date(2025, 12, 31))),
        ("2025年12月底前完成", Target("date", "≤", day=date(2025, 12, 31))),
        ("6月30日前", Target("date", "≤", day=date(2025, 6, 30))),
        ("年底前", Target("date", "≤", day=date(2025, 12, 31))),
        ("2020-3-31", Target("date", day=date(2020, 3, 31))),
        ("2020/12/31前", Target("date", "≤", day=date(2020, 12, 31))),
        ("2020年度", Target("date", day=date(2020, 12, 31))),
        ("二〇二〇年三月", Target("date", day=date(2020, 3, 31))),
    ],
)
def test_measures(text: str, target: Target) -> None:
    assert parse_measure(text, 2025) == target


@pytest.mark.parametrize(
    "text",
    [
        "3 5",
        *[
            "满意",
            "健全并执行",
            "无投诉",
            "十分满意",
            "一次性",
            "一般",
            "三农",
            "两不愁三保障",
            "良好",
            "100%完成",
            "第1期",
            "12/12",
        ],
        *[
            "约30",
            "30左右",
            "30余人",
            "30多人",
            "近30人",
            "3，5，7",
            "50±5",
            "≥3-5",
            "5-3名",
            "90%-95",
            "≥90%以下",
            "5.5.5",
            "3元5角",
        ],
        *("满意度95%，覆盖率100%", "覆盖率不低于上年3%", "13月底前", "2023年2月30日", "2023-13-1"),
    ],
)
def test_what_is_words_only(text: str) -> None:
    assert parse_measure(text, 2025) == Target("text")


def test_a_month_without_year_needs_the_form_s() -> None:
    assert parse_measure("12月底前") == Target("text")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-3-31", date(2020, 3, 31)),
        ("2021/7/16", date(2021, 7, 16)),
        ("2020.3.31", date(2020, 3, 31)),
        ("20200331", date(2020, 3, 31)),
        ("2020年3月31日", date(2020, 3, 31)),
        ("二〇二〇年十二月三十一日", date(2020, 12, 31)),
        ("2020-03-31 09:30", date(2020, 3, 31)),
        ("2020年2月", date(2020, 2, 29)),
        ("20200231", None),
        ("3月31日", None),
        ("20-3-31", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@given(st.from_regex(_DATE, fullmatch=True), st.sampled_from(["", "。", "；", "。。"]))
def test_what_reads_as_a_date_means_its_day(text: str, end: str) -> None:
    """However it is written: only texts that end as dates do are looked at closely."""
    text = normalised(text + end)
    day = parse_date(text)
    assert said(text) == (day.isoformat() if day else text)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("(2020 年度)", 2020),
        ("２０２０年度", 2020),
        ("2019年度财政项目绩效自评价", 2019),
        ("二〇二一年度", 2021),
        ("2023", 2023),
        ("（    年度）", None),
        ("2020-2022年", None),
        ("2020年至2022年", None),
        ("12020年", None),
        ("（202l年度）", None),
    ],
)
def test_years(text: str, year: int | None) -> None:
    assert parse_year(text) == year


def test_a_cell_shown_as_percent_holds_the_share() -> None:
    shown = Cell(D("0.98576"), None, "0.00%")
    assert read_share(shown) == D("0.98576")
    assert read_measure(shown, shown.text) == number("0.98576", "%")
    assert read_share(Cell(D("98.58")), in_percent=True) == D("0.9858")
    assert read_share(Cell(D("0.5")), in_percent=True) == D("0.005")
    assert read_share(Cell(D("98.58"))) == D("0.9858")
    assert read_share(Cell(D("0.9858"))) == D("0.9858")
    assert read_share(Cell("98.58%"), in_percent=True) == D("0.9858")
    assert read_points(Cell(D("0.3"), None, "0%")) == 30


def test_a_unit_in_the_number_format_counts() -> None:
    cell = Cell(D("58.25"), None, '0"批"')
    assert read_measure(cell, cell.text) == number("58.25", "批")


@pytest.mark.parametrize(
    "value",
    [
        *map(D, ("NaN", "Infinity", "-Infinity", "1E+999")),
        *(True, CellError("#DIV/0!"), datetime.fromisoformat("2020-03-31"), None),
    ],
)
def test_cell_values_that_are_no_number(value: object) -> None:
    cell = Cell(value)  # type: ignore[arg-type]
    assert read_points(cell) is None
    assert read_amount(cell) is None
    assert read_share(cell) is None
    assert read_measure(cell, cell.text).kind in ("text", "date")


@given(st.decimals(-(10**12), 10**12, places=2), st.booleans(), st.booleans())
def test_numbers_come_back(value: Decimal, grouped: bool, full_width: bool) -> None:
    text = f"{value:,}" if grouped else f"{value}"
    if full_width:
        text = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert parse_number(text) == value
    assert parse_amount(text, "万元") == value * 10000
    assert parse_share(text + "%") == value / 100


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals_come_back(value: int) -> None:
    assert chinese_number(_in_words(value)) == value


@given(st.text())
def test_no_text_raises(text: str) -> None:
    _try_all(text)


NEAR_NUMBERS = (
    "0123456789０９٣³.,，-~～—%％≥＞=()（）元万亿年月日底前至各约不低于以上内率度次个三十百千零壹拾 \u00a0\u200b"
)


@given(st.text(alphabet=NEAR_NUMBERS, max_size=14))
def test_nothing_near_a_number_raises(text: str) -> None:
    _try_all(text)


FORMATS = ["General", "0.00%", "#,##0.00", '0"批"', ";;;"]


@given(st.decimals(allow_nan=True, allow_infinity=True), st.sampled_from(FORMATS))
def test_no_cell_number_raises(value: Decimal, number_format: str) -> None:
    cell = Cell(value, None, number_format)
    for found in (read_points(cell), read_amount(cell, "亿元"), read_share(cell), read_measure(cell, "5次").low):
        assert found is None or found.is_finite()


def _try_all(text: str) -> None:
    for found in (parse_number(text), parse_share(text), parse_amount(text)):
        assert found is None or found.is_finite()
    target = parse_measure(text, 2025)
    assert (target.low is not None) == (target.kind in ("number", "range"))
    assert (target.high is not None) == (target.kind == "range")
    assert (target.day is not None) == (target.kind == "date")
    parse_date(text)
    parse_year(text)
    money_unit(text)


def _in_words(value: int) -> str:
    """The standard reading of a number below a million million."""
    if value < 10000:
        return _section(value) or "零"
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if value >= size:
            head, rest = divmod(value, size)
            if not rest:
                return _in_words(head) + name
            return _in_words(head) + name + ("零" if rest < size // 10 else "") + _lower(rest)
    raise AssertionError(value)


def _lower(value: int) -> str:
    """As _in_words, after a larger section: ten is 一十 there."""
    words = _in_words(value)
    return "一" + words if words.startswith("十") else words


def _section(value: int) -> str:
    words, zero = "", False
    for name, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            words += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        else:
            zero = bool(words)
    return words[1:] if words.startswith("一十") else words
