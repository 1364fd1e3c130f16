"""The facts of all forms in a temporary SQLite database, which the rules ask. Memory stays flat for any number."""

from __future__ import annotations

import marshal
import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from perfxl.across.facts import FormFacts, Keys, SetTarget, form_facts
from perfxl.finding import Finding
from perfxl.grid import CellRef
from perfxl.making import Part
from perfxl.review import FileReview
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes

_TABLES = """
CREATE TABLE forms (id INTEGER PRIMARY KEY, file INTEGER, path BLOB, unit_name BLOB, is_evaluation INTEGER,
    content INTEGER, unit INTEGER, unit_and_year INTEGER, form INTEGER, "like" INTEGER, promise INTEGER,
    scheme TEXT, rate TEXT, total TEXT, budget REAL);
CREATE TABLE packed (id INTEGER PRIMARY KEY, facts BLOB, targets BLOB);
CREATE TABLE said (said_in INTEGER, digest INTEGER, of TEXT, field TEXT,
    at_file BLOB, at_sheet BLOB, at_row INTEGER, at_column INTEGER, at_words BLOB);
CREATE TABLE found (found_in INTEGER, code TEXT, severity INTEGER, finding BLOB);
"""
"""Without a `finding` stands a form's own risk, which its facts have."""
_INDEXES = """
CREATE INDEX forms_content ON forms (content);
CREATE INDEX forms_form ON forms (form);
CREATE INDEX forms_like ON forms ("like");
CREATE INDEX forms_promise ON forms (promise);
CREATE INDEX forms_scheme ON forms (scheme);
CREATE INDEX said_digest ON said (of, digest);
"""
_INSERT_FORM = f"INSERT INTO forms VALUES ({', '.join('?' * 15)})"
_IN_MEMORY = 500
"""KB of pages: full long before the thousandth file, so that ten thousand take no more."""
_FORMS_AT_HAND = 64
"""A rule, and what it finds, ask for the same form in turn."""

_SCHEME = FormFacts._fields.index("scheme")
_NEWEST = pickle.HIGHEST_PROTOCOL


def facts_part(file: FileReview) -> Part:
    """A row per form, as Facts takes them."""
    return [_row(facts, keys) for facts, keys in form_facts(file)]


def _row(facts: FormFacts, keys: Keys) -> Part:
    columns = [
        bytes_of(facts.path),
        bytes_of(facts.unit),
        keys.is_evaluation,
        *map(_signed, (keys.content, keys.unit, keys.unit_and_year, keys.form, keys.like, keys.promise)),
        facts.scheme.id,
        *(None if value is None else str(value) for value in (facts.rate, facts.total)),
        float(facts.budget or 0),
        pickle.dumps((facts[:_SCHEME], facts[_SCHEME + 1 : -1], [*map(tuple, facts.risks)]), _NEWEST),
        marshal.dumps([(name, means, tuple(at), said, set_to) for name, means, at, said, set_to in keys.targets]),
    ]
    said = [
        [_signed(one.digest), of, one.field, *_place(one.at)]
        for of, texts in (("text", keys.texts), ("reason", keys.reasons))
        for one in texts
    ]
    risks = [[f.code, int(f.severity)] for f in facts.risks]
    return [columns, said, risks]


class Facts:
    """Forms are numbered in the order in which they come, from 1; so are files."""

    def __init__(self, given: Scheme | None = None) -> None:
        self._given = given
        self._files = self._forms = 0
        self._schemes: list[Scheme] = []
        """Of each form: eight bytes, for every finding asks."""
        self._indexed = False
        self.form = lru_cache(maxsize=_FORMS_AT_HAND)(self._form)
        """One form's facts by its number."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size = -{_IN_MEMORY}")
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def put(self, part: Part) -> None:
        """The `facts_part` of a file."""
        self._files += 1
        run = self._database
        for (*columns, scheme, rate, total, budget, facts, targets), said, risks in part:
            self._forms += 1
            self._schemes.append(self._named(scheme))
            row = (self._forms, self._files, *columns, scheme, rate, total, budget)
            run.execute(_INSERT_FORM, row)
            run.execute("INSERT INTO packed VALUES (?, ?, ?)", (self._forms, facts, targets))
            rows = [(self._forms, *one) for one in said]
            run.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            run.executemany("INSERT INTO found VALUES (?, ?, ?, NULL)", [(self._forms, *risk) for risk in risks])

    @property
    def several(self) -> bool:
        """False for one form, with which nothing can be compared."""
        return self._forms > 1

    def rows(self, query: str, *values: int | str) -> Iterator[tuple[Any, ...]]:
        if not self._indexed:
            self._database.executescript(_INDEXES)
            self._indexed = True
        return self._database.execute(query, values)

    def _form(self, number: int) -> FormFacts:
        """What is unpickled a worker of ours has written, never a store."""
        ((facts,),) = self.rows("SELECT facts FROM packed WHERE id = ?", number)
        before, after, risks = pickle.loads(facts)
        return FormFacts._make((*before, self.scheme(number), *after, tuple(Finding(*risk) for risk in risks)))

    def scheme(self, number: int) -> Scheme:
        """What a form was checked by."""
        return self._schemes[number - 1]

    def _named(self, id_: str) -> Scheme:
        return self._given if self._given and self._given.id == id_ else builtin_schemes()[id_]

    def targets(self, number: int) -> tuple[SetTarget, ...]:
        ((packed,),) = self.rows("SELECT targets FROM packed WHERE id = ?", number)
        return tuple(SetTarget(name, means, CellRef(*at), *words) for name, means, at, *words in marshal.loads(packed))

    def find(self, found: Iterable[tuple[int, Finding]]) -> None:
        """Keep findings about forms, by number, that only the other forms show."""
        rows = (
            (number, f.code, int(f.severity), pickle.dumps(tuple(f), pickle.HIGHEST_PROTOCOL)) for number, f in found
        )
        self._database.executemany("INSERT INTO found VALUES (?, ?, ?, ?)", rows)

    def found(self, number: int) -> tuple[Finding, ...]:
        """About a form, what only the other forms show, in the order in which it was found.

        The database is this process's own: nobody else has written what is unpickled."""
        query = "SELECT finding FROM found WHERE found_in = ? AND finding IS NOT NULL ORDER BY rowid"
        return tuple(Finding(*pickle.loads(packed)) for (packed,) in self.rows(query, number))

    def all_found(self) -> None:
        self._database.execute("CREATE INDEX found_form ON found (found_in)")


def bytes_of(text: str) -> bytes:
    """A path or a name as it stands in a row."""
    return text.encode("utf-8", "surrogatepass")


def _place(at: CellRef) -> tuple[bytes, bytes, int, int, bytes]:
    """As columns of a row."""
    return bytes_of(at.file), bytes_of(at.sheet), at.row, at.column, bytes_of(at.words)


def place_of(file: bytes, sheet: bytes, row: int, column: int, words: bytes) -> CellRef:
    return CellRef(text_of(file), text_of(sheet), row, column, text_of(words))


def text_of(text: bytes) -> str:
    """Of a path or a name in a row: such may have lone surrogates, which SQLite's own texts may not."""
    return text.decode("utf-8", "surrogatepass")


def _signed(digest: int | None) -> int | None:
    """SQLite has no unsigned numbers."""
    return None if digest is None else digest - 2**63
