"""Cell styles of an OpenDocument spreadsheet: data styles as Excel's number formats, locks, hidden sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from perfxl.number_format import is_date
from perfxl.sources.errors import too_large
from perfxl.sources.ooxml import count
from perfxl.sources.xlsx_styles import MAX_STYLES, CellStyle
from perfxl.sources.xml_part import Attributes

NUMBER = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0 "
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_DEEPEST = 20
"""Parents of a style that are looked at."""
_MOST_DIGITS = 30
_FACTORS = {"1000": ",", "1000000": ",,"}
_KINDS = ("number", "percentage", "currency", "date", "time", "boolean", "text")
_LONG = {"year": ("yy", "yyyy"), "month": ("m", "mm"), "day": ("d", "dd"), "day-of-week": ("ddd", "dddd")}
_TIMES = {"hours": "h", "minutes": "m", "seconds": "s"}


@dataclass
class _DataStyle:
    percentage: bool
    parts: list[str] = field(default_factory=list)
    conditional: list[str] = field(default_factory=list)
    """Names of the styles for what meets a condition; they stand before the style's own."""


@dataclass
class _Named:
    parent: str
    data: str
    locked: bool | None = None


class Styles:
    """Collected from styles.xml and content.xml; later ones of a name replace earlier ones."""

    def __init__(self) -> None:
        self._formats: dict[str, _DataStyle] = {}
        self._format = _DataStyle(False)
        self._named: dict[str, _Named] = {}
        self._hidden: set[str] = set()
        self._family = self._name = ""
        self._known: dict[str, CellStyle] = {}

    def starts(self) -> dict[str, Callable[[Attributes], None]]:
        """What to call at the start of which element."""
        return {
            **{f"{NUMBER}{kind}-style": self._data_style(kind) for kind in _KINDS},
            **{NUMBER + name: self._date_part(name) for name in (*_LONG, *_TIMES)},
            NUMBER + "number": self._number,
            NUMBER + "scientific-number": self._scientific,
            NUMBER + "am-pm": self._literal("AM/PM"),
            NUMBER + "boolean": self._literal("General"),
            NUMBER + "text-content": self._literal("@"),
            STYLE + "map": self._map,
            STYLE + "style": self._style,
            STYLE + "table-cell-properties": self._cell_properties,
            STYLE + "table-properties": self._table_properties,
        }

    def texts(self) -> dict[str, Callable[[str], None]]:
        return {NUMBER + "text": self._text, NUMBER + "currency-symbol": self._text}

    def cell_style(self, name: str) -> CellStyle:
        if (found := self._known.get(name)) is None:
            found = self._known[name] = self._resolved(name)
        return found

    def hides(self, name: str) -> bool:
        """Whether a sheet of this style is hidden."""
        return name in self._hidden

    def _resolved(self, name: str) -> CellStyle:
        data, locked = "", None
        for _ in range(_DEEPEST):
            if (style := self._named.get(name)) is None:
                break
            data = data or style.data
            locked = style.locked if locked is None else locked
            name = style.parent
        code = self._code(data)
        return CellStyle(code, locked is not False, is_date(code))

    def _code(self, name: str) -> str:
        style = self._formats.get(name)
        if style is None:
            return "General"
        before = [self._formats[other] for other in style.conditional[:3] if other in self._formats]
        return ";".join("".join(one.parts) for one in (*before, style)) or "General"

    def _data_style(self, kind: str) -> Callable[[Attributes], None]:
        def start(attributes: Attributes) -> None:
            if len(self._formats) >= MAX_STYLES:
                raise too_large(f"单元格样式不超过 {MAX_STYLES:,} 种", f"at most {MAX_STYLES:,} cell styles")
            self._format = _DataStyle(kind == "percentage")
            self._formats[attributes.get(STYLE + "name", "")] = self._format

        return start

    def _literal(self, code: str) -> Callable[[Attributes], None]:
        return lambda _: self._format.parts.append(code)

    def _text(self, text: str) -> None:
        if self._format.percentage and text == "%":
            self._format.parts.append("%")
        elif text:
            self._format.parts.append("".join(f'"{piece}"' if piece else "" for piece in text.split('"')))

    def _number(self, attributes: Attributes) -> None:
        plain = NUMBER + "decimal-places" not in attributes and attributes.get(NUMBER + "grouping") != "true"
        general = plain and _digits(attributes, "min-integer-digits", 1) < 2
        self._format.parts.append("General" if general else _digit_code(attributes))

    def _scientific(self, attributes: Attributes) -> None:
        exponent = "0" * max(1, _digits(attributes, "min-exponent-digits", 2))
        self._format.parts.append(f"{_digit_code(attributes)}E+{exponent}")

    def _date_part(self, name: str) -> Callable[[Attributes], None]:
        def start(attributes: Attributes) -> None:
            long = attributes.get(NUMBER + "style") == "long"
            if name in _TIMES:
                code = _TIMES[name] * (2 if long else 1)
                if attributes.get(NUMBER + "truncate-on-overflow") == "false":
                    code = f"[{code}]"
            elif name == "month" and attributes.get(NUMBER + "textual") == "true":
                code = "mmmm" if long else "mmm"
            else:
                code = _LONG[name][long]
            self._format.parts.append(code)

        return start

    def _map(self, attributes: Attributes) -> None:
        """Also within cell styles, for conditional formats: those name no data style."""
        self._format.conditional.append(attributes.get(STYLE + "apply-style-name", ""))

    def _style(self, attributes: Attributes) -> None:
        if len(self._named) >= MAX_STYLES:
            raise too_large(f"单元格样式不超过 {MAX_STYLES:,} 种", f"at most {MAX_STYLES:,} cell styles")
        self._family = attributes.get(STYLE + "family", "")
        self._name = attributes.get(STYLE + "name", "")
        self._format = _DataStyle(False)
        if self._family == "table-cell":
            parent = attributes.get(STYLE + "parent-style-name", "")
            self._named[self._name] = _Named(parent, attributes.get(STYLE + "data-style-name", ""))

    def _cell_properties(self, attributes: Attributes) -> None:
        protect = attributes.get(STYLE + "cell-protect")
        if self._family == "table-cell" and protect is not None:
            self._named[self._name].locked = "protected" in protect

    def _table_properties(self, attributes: Attributes) -> None:
        if self._family == "table" and attributes.get(TABLE + "display") == "false":
            self._hidden.add(self._name)


def _digits(attributes: Attributes, name: str, otherwise: int) -> int:
    number = count(attributes.get(NUMBER + name, ""))
    return otherwise if number is None else min(number, _MOST_DIGITS)


def _digit_code(attributes: Attributes) -> str:
    """`#,##0.00`."""
    whole = "0" * _digits(attributes, "min-integer-digits", 1) or "#"
    if attributes.get(NUMBER + "grouping") == "true":
        whole = f"#,{whole.rjust(3, '#')}" if len(whole) < 4 else whole
    places = _digits(attributes, "decimal-places", 0)
    fixed = min(_digits(attributes, "min-decimal-places", places), places)
    decimals = "0" * fixed + "#" * (places - fixed)
    factor = _FACTORS.get(attributes.get(NUMBER + "display-factor", ""), "")
    return whole + (f".{decimals}" if decimals else "") + factor
