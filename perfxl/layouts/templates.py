"""The committed blank forms in templates/: written by this code, compared part by part with what it writes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from perfxl.layouts.workbook import write_form
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes


def template_name(scheme: Scheme) -> str:
    """`mof-2020-项目支出绩效自评表.xlsx`: the scheme's id and the form's title."""
    title = scheme.layout.title.replace("{year}年度", "").strip()
    return f"{scheme.id.replace('/', '-')}-{title}.xlsx"


def build_templates(directory: Path) -> list[Path]:
    """Write the blank form of every built-in scheme. Returns the files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = []
    for scheme in builtin_schemes().values():
        path = directory / template_name(scheme)
        write_form(scheme, path)
        files.append(path)
    return files


def stale_templates(directory: Path) -> list[str]:
    """Names of the templates in `directory` that are missing, left over, or differ from what the code writes."""
    with TemporaryDirectory() as folder:
        wanted = {path.name: _parts(path) for path in build_templates(Path(folder))}
    found = {path.name: _parts(path) for path in directory.glob("*.xlsx")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def _parts(path: Path) -> dict[str, bytes]:
    """The parts of a package; none of a file that is not one."""
    try:
        with ZipFile(path) as package:
            return {name: package.read(name) for name in package.namelist()}
    except BadZipFile:
        return {}
