"""Recorded data in files: ``.npy``, ``.npz`` and ``.hdf5`` (spec 03, sections 5.6 and 5.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from synloom.codegen.errors import ConfigurationError

if TYPE_CHECKING:
    from synloom.monitor import Monitor

SEVERAL: Final = (".npz", ".hdf5")


def check(filename: str | PathLike[str], names: Sequence[str]) -> None:
    """Refuse a file that cannot hold variables of these names."""
    suffix = Path(filename).suffix
    if suffix not in (".npy", *SEVERAL):
        raise ConfigurationError(
            f"Recordings are written to .npy, .npz or .hdf5 files, not to '{Path(filename).name}'."
        )
    if not names:
        raise ConfigurationError("There is nothing to save: the monitor records no variable.")
    if suffix == ".npy" and len(names) != 1:
        raise ConfigurationError(
            f"A .npy file holds one variable, not {', '.join(names)}.", hint="write .npz or .hdf5"
        )
    if suffix == ".hdf5":
        _h5py()


def write(filename: str | PathLike[str], data: Mapping[str, Any], force_dict: bool = False) -> None:
    """Write recorded variables.

    ``.npy``: the only variable as it is; a dict becomes an object, for ``np.load(..., allow_pickle=True).item()``.
    ``.npz``: an entry per variable, in parts where ``parts`` makes some. ``.hdf5``: a dataset per variable; of spikes a
    group with a dataset of steps per rank.
    """
    path = Path(filename)
    if path.suffix == ".npy":
        (value,) = data.values()
        np.save(path, np.array(dict(data) if force_dict else value, object if force_dict else None))
    elif path.suffix == ".npz":
        entries: dict[str, Any] = {key: part for name in data for key, part in parts(name, data[name])}
        np.savez_compressed(path, **entries)
    else:
        with _h5py().File(path, "w") as file:
            for name, value in data.items():
                _into_group(file, name, value)


def parts(name: str, value: Any) -> list[tuple[str, np.ndarray]]:
    """A variable as plain arrays.

    Spikes: ``<name>/ranks`` and ``<name>/counts`` (neurons,), ``<name>/steps`` neuron by neuron. Samples of dendrites
    of several sizes: ``<name>/values`` and ``<name>/lengths`` (samples, dendrites).
    """
    if isinstance(value, Mapping):
        steps = [np.asarray(s, np.int64) for s in value.values()]
        return [
            (f"{name}/ranks", np.array(list(value), np.int64)),
            (f"{name}/counts", np.array([len(s) for s in steps], np.int64)),
            (f"{name}/steps", np.concatenate([np.empty(0, np.int64), *steps])),
        ]
    if value.dtype == object:
        lists = [np.asarray(v) for v in value.reshape(-1)]
        lengths = np.array([len(v) for v in lists], np.int64).reshape(value.shape)
        return [(f"{name}/values", np.concatenate([np.empty(0), *lists])), (f"{name}/lengths", lengths)]
    return [(name, value)]


def _into_group(group: Any, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        inner = group.create_group(name)
        for rank, steps in value.items():
            inner.create_dataset(str(rank), data=np.asarray(steps, np.int64))
        return
    for key, part in parts(name, value):
        group.create_dataset(key, data=part)


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise ConfigurationError(
            "Writing .hdf5 files needs the package h5py.", hint="pip install 'synloom[io]'"
        ) from None
    return h5py


class MonitorList(list["Monitor"]):
    """Several monitors whose data are saved together."""

    def save_all(
        self,
        filename: str | PathLike[str],
        keep: bool = False,
        reshape: bool = False,
        flat_keys: bool = False,
    ) -> None:
        """Write all variables of all monitors to one ``.hdf5`` file.

        Parameters
        ----------
        filename : path
        keep, reshape : bool
            As for ``Monitor.get``.
        flat_keys : bool
            Name datasets ``<object>_<variable>`` instead of ``<object>/<variable>``. Further monitors of one object get
            a number: ``<object>_1``.

        Raises
        ------
        ConfigurationError
            Another extension.
        """
        path = Path(filename)
        if path.suffix != ".hdf5":
            raise ConfigurationError(f"Monitors are saved to one .hdf5 file, not to '{path.name}'.")
        h5py = _h5py()
        with h5py.File(path, "w") as file:
            for name, monitor in zip(self._names(), self, strict=True):
                group = file if flat_keys else file.create_group(name)
                for variable, value in monitor.get(keep=keep, reshape=reshape, force_dict=True).items():
                    _into_group(group, f"{name}_{variable}" if flat_keys else variable, value)

    def _names(self) -> list[str]:
        """One for each monitor: that of its object, with a number from the second on."""
        from synloom.recordable import owner_of

        found: list[str] = []
        for monitor in self:
            base = name = owner_of(monitor.object).name
            number = 0
            while name in found:
                number += 1
                name = f"{base}_{number}"
            found.append(name)
        return found
