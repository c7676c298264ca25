"""Networks without noise, whose traces two simulators can compare."""

from __future__ import annotations

from typing import Any

import numpy as np
from networks import NetworkWorkload
from spiking import CONDUCTANCES, HODGKIN_HUXLEY, INTEGRATOR
from worker import serve

# Clock-driven, as synloom's event-driven traces differ from ANNarchy's by intention.
TRACES = {
    "parameters": """
        tau_plus = 20.0 : projection
        tau_minus = 15.0 : projection
        A_plus = 0.01 : projection
        A_minus = 0.012 : projection
        w_max = 0.2 : projection
    """,
    "equations": """
        tau_plus * dx/dt = -x : exponential
        tau_minus * dy/dt = -y : exponential
    """,
    "pre_spike": """
        g_target += w
        x += A_plus * w_max
        w = clip(w - y, 0.0, w_max)
    """,
    "post_spike": """
        y += A_minus * w_max
        w = clip(w + x, 0.0, w_max)
    """,
}
# Fires whenever its counter is full.
METRONOME = {
    "parameters": "period = 10.0",
    "equations": "count = count + 1.0 : init = 0.0",
    "spike": "count >= period",
    "reset": "count = 0.0",
}


class ExactWorkload(NetworkWorkload):
    """Runs ``STEPS`` steps in pieces, and tells what ``sample`` gives after each of them, and the spikes."""

    STEPS, PIECE = 0, 1
    first_steps = 0

    def check(self) -> dict[str, float]:
        return {}

    def sample(self) -> dict[str, Any]:
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        traces: dict[str, list[Any]] = {}
        for _ in range(self.STEPS // self.PIECE):
            self.run(self.PIECE)
            for name, value in self.sample().items():
                traces.setdefault(name, []).append(np.asarray(value).tolist())
        spikes = {int(i): [int(s) for s in steps] for i, steps in self.monitor.get("spike").items()}
        return {"traces": traces | {"spikes": spikes}}


class Coba(ExactWorkload):
    """100 neurons with given initial values, connections and weights."""

    STEPS, PIECE = 2000, 5

    def build(self) -> None:
        self.setup(dt=0.1)
        rng, size, half = np.random.default_rng(11), 100, 80
        neuron = self.sim.Neuron(**CONDUCTANCES, spike="v > Vt", reset="v = Vr", refractory=5.0)
        population = self.population = self.sim.Population(size, neuron)
        population.v = rng.normal(-55.0, 5.0, size)
        population.g_exc = rng.normal(0.4, 0.15, size)
        population.g_inh = rng.normal(2.0, 1.0, size)
        for source, target, weight in (
            (population[:half], "exc", 0.1),
            (population[half:], "inh", 1.0),
        ):
            shape = (size, source.size)
            drawn = np.where(rng.random(shape) < 0.2, weight * rng.random(shape), np.nan)
            matrix = [[None if np.isnan(w) else float(w) for w in row] for row in drawn]
            self.sim.Projection(source, population, target).connect_from_matrix(matrix)
        self.monitor = self.sim.Monitor(population, ["spike"])

    def sample(self) -> dict[str, Any]:
        return {name: getattr(self.population, name) for name in ("v", "g_exc", "g_inh")}


class HodgkinHuxley(ExactWorkload):
    """One neuron, and all of its variables."""

    STEPS, PIECE = 5000, 5

    def build(self) -> None:
        self.setup(dt=0.01)
        self.population = self.sim.Population(1, self.sim.Neuron(**HODGKIN_HUXLEY))
        self.monitor = self.sim.Monitor(self.population, ["spike"])

    def sample(self) -> dict[str, Any]:
        return {name: getattr(self.population, name) for name in "vmhn"}


class Stdp(ExactWorkload):
    """Inputs that fire at given times, and integrators, whose spikes change the weights as well."""

    STEPS, PIECE = 1000, 4

    def build(self) -> None:
        self.setup(dt=1.0)
        inputs = self.sim.Population(6, self.sim.Neuron(**METRONOME))
        inputs.period = np.array([3.0, 5.0, 7.0, 11.0, 13.0, 17.0])
        self.outputs = self.sim.Population(3, self.sim.Neuron(**INTEGRATOR))
        self.projection = self.sim.Projection(inputs, self.outputs, "exc", self.sim.Synapse(**TRACES))
        weights = np.random.default_rng(13).random((3, 6)) * 0.15
        self.projection.connect_from_matrix(weights)
        self.monitor = self.sim.Monitor(self.outputs, ["spike"])

    def sample(self) -> dict[str, Any]:
        plastic = {name: [getattr(d, name) for d in self.projection] for name in "wxy"}
        return plastic | {"v": self.outputs.v}


if __name__ == "__main__":
    serve({"Coba": Coba, "HodgkinHuxley": HodgkinHuxley, "Stdp": Stdp})
