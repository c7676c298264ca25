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


if __name__ == "__main__":
    serve({"Rate": Rate, "Oja": Oja, "Chain": Chain, "Stranger": Stranger})
