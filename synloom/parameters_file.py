"""Parameters in a JSON file that people edit (spec 03, section 7.5)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synloom import messages
from synloom.archive import SavedFileError, publish
from synloom.codegen.ir.types import Kind, Locality
from synloom.connect.values import is_number
from synloom.constant import Constant, _number, visible_constants
from synloom.population import Population
from synloom.projection import Projection

if TYPE_CHECKING:
    from synloom.codegen.ir.model import Attribute
    from synloom.network import Network

Owner = Population | Projection
Change = tuple[str, Callable[[], Any], Callable[[], None]]  # what it is called, its value, what sets it


def write(network: Network, filename: str | os.PathLike[str], initial: bool) -> None:
    """Global parameters of all populations and projections, and constants."""
    projections = [p for p in network.projections if isinstance(p, Projection)]
    tree = {
        "populations": {p.name: _parameters(p, initial) for p in network.populations},
        "projections": {p.name: _parameters(p, initial) for p in projections},
        "constants": {name: c.value_in(network) for name, c in visible_constants(network).items()},
        "network": {},
    }
    publish(Path(filename), lambda stream: stream.write(json.dumps(tree, indent=4).encode() + b"\n"))


def _declared(owner: Owner) -> dict[str, Attribute]:
    return {a.name: a for a in owner.model.attributes if a.kind is Kind.PARAMETER}


def _parameters(owner: Owner, initial: bool) -> dict[str, Any]:
    names = [name for name, a in _declared(owner).items() if a.locality is Locality.GLOBAL]
    init = owner.init if initial else {}
    return {name: init[name] if initial else owner.get(name) for name in names}


def read(
    network: Network, filename: str | os.PathLike[str], global_only: bool, verbose: bool
) -> dict[str, Any]:
    """Set what the file names; all or nothing."""
    path = Path(filename)
    tree = _tree(path)
    changes: list[Change] = []
    owners: dict[str, Mapping[str, Owner]] = {
        "populations": {p.name: p for p in network.populations},
        "projections": {p.name: p for p in network.projections if isinstance(p, Projection)},
    }
    for kind, known in owners.items():
        for name, values in _table(path, tree, kind).items():
            if name not in known:
                messages.warning(f"There is no {kind[:-1]} '{name}', which '{path}' names.")
                continue
            if not isinstance(values, dict):
                raise SavedFileError(f"'{path}': the parameters of {kind[:-1]} '{name}' are no table.")
            changes += _changes(path, known[name], values, global_only, verbose)
    changes += _constants(network, path, _table(path, tree, "constants"))
    for label, present, apply in changes:
        before = present()
        apply()
        if verbose:
            print(f"{label}: {before} -> {present()}")
    return _table(path, tree, "network")


def _tree(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise SavedFileError(f"There is no file '{path}'.")
    try:
        tree = json.loads(path.read_bytes().decode())
    except (ValueError, RecursionError) as error:
        raise SavedFileError(f"'{path}' is no JSON file: {error}.") from None
    if not isinstance(tree, dict):
        raise SavedFileError(f"'{path}' holds no table of parameters.")
    return tree


def _table(path: Path, tree: dict[str, Any], key: str) -> dict[str, Any]:
    found = tree.get(key, {})
    if not isinstance(found, dict):
        raise SavedFileError(f"'{path}': {key} is no table.")
    return found


def _changes(
    path: Path, owner: Owner, values: dict[str, Any], global_only: bool, verbose: bool
) -> list[Change]:
    kind = type(owner).__name__
    declared, changes = _declared(owner), []
    for name, value in values.items():
        label = f"{kind} '{owner.name}'.{name}"
        if name not in declared:
            _skipped(verbose, f"{label} is no parameter.")
        elif global_only and declared[name].locality is not Locality.GLOBAL:
            _skipped(verbose, f"{label} is no global parameter.")
        elif not is_number(value):
            raise SavedFileError(f"'{path}': {label} must be a number, not {value!r:.60}.")
        else:
            changes.append(_change(label, owner, name, value))
    return changes


def _change(label: str, owner: Owner, name: str, value: Any) -> Change:
    return label, lambda: owner.get(name), lambda: owner.set({name: value})


def _skipped(verbose: bool, text: str) -> None:
    if verbose:
        print(f"{text} It is passed over.")


def _constants(network: Network, path: Path, values: dict[str, Any]) -> list[Change]:
    known, changes = visible_constants(network), []
    for name, value in values.items():
        if not is_number(value):
            raise SavedFileError(f"'{path}': constant '{name}' must be a number, not {value!r:.60}.")
        _number(name, value)
        changes.append(_constant_change(network, known, name, value))
    return changes


def _constant_change(network: Network, known: Mapping[str, Constant], name: str, value: Any) -> Change:
    def present() -> Any:
        found = visible_constants(network).get(name)
        return None if found is None else found.value_in(network)

    def apply() -> None:
        if name not in known:
            Constant(name, value)
        elif network.compiled and network.id != 0:
            known[name].set(value, network)
        else:
            known[name].set(value)

    return f"Constant '{name}'", present, apply
