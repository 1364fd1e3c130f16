"""The official forms as workbooks that compute themselves."""

from __future__ import annotations

from perfxl.layouts.content import Content, FundingContent, RowContent
from perfxl.layouts.templates import build_templates, stale_templates, template_name
from perfxl.layouts.workbook import write_form

__all__ = [
    "Content",
    "FundingContent",
    "RowContent",
    "build_templates",
    "stale_templates",
    "template_name",
    "write_form",
]
