"""What a cell means as a number, an amount, a share or a 指标值: closed grammars, never `float()`.

A text outside the grammar has no value. Nothing is guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from perfxl.form import Operator, Target
from perfxl.grid import Cell
from perfxl.number_format import is_percent
from perfxl.reading.dates import parse_date, parse_deadline, parse_year
from perfxl.reading.numerals import CHINESE_DIGITS, chinese_number, folded

__all__ = [
    "OPERATORS",
    "MoneyUnit",
    "is_figure",
    "money_unit",
    "parse_amount",
    "parse_date",
    "parse_measure",
    "parse_number",
    "parse_share",
    "parse_year",
    "read_amount",
    "read_measure",
    "read_points",
    "read_share",
]

MoneyUnit = Literal["元", "万元", "亿元"]

_LONGEST = 40
"""Characters of the longest text that can be a number or a measure."""
_LARGEST_EXPONENT = 30

_UNSIGNED = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"[-+]?{_UNSIGNED}|\({_UNSIGNED}\)")
_AMOUNT = re.compile(
    rf"(?:人民币|RMB|¥)?(?P<number>[-+]?{_UNSIGNED}|\({_UNSIGNED}\)|[{CHINESE_DIGITS}]+?)"
    r"(?P<scale>[万亿]?)(?P<yuan>元|圆)?[整正]?"
)
_MONEY_UNIT = re.compile(r"\((?:金额)?(?:单位:)?(?:人民币)?([万亿]?元)\)|单位:(?:人民币)?([万亿]?元)")
_SCALES: dict[str, int] = {"": 1, "元": 1, "万": 10**4, "万元": 10**4, "亿": 10**8, "亿元": 10**8}
_PERCENT = r"(?:%|百分比)"

OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(("≥", ">=", "=>", "不低于", "不少于", "不小于", "大于等于", "大于或等于"), "≥"),
    **dict.fromkeys(("至少", "最少"), "≥"),
    **dict.fromkeys((">", "大于", "高于", "多于", "超过", "超出"), ">"),
    **dict.fromkeys(("≤", "<=", "=<", "不高于", "不超过", "不大于", "不多于", "小于等于", "小于或等于"), "≤"),
    **dict.fromkeys(("至多", "最多", "控制在"), "≤"),
    **dict.fromkeys(("<", "小于", "低于", "少于"), "<"),
    **dict.fromkeys(("=", "等于"), "="),
}
_SUFFIXES: dict[str, Operator] = {
    **dict.fromkeys(("以上", "及以上", "(含)以上", "以上(含)", "(含)及以上", "(含以上)"), "≥"),
    **dict.fromkeys(("以上(不含)", "(不含)以上"), ">"),
    **dict.fromkeys(("以下", "及以下", "以内", "之内", "内", "(含)以下", "以下(含)", "(含)以内", "以内(含)"), "≤"),
    **dict.fromkeys(("以下(不含)", "(不含)以下"), "<"),
}


def _one_of(words: dict[str, Operator]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# Measure words. After a figure in Arabic digits a short noun may follow: 12个街道, 5篇报告.
_MEASURE_WORD = (
    "个工作日|工作日|个月|个季度|季度|个百分点|百分点|个|项|人次|人天|人年|人|批次|批|场次|场|次|名|户次|户|家|篇次|篇|份|册|本|套"
    "|台次|台|辆次|辆|车次|件次|件|天|日|周|月|年|小时|分钟|秒|平方公里|平方千米|平方米|立方米|公里|千米|米|亩|公顷"
    "|公斤|千克|吨|升|元|期次|期|处|座|条|所|间|栋|幢|村|乡镇|县|株|棵|头|只|羽|种|宗|起|例|课时|学时|班次|班|届|轮|遍|倍"
    "|块|张|幅|部|支|组|对|岁|字|厘米|毫米|分贝|千瓦时|千瓦|兆瓦"
)
_SYMBOL = "kg|km²|km2|km|m²|m2|m³|m3|㎡|m|t|ha|h|d|GB|TB|MB|kWh|kW|KW|MWh|MW|℃|分"
_NOUN = "(?:(?![以未不已约多余几左右达完到内前后成])[\u4e00-\u9fff]){0,4}"
"""Up to four characters, none of which changes what the figure means."""
_UNIT = rf"(?:(?:{_MEASURE_WORD}|{_SYMBOL})(?:/(?:{_MEASURE_WORD}))?)?"

_FIGURE = re.compile(rf"(?P<low>[-+]?{_UNSIGNED})(?P<percent>{_PERCENT})?(?P<scale>[万亿]?)(?P<unit>{_UNIT}){_NOUN}")
_RANGE = re.compile(
    rf"(?P<low>{_UNSIGNED})(?P<percent1>{_PERCENT})?(?P<scale1>[万亿]?)(?P<unit1>{_UNIT})(?:-|~|—|–|至|到)"
    rf"(?P<high>{_UNSIGNED})(?P<percent>{_PERCENT})?(?P<scale>[万亿]?)(?P<unit>{_UNIT}){_NOUN}"
)
_IN_WORDS = re.compile(rf"(?P<low>[{CHINESE_DIGITS}]+?)(?P<unit>(?:{_MEASURE_WORD})?)")
_SHARE_IN_WORDS = re.compile(rf"百分之(?P<share>[{CHINESE_DIGITS}]+|{_UNSIGNED})")
_FILLER = r"(?:已完成|已|达到|达|完成|实现|共计|共|各|均)?"
_BEFORE = re.compile(rf"{_FILLER}({_one_of(OPERATORS)})?{_FILLER}")
_BEHIND = re.compile(rf"(?:{_one_of(_SUFFIXES)})\Z")
_SUBJECT = re.compile(r"[\u4e00-\u9fff]{1,10}?(?:率|度|比例):?(?=\S)")
"""满意度 in `满意度≥95%`: may stand before a percentage."""
_DIGIT = re.compile(f"[0-9０-９{CHINESE_DIGITS}]")
"""Every number has one."""
_BESIDE_WORDS = re.compile(r"(?<![0-9.,]) | (?![0-9.,])")
_TEXT = Target("text")


def parse_number(text: str) -> Decimal | None:
    """`1,040,000.00`, `１００`, `(380,000)` as −380000. None for anything else, `1_000` and `nan` included."""
    return _number(folded(text))


def parse_share(text: str) -> Decimal | None:
    """`98.75%`, `９５％`, `95百分比`, `百分之九十五` as a share of 1."""
    return _share(_close_up(text))


def _share(plain: str) -> Decimal | None:
    if plain.endswith("%"):
        value = _number(plain[:-1])
    elif plain.endswith("百分比"):
        value = _number(plain[:-3])
    elif match := _SHARE_IN_WORDS.fullmatch(plain):
        value = _number(match["share"])
        if value is None:
            value = Decimal(100) if match["share"] == "百" else chinese_number(match["share"])
    else:
        return None
    return None if value is None else value / 100


def parse_amount(text: str, unit: MoneyUnit = "元") -> Decimal | None:
    """Money in 元. `unit` is the form's own; a unit in the text goes before it: `150万`, `叁拾捌万元整`."""
    match = _AMOUNT.fullmatch(_close_up(text)) if len(text) <= _LONGEST else None
    if not match:
        return None
    scale, yuan = match["scale"], match["yuan"]
    figure = _number(match["number"])
    if figure is not None:
        return figure * _SCALES[scale or ("" if yuan else unit)]
    figure = chinese_number(match["number"] + scale)
    stated = yuan or scale or re.search("[万亿萬億]", match["number"])
    return figure if figure is None or stated else figure * _SCALES[unit]


def money_unit(label: str) -> MoneyUnit | None:
    """The unit that a label states: `项目资金（万元）`, `单位：万元`."""
    match = _MONEY_UNIT.search(folded(label).replace(" ", "")) if "元" in label else None
    unit = match and (match[1] or match[2])
    return unit if unit in ("元", "万元", "亿元") else None  # type: ignore[return-value]


def parse_measure(text: str, year: int | None = None) -> Target:
    """A 指标值 or 实际完成值. Words that are no figure, range or date give kind text.

    `year` is the form's, for dates without one such as `12月底前`.
    """
    return _measure(text, year) if len(text) <= 2 * _LONGEST else _TEXT


@lru_cache(maxsize=4096)
def _measure(text: str, year: int | None) -> Target:
    plain = _close_up(text).rstrip("。;")
    if plain.endswith(("元整", "元正")):
        plain = plain[:-1]
    if not plain or len(plain) > _LONGEST:
        return _TEXT
    if deadline := parse_deadline(plain, year):
        return Target("date", "≤" if deadline.by else "", day=deadline.day)
    if found := _comparison(plain):
        return found
    subject = _SUBJECT.match(plain)
    found = _comparison(plain[subject.end() :]) if subject else None
    return found if found and found.unit == "%" else _TEXT


def read_points(cell: Cell) -> Decimal | None:
    """Points of a 分值 or 得分 cell: `10`, `5分`; a weight shown as `30%` means 30 points."""
    if isinstance(cell.value, Decimal):
        value = _sane(cell.value)
        return value * 100 if value is not None and is_percent(cell.number_format) else value
    if not isinstance(cell.value, str):
        return None
    share = parse_share(cell.value)
    return parse_number(folded(cell.value).removesuffix("分")) if share is None else share * 100


def read_amount(cell: Cell, unit: MoneyUnit = "元") -> Decimal | None:
    """Money in 元; a number is taken in the form's unit."""
    if isinstance(cell.value, Decimal):
        value = _sane(cell.value)
        return None if value is None else value * _SCALES[unit]
    return parse_amount(cell.value, unit) if isinstance(cell.value, str) else None


def is_figure(cell: Cell) -> bool:
    """Whether points or money stand there, as a number or as text: documents have nothing but text."""
    value = cell.value
    if not isinstance(value, str):
        return isinstance(value, Decimal)
    return bool(_DIGIT.search(value)) and (read_points(cell) is not None or read_amount(cell) is not None)


def read_share(cell: Cell, in_percent: bool = False) -> Decimal | None:
    """A rate as a share of 1. `in_percent`: the label says %, so that a bare 98.75 means 98.75 %.

    Under a label without % a bare number up to 2 is a share and a larger one a percentage.
    """
    if isinstance(cell.value, str):
        share = parse_share(cell.value)
        bare = None if share is not None else parse_number(cell.value)
    elif isinstance(cell.value, Decimal):
        value = _sane(cell.value)
        share, bare = (value, None) if is_percent(cell.number_format) else (None, value)
    else:
        return None
    if bare is None:
        return share
    return bare / 100 if in_percent or abs(bare) > 2 else bare


def read_measure(cell: Cell, text: str, year: int | None = None) -> Target:
    """A 指标值 or 实际完成值 from its cell and the text it shows, with the exact number behind it."""
    shown = parse_measure(text, year)
    if isinstance(cell.value, Decimal) and shown.kind == "number":
        exact = _sane(cell.value)
        return _TEXT if exact is None else Target("number", shown.operator, exact, unit=shown.unit)
    return shown


def _comparison(text: str) -> Target | None:
    """A figure or a range with the sign before or the words after it."""
    before = _BEFORE.match(text)
    if not before:
        return None
    start = before.end()
    behind = _BEHIND.search(text, start + 1)
    prefix = OPERATORS[before[1]] if before[1] else ""
    suffix = _SUFFIXES[behind[0]] if behind else ""
    if prefix and suffix and prefix != suffix:
        return None
    operator = prefix or suffix
    core = text[start : behind.start()] if behind else text[start:]
    return _figure(core, operator) or (None if operator else _range(core))


def _figure(core: str, operator: Operator) -> Target | None:
    share = _share(core)
    if share is not None:
        return Target("number", operator, share, unit="%")
    if match := _FIGURE.fullmatch(core):
        value = _scaled(match["low"], match["percent"], match["scale"])
        unit = _unit(match)
        return None if value is None or unit is None else Target("number", operator, value, unit=unit)
    match = _IN_WORDS.fullmatch(core)
    value = chinese_number(match["low"]) if match else None
    return Target("number", operator, value, unit=match["unit"]) if match and value is not None else None


def _range(core: str) -> Target | None:
    match = _RANGE.fullmatch(core)
    if not match:
        return None
    low = _scaled(match["low"], match["percent1"] or match["percent"], match["scale1"] or match["scale"])
    high = _scaled(match["high"], match["percent"], match["scale"])
    unit = _unit(match)
    agree = match["unit1"] in ("", match["unit"]) and not (match["percent1"] and not match["percent"])
    if low is None or high is None or unit is None or low > high or not agree:
        return None
    return Target("range", "", low, high, unit)


def _scaled(number: str, percent: str | None, scale: str) -> Decimal | None:
    value = _number(number)
    if value is None:
        return None
    return value / 100 if percent else value * _SCALES[scale]


def _unit(match: re.Match[str]) -> str | None:
    """`%` for percentages; None where a noun follows without a measure word, or a measure word after a percentage."""
    noun = match.string[match.end("unit") :]
    if match["percent"]:
        return None if match["unit"] or noun else "%"
    return None if noun and not match["unit"] else match["unit"].removeprefix("个") or match["unit"]


def _number(text: str) -> Decimal | None:
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        return None
    figure = Decimal(text.strip("()").replace(",", ""))
    return -figure if text[0] == "(" else figure


def _sane(value: Decimal) -> Decimal | None:
    return value if value.is_finite() and value.adjusted() < _LARGEST_EXPONENT else None


def _close_up(text: str) -> str:
    """Without spaces, except between two figures, which stay apart and so are refused."""
    plain = folded(text)
    return _BESIDE_WORDS.sub("", plain) if " " in plain else plain
