"""What is generated, by its name below docs/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs_build.catalogue import catalogue_page
from docs_build.contract import contract_page
from docs_build.reference import reference_page
from perfxl.commands.schema import schemas

DOCS = Path(__file__).parent.parent / "docs"
_NOTE = "<!-- 由 python -m docs_build 生成，请改它的来源，不要改这一页。 -->\n"

PAGES: dict[str, Callable[[], str]] = {
    "代码目录.md": lambda: _NOTE + catalogue_page(),
    "命令参考.md": lambda: _NOTE + reference_page(),
    "JSON接口.md": lambda: _NOTE + contract_page(),
} | {f"schema/{name}-v1.json": written for name, written in schemas().items()}
