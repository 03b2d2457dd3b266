"""Planning: which instances must run, which editions must be compiled, and why.

A result is up to date if it was made from the same code, expressions, parameters, packages and kernel, and if
every file, label and language that its run was seen to read still reads the same (a verifying trace in the
sense of Mokhov, Mitchell and Peyton Jones, *Build Systems à la Carte*, 2018).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from reportkit.digest import digest_json
from reportkit.errors import StudyError, did_you_mean, error
from reportkit.model.plan import Change, OutputPlan, Plan, Run, Selection
from reportkit.model.study import EditionSpec, Instance, Study
from reportkit.plan.labels import Labels, remembered_labels
from reportkit.plan.parts import instance_parts
from reportkit.plan.reasons import Now, changes, outdated_reason
from reportkit.plan.selection import select_outputs
from reportkit.store import Store
from reportkit.world import code_digest, file_digest, folder_digest, program_digest, program_folders

__all__ = [
    "Labels",
    "executed_instances",
    "explain_instance",
    "plan_build",
    "plan_outputs",
    "remembered_labels",
    "select_outputs",
]

Kept = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Planner:
    study: Study
    store: Store
    labels: Labels
    languages: Sequence[str]
    now: Now
    fresh: Collection[tuple[str, str]] = ()

    def decide(self, instance: Instance) -> Iterable[tuple[str, Run | str | None]]:
        """Yield for each language a run, the language whose result serves, or None: wait for the first language."""
        parts = instance_parts(instance, self.study)
        kept = {language: self._kept(instance, language) for language in self._all_languages()}
        lead_runs = False
        for language in self.languages:
            reasons = {other: outdated_reason(entry, parts, language, self.now) for other, entry in kept.items()}
            serving = [other for other in (language, *reasons) if reasons[other] is None]
            if serving:
                yield language, serving[0]
            elif lead_runs and kept[language] is None:
                yield language, None
            else:
                lead_runs = True
                yield language, Run(instance.name, language, str(reasons[language]), parts)

    def _all_languages(self) -> list[str]:
        return [edition.language for edition in self.study.editions]

    def _kept(self, instance: Instance, language: str) -> Kept | None:
        kept: Kept | None = self.store.get_json("traces", f"{instance.name}.{language}")
        if kept is None or self.store.find(kept["result"]) is None:
            return None
        # What was heard in this very build holds for it.
        heard = {"connections": ()} if (instance.name, language) in self.fresh else {}
        return {**kept, "trace": {**kept["trace"], **heard}}

    def explain(self, instance: Instance) -> Iterable[tuple[str, tuple[Change, ...]]]:
        """Yield for each language everything that keeps the results of an instance from serving it."""
        parts = instance_parts(instance, self.study)
        kept = [self._kept(instance, language) for language in self._all_languages()]
        for language, own in zip(self._all_languages(), kept, strict=True):
            found = [tuple(changes(entry, parts, language, self.now)) for entry in (own, *kept)]
            yield language, () if () in found else found[0]


def plan_build(
    study: Study, store: Store, labels: Labels, selection: Selection, fresh: Collection[tuple[str, str]] = ()
) -> Plan:
    """Return what must run for the selected languages and pages.

    `fresh` are the instances and languages that this build has run already.

    `labels` gives a language's labels of code and data. Whether an instance depends on the language is known
    only from a run, so an instance that never ran starts in the first language and waits in the others.
    """
    planner = _Planner(study, store, labels, selection.languages, _now(study, labels), fresh)
    runs: list[Run] = []
    reused: dict[tuple[str, str], str] = {}
    waiting: list[tuple[str, str]] = []
    for instance in executed_instances(study):
        for language, decision in planner.decide(instance):
            if isinstance(decision, Run):
                runs.append(decision)
            elif decision is None:
                waiting.append((instance.name, language))
            else:
                reused[instance.name, language] = decision
    return Plan(tuple(runs), reused, tuple(waiting))


def executed_instances(study: Study) -> list[Instance]:
    """Return the instances with something to run, in book order."""
    return [instance for instance in study.instances if instance.executes]


def _now(study: Study, labels: Labels) -> Now:
    folders = program_folders(study.allowed("environment"))
    return Now(
        file=cache(lambda path: file_digest(study.root / path)),
        folder=cache(lambda path: folder_digest(study.root / path)),
        program=cache(lambda name: program_digest(name, folders)),
        label=lambda language, msgid: labels(language).get(msgid, msgid),
    )


def explain_instance(study: Study, store: Store, labels: Labels, name: str) -> dict[str, tuple[Change, ...]]:
    """Return for each language what keeps the kept results of an instance from serving it; nothing if one serves.

    Raises `StudyError` (RK131) for an instance that the study does not have, or that executes nothing.
    """
    instances = {instance.name: instance for instance in executed_instances(study)}
    if name not in instances:
        hint = did_you_mean(name, instances) or f"the study runs: {', '.join(instances)}"
        raise StudyError([error("RK131", f"there is no instance `{name}`", None, hint)])
    languages = [edition.language for edition in study.editions]
    return dict(_Planner(study, store, labels, languages, _now(study, labels)).explain(instances[name]))


def plan_outputs(study: Study, store: Store, plan: Plan, selection: Selection) -> tuple[OutputPlan, ...]:
    """Return every selected edition and format with the reason why it must be compiled, if there is one."""
    editions = [edition for edition in study.editions if edition.language in selection.languages]
    return tuple(_output(study, store, plan, selection, e, fmt) for e in editions for fmt in selection.formats)


def _output(study: Study, store: Store, plan: Plan, selection: Selection, edition: EditionSpec, fmt: str) -> OutputPlan:
    key = output_key(study, store, plan, selection, edition, fmt)
    folder = f"{selection.folder}/{edition.language}/{'quarto/' if selection.quarto else ''}{fmt}"
    output = OutputPlan(edition.language, fmt, folder, key, None)
    reason = _output_reason(study, output, store.get_json("editions", output.name))
    return replace(output, reason=reason)


def output_key(study: Study, store: Store, plan: Plan, selection: Selection, edition: EditionSpec, fmt: str) -> str:
    """Return the digest of everything an edition in a format is made from."""
    results = {
        instance: _result(store, f"{instance}.{made_in}")
        for (instance, language), made_in in plan.reused.items()
        if language == edition.language
    }
    made_by = [code_digest(), selection.quarto]
    return digest_json(
        [
            study.inputs_of(edition.language),
            dict(study.environment),
            results,
            made_by,
            edition.language,
            fmt,
            sorted(selection.only or ()),
            plan.stored,
        ]
    )


def _result(store: Store, key: str) -> str | None:
    kept = store.get_json("traces", key)
    return None if kept is None else kept["result"]


def _output_reason(study: Study, output: OutputPlan, kept: Kept | None) -> str | None:
    if kept is None:
        return "never built"
    if kept["key"] != output.key:
        return "its sources or results changed"
    drawn = [path for path, digest in kept["pictures"].items() if file_digest(study.root / path) != digest]
    if drawn:
        return f"`{drawn[0]}` changed"
    folder = study.root / output.folder
    changed = [name for name, digest in kept["files"].items() if file_digest(folder / name) != digest]
    return f"`{changed[0]}` is missing or was changed by hand" if changed else None
