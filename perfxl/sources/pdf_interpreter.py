"""pdfminer's interpreter of a page's content, with limits, and without the text that clipping hides."""

from __future__ import annotations

from functools import cache
from typing import Any

from perfxl.sources.errors import too_large

MAX_CONTENT_BYTES = 2 * 2**20
"""What draws one page, with what is drawn again and again; a page of small print has some 100 KB."""
MAX_PAGE_CHARACTERS = 50_000
_ROUNDING = 0.5
"""Points by which a character may lie outside the clipped area."""

Box = tuple[float, float, float, float]


@cache
def interpreter_class() -> Any:
    """A class of pdfminer's, made when the first PDF is read: importing pdfminer takes a while."""
    from pdfminer.layout import LTChar
    from pdfminer.pdfinterp import PDFPageInterpreter
    from pdfminer.pdftypes import stream_value
    from pdfminer.utils import apply_matrix_pt

    class Interpreter(PDFPageInterpreter):
        """One page. A form drawn within it is interpreted by a copy that counts on."""

        def __init__(self, manager: Any, device: Any) -> None:
            super().__init__(manager, device)
            self.drawing = device
            self.counts = {"bytes": 0, "characters": 0}
            self.clip: Box | None = None
            self.clips: list[Box | None] = []

        def subinterp(self) -> PDFPageInterpreter:
            inner = super().subinterp()
            if isinstance(inner, Interpreter):
                inner.counts, inner.clip = self.counts, self.clip
            return inner

        def execute(self, streams: Any) -> None:
            self.counts["bytes"] += sum(len(stream_value(stream).get_data()) for stream in streams)
            if self.counts["bytes"] > MAX_CONTENT_BYTES:
                raise too_large(
                    f"PDF 一页的内容不超过 {MAX_CONTENT_BYTES // 2**20} MB",
                    f"at most {MAX_CONTENT_BYTES // 2**20} MB on one page of a PDF",
                )
            super().execute(streams)

        def do_q(self) -> None:
            self.clips.append(self.clip)
            super().do_q()

        def do_Q(self) -> None:
            if self.clips:
                self.clip = self.clips.pop()
            super().do_Q()

        def do_W(self) -> None:
            """The new clipping area, where it is no rectangle the one around it."""
            sides = [
                apply_matrix_pt(self.ctm, (step[place], step[place + 1]))  # type: ignore[arg-type]
                for step in self.curpath
                for place in range(1, len(step) - 1, 2)
            ]
            if not sides:
                return
            across, up = [x for x, _ in sides], [y for _, y in sides]
            area = (min(across), min(up), max(across), max(up))
            old = self.clip or area
            self.clip = (max(old[0], area[0]), max(old[1], area[1]), min(old[2], area[2]), min(old[3], area[3]))

        def do_W_a(self) -> None:
            self.do_W()

        def do_TJ(self, seq: Any) -> None:
            self.counts["characters"] += sum(len(piece) for piece in seq if isinstance(piece, bytes))
            if self.counts["characters"] > 2 * MAX_PAGE_CHARACTERS:
                raise too_large(
                    f"PDF 一页的文字不超过 {MAX_PAGE_CHARACTERS:,} 字",
                    f"at most {MAX_PAGE_CHARACTERS:,} characters on one page of a PDF",
                )
            drawn = self.drawing.cur_item._objs
            before = len(drawn)
            super().do_TJ(seq)
            if self.clip is not None:
                drawn[before:] = [one for one in drawn[before:] if not isinstance(one, LTChar) or self._shows(one)]

        def _shows(self, one: Any) -> bool:
            left, bottom, right, top = self.clip or one.bbox
            x, y = (one.x0 + one.x1) / 2, (one.y0 + one.y1) / 2
            return bool(left - _ROUNDING <= x <= right + _ROUNDING and bottom - _ROUNDING <= y <= top + _ROUNDING)

    return Interpreter
