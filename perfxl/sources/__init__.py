"""Files → Workbook: one module per kind of file, chosen by content and never by the name's ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from perfxl.grid import Workbook
from perfxl.sources.docx import read_docx
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.html import read_html
from perfxl.sources.kind import Kind, kind_of, misnamed, refuse, zip_kind
from perfxl.sources.ods import read_ods
from perfxl.sources.package import Package
from perfxl.sources.pdf import read_pdf
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.text import read_text
from perfxl.sources.xls import read_xls
from perfxl.sources.xlsx import read_xlsx
from perfxl.sources.xml_2003 import read_xml_2003

__all__ = ["UnreadableFile", "read_workbook"]


_PACKAGE_READERS: dict[Kind, Callable[[Package, str], Workbook]] = {
    Kind.XLSX: read_xlsx,
    Kind.DOCX: read_docx,
    Kind.ODS: read_ods,
}
_READERS: dict[Kind, Callable[[bytes, str], Workbook]] = {
    Kind.XLS: read_xls,
    Kind.PDF: read_pdf,
    Kind.HTML: read_html,
    Kind.XML_2003: read_xml_2003,
    Kind.TEXT: read_text,
}


def read_workbook(path: Path) -> Workbook:
    """The workbook in a regular file, named as the file is. Raises UnreadableFile with the finding's code."""
    data = file_bytes(path)
    kind = kind_of(data)
    if kind is Kind.ZIP:
        package = Package(data)
        kind = _package_kind(package)
        workbook = _PACKAGE_READERS[kind](package, path.name)
    elif (reader := _READERS.get(kind)) is None:
        raise refuse(kind)
    else:
        workbook = reader(data, path.name)
    return replace(workbook, misnamed=misnamed(kind, path.suffix))


def _package_kind(package: Package) -> Kind:
    """A workbook, or a document where the package has no part of that name that a workbook always has."""
    kind = zip_kind(package.names)
    return kind if kind in _PACKAGE_READERS and "xl/workbook.xml" not in package else Kind.XLSX
