"""Parts that are missing, broken, foreign, or written to make a reader go elsewhere."""

from __future__ import annotations

import re

from tests.hostile.form import (
    BOOK,
    POINTERS,
    PROPERTIES,
    SHARED,
    SHEET,
    STYLES,
    TEXTS,
    after_rows,
    before_end,
    pointing,
    replaced,
    workbook,
)

_NAMES = {"sheet": SHEET, "book": BOOK, "pointers": POINTERS, "shared": SHARED, "styles": STYLES, "custom": PROPERTIES}
_DOCTYPES = {
    "dtd": "<!DOCTYPE a>",
    "dtd-laughs": '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>",
    "dtd-file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "dtd-net": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
}
_LAUGHS = _DOCTYPES["dtd-laughs"]
_UTF_16 = TEXTS[SHEET].replace("UTF-8", "UTF-16")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _with_names(names: str) -> bytes:
    return replaced(BOOK, "</definedNames>", names + "</definedNames>")


def _more_sheets(count: int) -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n + 10}" r:id="rId1"/>' for n in range(count))
    return replaced(BOOK, "</sheets>", sheets + "</sheets>")


def _second_sheet(attributes: str) -> bytes:
    return replaced(BOOK, '<sheet name="填表说明" sheetId="2"', f'<sheet name="填表说明" sheetId="2" {attributes}')


PARTS: dict[str, bytes] = {
    **{f"{name}-missing.xlsx": workbook(**{part: None}) for name, part in _NAMES.items()},
    **{f"{name}-empty.xlsx": workbook(**{part: ""}) for name, part in _NAMES.items()},
    **{
        f"{name}-cut.xlsx": workbook(**{part: TEXTS[part][: len(TEXTS[part]) * 3 // 4]})
        for name, part in _NAMES.items()
    },
    **{f"{name}-foreign.xlsx": workbook(**{part: "<a/>"}) for name, part in _NAMES.items()},
    **{
        f"{name}-{kind}.xlsx": replaced(part, "?>", "?>" + text)
        for name, part in _NAMES.items()
        for kind, text in _DOCTYPES.items()
    },
    **{f"{name}-nested.xlsx": before_end(part, "<a>" * 5000 + "</a>" * 5000) for name, part in _NAMES.items()},
    "sheet-two-roots.xlsx": workbook(**{SHEET: TEXTS[SHEET] + "<a/>"}),
    "sheet-bad-utf8.xlsx": workbook(**{SHEET: TEXTS[SHEET].encode().replace(b"<v>10</v>", b"<v>\xff\xfe</v>", 1)}),
    "sheet-nul.xlsx": replaced(SHEET, "<v>10</v>", "<v>\0</v>"),
    "sheet-control.xlsx": replaced(SHEET, "<v>10</v>", "<v>\x0b10</v>"),
    "sheet-unknown-entity.xlsx": replaced(SHEET, "<v>10</v>", "<v>&nbsp;10</v>"),
    "sheet-many-attributes.xlsx": replaced(
        SHEET, "<sheetData", "<a " + " ".join(f'a{n}=""' for n in range(50_000)) + "/><sheetData"
    ),
    "sheet-twin-attribute.xlsx": replaced(SHEET, '<c r="H29"', '<c r="H28" r="H29"'),
    "sheet-long-attribute.xlsx": replaced(SHEET, '<c r="H29"', f'<c x="{"a" * 900_000}" r="H29"'),
    "sheet-comments-and-pi.xlsx": replaced(SHEET, "<sheetData>", "<!-- <c/> --><?a b?><sheetData>"),
    "sheet-cdata.xlsx": replaced(SHEET, "<v>10</v>", "<v><![CDATA[10]]></v>"),
    "sheet-utf16.xlsx": workbook(**{SHEET: _UTF_16.encode("utf-16")}),
    "sheet-utf16-laughs.xlsx": workbook(**{SHEET: _UTF_16.replace("?>", "?>" + _LAUGHS, 1).encode("utf-16")}),
    "sheet-utf8-mark.xlsx": workbook(**{SHEET: TEXTS[SHEET].encode("utf-8-sig")}),
    "sheet-gb18030.xlsx": workbook(**{SHEET: TEXTS[SHEET].replace("UTF-8", "GB18030").encode("gb18030")}),
    "sheet-utf7.xlsx": workbook(**{SHEET: TEXTS[SHEET].replace("UTF-8", "UTF-7").encode("utf-7")}),
    "sheet-prefixed.xlsx": workbook(
        **{
            SHEET: _HEAD
            + TEXTS[SHEET]
            .removeprefix(_HEAD)
            .replace("xmlns=", "xmlns:x=", 1)
            .replace("</", "\x01")
            .replace("<", "<x:")
            .replace("\x01", "</x:")
        }
    ),
    "book-no-sheets.xlsx": workbook(**{BOOK: re.sub("<sheet .*?/>", "", TEXTS[BOOK])}),
    "book-twin-sheets.xlsx": replaced(BOOK, 'name="填表说明"', 'name="自评表"'),
    "book-sheet-without-name.xlsx": replaced(BOOK, 'name="填表说明" ', ""),
    "book-sheet-name-formula.xlsx": replaced(BOOK, 'name="填表说明"', 'name="=1+1"'),
    "book-sheet-name-markup.xlsx": replaced(BOOK, 'name="填表说明"', 'name="&lt;script&gt;alert(1)&lt;/script&gt;"'),
    "book-sheet-hidden.xlsx": _second_sheet('state="hidden"'),
    "book-sheet-very-hidden.xlsx": _second_sheet('state="veryHidden"'),
    "book-form-hidden.xlsx": replaced(BOOK, '<sheet name="自评表"', '<sheet state="hidden" name="自评表"'),
    "book-sheets-2000.xlsx": _more_sheets(2000),
    "book-names-20000.xlsx": _with_names("".join(f'<definedName name="n{n}">1</definedName>' for n in range(20_000))),
    "book-name-itself.xlsx": replaced(BOOK, "</definedNames>", '<definedName name="a">a</definedName></definedNames>'),
    "book-scheme-unknown.xlsx": replaced(PROPERTIES, "shanghai/2020-10-90", "shanghai/1999"),
    "book-scheme-climbs.xlsx": replaced(PROPERTIES, "shanghai/2020-10-90", "../../../../etc/passwd"),
    "book-scheme-long.xlsx": replaced(PROPERTIES, "shanghai/2020-10-90", "a" * 200_000),
    "book-dates-1904.xlsx": replaced(BOOK, "<workbookPr ", '<workbookPr date1904="1" '),
    "pointers-external-sheet.xlsx": replaced(
        POINTERS, 'Target="worksheets/sheet1.xml"', 'Target="http://127.0.0.1:9/s.xml" TargetMode="External"'
    ),
    "pointers-file-sheet.xlsx": replaced(POINTERS, "worksheets/sheet1.xml", "file:///etc/passwd"),
    "pointers-climb.xlsx": replaced(POINTERS, "worksheets/sheet1.xml", "../../../../etc/passwd"),
    "pointers-to-itself.xlsx": replaced(POINTERS, "worksheets/sheet1.xml", "workbook.xml"),
    "pointers-absolute.xlsx": replaced(POINTERS, "worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"),
    "pointers-twin-id.xlsx": replaced(POINTERS, 'Id="rId2"', 'Id="rId1"'),
    "pointers-external-links.xlsx": pointing("externalLink", "file:///c:/a.xlsx", "External"),
    "macros-of-our-form.xlsm": pointing("vbaProject", "vbaProject.bin"),
    "macros.xlsm": pointing("vbaProject", "vbaProject.bin", ours=False),
    "macro-sheet.xlsm": pointing("xlMacrosheet", "macrosheets/sheet1.xml", ours=False),
    "shared-100000.xlsx": before_end(SHARED, "<si><t>a</t></si>" * 100_000),
    "shared-rich-phonetic.xlsx": before_end(SHARED, "<si><r><t>a</t></r><rPh sb='0' eb='1'><t>b</t></rPh></si>"),
    "styles-100000.xlsx": before_end(STYLES, "<cellXfs>" + '<xf numFmtId="0"/>' * 100_000 + "</cellXfs>"),
    "custom-many.xlsx": before_end(
        PROPERTIES, "".join(f'<property name="p{n}"><vt:lpwstr>{"a" * 100}</vt:lpwstr></property>' for n in range(5000))
    ),
    "protection-lost.xlsx": replaced(SHEET, "<sheetProtection ", "<a "),
    "merge-whole-sheet.xlsx": after_rows('<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "merges-overlapping.xlsx": replaced(SHEET, "</mergeCells>", '<mergeCell ref="B10:I11"/></mergeCells>'),
    "merges-50000.xlsx": replaced(
        SHEET, "</mergeCells>", "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1000, 51_000)) + "</mergeCells>"
    ),
    "merge-damaged.xlsx": replaced(SHEET, "</mergeCells>", '<mergeCell ref="A1:"/></mergeCells>'),
    "dimension-lies.xlsx": replaced(SHEET, '<dimension ref="A1:Q31"/>', '<dimension ref="A1:XFD1048576"/>'),
    "dimension-one-cell.xlsx": replaced(SHEET, '<dimension ref="A1:Q31"/>', '<dimension ref="A1"/>'),
    "validation-whole-sheet.xlsx": after_rows(
        '<dataValidations><dataValidation type="list" sqref="A1:XFD1048576"><formula1>"a"</formula1></dataValidation>'
        "</dataValidations>"
    ),
    "links-out.xlsx": after_rows('<hyperlinks><hyperlink ref="A1" display="a" location="cmd|calc"/></hyperlinks>'),
}
