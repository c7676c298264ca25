"""Saving and loading: networks, populations, projections, and checkpoints (spec 03, section 7)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from synloom import formats, network_state, parameters_file, population_state, projection_state
from synloom.codegen.errors import NotCompiledError
from synloom.network_part import NetworkPart
from synloom.network_state import Loading
from synloom.rebuilding import as_before
from synloom.saved import Tree

if TYPE_CHECKING:
    from synloom.population import Population
    from synloom.projection import Projection
    from synloom.synapses import Synapses

Filename = str | os.PathLike[str]


class NetworkSaving(NetworkPart):
    """The part of a network that writes itself to files, and reads itself back."""

    def save(self, filename: Filename, populations: bool = True, projections: bool = True) -> None:
        """Write the state of the network to a file, for ``load()``.

        Parameters
        ----------
        filename : path
            Its end decides the format: ``.npz`` (``numpy.load`` reads it), ``.hdf5``, ``.mat``, ``.gz``; anything else
            is written as ``.npz``. Missing folders are made.
        populations, projections : bool
            Whether these are written.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        ConfigurationError
            The file cannot be written. It is then what it was before.
        """
        formats.write(filename, "network", network_state.capture(self._whole, populations, projections))

    def load(
        self,
        filename: Filename,
        populations: bool = True,
        projections: bool = True,
        pickle_encoding: str | None = None,
    ) -> None:
        """Take over what ``save()`` wrote, here or in ANNarchy, by the names of populations and projections.

        What the file does not hold stays as it is; what the network does not have is passed over with a warning.
        If the file holds all of the network, it goes on as if it had never stopped: see ``checkpoint()``. A file cannot
        run code, a pickle neither: of pickles only dictionaries of numbers are read. ``pickle_encoding``, one of
        ``'ASCII'``, ``'latin1'``, ``'bytes'``, is for those of Python 2.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        SavedFileError
            No such file, a damaged one, or one that does not fit. The network is then as it was.
        """
        self._running()
        part = formats.read(filename, "network", pickle_encoding)
        Loading(self._whole, part, strict=False, populations=populations, projections=projections).run()

    def checkpoint(self, path: Filename) -> None:
        """Write all that the network is between two steps, so that ``restore()`` goes on bit for bit.

        The file appears whole or replaces the old one whole, at whatever moment the process dies.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        ConfigurationError
            The file cannot be written.
        """
        formats.write(path, "checkpoint", network_state.capture(self._whole), pack=False)

    def restore(self, path: Filename) -> None:
        """Become what ``checkpoint()`` wrote: clock, values, synapses, what is under way, random numbers, recordings.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        SavedFileError
            A damaged file, one of a later version, or of another network. The network is then as it was.
        """
        self._running()
        Loading(self._whole, formats.read(path, "checkpoint"), strict=True).run()

    def save_parameters(self, filename: Filename, initial: bool = False) -> None:
        """Write global parameters and constants as JSON, for ``load_parameters()``.

        Parameters
        ----------
        filename : path
        initial : bool
            Write the values that ``reset()`` restores, not the present ones.
        """
        parameters_file.write(self._whole, filename, initial)

    def load_parameters(
        self, filename: Filename, global_only: bool = True, verbose: bool = False
    ) -> dict[str, Any]:
        """Set parameters and constants from a JSON file.

        Parameters
        ----------
        filename : path
        global_only : bool
            Leave out parameters that neurons or synapses have one each of; else all of them get the one value.
        verbose : bool
            Print each change.

        Returns
        -------
        dict
            The ``network`` table of the file, which is the user's own.
        """
        return parameters_file.read(self._whole, filename, global_only, verbose)


# -- single objects -------------------------------------------------------------------------------------------


def save_population(population: Population, filename: Filename) -> None:
    """Write the attributes of a population."""
    if population.network.cleared:
        raise NotCompiledError(f'Population "{population.name}" belongs to a network that was cleared.')
    formats.write(filename, "population", population_state.contents(population))


def load_population(population: Population, filename: Filename, pickle_encoding: str | None) -> None:
    """Set the attributes that a file holds; all or none."""
    if population.network.cleared:
        raise NotCompiledError(f'Population "{population.name}" belongs to a network that was cleared.')
    part = formats.read(filename, "population", pickle_encoding)
    population_state.check(population, part)
    names = population_state.common(population, part)
    population_state.put(population.state, population_state.values(population, part, names, "values"))
    if population.network._binding is not None:
        population.network._binding.refresh()


def save_synapses(synapses: Synapses, filename: Filename) -> None:
    """Write ranks, delays and attributes of a projection or transpose."""
    tree: Tree = projection_state.contents(synapses)
    formats.write(filename, "projection", tree)


def load_projection(projection: Projection, filename: Filename, pickle_encoding: str | None) -> None:
    """Take over synapses, delays and attributes; all or none."""
    projection._built()
    projection.network._running()
    part = formats.read(filename, "projection", pickle_encoding)
    with as_before(projection.network):
        projection_state.delay_as(projection, part)
        found = projection_state.structure(projection, part)
        steps = projection_state.prepare(projection, part, None, found)
    for step in steps:
        step()
    projection._rebound()
    if not found.same:
        projection_state.tell(projection)
