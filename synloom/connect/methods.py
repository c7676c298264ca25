"""The ``connect_*`` methods of a projection."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Self

from synloom import connectivity_file, messages
from synloom.codegen.errors import ConfigurationError
from synloom.connect import distance, lil, market, matrix, random, regular, triplets, values
from synloom.connect.ends import Connector, Ends
from synloom.connect.legacy import legacy
from synloom.connect.values import Connection
from synloom.storage import check_format

if TYPE_CHECKING:
    from synloom.network import Network
    from synloom.population import Population
    from synloom.view import PopulationView

Weights = float | Any  # a number or a RandomDistribution


class ConnectMethods:
    """Connectors, by the names of both generations of scripts. Each returns the projection.

    ``weights`` is a number or a random distribution, ``delays`` the same in ms; at least one step is applied.
    ``force_multiple_weights`` keeps one weight per synapse where a single number would do. Neurons are
    connected with themselves if ``allow_self_connections``. ``storage_format`` and ``storage_order`` change
    speed and memory, never results. All raise ConfigurationError for arguments that have no meaning.
    """

    name: str
    network: Network
    pre: Population | PopulationView
    post: Population | PopulationView
    _connection: Connection | None

    @abstractmethod
    def _ends(self) -> Ends:
        """The ranks that a connector works on."""

    @property
    @abstractmethod
    def _spiking(self) -> bool:
        """Whether spikes reach the synapses."""

    @abstractmethod
    def _connected(self, connection: Connection) -> None:
        """Take a connection; what was built of an earlier one is not valid any more."""

    def connect_all_to_all(
        self,
        weights: Weights,
        delays: Weights = 0.0,
        allow_self_connections: bool = False,
        force_multiple_weights: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Every pre to every post neuron."""
        ends = self._ends()
        return self._rule(
            "All-to-All",
            regular.all_to_all(ends, bool(allow_self_connections)),
            values.weights(ends, weights),
            delays,
            (storage_format, storage_order),
            force_multiple_weights,
            text="All-to-All, weights <w>, delays <d>",
        )

    def connect_one_to_one(
        self,
        weights: Weights = 1.0,
        delays: Weights = 0.0,
        force_multiple_weights: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """The k-th pre neuron to the k-th post neuron; different sizes are warned of."""
        ends = self._ends()
        if storage_format == "dense":
            raise ends.error("storage_format='dense' has no meaning for one-to-one.", hint="use 'csr'")
        return self._rule(
            "One-to-One",
            regular.one_to_one(ends),
            values.weights(ends, weights),
            delays,
            (storage_format, storage_order),
            force_multiple_weights,
            text="One-to-One, weights <w>, delays <d>",
        )

    def connect_fixed_probability(
        self,
        probability: float,
        weights: Weights,
        delays: Weights = 0.0,
        allow_self_connections: bool = False,
        force_multiple_weights: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Each pair of neurons with the same probability, independently."""
        ends = self._ends()
        return self._rule(
            "Random",
            random.fixed_probability(ends, probability, bool(allow_self_connections)),
            values.weights(ends, weights),
            delays,
            (storage_format, storage_order),
            force_multiple_weights,
            text=f"Random, sparseness {probability}, weights <w>, delays <d>",
        )

    def connect_fixed_number_pre(
        self,
        number: int,
        weights: Weights,
        delays: Weights = 0.0,
        allow_self_connections: bool = False,
        force_multiple_weights: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Each post neuron from ``number`` pre neurons, chosen without repetition."""
        ends = self._ends()
        return self._rule(
            "Random Convergent",
            random.fixed_number_pre(ends, number, bool(allow_self_connections)),
            values.weights(ends, weights),
            delays,
            (storage_format, storage_order),
            force_multiple_weights,
            text=rf"Random Convergent {number} $\rightarrow$ 1, weights <w>, delays <d>",
        )

    def connect_fixed_number_post(
        self,
        number: int,
        weights: Weights = 1.0,
        delays: Weights = 0.0,
        allow_self_connections: bool = False,
        force_multiple_weights: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Each pre neuron to ``number`` post neurons, chosen without repetition."""
        ends = self._ends()
        return self._rule(
            "Random Divergent",
            random.fixed_number_post(ends, number, bool(allow_self_connections)),
            values.weights(ends, weights),
            delays,
            (storage_format, storage_order),
            force_multiple_weights,
            text=rf"Random Divergent 1 $\rightarrow$ {number}, weights <w>, delays <d>",
        )

    def connect_gaussian(
        self,
        amp: float,
        sigma: float,
        delays: Weights = 0.0,
        limit: float = 0.01,
        allow_self_connections: bool = False,
        storage_format: str | None = None,
    ) -> Self:
        """Weights ``amp * exp(-D2 / (2 * sigma^2))`` where these are above ``limit * amp``, of whole populations.

        ``D2`` is the squared distance of two neurons whose coordinates go from 0 to 1 along each axis.
        """
        ends, pair = self._ends(), (self.pre, self.post)
        given = distance.gaussian(ends, pair, amp, sigma, limit, bool(allow_self_connections))
        text = f"Gaussian, amplitude {amp}, sigma {sigma}, delays <d>"
        return self._given("Gaussian", (*given, delays), (storage_format, None), text=text)

    def connect_dog(
        self,
        amp_pos: float,
        sigma_pos: float,
        amp_neg: float,
        sigma_neg: float,
        delays: Weights = 0.0,
        limit: float = 0.01,
        allow_self_connections: bool = False,
        storage_format: str | None = None,
    ) -> Self:
        """The Gaussian of ``amp_pos`` and ``sigma_pos`` less the other, as :meth:`connect_gaussian`.

        Weights up to ``limit * abs(amp_pos - amp_neg)`` make no synapse.
        """
        ends, pair = self._ends(), (self.pre, self.post)
        amplitudes, sigmas = (amp_pos, amp_neg), (sigma_pos, sigma_neg)
        given = distance.dog(ends, pair, amplitudes, sigmas, limit, bool(allow_self_connections))
        text = f"A+ {amp_pos}, sigma+ {sigma_pos}, A- {amp_neg}, sigma- {sigma_neg}, delays <d>"
        return self._given(
            "Difference-of-Gaussian",
            (*given, delays),
            (storage_format, None),
            text=f"Difference-of-Gaussian, {text}",
        )

    def connect_from_matrix(
        self,
        weights: Any,
        delays: Any = 0.0,
        pre_post: bool = False,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """One weight per pair: (post, pre), or (pre, post) with ``pre_post``. None and NaN make no synapse.

        ``delays`` may be a matrix of the same shape.
        """
        given = matrix.from_matrix(self._ends(), weights, delays, bool(pre_post))
        return self._given("Connectivity matrix", given, (storage_format, storage_order))

    def connect_from_sparse(
        self,
        weights: Any,
        delays: Any = 0.0,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """One synapse per stored entry of a sparse matrix of SciPy, of shape (pre, post).

        ``delays`` may be a sparse matrix with the same entries.
        """
        given = matrix.from_sparse(self._ends(), weights, delays)
        return self._given("Sparse connectivity matrix", given, (storage_format, storage_order))

    def connect_with_func(
        self,
        method: Callable[..., lil.LILConnectivity],
        storage_format: str | None = None,
        storage_order: str | None = None,
        **args: Any,
    ) -> Self:
        """What ``method(pre, post, **args)`` returns, called at once; a third parameter ``dt`` is filled."""
        ends = self._ends()
        made = lil.call_method(ends, method, self.pre, self.post, self.network.dt, args)
        name = getattr(method, "__name__", type(method).__name__)
        return self._given(
            "User-defined",
            triplets.from_rows(ends, made.rows()),
            (storage_format, storage_order),
            text=f"User-defined, function {name}()",
        )

    def connect_from_matrix_market(
        self,
        filename: str | PathLike[str],
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Weights of a Matrix Market file ``.mtx``, of shape (post, pre); each of its entries is a synapse."""
        given = market.from_matrix_market(self._ends(), filename)
        return self._given(
            "MatrixMarket",
            given,
            (storage_format, storage_order),
            text=f"MatrixMarket, file {fspath(filename)}",
        )

    def connect_from_file(
        self,
        filename: str | PathLike[str],
        pickle_encoding: str | None = None,
        storage_format: str | None = None,
        storage_order: str | None = None,
    ) -> Self:
        """Synapses, weights and delays that ``save_connectivity()`` wrote, here or in ANNarchy.

        ``pickle_encoding``, one of ``'ASCII'``, ``'latin1'``, ``'bytes'``, is for pickles of Python 2.
        """
        ends = self._ends()
        given = connectivity_file.read(filename, ends, self.network.dt, pickle_encoding)
        several = not isinstance(given[1], float)
        return self._given("From File", given, (storage_format, storage_order), several)

    all_to_all = connect_all_to_all
    one_to_one = connect_one_to_one
    fixed_probability = connect_fixed_probability
    fixed_number_pre = connect_fixed_number_pre
    fixed_number_post = connect_fixed_number_post
    gaussian = connect_gaussian
    dog = connect_dog
    from_function = connect_with_func
    from_matrix = connect_from_matrix
    from_sparse = connect_from_sparse
    from_matrix_market = connect_from_matrix_market
    from_file = connect_from_file

    def _rule(
        self,
        name: str,
        connector: Connector,
        weights: values.Values,
        delays: Any,
        storage: tuple[str | None, str | None],
        several: bool,
        *,
        text: str = "",
    ) -> Self:
        """Remember a connector and its values; the pattern is made by ``compile()``."""
        form = storage[0] or self.network.options.sparse_matrix_format
        order = storage[1] or self.network.options.sparse_matrix_storage_order
        check_format(form, order, self.name, self._spiking)
        # Nobody has asked for an order: what the synapse needs decides.
        wanted = storage[1] or ("auto" if order == "post_to_pre" else order)
        checked = values.delays(f"Projection '{self.name}'", delays, self.network.dt)
        one_weight = isinstance(weights, float) and not several and form != "dense"
        if self.network.compiled:
            raise ConfigurationError(
                f"Projection '{self.name}' can not be connected anew after compile().",
                hint="connect before compile(); projection.w = ... changes weights at any time",
            )
        if self._connection is not None:
            messages.warning(
                f"Projection '{self.name}' was connected already: {name} replaces {self._connection.name}."
            )
        if self.network.options.legacy_rng:
            connector = legacy(connector)
        self._connected(Connection(name, text or name, connector, weights, checked, form, wanted, one_weight))
        return self

    def _given(
        self,
        name: str,
        given: tuple[Connector, values.Values, Any],
        storage: tuple[str | None, str | None],
        several: bool = True,
        *,
        text: str = "",
    ) -> Self:
        """The same for a pattern that is known already."""
        return self._rule(name, *given, storage, several, text=text)
