"""A mapping of `_quarto.yml`, read key by key with complaints that name key and line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from reportkit.errors import Location, did_you_mean, error, warning
from reportkit.study.keys import ANYWAY
from reportkit.study.pieces import Faults
from reportkit.study.yaml_tree import Entry

# How like a known key one of the author's own may not be.
SLIP = 0.85


@dataclass(frozen=True, slots=True)
class Section:
    """The entries below a dotted key; what is wrong with them is added to `faults`."""

    name: str
    entries: Mapping[str, Entry]
    line: int
    file: str
    faults: Faults

    @classmethod
    def of(cls, entry: Entry, file: str, faults: Faults, name: str = "") -> Section:
        """Return an entry as a section; one that is neither a mapping nor empty is a fault."""
        entries = {} if entry.value in (None, "default") else entry.value
        file = entry.file or file
        section = cls(name, entries if isinstance(entries, dict) else {}, entry.line, file, faults)
        if not isinstance(entries, dict):
            section.fault("RK103", f"`{name or file}` must be a mapping of keys to values", entry)
        return section

    def sub(self, entry: Entry, key: str) -> Section:
        """Return an entry below this section as a section."""
        return Section.of(entry, self.file, self.faults, self.dotted(key))

    def section(self, key: str) -> Section:
        """Return the section below a key, an empty one if it is not there."""
        return self.sub(self.entries.get(key, Entry(None, self.line, self.file)), key)

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Return the text at a key, or None."""
        if required:
            self.needs(key)
        entry = self.entries.get(key)
        if entry is None or entry.value is None:
            return None
        if isinstance(entry.value, str):
            return entry.value
        self.fail("RK103", f"`{self.dotted(key)}` must be text", key)
        return None

    def items(self, key: str, *, single: bool = False) -> Sequence[Entry]:
        """Return the list at a key; with `single`, one item may stand there without being a list."""
        entry = self.entries.get(key)
        if entry is None or entry.value is None:
            return ()
        if isinstance(entry.value, list):
            return entry.value
        if single:
            return (entry,)
        self.fail("RK103", f"`{self.dotted(key)}` must be a list", key)
        return ()

    def needs(self, key: str) -> None:
        """Complain if a key is not there."""
        if key not in self.entries:
            self.fault("RK104", f"`{self.dotted(key)}` is missing", self)

    def one_of(self, key: str, *values: str | bool) -> None:
        """Complain of a value at a key that is none of these; without a value all is well."""
        value = self.entries[key].plain() if key in self.entries else None
        if value is None or value in values:
            return
        *others, last = (f"`{str(one).lower()}`" for one in values)
        hint = did_you_mean(str(value), [one for one in values if isinstance(one, str)])
        wanted = f"{', '.join(others)} or {last}" if others else last
        self.fail("RK103", f"`{self.dotted(key)}` must be {wanted}", key, hint)

    def known(
        self,
        honoured: Collection[str],
        ignored: Collection[str] = (),
        what: str = "key",
        is_open: bool = False,
        why: str = "is not honoured yet",
    ) -> None:
        """Complain of unknown keys, and warn of those that are known and have no effect, and `why`.

        In a section that `is_open` keys of the author's own are metadata, unless they look like a slip of the pen.
        """
        for key, before in zip(self.entries, (None, *self.entries), strict=False):
            if key in honoured or (key in ignored and self.entries[key].value in ANYWAY.get(key, ())):
                continue
            if key in ignored:
                self.warn("RK105", f"`{self.dotted(key)}` {why}", key)
            else:
                hint = did_you_mean(key, [*honoured, *ignored], SLIP if is_open else 0.6)
                if is_open and hint is None:
                    continue
                if hint is None and before and isinstance(self.entries[before].value, dict | None):
                    hint = f"if it belongs to `{before}`, the key before it, indent it further"
                self.fail("RK102", f"unknown {what} `{self.dotted(key) if what == 'key' else key}`", key, hint)

    def fail(self, code: str, message: str, key: str | None = None, hint: str | None = None) -> None:
        """Complain at a key's line, or the section's."""
        at = self if key is None else self.entries[key]
        self.faults.append(error(code, message, self.place(at), hint))

    def warn(self, code: str, message: str, key: str) -> None:
        """Warn at a key's line."""
        hint = "`reportkit build --engine quarto` makes it" if self.name == "format" else None
        self.faults.append(warning(code, message, self.place(self.entries[key]), hint))

    def fault(self, code: str, message: str, at: Entry | Section) -> None:
        """Complain where something is written."""
        self.faults.append(error(code, message, self.place(at)))

    def place(self, at: Entry | Section) -> Location:
        """Return where something is written."""
        return Location(at.file or self.file, at.line)

    def dotted(self, key: str) -> str:
        """Return a key with the names of the sections it is in."""
        return f"{self.name}.{key}" if self.name else key
