"""Which scheme a form was made for: its own property first, else its labels and year."""

from __future__ import annotations

from collections.abc import Iterable

from perfxl.finding import Finding
from perfxl.form import Form, ObjectiveForm
from perfxl.grid import normalised
from perfxl.scheme import Scheme
from perfxl.scheme_files import builtin_schemes


def detect_scheme(form: Form) -> tuple[Scheme, tuple[Finding, ...]]:
    """The scheme, and a finding that says why where the file does not name a known one."""
    schemes = builtin_schemes()
    if form.scheme_id in schemes:
        return schemes[form.scheme_id], ()
    best = _best(form, schemes.values())
    year = str(form.year.value or "")
    why = {"scheme": best.id, "name": best.name, "year": year or "未填"}
    if form.scheme_id:
        return best, (Finding("L107", form.at, "方案", form.scheme_id, best.id, why),)
    return best, (Finding("L106", form.at, "方案", None, best.id, why),)


def _best(form: Form, schemes: Iterable[Scheme]) -> Scheme:
    """The scheme of the form's kind that shares most labels with it; then the one valid in its year."""
    kind = "objective" if isinstance(form, ObjectiveForm) else "self_evaluation"
    words = form.grade.raw.strip() if not isinstance(form, ObjectiveForm) and form.grade else ""

    def fitness(scheme: Scheme) -> tuple[float, bool, bool, bool]:
        labels = {normalised(label).rstrip(":") for label in scheme.labels}
        shared = len(labels & form.labels) / len(labels | form.labels)
        in_year = form.year.value is not None and scheme.valid_in(form.year.value)
        return (
            round(shared, 2),
            in_year,
            words in [grade.word for grade in scheme.grades],
            scheme.valid_to is None,
        )

    return max((scheme for scheme in schemes if scheme.kind == kind), key=fitness)
