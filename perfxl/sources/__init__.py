"""Files → Workbook: one module per kind of file, chosen by content and never by the name's ending."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from perfxl.grid import Workbook
from perfxl.sources.errors import UnreadableFile
from perfxl.sources.kind import Kind, kind_of, misnamed, refuse, zip_kind
from perfxl.sources.package import Package
from perfxl.sources.raw_file import file_bytes
from perfxl.sources.xlsx import read_xlsx

__all__ = ["UnreadableFile", "read_workbook"]

# Nine of ten files are .xlsx: the other readers, as `module.name`, are loaded when the first file of their kind comes.
_PACKAGE_READERS = {Kind.DOCX: "docx.read_docx", Kind.ODS: "ods.read_ods"}
_READERS = {
    Kind.XLS: "xls.read_xls",
    Kind.PDF: "pdf.read_pdf",
    Kind.HTML: "html.read_html",
    Kind.XML_2003: "xml_2003.read_xml_2003",
    Kind.TEXT: "text.read_text",
}


def read_workbook(path: Path, unread: Collection[str] = ()) -> Workbook:
    """The workbook in a regular file, named as the file is. Raises UnreadableFile with the finding's code.

    Nobody will ask for what the sheets named in `unread` hold: of an .xlsx their cells are not read."""
    data = file_bytes(path)
    kind = kind_of(data)
    if kind is Kind.ZIP:
        package = Package(data)
        kind = _package_kind(package)
        if kind is Kind.XLSX:
            workbook = read_xlsx(package, path.name, unread)
        else:
            workbook = _loaded(_PACKAGE_READERS[kind])(package, path.name)
    elif kind in _READERS:
        workbook = _loaded(_READERS[kind])(data, path.name)
    else:
        raise refuse(kind)
    unlike = misnamed(kind, path.suffix)
    return replace(workbook, misnamed=unlike) if unlike else workbook


def _package_kind(package: Package) -> Kind:
    """A workbook, or a document where the package has no part of that name that a workbook always has."""
    if "xl/workbook.xml" in package:
        return Kind.XLSX
    kind = zip_kind(package.names)
    return kind if kind in _PACKAGE_READERS else Kind.XLSX


def _loaded(place: str) -> Callable[[Any, str], Workbook]:
    module, _, name = place.partition(".")
    reader: Callable[[Any, str], Workbook] = getattr(import_module(f"perfxl.sources.{module}"), name)
    return reader
