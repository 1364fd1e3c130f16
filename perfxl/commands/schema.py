"""`perfxl schema`."""

from __future__ import annotations

import typer


def schema() -> None:
    """检查结果 JSON 的结构（JSON Schema）。The JSON Schema of `check --format json`."""
    from perfxl.reports.json import json_schema

    typer.echo(json_schema(), nl=False)
