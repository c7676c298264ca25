"""The workloads for simulators with ANNarchy's interface: ANNarchy itself, and synloom."""

from __future__ import annotations

import importlib
from typing import Any

from worker import Workload, serve

LEAKY = "tau*dr/dt + r = sum(exc)"


class NetworkWorkload(Workload):
    """What all of them share. ``parameters["module"]`` is the package to import."""

    def load(self) -> None:
        self.module = self.parameters["module"]
        self.sim: Any = importlib.import_module(self.module)

    def version(self) -> str:
        return str(self.sim.__release__)

    def setup(self, dt: float = 1.0) -> None:
        self.dt = dt
        precision, seed = self.parameters.get("precision", "double"), self.parameters.get("seed", 42)
        self.sim.setup(dt=dt, num_threads=1, seed=seed, precision=precision)

    def connect(self, projection: Any, density: float = 1.0, high: float = 1.0, low: float = 0.0) -> None:
        options = {"storage_format": self.parameters["format"]} if "format" in self.parameters else {}
        if "order" in self.parameters:
            options["storage_order"] = self.parameters["order"]
        weights = self.sim.Uniform(low, high)
        if density < 1.0:
            projection.connect_fixed_probability(probability=density, weights=weights, **options)
        else:
            projection.connect_all_to_all(weights=weights, **options)

    def compile(self) -> None:
        # ANNarchy's own default is -O2, which is slower.
        flags = {"compiler_flags": "-march=native -O3"} if self.module == "ANNarchy" else {}
        self.built = self.sim.compile(silent=True, **flags)

    def facts(self) -> dict[str, Any]:
        if self.module == "ANNarchy":
            return {}
        return {"cached": self.built.cached, "stages": dict(self.built.seconds)}

    def run(self, steps: int) -> None:
        self.sim.simulate(steps * self.dt)


class Rate(NetworkWorkload):
    """Leaky integrators driven by a projection, dense or sparse, with or without transposed feedback."""

    def build(self) -> None:
        import numpy as np

        self.setup()
        size, density = self.parameters["size"], self.parameters.get("density", 1.0)
        feedback = self.parameters.get("feedback", False)
        if feedback:
            source = self.sim.Neuron(
                parameters="tau = 10.0 : population\n b = 0.0", equations="tau*dr/dt + r = b - sum(fb)"
            )
        else:
            source = self.sim.Neuron(parameters="r = 0.0")
        self.source = self.sim.Population(size, source)
        self.target = self.sim.Population(
            size, self.sim.Neuron(parameters="tau = 10.0 : population", equations=LEAKY)
        )
        setattr(self.source, "b" if feedback else "r", np.random.default_rng(1).random(size))
        projection = self.sim.Projection(self.source, self.target, "exc")
        self.connect(projection, density, high=2.0 / (size * density))
        if feedback:
            extension = importlib.import_module(f"{self.module}.extensions.convolution")
            extension.Transpose(projection, target="fb").connect()

    def check(self) -> dict[str, float]:
        return {"source": float(self.source.r.mean()), "target": float(self.target.r.mean())}


class Oja(NetworkWorkload):
    """A dense projection whose weights follow Oja's rule in every step."""

    def build(self) -> None:
        import numpy as np

        self.setup()
        size = self.parameters["size"]
        rule = self.sim.Synapse(
            parameters="tau = 5000.0 : projection\n alpha = 8.0 : projection",
            equations="tau * dw/dt = pre.r * post.r - alpha * post.r^2 * w",
        )
        source = self.sim.Population(size, self.sim.Neuron(parameters="r = 0.0"))
        self.target = self.sim.Population(
            size, self.sim.Neuron(parameters="tau = 10.0 : population", equations=LEAKY)
        )
        source.r = np.random.default_rng(1).random(size)
        projection = self.sim.Projection(source, self.target, "exc", rule)
        self.connect(projection, high=2.0 / size)

    def check(self) -> dict[str, float]:
        return {"target": float(self.target.r.mean())}


class Chain(NetworkWorkload):
    """Small populations and projections of few distinct models: what is measured is the time to compile them.

    ``scale`` changes sizes, weights and parameter values, and nothing else.
    """

    def build(self) -> None:
        self.setup()
        scale = self.parameters.get("scale", 1)
        self.populations = [
            self.sim.Population(
                10 * scale, self.sim.Neuron(parameters=f"tau = {10.0 * scale + i}", equations=LEAKY)
            )
            for i in range(self.parameters["populations"])
        ]
        count = len(self.populations)
        for j in range(self.parameters["projections"]):
            pre, post = self.populations[j % count], self.populations[(j * 7 + 1) % count]
            self.connect(self.sim.Projection(pre, post, "exc"), high=float(scale))

    def check(self) -> dict[str, float]:
        return {"target": float(self.populations[1].r.mean())}


class Stranger(NetworkWorkload):
    """A network that shares no kernel with the others: what it leaves in a cache is the wrapper's object."""

    def build(self) -> None:
        self.setup()
        self.clock = self.sim.Population(3, self.sim.Neuron(equations="r = 2.0 * t"))

    def check(self) -> dict[str, float]:
        return {"clock": float(self.clock.r.mean())}


class Construct(NetworkWorkload):
    """What it takes to make the synapses of one projection; a step makes them once.

    ANNarchy makes them in compiled code, so a projection is compiled once and connected again and again.
    Synloom needs no compiler for it, so each step describes the network anew.
    """

    def build(self) -> None:
        self.setup()
        self.first = True
        if self.parameters["rule"] == "sparse":
            import scipy.sparse

            self.matrix = scipy.sparse.random(10000, 10000, 0.01, "csr", random_state=1)
        if self.module == "ANNarchy":
            self.describe()
            self.rule()

    def compile(self) -> None:
        if self.module == "ANNarchy":
            super().compile()

    def describe(self, **network: Any) -> None:
        if self.parameters["rule"] == "spiking":
            # Both give an equation to the conductance, which has the same default.
            neuron = self.sim.Neuron(
                equations="10.0*dv/dt = g_exc - v\n 5.0*dg_exc/dt = -g_exc", spike="v > 1.0", reset="v = 0.0"
            )
        else:
            neuron = self.sim.Neuron(equations="r = sum(exc)")
        geometry = (100, 100) if self.parameters["rule"] == "gaussian" else 10000
        ends = [self.sim.Population(geometry, neuron, **network) for _ in range(2)]
        self.projection = self.sim.Projection(*ends, "exc", **network)

    def rule(self) -> None:
        """Call the connector; rows of pre neurons where these send spikes."""
        match self.parameters["rule"]:
            case "spiking":
                storage = {"storage_format": "csr", "storage_order": "pre_to_post"}
                self.projection.connect_fixed_probability(0.1, self.sim.Uniform(0.0, 1.0), **storage)
            case "rate":
                weights = self.sim.Uniform(0.0, 1.0)
                self.projection.connect_fixed_probability(0.1, weights, storage_format="csr")
            case "gaussian":
                self.projection.connect_gaussian(1.0, 0.022)
            case "sparse":
                self.projection.connect_from_sparse(self.matrix)
            case "function":
                self.projection.connect_with_func(ring, lil=self.sim.LILConnectivity())
            case "arrays":
                self.projection.connect_with_func(ring_at_once, lil=self.sim.LILConnectivity())

    def run(self, steps: int) -> None:
        for _ in range(1 if self.first else steps):
            if self.module == "ANNarchy":
                self.rule()
                self.projection._connect(None)
            else:
                self.projection = None
                network = self.sim.Network(seed=42)
                self.describe(network=network)
                self.rule()
                network._connect_all()
        self.first = False

    def check(self) -> dict[str, float]:
        found = {"synapses": float(self.projection.nb_synapses)}
        if self.parameters["rule"] in ("gaussian", "sparse"):
            found["w"] = sum(map(sum, self.projection.w))
        return found

    def facts(self) -> dict[str, Any]:
        if self.module == "ANNarchy":
            return {}
        return {"bytes": self.projection.size_in_bytes() / self.projection.nb_synapses}


def ring(pre: Any, post: Any, lil: Any) -> Any:
    """A hundred sources for each neuron, one dendrite after the other."""
    for rank in range(post.size):
        start = rank % 50
        lil.add(rank, list(range(start, start + 100)), [0.5] * 100, [0])
    return lil


def ring_at_once(pre: Any, post: Any, lil: Any) -> Any:
    """The same with arrays, where the simulator takes them."""
    import numpy as np

    if not hasattr(lil, "add_synapses"):
        return ring(pre, post, lil)
    ranks = np.arange(post.size)
    lil.add_synapses(np.repeat(ranks, 100), (ranks[:, None] % 50 + np.arange(100)).ravel(), 0.5, 0.0)
    return lil


if __name__ == "__main__":
    serve({"Rate": Rate, "Oja": Oja, "Chain": Chain, "Stranger": Stranger, "Construct": Construct})
