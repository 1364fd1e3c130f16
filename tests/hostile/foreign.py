"""Files that are something else, named .xlsx or .xls."""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import tarfile
import zipfile

import openpyxl
import xlwt

from tests.hostile.form import GOOD
from tests.hostile_files import ole
from tests.xlsx_packages import relationships, zipped

_TABLE = "<table><tr><td>项目名称</td><td>甲</td></tr></table>"


def _tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("自评表.xlsx")
        entry.size = len(GOOD)
        archive.addfile(entry, io.BytesIO(GOOD))
    return stream.getvalue()


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("create table t (a)")
        return database.serialize()


def _xls(rows: list[list[str]]) -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("表")
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    book.save(stream)
    return stream.getvalue()


def _blank() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def _package(part: str, kind: str = "officeDocument") -> bytes:
    return zipped({"_rels/.rels": relationships(("r1", kind, part)), part: "<a/>"})


def _flat(mimetype: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", "<a/>")
    return stream.getvalue()


FOREIGN: dict[str, bytes] = {
    "jpeg.xlsx": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(100),
    "png.xlsx": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "gif.xlsx": b"GIF89a\x01\x00\x01\x00",
    "bmp.xls": b"BM\x46\x00\x00\x00\x00\x00\x00\x00",
    "tiff.xlsx": b"II*\x00\x08\x00\x00\x00",
    "webp.xlsx": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "heic.xlsx": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "mp4.xlsx": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "rar.xlsx": b"Rar!\x1a\x07\x01\x00",
    "7z.xlsx": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "gzip.xlsx": gzip.compress(GOOD, mtime=0),
    "tar.xlsx": _tar(),
    "zip-of-workbooks.xlsx": zipped({"自评表.xlsx": GOOD}),
    "zip-empty.xlsx": zipped({}),
    "docx-without-body.xlsx": _package("word/document.xml"),
    "pptx.xlsx": _package("ppt/presentation.xml"),
    "xlsb.xlsx": _package("xl/workbook.bin"),
    "visio.xlsx": _package("visio/document.xml"),
    "ofd.xlsx": zipped({"OFD.xml": "<a/>", "Doc_0/Document.xml": "<a/>"}),
    "odt.xlsx": _flat("application/vnd.oasis.opendocument.text"),
    "ods-empty.ods": _flat("application/vnd.oasis.opendocument.spreadsheet"),
    "epub.xlsx": _flat("application/epub+zip"),
    "jar.xlsx": zipped({"META-INF/MANIFEST.MF": "Manifest-Version: 1.0"}),
    "numbers.xlsx": zipped({"Index/Document.iwa": b"\0"}),
    "doc.xls": ole("1Table", "WordDocument"),
    "ppt.xls": ole("PowerPoint Document"),
    "msg.xls": ole("__properties_version1.0"),
    "ole-of-nothing.xls": ole(),
    "ole-head-only.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8),
    "encrypted.xlsx": ole("EncryptionInfo", "EncryptedPackage"),
    "rights-managed.xlsx": ole("\x06DataSpaces", "EncryptedPackage"),
    "rtf.xls": b"{\\rtf1\\ansi \xcf\xee\xc4\xbf}",
    "pdf-head-only.xlsx": b"%PDF-1.7\n",
    "pdf-without-pages.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "ps.xlsx": b"%!PS-Adobe-3.0\n",
    "exe.xlsx": b"MZ\x90\x00\x03" + bytes(200),
    "elf.xlsx": b"\x7fELF\x02\x01\x01" + bytes(60),
    "class.xlsx": b"\xca\xfe\xba\xbe\x00\x00\x00\x34",
    "sqlite.xlsx": _sqlite(),
    "pickle.xlsx": pickle.dumps({"项目名称": "甲"}, 4),
    "mhtml.xls": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n",
    "mail.xls": b"From: a@b.c\r\nSubject: =?utf-8?b?5Y+N?=\r\n\r\nbody",
    "html-page.xls": f"<html><body>{_TABLE}</body></html>".encode(),
    "html-frameset.xls": b'<html><frameset><frame src="sheet001.htm"></frameset></html>',
    "html-script.xls": b"<html><script>document.write('<table>')</script></html>",
    "html-external.xls": b'<html><body><img src="http://127.0.0.1:9/x"><iframe src="file:///etc/passwd"></iframe></html>',
    "html-nested-tables.xls": b"<html>" + b"<table><tr><td>" * 3000 + b"</html>",
    "html-wide-span.xls": b"<table><tr><td colspan=999999999 rowspan=999999999>a</td></tr></table>",
    "html-no-end.xls": b"<html><table><tr><td>" + "项目名称".encode() * 1000,
    "xml.xls": b'<?xml version="1.0"?><a/>',
    "xml-2003-empty.xls": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    "xml-2003-cut.xls": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Work',
    "xml-2003-far-index.xls": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row ss:Index="999999999">'
    b'<Cell ss:Index="99999"><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>',
    "svg.xls": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "json.csv": b'{"a": 1}',
    "csv-nothing-known.csv": "甲,乙\n1,2\n".encode(),
    "csv-formula.csv": "=cmd|' /C calc'!A0,乙\n".encode(),
    "csv-one-long-line.csv": b"a," * 400_000,
    "csv-open-quote.csv": b'"' + "项目名称,\n".encode() * 2000,
    "csv-nul.csv": b"a,b\0c\n" * 10,
    "text-utf16-odd.csv": "项目名称".encode("utf-16") + b"x",
    "text-cut-gb18030.csv": "项目名称".encode("gb18030")[:-1],
    "noise.xlsx": bytes(range(256)) * 4,
    "spaces.xlsx": b" " * 5000,
    "one-byte.xlsx": b"P",
    "xls-blank.xls": _xls([]),
    "xls-other.xls": _xls([["甲", "乙"], ["1", "2"]]),
    "xls-cut.xls": _xls([["甲"] * 20] * 200)[:9000],
    "xlsx-blank.xlsx": _blank(),
}
