"""Notes of one sheet under edit: the comments part and the boxes in the legacy drawing, extended and restored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from perfxl.edit import EditError, SetNote, signed
from perfxl.editing.cells import position
from perfxl.editing.content import MAX_TEXT, cell_text
from perfxl.editing.parts import DECLARATION, Parts
from perfxl.editing.sheet import ORDER
from perfxl.editing.xml import (
    Element,
    attributes,
    child,
    children,
    escaped,
    namespaces,
    root_of,
    unescaped,
    with_child,
    with_last,
    without_element,
)
from perfxl.grid import column_letters
from perfxl.refusals import misshapen

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SHAPE = re.compile(r"\s*<v:shape\b(?:(?!</v:shape>).)*</v:shape>", re.DOTALL)
_SHAPE_NUMBER = re.compile(r"_x0000_s([0-9]{1,9})")
_BOX_ROW = re.compile(r"<x:Row>\s*([0-9]{1,9})\s*</x:Row>")
_BOX_COLUMN = re.compile(r"<x:Column>\s*([0-9]{1,9})\s*</x:Column>")
_BLOCK = re.compile(r"idmap[^>]*\bdata\s*=\s*[\"']([0-9]{1,6})")
_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


class Notes:
    """The notes of the sheet in `part`; `frame` is the sheet's XML, which points to the drawing."""

    def __init__(self, parts: Parts, part: str, frame: str, office: str, number: int) -> None:
        self.frame = frame
        self._parts = parts
        self._part = part
        self._office = office
        self._number = number
        pointer = parts.pointer(part, "comments")
        self._comments = pointer.target if pointer else None
        self._drawing = self._legacy_drawing()

    def set_all(self, edits: Iterable[SetNote]) -> None:
        """Write, extend or take away notes; the last edit of a cell wins."""
        latest = {(edit.row, edit.column): edit for edit in edits}
        text = self._text() if self._comments else ""
        there = {position(attributes(text, comment).get("ref", "")) for comment in self._all()}
        new = [edit for place, edit in latest.items() if place not in there and edit.text is not None]
        for place in latest.keys() & there:
            self._change(latest[place])
        self._add(new)

    def _change(self, edit: SetNote) -> None:
        """Of a cell that has a note."""
        place = f"{column_letters(edit.column)}{edit.row}"
        found = self._find(place)
        assert found is not None
        author = self._author(found)
        if author.startswith("tc="):
            return
        if not self._is_by(found, edit.author):
            self._write_below(found, edit)
            return
        self._put(without_element(self._text(), found))
        if edit.text is None:
            self._remove_boxes({(edit.row, edit.column)})
            self._tidy(edit.author)
        else:
            self._add([edit])

    def by(self, author: str) -> dict[tuple[int, int], str]:
        """The texts of an author's notes by row and column, without what stands below another author's."""
        text = self._text() if self._comments else ""
        found: dict[tuple[int, int], str] = {}
        for comment in self._all():
            body = child(text, comment, "text")
            if body is not None and self._is_by(comment, author):
                written = "".join(unescaped(text[one.inner : one.close]) for one in _texts(text, body))
                found[position(attributes(text, comment).get("ref", ""))] = written
        return found

    def clear(self, author: str) -> None:
        """Take away all that the author wrote on the sheet."""
        if self._comments is None:
            return
        text, kept, place, gone = self._text(), [], 0, set()
        for comment in self._all():
            if self._is_by(comment, author):
                gone.add(position(attributes(text, comment).get("ref", "")))
                kept.append(text[place : comment.start])
                place = comment.end
        self._put("".join((*kept, text[place:])))
        self._remove_boxes(gone)
        for comment in self._all():
            row, column = position(attributes(self._text(), comment).get("ref", ""))
            self._change(SetNote("", row, column, None, author))
        self._tidy(author)

    def _all(self) -> list[Element]:
        if self._comments is None:
            return []
        text = self._text()
        comments = child(text, root_of(text), "commentList")
        return children(text, comments) if comments else []

    def _text(self) -> str:
        assert self._comments is not None
        return self._parts.text(self._comments)

    def _put(self, text: str) -> None:
        assert self._comments is not None
        self._parts.put(self._comments, text)

    def _find(self, place: str) -> Element | None:
        return next((one for one in self._all() if attributes(self._text(), one).get("ref") == place), None)

    def _authors(self) -> list[str]:
        text = self._text()
        authors = child(text, root_of(text), "authors")
        found = children(text, authors) if authors else []
        return [unescaped(text[one.inner : one.close]) for one in found]

    def _author(self, comment: Element) -> str:
        number = attributes(self._text(), comment).get("authorId", "")
        authors = self._authors()
        return authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""

    def _is_by(self, comment: Element, author: str) -> bool:
        """By its author, or by its last line where a program has forgotten the authors, as LibreOffice does."""
        written = self._author(comment)
        if written.strip():
            return written == author
        body = child(self._text(), comment, "text")
        texts = _texts(self._text(), body) if body else []
        return "".join(unescaped(self._text()[one.inner : one.close]) for one in texts).endswith(signed("", author))

    def _write_below(self, comment: Element, edit: SetNote) -> None:
        """Our text behind another author's, found again by the mark before it."""
        text = self._text()
        body = child(text, comment, "text")
        if body is None:
            return
        mark = f"\n【{edit.author}】\n"
        pieces = [one for one in _texts(text, body) if mark in unescaped(text[one.inner : one.close])]
        if pieces:
            first = pieces[0]
            run = next(run for run in children(text, body) if run.start <= first.start < run.end)
            kept = unescaped(text[first.inner : first.close]).partition(mark)[0]
            if kept or run.local == "t":
                text = text[: first.inner] + escaped(kept) + text[first.close : run.end] + text[body.close :]
            else:
                text = text[: run.start] + text[body.close :]
            comment = next(one for one in [self._again(text, comment)] if one)
            body = child(text, comment, "text")
            assert body is not None
        if edit.text is not None:
            x = body.prefix
            if plain := child(text, body, "t"):
                # Text without runs: made one run, so that ours may follow.
                text = text[: plain.start] + f"<{x}r>{text[plain.start : plain.end]}</{x}r>" + text[plain.end :]
                found = self._again(text, comment)
                assert found is not None
                body = child(text, found, "text")
                assert body is not None
            run_xml = f'<{x}r><{x}t xml:space="preserve">{cell_text(mark + edit.text)}</{x}t></{x}r>'
            text = with_last(text, body, run_xml)
        self._put(text)

    @staticmethod
    def _again(text: str, comment: Element) -> Element | None:
        """The comment that starts at the same place after a change behind it."""
        comments = child(text, root_of(text), "commentList")
        found = children(text, comments) if comments else []
        return next((one for one in found if one.start == comment.start), None)

    def _add(self, edits: Sequence[SetNote]) -> None:
        """Notes of cells that have none."""
        if not edits:
            return
        if self._comments is None:
            self._comments = self._parts.free_name("xl/comments{}.xml")
            namespace = namespaces(self.frame, root_of(self.frame))[root_of(self.frame).prefix]
            self._parts.add(
                self._comments,
                f'{DECLARATION}<comments xmlns="{namespace}"><authors></authors><commentList></commentList></comments>',
                _COMMENTS_TYPE,
            )
            self._parts.point(self._part, self._comments, f"{self._office}/comments")
        authors = self._authors()
        text = self._text()
        root = root_of(text)
        x = root.prefix
        for author in dict.fromkeys(edit.author for edit in edits):
            if author not in authors:
                parent = child(text, root_of(text), "authors")
                assert parent is not None
                text = with_last(text, parent, f"<{x}author>{escaped(author)}</{x}author>")
                authors.append(author)
        parent = child(text, root_of(text), "commentList")
        assert parent is not None
        comments = []
        for edit in edits:
            place, note = f"{column_letters(edit.column)}{edit.row}", edit.text or ""
            if len(note) > MAX_TEXT:
                raise EditError(
                    f"{edit.sheet}!{place} 的批注超过 {MAX_TEXT:,} 字，未作修改；请先改正这一格的部分问题再试",
                    f"the note for {edit.sheet}!{place} has more than {MAX_TEXT:,} characters, so nothing was changed;"
                    " mend some of the problems of that cell and try again",
                )
            comments.append(
                f'<{x}comment ref="{place}" authorId="{authors.index(edit.author)}"><{x}text><{x}r>'
                f'<{x}t xml:space="preserve">{cell_text(note)}</{x}t></{x}r></{x}text></{x}comment>'
            )
        self._put(with_last(text, parent, "".join(comments)))
        self._add_boxes(edits)

    def _tidy(self, author: str) -> None:
        """Take away the author, and the parts, that only our notes needed."""
        text = self._text()
        root = root_of(text)
        comments, authors = child(text, root, "commentList"), child(text, root, "authors")
        left = children(text, comments) if comments else []
        names = self._authors()
        if authors and names and names[-1] == author:
            last = str(len(names) - 1)
            if all(attributes(text, one).get("authorId") != last for one in left):
                self._put(without_element(text, children(text, authors)[-1]))
        if left:
            return
        pointer = self._parts.pointer(self._part, "comments")
        assert pointer is not None
        self._parts.unpoint(self._part, pointer)
        self._parts.remove(pointer.target)
        self._comments = None
        if self._drawing is None or "<v:shape " in self._parts.text(self._drawing):
            return
        found = child(self.frame, root_of(self.frame), "legacyDrawing")
        drawing = next((p for p in self._parts.pointers(self._part) if p.target == self._drawing), None)
        if found and drawing and not self._parts.pointers(self._drawing):
            self.frame = without_element(self.frame, found)
            self._parts.unpoint(self._part, drawing)
            self._parts.remove(self._drawing)
            self._drawing = None

    def _legacy_drawing(self) -> str | None:
        root = root_of(self.frame)
        found = child(self.frame, root, "legacyDrawing")
        if found is None:
            return None
        values = attributes(self.frame, found)
        identifier = next((value for name, value in values.items() if name.endswith(":id")), "")
        for pointer in self._parts.pointers(self._part):
            if pointer.id == identifier and not pointer.external and pointer.target in self._parts:
                return pointer.target
        raise misshapen("批注的图形部件缺失", "the drawing part of the notes is missing")

    def _add_boxes(self, edits: Sequence[SetNote]) -> None:
        if self._drawing is None:
            self._new_drawing()
        assert self._drawing is not None
        text = self._parts.text(self._drawing)
        there = {_box_place(shape[0]) for shape in _SHAPE.finditer(text)}
        if 'id="_x0000_t202"' not in text:
            text = _before_end(text, _SHAPE_TYPE)
        block = _BLOCK.search(text)
        least = 1024 * int(block[1]) if block else 1024
        number = max([least, *(int(found) for found in _SHAPE_NUMBER.findall(text))])
        missing = "".join(f' xmlns:{p}="{uri}"' for p, uri in _NAMESPACES.items() if f"xmlns:{p}=" not in text)
        new = [edit for edit in edits if (edit.row, edit.column) not in there]
        shapes = (_box(edit, number + count, missing) for count, edit in enumerate(new, start=1))
        self._parts.put(self._drawing, _before_end(text, "".join(shapes)))

    def _new_drawing(self) -> None:
        self._drawing = self._parts.free_name("xl/drawings/vmlDrawing{}.vml")
        declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        self._parts.add(
            self._drawing,
            f'<xml{declared}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{self._number}"/>'
            f"</o:shapelayout>{_SHAPE_TYPE}</xml>",
            _VML_TYPE,
        )
        identifier = self._parts.point(self._part, self._drawing, f"{self._office}/vmlDrawing")
        root = root_of(self.frame)
        spaces = {uri: prefix for prefix, uri in namespaces(self.frame, root).items() if prefix}
        prefix = spaces.get(self._office, "r:")
        declared = "" if self._office in spaces else f' xmlns:r="{self._office}"'
        xml = f'<{root.prefix}legacyDrawing{declared} {prefix}id="{identifier}"/>'
        self.frame = with_child(self.frame, root, xml, "legacyDrawing", ORDER)

    def _remove_boxes(self, places: Set[tuple[int, int]]) -> None:
        if self._drawing is None:
            return
        text = self._parts.text(self._drawing)
        self._parts.put(self._drawing, _SHAPE.sub(lambda box: "" if _box_place(box[0]) in places else box[0], text))


def _texts(text: str, body: Element) -> list[Element]:
    """The `t` of a rich text, in order."""
    found: list[Element] = []
    for one in children(text, body):
        if one.local == "t":
            found.append(one)
        elif one.local == "r" and (inner := child(text, one, "t")):
            found.append(inner)
    return found


def _box(edit: SetNote, number: int, declared: str) -> str:
    row, column = edit.row, edit.column
    lines = min(12, 2 + sum(1 + len(line) // 18 for line in (edit.text or "").split("\n")))
    anchor = f"{column}, 15, {max(row - 2, 0)}, 10, {column + 3}, 15, {max(row - 2, 0) + lines}, 4"
    return (
        f'<v:shape{declared} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        f'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )


def _box_place(shape: str) -> tuple[int, int] | None:
    """Row and column of the cell whose note the shape is; None for a shape of another kind."""
    row, column = _BOX_ROW.search(shape), _BOX_COLUMN.search(shape)
    if 'ObjectType="Note"' not in shape or row is None or column is None:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _before_end(text: str, xml: str) -> str:
    place = text.rfind("</xml")
    if place < 0:
        raise misshapen("批注的图形部件不完整", "the drawing part of the notes is incomplete")
    return text[:place] + xml + text[place:]
