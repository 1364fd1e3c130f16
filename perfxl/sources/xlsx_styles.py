"""Cell formats of a workbook: number format and lock by style index, no fonts and no colours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from perfxl.kept import Known
from perfxl.number_format import is_date
from perfxl.sources.errors import damaged, too_large
from perfxl.sources.ooxml import count, main, truth
from perfxl.sources.xml_part import Attributes, PartParser, remembered, without

# ECMA-376 part 1, 18.8.30. 5 to 8, 14 and 22 to 58 depend on the language of Excel; zh-CN here.
BUILTIN_FORMATS = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"\\-#,##0',
    6: '"¥"#,##0;[Red]"¥"\\-#,##0',
    7: '"¥"#,##0.00;"¥"\\-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"\\-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0_ ;\\-#,##0_ ",
    38: "#,##0_ ;[Red]\\-#,##0_ ",
    39: "#,##0.00_ ;\\-#,##0.00_ ",
    40: "#,##0.00_ ;[Red]\\-#,##0.00_ ",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}


MAX_STYLES = 65_490
"""Excel's limit of cell formats."""


@dataclass(frozen=True, slots=True, eq=False)
class CellStyle:
    """What a cell format says to a reader of values. Compared by identity, which is what makes it a cheap key."""

    number_format: str = "General"
    locked: bool = True
    date: bool = False


def _cell_style(look: tuple[str, bool]) -> CellStyle:
    code, locked = look
    return CellStyle(code, locked, is_date(code))


_cell_styles = Known(_cell_style, 256, 255, lambda look: len(look[0]))
"""The same object for the same look, in whatever file. Excel's number formats are no longer than that."""


DEFAULT_STYLES: Mapping[str, CellStyle] = {"0": CellStyle()}
"""For a workbook without a styles part."""


_ATTRIBUTES = rb'(?: [A-Za-z]{1,30}="[^"<&]*"){0,12}'
_EMPTY = rb"<[A-Za-z]{1,30}%b/>" % _ATTRIBUTES
_LOOKS = re.compile(
    rb"<(font|fill|border)%b>(?:%b|<([A-Za-z]{1,30})%b>(?:%b)*</\2>)*</\1>"
    rb"|<alignment%b/>" % (_ATTRIBUTES, _EMPTY, _ATTRIBUTES, _EMPTY, _ATTRIBUTES)
)
"""Fonts, fills, borders and alignments: most of the tags."""


@remembered
def read_styles(data: bytes, part: str) -> Mapping[str, CellStyle]:
    """The cell formats (cellXfs) by their number as text. Raises UnreadableFile."""
    codes: dict[str, str] = {}
    formats: list[str] = []
    locks: list[bool] = []
    inside = ""

    def enter_formats(_: Attributes) -> None:
        nonlocal inside
        inside = "numFmts"

    def enter_cell_formats(_: Attributes) -> None:
        nonlocal inside
        inside = "cellXfs"

    def leave() -> None:
        nonlocal inside
        inside = ""

    def number_format(attributes: Attributes) -> None:
        if inside == "numFmts":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def cell_format(attributes: Attributes) -> None:
        if inside == "cellXfs":
            if len(formats) >= MAX_STYLES:
                raise too_large(f"单元格样式不超过 {MAX_STYLES:,} 种", f"at most {MAX_STYLES:,} cell styles")
            formats.append(attributes.get("numFmtId", "0"))
            locks.append(True)

    def protection(attributes: Attributes) -> None:
        if inside == "cellXfs" and locks:
            locks[-1] = truth(attributes.get("locked", "1"))

    PartParser(
        part,
        main("styleSheet"),
        starts={
            **dict.fromkeys(main("numFmts"), enter_formats),
            **dict.fromkeys(main("numFmt"), number_format),
            **dict.fromkeys(main("cellXfs"), enter_cell_formats),
            **dict.fromkeys(main("xf"), cell_format),
            **dict.fromkeys(main("protection"), protection),
        },
        texts={},
        ends={**dict.fromkeys(main("numFmts"), leave), **dict.fromkeys(main("cellXfs"), leave)},
    ).parse(without(data, _LOOKS))
    styles: list[CellStyle] = []
    for number, locked in zip(formats, locks, strict=True):
        identifier = count(number)
        if identifier is None:
            raise damaged(f"部件 {part} 的数字格式编号有误", f"part {part} has a wrong number format")
        code = codes.get(number) or BUILTIN_FORMATS.get(identifier, "General")
        styles.append(_cell_styles[code, locked])
    return {str(number): style for number, style in enumerate(styles)} or DEFAULT_STYLES
