"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable
from enum import Enum

from perfxl.problem import Clause
from perfxl.sources.errors import UnreadableFile, damaged


class Kind(Enum):
    """A kind of content; the value is what a clerk calls it, in Chinese and in English."""

    ENCRYPTED = "加密的文件", "an encrypted file"
    XLSX = "Excel 工作簿（xlsx）", "an Excel workbook (xlsx)"
    XLS = "Excel 97-2003 工作簿（xls）", "an Excel 97-2003 workbook (xls)"
    XLSB = "Excel 二进制工作簿（xlsb）", "a binary Excel workbook (xlsb)"
    XML_2003 = "XML 表格 2003", "an XML Spreadsheet 2003"
    ODS = "OpenDocument 表格（ods）", "an OpenDocument spreadsheet (ods)"
    DOCX = "Word 文档（docx）", "a Word document (docx)"
    DOC = "Word 97-2003 文档（doc、wps）", "a Word 97-2003 document (doc, wps)"
    PPTX = "PowerPoint 演示文稿（pptx）", "a PowerPoint presentation (pptx)"
    PPT = "PowerPoint 97-2003 演示文稿（ppt）", "a PowerPoint 97-2003 presentation (ppt)"
    ODF = "OpenDocument 文档", "an OpenDocument document"
    OFD = "OFD 文件", "an OFD file"
    OLE = "其他 OLE 复合文档", "some other compound document (OLE)"
    PDF = "PDF 文件", "a PDF file"
    RTF = "RTF 文档", "an RTF document"
    HTML = "网页（HTML）", "a web page (HTML)"
    MHTML = "单个文件网页（MHTML）", "a web page in one file (MHTML)"
    XML = "XML 文件", "an XML file"
    JPEG = "JPEG 图片", "a JPEG picture"
    PNG = "PNG 图片", "a PNG picture"
    GIF = "GIF 图片", "a GIF picture"
    BMP = "BMP 图片", "a BMP picture"
    TIFF = "TIFF 图片", "a TIFF picture"
    WEBP = "WebP 图片", "a WebP picture"
    HEIC = "HEIC 图片", "a HEIC picture"
    RAR = "RAR 压缩包", "a RAR archive"
    SEVEN_ZIP = "7z 压缩包", "a 7z archive"
    GZIP = "gzip 压缩包", "a gzip archive"
    ZIP = "ZIP 压缩包", "a ZIP archive"
    TEXT = "纯文本", "plain text"
    UNKNOWN = "无法识别的内容", "something that is not recognised"


_SIGNATURES = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OLE),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF8", Kind.GIF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"{\\rtf", Kind.RTF),
    (b"\x09\x08", Kind.XLS),
    (b"\x09\x04\x06\x00", Kind.XLS),
    (b"\x09\x02\x06\x00", Kind.XLS),
)
_STREAMS = (
    ("EncryptedPackage", Kind.ENCRYPTED),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("WordDocument", Kind.DOC),
    ("PowerPoint Document", Kind.PPT),
)
_ENTRIES = (
    ("xl/workbook.bin", Kind.XLSB),
    ("word/document.xml", Kind.DOCX),
    ("ppt/presentation.xml", Kind.PPTX),
    ("ofd.xml", Kind.OFD),
    ("meta-inf/manifest.xml", Kind.ODF),
)
_ENDINGS = {
    Kind.XLSX: ".xlsx .xlsm .xltx .xltm .et .ett",
    Kind.XLS: ".xls .xlt .et .ett",
    Kind.DOCX: ".docx .docm .dotx .dotm .wps .wpt",
    Kind.ODS: ".ods .ots",
    Kind.PDF: ".pdf",
    Kind.HTML: ".html .htm",
    Kind.XML_2003: ".xml",
    Kind.TEXT: ".txt .csv .tsv .tab",
}
"""What a file of a kind that we read is called. WPS keeps its own endings for either generation."""
_PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.BMP, Kind.TIFF, Kind.WEBP, Kind.HEIC})
_OLD_DOCUMENTS = frozenset({Kind.DOC, Kind.RTF})
_DOCUMENT_PART = re.compile(r"\Aword/document[0-9]+\.xml\Z")
"""Word in a browser numbers the part."""
_HEAD = 4096
_HTML = re.compile(
    rb"<(!doctype\s+html|html|head|body|table|meta|div|style|script|title|center|p|h[1-6])\b", re.IGNORECASE
)
_XML_2003 = (b"<?xml", b"<Workbook", b"<ss:Workbook")


def kind_of(data: bytes) -> Kind:
    """The kind by signature; a workbook is a zip here. R101 where nothing is left to tell it by."""
    if not data:
        raise damaged("文件为空（0 字节）", "the file is empty (0 bytes)")
    head = data[:_HEAD]
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return _ole_kind(data) if kind is Kind.OLE else kind
    if len(data) > 1 and any(signature.startswith(data) for signature, _ in _SIGNATURES):
        raise damaged("文件只剩开头几个字节", "only the first few bytes of the file are left")
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return Kind.BMP
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return Kind.HEIC
    if not data.strip(b"\x00"):
        raise damaged("文件内容全部为零", "the file holds nothing but zero bytes")
    if b"PK\x05\x06" in data[-65557:]:
        raise damaged("文件开头已损坏", "the beginning of the file is damaged")
    return _text_kind(head)


def misnamed(kind: Kind, ending: str) -> tuple[Clause, Clause] | None:
    """The ending and what the content is instead; None where they agree."""
    return (
        None if ending.lower() in _ENDINGS[kind].split() else ((ending or "（没有）", ending or "(none)"), kind.value)
    )


def refuse(kind: Kind) -> UnreadableFile:
    """The error for a kind that gives no workbook."""
    if kind is Kind.ENCRYPTED:
        return UnreadableFile("R102")
    if kind in _PICTURES:
        return UnreadableFile("R108", kind=kind.value)
    if kind in _OLD_DOCUMENTS:
        return UnreadableFile("R109", kind=kind.value)
    return UnreadableFile("R103", kind=kind.value)


def zip_kind(names: Iterable[str]) -> Kind:
    """The kind of a zip without a workbook part, by the names of its entries."""
    lower = {_DOCUMENT_PART.sub("word/document.xml", name.lower()) for name in names}
    for name, kind in _ENTRIES:
        if name in lower:
            return Kind.ODS if kind is Kind.ODF and "content.xml" in lower else kind
    return Kind.ZIP


def _ole_kind(data: bytes) -> Kind:
    """By the streams' names. Directory entries lie at multiples of 128 bytes and hold the name in UTF-16."""
    for name, kind in _STREAMS:
        entry = name.encode("utf-16-le") + b"\x00\x00"
        place = data.find(entry)
        while place >= 0:
            if place % 128 == 0 and data[place + 64 : place + 66] == len(entry).to_bytes(2, "little"):
                return kind
            place = data.find(entry, place + 1)
    return Kind.OLE


def _text_kind(head: bytes) -> Kind:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = text.decode("utf-16", "replace").encode()
    if b"\x00" in text:
        return Kind.UNKNOWN
    start = text.lstrip()
    if start[:13].lower() == b"mime-version:":
        return Kind.MHTML
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start and start.startswith(_XML_2003):
        return Kind.XML_2003
    if start.startswith(b"<") and _HTML.search(start):
        return Kind.HTML
    if start.startswith(b"<?xml"):
        return Kind.XML
    return Kind.TEXT if _is_text(text, len(head) < _HEAD) else Kind.UNKNOWN


def _is_text(text: bytes, complete: bool) -> bool:
    """Whether it decodes; GB18030 takes most bytes, so control characters rule out."""
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The head may end within a character.
            getincrementaldecoder(encoding)().decode(text, complete)
        except UnicodeDecodeError:
            continue
        return True
    return False
