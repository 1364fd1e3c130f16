"""Which buttons make sense as a workbook is now."""

from __future__ import annotations

from typing import Any

_RESULTS = "校验结果"
_SCHEME = "PX_SCHEME"


def allowed(frame: Any, needs: str) -> bool:
    """Whether the workbook in the window has what a button needs: `results`, `open`, `locked`, or empty for nothing."""
    doc = frame.Controller.Model if frame is not None and frame.Controller is not None else None
    if doc is None or not hasattr(doc, "Sheets"):
        return False
    if needs == "results":
        return bool(doc.Sheets.hasByName(_RESULTS))
    if needs == "locked":
        return bool(doc.isProtected())
    return not needs or (doc.NamedRanges.hasByName(_SCHEME) and not doc.isProtected())
