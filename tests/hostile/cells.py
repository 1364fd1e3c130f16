"""Cells that hold what no cell should, in a form that is otherwise right."""

from __future__ import annotations

import re
import zipfile

from tests.hostile.form import SHEET, TEXTS, replaced, with_cell, with_number, with_text, workbook

_SCORE, _ACTUAL, _AMOUNT, _BUDGET, _NAME, _ROW = "H29", "F29", "F6", "E6", "C3", "</row></sheetData>"

_SCORES = {
    "fullwidth": "１０",
    "with-unit": "10分",
    "spaces": " 10 ",
    "nbsp": "10\u00a0",
    "zero-width": "1\u200b0",
    "letter-o": "1O",
    "letter-l": "l0",
    "superscript": "¹⁰",
    "arabic": "١٠",
    "circled": "⑩",
    "chinese": "十",
    "underscore": "1_0",
    "brackets": "(10)",
    "plus": "+10",
    "nan": "nan",
    "inf": "inf",
    "exponent": "1e1",
    "hex": "0xA",
    "slash": "10/10",
    "comma": "10,0",
    "two-points": "1.0.0",
    "about": "约10",
    "tick": "√",
    "dash": "—",
    "bidi": "\u202e01",
    "kangxi": "⼗",
    "long": "1" * 400,
    "longest": "9" * 32_000,
}
_AMOUNTS = {
    "commas": "1,027,026.81",
    "commas-misplaced": "10,27026.81",
    "fullwidth": "１０２７０２６．８１",
    "wan": "102.702681万元",
    "yuan": "1027026.81元",
    "capital": "壹佰零贰万柒仟零贰拾陆元捌角壹分",
    "symbol": "¥1,027,026.81",
    "brackets": "(1027026.81)",
    "letter-o": "1O27026.81",
    "about": "约102万",
    "european": "1.027.026,81",
    "date": "2020-12-31",
}
_TEXTS = {
    "formula": "=cmd|' /C calc'!A0",
    "formula-plus": '+HYPERLINK("http://127.0.0.1:9")',
    "formula-at": "@SUM(1+1)",
    "formula-fullwidth": "＝1+1",
    "tab": "\t=1+1",
    "markup": "</td></table><script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "terminal": "\u009b31m红",
    "bidi": "项目\u202e目项",
    "zero-width": "项\u200b目\ufeff",
    "private": "项目\ue000\uf8ff",
    "kangxi": "⼀⼆⼉⽬",
    "surrogate-code": "_xD800_项目",
    "newlines": "项目\n" * 500,
    "long": "项" * 32_767,
    "format": "%s%n{0}{self.__class__}${jndi:ldap://127.0.0.1:9/a}",
    "only-spaces": " \u3000\u00a0",
    "combining": "项" + "\u0301" * 3000,
}
_NUMBERS = {
    "nan": "NaN",
    "inf": "INF",
    "huge": "1E999",
    "tiny": "1E-999",
    "400-digits": "9" * 400,
    "underscore": "1_000",
    "comma": "1,000",
    "arabic": "٣٨٠",
    "hex": "0x10",
    "negative-zero": "-0",
    "negative": "-5",
    "many-places": "9.999999999999999999",
    "exponent": "1E1",
    "capital-e-plus": "1.0E+1",
    "spaces": " 10 ",
    "empty": "",
}
_LONG = "<v>" + "1" * 30_000_000 + "</v>"
_WRITTEN = {
    "shared-out-of-range": '<c {r} t="s"><v>99999</v></c>',
    "shared-negative": '<c {r} t="s"><v>-1</v></c>',
    "shared-text": '<c {r} t="s"><v>甲</v></c>',
    "type-unknown": '<c {r} t="zzz"><v>10</v></c>',
    "style-unknown": '<c r="H29" s="9999"><v>10</v></c>',
    "boolean": '<c {r} t="b"><v>1</v></c>',
    "boolean-two": '<c {r} t="b"><v>2</v></c>',
    "error": '<c {r} t="e"><v>#DIV/0!</v></c>',
    "error-ref": '<c {r} t="e"><f>Sheet9!A1</f><v>#REF!</v></c>',
    "error-unknown": '<c {r} t="e"><v>#WHAT!</v></c>',
    "iso-date": '<c {r} t="d"><v>2020-02-29</v></c>',
    "iso-date-impossible": '<c {r} t="d"><v>2020-02-30</v></c>',
    "formula-stale": "<c {r}><f>5+4</f><v>10</v></c>",
    "formula-no-value": "<c {r}><f>5+5</f></c>",
    "formula-itself": "<c {r}><f>H29</f><v>0</v></c>",
    "formula-external": "<c {r}><f>[1]Sheet1!A1</f><v>10</v></c>",
    "formula-dde": "<c {r}><f>cmd|' /C calc'!A0</f><v>10</v></c>",
    "formula-webservice": '<c {r}><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>10</v></c>',
    "formula-long": "<c {r}><f>" + "1+" * 100_000 + "1</f><v>10</v></c>",
    "formula-nested": "<c {r}><f>" + "(" * 5000 + "1" + ")" * 5000 + "</f><v>10</v></c>",
    "two-values": "<c {r}><v>10</v><v>9</v></c>",
    "twin": "<c {r}><v>10</v></c><c {r}><v>9</v></c>",
    "out-of-order": '<c {r}><v>10</v></c><c r="B29"><v>9</v></c>',
    "wrong-row": '<c r="H30"><v>10</v></c>',
    "lower-case": '<c r="h29"><v>10</v></c>',
    "absolute": '<c r="$H$29"><v>10</v></c>',
    "no-column": '<c r="29"><v>10</v></c>',
    "fullwidth-address": '<c r="Ｈ２９"><v>10</v></c>',
    "beyond-last-column": '<c r="XFE29"><v>10</v></c>',
    "inline-and-value": '<c {r} t="inlineStr"><is><t>10</t></is><v>9</v></c>',
    "markup-inside": "<c {r}><v>1<b>0</b></v></c>",
}


def _last_rows(rows: str) -> bytes:
    return replaced(SHEET, _ROW, f"</row>{rows}</sheetData>")


CELLS: dict[str, bytes] = {
    **{f"score-{name}.xlsx": with_text(_SCORE, text) for name, text in _SCORES.items()},
    **{f"amount-{name}.xlsx": with_text(_AMOUNT, text) for name, text in _AMOUNTS.items()},
    **{f"name-{name}.xlsx": with_text(_NAME, text) for name, text in _TEXTS.items()},
    **{f"actual-{name}.xlsx": with_text(_ACTUAL, text) for name, text in _TEXTS.items()},
    **{f"number-{name}.xlsx": with_number(_SCORE, number) for name, number in _NUMBERS.items()},
    **{f"written-{name}.xlsx": with_cell(_SCORE, written) for name, written in _WRITTEN.items()},
    "amount-zero.xlsx": with_number(_BUDGET, "0"),
    "amount-negative.xlsx": with_number(_AMOUNT, "-1027026.81"),
    "amount-1e15.xlsx": with_number(_AMOUNT, "1000000000000000"),
    "text-of-32768.xlsx": with_text(_NAME, "项" * 32_768),
    "text-of-30-mb.xlsx": workbook(zipfile.ZIP_STORED, **{SHEET: TEXTS[SHEET].replace("<v>10</v>", _LONG, 1)}),
    "far-cell.xlsx": _last_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "rows-100000-blank.xlsx": _last_rows("".join(f'<row r="{n}"/>' for n in range(40, 100_040))),
    "rows-100000-styled.xlsx": _last_rows(
        "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(40, 100_040))
    ),
    "row-beyond-the-last.xlsx": _last_rows('<row r="1048577"><c><v>1</v></c></row>'),
    "row-zero.xlsx": _last_rows('<row r="0"><c><v>1</v></c></row>'),
    "row-twin.xlsx": _last_rows('<row r="29"><c r="H29"><v>9</v></c></row>'),
    "row-hidden.xlsx": replaced(SHEET, '<row r="29"', '<row hidden="1" r="29"'),
    "columns-hidden.xlsx": replaced(SHEET, '<col min="7" max="8"', '<col hidden="1" min="7" max="8"'),
    "no-addresses.xlsx": workbook(**{SHEET: re.sub(r'(<row|<c) r="[A-Z]*[0-9]+"', r"\1", TEXTS[SHEET])}),
    "value-under-merge.xlsx": with_cell("D3", '<c {r} t="inlineStr"><is><t>藏在合并下面</t></is></c>'),
    "second-form-below.xlsx": _last_rows('<row r="40"><c r="A40" t="inlineStr"><is><t>项目名称</t></is></c></row>'),
}
