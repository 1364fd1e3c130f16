"""Rules that look at several files at once: a rule is a function named by its code that yields findings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from importlib import import_module

from perfxl.across.facts import FormFacts
from perfxl.finding import Finding

FAMILIES = ("duplicates", "distribution", "objectives")

About = tuple[FormFacts, Finding]
"""A finding and the form it is about."""
Rule = Callable[[Sequence[FormFacts]], Iterator[About]]
_rules: dict[str, Rule] = {}


def across(code: str) -> Callable[[Rule], Rule]:
    """Register a rule under its code."""

    def register(function: Rule) -> Rule:
        assert code not in _rules, f"two rules for {code}"
        _rules[code] = function
        return function

    return register


def registered_rules() -> dict[str, Rule]:
    """Every rule by code; loads the families on first use."""
    for family in FAMILIES:
        import_module(f"perfxl.across.{family}")
    return _rules


def grouped(forms: Sequence[FormFacts], key: Callable[[FormFacts], Hashable]) -> Iterator[list[FormFacts]]:
    """Forms with the same key, in their order; those whose key is None are left out."""
    groups: dict[Hashable, list[FormFacts]] = {}
    for form in forms:
        if (known := key(form)) is not None:
            groups.setdefault(known, []).append(form)
    yield from groups.values()
