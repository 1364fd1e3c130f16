"""The styles of an official document: fonts by the East Asian slots, sizes, line pitch, heading numbers.

GB/T 9704—2012: title 2号小标宋, text 3号仿宋, headings 黑体, 楷体, 仿宋; numbered 一、（一）1.（1）."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

TITLE, BODY, LEFT, RIGHT, SMALL, HEAD, CELL, CAPTION, DATA, PICTURE, NUMBER = (
    "公文标题",
    "公文正文",
    "主送机关",
    "落款",
    "说明",
    "表头",
    "表格",
    "表题",
    "表内数据",
    "图",
    "页码",
)
HEADINGS = ("Heading 1", "Heading 2", "Heading 3", "Heading 4")

LINE_PITCH = 28.95
"""Points: 22 lines on 225 mm."""
_CLOSER = -5
"""Between characters, in twentieths of a point: 28 of them on a line of 156 mm."""
_SONG, _FANG, _HEI, _KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_LATIN = "Times New Roman"
_FALL_BACKS = {
    _SONG: "方正小标宋_GBK,宋体,SimSun,Noto Serif CJK SC",
    _FANG: "仿宋,FangSong,华文仿宋,Noto Serif CJK SC",
    _HEI: "SimHei,微软雅黑,Noto Sans CJK SC",
    _KAI: "楷体,KaiTi,华文楷体,Noto Serif CJK SC",
}
_ERHAO, _SANHAO, _SIHAO, _WUHAO = 22, 16, 14, 10.5
_FIRST_LINE = 2 * _SANHAO
"""Two characters."""
GAP_COLOUR = RGBColor(0xC0, 0x00, 0x00)


def set_styles(document: Any) -> None:
    """Replace the library's styles by ours."""
    kept = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList"}
    root = document.styles.element
    for style in root.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in kept:
            root.remove(style)
    normal = document.styles["Normal"]
    _font(normal, _FANG, _SANHAO)
    normal.paragraph_format.space_after = Pt(0)
    language = parse_xml(f'<w:lang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>')
    normal.element.get_or_add_rPr().append(language)
    _style(document, TITLE, _SONG, _ERHAO, align=1, pitch=35, keep=True)
    _style(document, BODY, _FANG, _SANHAO, align=3, pitch=LINE_PITCH, first=_FIRST_LINE)
    _headings(document)
    _style(
        document, DATA, _FANG, _SANHAO, align=3, pitch=LINE_PITCH, first=_FIRST_LINE
    ).next_paragraph_style = document.styles[BODY]
    _style(document, LEFT, _FANG, _SANHAO, pitch=LINE_PITCH)
    _style(document, RIGHT, _FANG, _SANHAO, align=2, pitch=LINE_PITCH)
    _style(document, SMALL, _KAI, _SIHAO, align=1, pitch=LINE_PITCH)
    _style(document, CAPTION, _HEI, _SIHAO, align=1, pitch=LINE_PITCH, keep=True)
    _style(document, PICTURE, _FANG, _SIHAO, align=1)
    _style(document, HEAD, _HEI, _WUHAO, align=1, pitch=15)
    _style(document, CELL, _FANG, _WUHAO, pitch=15)
    _style(document, NUMBER, "宋体", _SIHAO).element.rPr.rFonts.set(qn("w:ascii"), "宋体")
    _font_table(document)


def _headings(document: Any) -> None:
    fonts = ((_HEI, False), (_KAI, False), (_FANG, True), (_FANG, False))
    for level, (name, (font, bold)) in enumerate(zip(HEADINGS, fonts, strict=True)):
        style = _style(document, name, font, _SANHAO, pitch=LINE_PITCH, first=_FIRST_LINE, keep=True)
        style.font.bold = bold
        properties = style.element.get_or_add_pPr()
        properties.append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level}"/>'))
        numbering = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')
        properties.insert_element_before(
            numbering, "w:suppressLineNumbers", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )
        style.next_paragraph_style = document.styles[BODY]
    _numbering(document)


def _numbering(document: Any) -> None:
    """一、（一）1.（1）, as part of the heading styles."""
    levels = (
        ("chineseCounting", "%1、"),
        ("chineseCounting", "（%2）"),
        ("decimal", "%3．"),
        ("decimal", "（%4）"),
    )
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    inner = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:pStyle w:val="{HEADINGS[level].replace(" ", "")}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="0" w:firstLine="{_FIRST_LINE * 20}"/></w:pPr></w:lvl>'
        for level, (form, text) in enumerate(levels)
    )
    root.append(
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
            f"{inner}</w:abstractNum>"
        )
    )
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="1"><w:abstractNumId w:val="0"/></w:num>'))


def _style(
    document: Any,
    name: str,
    font: str,
    size: float,
    *,
    align: int | None = None,
    pitch: float | None = None,
    first: float | None = None,
    keep: bool = False,
) -> Any:
    """`align` as in WD_ALIGN_PARAGRAPH; `pitch` and `first` (indent) in points."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name in HEADINGS)
    style.base_style = document.styles["Normal"]
    style.quick_style, style.hidden, style.unhide_when_used = True, False, False
    _font(style, font, size)
    shape = style.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.keep_with_next = keep or None
    shape.alignment = align
    if pitch is not None:
        shape.line_spacing = Pt(pitch)
    if first is not None:
        shape.first_line_indent = Pt(first)
    if size == _SANHAO:
        closer = parse_xml(f'<w:spacing {nsdecls("w")} w:val="{_CLOSER}"/>')
        style.element.rPr.insert_element_before(closer, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
    if size < _SIHAO:
        # In a table the line pitch of the page would pull the lines apart.
        loose = parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>')
        style.element.get_or_add_pPr().insert_element_before(loose, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    return style


def _font(style: Any, east_asian: str, size: float) -> None:
    style.font.name, style.font.size = _LATIN, Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), east_asian)


def _font_table(document: Any) -> None:
    """The fall-backs, for a machine without the official fonts."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in _FALL_BACKS.items()
    )
    part = next(r.target_part for r in document.part.rels.values() if r.reltype.endswith("/fontTable"))
    part._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    )
