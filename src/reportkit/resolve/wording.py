"""How an edition says what is not prose: labels, values, and what of both has no translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from reportkit.model.ast import span, text_inlines
from reportkit.model.book import Inlines
from reportkit.model.values import Value, format_value


@dataclass(frozen=True, slots=True)
class Wording:
    """The language of an edition, its labels by msgid, the language of those that it lacks, its own words."""

    language: str
    labels: Mapping[str, str]
    source: str
    terms: Mapping[str, str] = field(default_factory=dict)

    def text(self, msgid: str) -> str:
        """Return a label as text."""
        return self.labels.get(msgid, msgid)

    def label(self, msgid: str) -> Inlines:
        """Return a label; one without a translation names its language."""
        return self._named(self.text(msgid), [msgid])

    def value(self, value: Value) -> Inlines:
        """Return a value; raises `ValueError` if its computation failed or it is none that can be printed."""
        if value["kind"] == "error":
            raise ValueError(value["error"])
        if any(isinstance(part, float) and not isfinite(part) for part in value.values()):
            raise ValueError("it gave no number")
        try:
            printed = format_value(value, self.language, self.text)
        except (ArithmeticError, LookupError, TypeError, ValueError) as fault:
            raise ValueError(f"{dict(value)} cannot be printed ({fault})") from fault
        return self._named(printed, value.get("words") or [value.get("reason", "")])

    def _named(self, text: str, msgids: Sequence[str]) -> Inlines:
        inlines = text_inlines(text)
        lacking = [each for each in msgids if each not in self.labels and any(map(str.isalpha, each))]
        if self.language == self.source or not lacking:
            return inlines
        return [span(inlines, "untranslated", lang=self.source)]
