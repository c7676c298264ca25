"""Finding objects of a network by what they are (spec 03, section 1.9), and doing the same to several of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.network_part import NetworkPart
from synloom.population import Population
from synloom.projection import Projection
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.monitor import Monitor

Named = TypeVar("Named")
End = Population | PopulationView | str


class NetworkLookup(NetworkPart):
    """The part of a network that finds its objects. Lists are copies."""

    def get_population(self, name: str) -> Population | None:
        """The population of this name, or None after a warning."""
        return _find("population", name, self.get_populations())

    def get_projection(self, name: str) -> Projection | Transpose | None:
        """The projection of this name, or None after a warning."""
        return _find("projection", name, self._links())

    def get_monitor(self, name: str) -> Monitor | None:
        """The monitor of this name, or None after a warning."""
        return _find("monitor", name, self.monitors)

    def get_extension(self, name: str) -> Any:
        """The object of ``synloom.extensions`` of this name, or None after a warning."""
        return _find("extension", name, self.extensions)

    def get_extensions(self) -> list[Any]:
        """All objects of ``synloom.extensions`` that belong to this network."""
        return list(self.extensions)

    def get_populations(self) -> list[Population]:
        """All populations, in order of creation, those that ``compile()`` left out included."""
        rest = [] if self._left_out is None else self._left_out.populations
        return sorted([*self.populations, *rest], key=lambda population: population.id)

    def _links(self) -> list[Projection | Transpose]:
        rest = [] if self._left_out is None else self._left_out.projections
        return sorted([*self.projections, *rest], key=lambda projection: projection.id)

    def get_projections(
        self,
        post: End | None = None,
        pre: End | None = None,
        target: str | None = None,
        suppress_error: bool = False,
    ) -> list[Projection | Transpose]:
        """All projections, or those that match every given criterion.

        Parameters
        ----------
        post, pre : Population, PopulationView or str, optional
            An end, or the name of its population. A projection of a view matches its population, too.
        target : str, optional
        suppress_error : bool
            Give an empty list where nothing matches.

        Raises
        ------
        ConfigurationError
            If criteria are given and nothing matches, unless ``suppress_error``.
        """
        found = [
            p
            for p in self._links()
            if _matches(p.post, post) and _matches(p.pre, pre) and (target is None or target in _targets(p))
        ]
        asked = (post, pre, target) != (None, None, None)
        if asked and not found and not suppress_error:
            raise ConfigurationError(
                "No projection matches.", hint="pass suppress_error=True to get an empty list"
            )
        return found

    def get_monitors(self, obj: Any = None) -> list[Monitor]:
        """All monitors, or those of one object."""
        return [m for m in self.monitors if obj is None or m.object is obj or m.object == obj]

    def enable_learning(
        self,
        projections: Iterable[Projection | Transpose] | None = None,
        period: float | None = None,
        offset: float | None = None,
    ) -> None:
        """Enable learning in the given, or in all projections (spec 03, section 4.10)."""
        for projection in _learning(self, projections):
            projection.enable_learning(period, offset)

    def disable_learning(self, projections: Iterable[Projection | Transpose] | None = None) -> None:
        """Disable learning in the given, or in all projections."""
        for projection in _learning(self, projections):
            projection.disable_learning()

    # -- callbacks --------------------------------------------------------------------------------------

    def callbacks_enabled(self) -> bool:
        """Whether ``simulate()`` calls the functions declared with ``every``."""
        return self._callbacks.enabled

    def enable_callbacks(self) -> None:
        """Let ``simulate()`` call the functions declared with ``every``."""
        self._callbacks.enabled = True

    def disable_callbacks(self) -> None:
        """Let ``simulate()`` pass over the functions declared with ``every``."""
        self._callbacks.enabled = False

    def clear_all_callbacks(self) -> None:
        """Forget all functions declared with ``every``."""
        self._callbacks.all = []


def _find(kind: str, name: str, objects: Sequence[Named]) -> Named | None:
    found = next((o for o in objects if getattr(o, "name", None) == name), None)
    if found is None:
        messages.warning(f"There is no {kind} named '{name}'.")
    return found


def _matches(end: Population | PopulationView, wanted: End | None) -> bool:
    whole = end.population if isinstance(end, PopulationView) else end
    return wanted is None or end is wanted or whole is wanted or whole.name == wanted


def _targets(projection: Projection | Transpose) -> Sequence[str]:
    return projection.targets if isinstance(projection, Projection) else (projection.target,)


def _learning(network: NetworkPart, projections: Iterable[Projection | Transpose] | None) -> list[Projection]:
    """Those given, or all; a transpose has no learning of its own."""
    if not network.compiled:
        messages.warning("learning can only be switched after compile().")
        return []
    given = list(projections or ())
    return [p for p in given or network.projections if isinstance(p, Projection)]
