"""分值 and 得分 by level 1 as a native chart: Word, WPS and LibreOffice draw it from its own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfxl.figures import points
from perfxl.reports.escaping import html_text
from perfxl.words.levels import Level

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_COLOURS = ("BFC7D1", "2F5D8A")
_TEXT = '<a:defRPr sz="900"><a:latin typeface="Times New Roman"/><a:ea typeface="仿宋_GB2312"/></a:defRPr>'
_FONT = f"<c:txPr><a:bodyPr/><a:p><a:pPr>{_TEXT}</a:pPr><a:endParaRPr/></a:p></c:txPr>"
_LINE = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="D9DEE5"/></a:solidFill></a:ln></c:spPr>'


def points_chart(blocks: Sequence[Level]) -> bytes:
    """Clustered bars, one pair per level 1 block; a block without points has no bar for 得分."""
    names = [block.name for block in blocks]
    series = (
        ("分值", [points(block.max_score) for block in blocks]),
        ("得分", [points(block.reported) if block.reported is not None else "" for block in blocks]),
    )
    drawn = "".join(_series(n, name, names, values) for n, (name, values) in enumerate(series))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}" xmlns:r="{_RELATION}"><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/>'
        f'<c:grouping val="clustered"/><c:varyColors val="0"/>{drawn}<c:gapWidth val="80"/>'
        '<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{_LINE}{_FONT}<c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines>{_LINE}</c:majorGridlines>'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/>{_LINE}{_FONT}<c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx>'
        f'</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_FONT}</c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>'
    ).encode()


def _series(number: int, name: str, names: Sequence[str], values: Sequence[str]) -> str:
    """One series with its own copy of names and numbers: there is no workbook behind it."""
    categories = "".join(f'<c:pt idx="{n}"><c:v>{html_text(text)}</c:v></c:pt>' for n, text in enumerate(names))
    shown = "".join(f'<c:pt idx="{n}"><c:v>{text}</c:v></c:pt>' for n, text in enumerate(values) if text)
    count = f'<c:ptCount val="{len(names)}"/>'
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
        f'<c:tx><c:strRef><c:f>{name}</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{_COLOURS[number]}"/></a:solidFill></c:spPr>'
        f'<c:invertIfNegative val="0"/><c:dLbls>{_FONT}<c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strLit>{count}{categories}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>General</c:formatCode>{count}{shown}</c:numLit></c:val></c:ser>"
    )


def add_chart(document: Any, chart: bytes, width: int, height: int, description: str) -> None:
    """Append the chart, centred, on a line of its own. Width and height in EMU."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    from perfxl.words import styles

    name = PackURI("/word/charts/chart1.xml")
    part = Part(name, _CONTENT_TYPE, chart, document.part.package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    drawing = parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name="图1" descr="{html_text(description)}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_CHART}">'
        f'<c:chart xmlns:c="{_CHART}" r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    paragraph = document.add_paragraph(style=styles.PICTURE)
    paragraph.add_run()._r.append(drawing)
