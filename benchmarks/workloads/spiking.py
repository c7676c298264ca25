"""Spiking workloads for simulators with ANNarchy's interface: ANNarchy itself, and synloom."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from networks import NetworkWorkload
from worker import serve

if TYPE_CHECKING:
    import numpy as np

# Conductance-based and current-based networks after Vogels and Abbott (2005), as in Brette et al. (2007).
CONDUCTANCES = {
    "parameters": """
        El = -60.0 : population
        Vr = -60.0 : population
        Erev_exc = 0.0 : population
        Erev_inh = -80.0 : population
        Vt = -50.0 : population
        tau = 20.0 : population
        tau_exc = 5.0 : population
        tau_inh = 10.0 : population
        I = 20.0 : population
    """,
    "equations": """
        tau * dv/dt = (El - v) + g_exc * (Erev_exc - v) + g_inh * (Erev_inh - v) + I
        tau_exc * dg_exc/dt = - g_exc
        tau_inh * dg_inh/dt = - g_inh
    """,
}
CURRENTS = {
    "parameters": """
        El = -49.0 : population
        Vr = -60.0 : population
        Vt = -50.0 : population
        tau_m = 20.0 : population
        tau_exc = 5.0 : population
        tau_inh = 10.0 : population
    """,
    "equations": """
        tau_m * dv/dt = (El - v) + g_exc - g_inh
        tau_exc * dg_exc/dt = - g_exc
        tau_inh * dg_inh/dt = - g_inh
    """,
}
WEIGHTS = {"coba": (0.6, 6.7), "cuba": (1.62, 9.0)}

IZHIKEVICH = {
    "parameters": "noise = 5.0\n a = 0.02\n b = 0.2\n c = -65.0\n d = 2.0\n v_thresh = 30.0",
    "equations": """
        I = g_exc - g_inh + noise * Normal(0.0, 1.0)
        dv/dt = 0.04 * v^2 + 5.0 * v + 140.0 - u + I
        du/dt = a * (b*v - u)
    """,
    "spike": "v >= v_thresh",
    "reset": "v = c\n u += d",
}

# Hodgkin and Huxley (1952), with the resting potential at -65 mV.
HODGKIN_HUXLEY = {
    "parameters": """
        C = 1.0 : population
        gNa = 120.0 : population
        gK = 36.0 : population
        gL = 0.3 : population
        ENa = 50.0 : population
        EK = -77.0 : population
        EL = -54.387 : population
        vt = 0.0 : population
        I = 10.0
    """,
    "equations": """
        before = v
        am = 0.1 * (v + 40.0) / (1.0 - exp(-(v + 40.0) / 10.0))
        bm = 4.0 * exp(-(v + 65.0) / 18.0)
        ah = 0.07 * exp(-(v + 65.0) / 20.0)
        bh = 1.0 / (1.0 + exp(-(v + 35.0) / 10.0))
        an = 0.01 * (v + 55.0) / (1.0 - exp(-(v + 55.0) / 10.0))
        bn = 0.125 * exp(-(v + 65.0) / 80.0)
        dm/dt = am * (1.0 - m) - bm * m : init = 0.0529
        dh/dt = ah * (1.0 - h) - bh * h : init = 0.5961
        dn/dt = an * (1.0 - n) - bn * n : init = 0.3177
        C * dv/dt = I - gNa * m^3 * h * (v - ENa) - gK * n^4 * (v - EK) - gL * (v - EL) : init = -65.0
    """,
    "spike": "(v > vt) and (before <= vt)",
    "reset": "",
}
# Brette and Gerstner (2005).
ADAPTIVE_EXPONENTIAL = {
    "parameters": """
        C = 281.0 : population
        gL = 30.0 : population
        EL = -70.6 : population
        VT = -50.4 : population
        DeltaT = 2.0 : population
        tau_w = 144.0 : population
        a = 4.0 : population
        b = 80.5 : population
        v_peak = 20.0 : population
        I = 800.0
    """,
    "equations": """
        C * dv/dt = gL * (EL - v) + gL * DeltaT * exp((v - VT) / DeltaT) - w + I : init = -70.6
        tau_w * dw/dt = a * (v - EL) - w
    """,
    "spike": "v > v_peak",
    "reset": "v = EL\n w += b",
}

# Song, Miller and Abbott (2000): pairs of spikes, additive.
INTEGRATOR = {
    "parameters": """
        tau_m = 10.0 : population
        tau_e = 5.0 : population
        vt = -54.0 : population
        vr = -60.0 : population
        El = -74.0 : population
        Ee = 0.0 : population
    """,
    "equations": """
        tau_m * dv/dt = El - v + g_exc * (Ee - v) : init = -60.0
        tau_e * dg_exc/dt = - g_exc
    """,
    "spike": "v > vt",
    "reset": "v = vr",
}
PAIRS = {
    "parameters": """
        tau_plus = 20.0 : projection
        tau_minus = 20.0 : projection
        A_plus = 0.01 : projection
        A_minus = 0.01 : projection
        w_min = 0.0 : projection
        w_max = 0.01 : projection
    """,
    "equations": """
        tau_plus * dx/dt = -x : event-driven
        tau_minus * dy/dt = -y : event-driven
    """,
    "pre_spike": """
        g_target += w
        x += A_plus * w_max
        w = clip(w - y, w_min, w_max)
    """,
    "post_spike": """
        y += A_minus * w_max
        w = clip(w + x, w_min, w_max)
    """,
}


class SpikingWorkload(NetworkWorkload):
    """Its first steps are recorded and give the check, the mean rate; the steps that are timed are not.

    ``statistics``, if given, is a number of steps to record after the first ones; what they tell is a fact.
    """

    observed: Any  # the population

    def __init__(self, parameters: dict[str, Any]) -> None:
        super().__init__(parameters)
        self.first_steps = parameters["first_steps"]

    def watch(self, population: Any) -> None:
        """Record the spikes of this population."""
        self.observed = population
        self.monitor = self.sim.Monitor(population, ["spike"])

    def check(self) -> dict[str, float]:
        count = sum(map(len, self.monitor.get("spike").values()))
        seconds = self.first_steps * self.dt / 1000.0
        rate = count / self.observed.size / seconds
        if "statistics" not in self.parameters:
            self.monitor.pause()
        return {"rate_hz": rate}

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        if "statistics" in self.parameters:
            steps = self.parameters["statistics"]
            self.run(steps)
            spikes = self.monitor.get("spike")
            facts["statistics"] = statistics(spikes, self.observed.size, self.first_steps, steps, self.dt)
        if self.module == "synloom":
            facts["projections"] = projection_bytes(self.observed.network)
        return facts


def statistics(
    spikes: dict[int, list[int]], size: int, begin: int, steps: int, dt: float
) -> dict[str, float]:
    """Rate in Hz, coefficient of variation of the intervals, and synchrony after Golomb (1 if all are alike)."""
    import numpy as np

    trains = [np.asarray(spikes.get(i, []), np.int64) - begin for i in range(size)]
    intervals = [np.diff(t) for t in trains if len(t) >= 4]
    bins = round(2.0 / dt)  # of 2 ms
    activity = np.zeros((size, steps // bins))
    for row, train in zip(activity, trains, strict=True):
        np.add.at(row, train[(train >= 0) & (train < steps // bins * bins)] // bins, 1.0)
    return {
        "rate": sum(map(len, trains)) / size / (steps * dt / 1000.0),
        "irregularity": float(np.mean([i.std() / i.mean() for i in intervals])),
        "synchrony": float(np.sqrt(activity.mean(axis=0).var() / activity.var(axis=1).mean())),
    }


def projection_bytes(network: Any) -> dict[str, int]:
    """What the projections of a running network hold: all their buffers, those derived from others included."""
    binding = network._binding
    held: dict[int, np.ndarray] = {}
    for projection in network.projections:
        store = projection.store
        own = [*projection.state.values(), *projection.flags.values(), projection.delay_steps]
        own += [store.rows, store.columns, store.row_ptr, store.column]
        held |= {a.ctypes.data: a for a in own if a is not None}
    for key, buffer in binding.table._bound.items():
        if key[0] in binding.projections:
            held[buffer.ctypes.data] = buffer
    pointers = sum(p.store.row_ptr.nbytes for p in network.projections)
    synapses = sum(p.store.nnz for p in network.projections)
    return {
        "bytes": sum(a.nbytes for a in held.values()),
        "pointers": pointers,
        "synapses": synapses,
    }


class Balanced(SpikingWorkload):
    """4 excitatory neurons for each inhibitory one, sparse and random. ``model`` is "coba" or "cuba"."""

    def build(self) -> None:
        self.setup(dt=0.1)
        size, model = self.parameters["size"], self.parameters["model"]
        neuron = self.sim.Neuron(
            **(CONDUCTANCES if model == "coba" else CURRENTS), spike="v > Vt", reset="v = Vr", refractory=5.0
        )
        population = self.sim.Population(size, neuron)
        if model == "coba":
            population.v = self.sim.Normal(-55.0, 5.0)
            population.g_exc = self.sim.Normal(4.0, 1.5)
            population.g_inh = self.sim.Normal(20.0, 12.0)
        else:
            population.v = self.sim.Uniform(-60.0, -50.0)
        half = size * 4 // 5
        for source, target, weight in zip(
            (population[:half], population[half:]), ("exc", "inh"), WEIGHTS[model], strict=True
        ):
            projection = self.sim.Projection(source, population, target)
            # Nearly the same everywhere, but every synapse has a weight of its own.
            self.connect(
                projection, self.parameters.get("degree", 80.0) / size, weight * 1.001, weight * 0.999
            )
        self.watch(population)


PARTS = 10  # of a block with monitors


class Recorded(Balanced):
    """The same, and what recording adds: blocks of the same steps, each kind of monitor in turn."""

    def facts(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            return {"blocks": self.blocks(Path(folder))}

    def blocks(self, folder: Path) -> dict[str, list[float]]:
        """CPU seconds of each block, by kind."""
        sim, observed = self.sim, self.observed
        network = observed.network
        monitors = {
            "plain": None,
            "spikes": sim.Monitor(observed, "spike", start=False),
            "v": sim.Monitor(observed, "v", start=False),
            "h5": sim.Monitor(observed, "v", start=False, store=folder / "v.h5"),
            "zarr": sim.Monitor(observed, "v", start=False, store=folder / "v.zarr"),
        }
        network.checkpoint(folder / "start.npz")
        found: dict[str, list[float]] = {kind: [] for kind in monitors}
        for _ in range(self.parameters["rounds"]):
            for kind, monitor in monitors.items():
                network.restore(folder / "start.npz")  # forgets what was recorded, in files as well
                if monitor is not None:
                    monitor.resume()
                before = time.process_time()
                for _ in range(PARTS):
                    self.run(self.parameters["block"] // PARTS)
                    if (
                        kind == "v"
                    ):  # 32 kB a step: memory that was never used before would be what is measured
                        monitor.get()
                if monitor is not None:
                    monitor.flush()
                found[kind].append(time.process_time() - before)
        return found


class Izhikevich(SpikingWorkload):
    """1000 neurons that pulse one another (Izhikevich 2003)."""

    def build(self) -> None:
        import numpy as np

        self.setup(dt=1.0)
        size = self.parameters["size"]
        population = self.sim.Population(size, self.sim.Neuron(**IZHIKEVICH))
        rng, half = np.random.default_rng(3), size * 4 // 5
        re, ri = rng.random(half), rng.random(size - half)
        excitatory, inhibitory = population[:half], population[half:]
        given = {
            "noise": (5.0, 2.0),
            "a": (0.02, 0.02 + 0.08 * ri),
            "b": (0.2, 0.25 - 0.05 * ri),
            "c": (-65.0 + 15.0 * re**2, -65.0),
            "d": (8.0 - 6.0 * re**2, 2.0),
            "v": (-65.0, -65.0),
            "u": (-13.0, -65.0 * (0.25 - 0.05 * ri)),
        }
        for name, (of_excitatory, of_inhibitory) in given.items():
            setattr(excitatory, name, of_excitatory)
            setattr(inhibitory, name, of_inhibitory)
        self.connect(self.sim.Projection(excitatory, population, "exc"), high=500.0 / size)
        self.connect(self.sim.Projection(inhibitory, population, "inh"), high=1000.0 / size)
        self.watch(population)


class Stdp(SpikingWorkload):
    """1000 Poisson inputs at 15 Hz, plastic synapses. Every block begins with the same weights."""

    def build(self) -> None:
        self.setup(dt=1.0)
        inputs = self.sim.PoissonPopulation(geometry=self.parameters["inputs"], rates=15.0)
        outputs = self.sim.Population(self.parameters["outputs"], self.sim.Neuron(**INTEGRATOR))
        self.projection = self.sim.Projection(inputs, outputs, "exc", self.sim.Synapse(**PAIRS))
        self.connect(self.projection, high=0.01)
        self.watch(outputs)

    def check(self) -> dict[str, float]:
        import numpy as np

        rng = np.random.default_rng(5)
        self.weights = (rng.random((self.parameters["outputs"], self.parameters["inputs"])) * 0.01).tolist()
        return super().check()

    def rewind(self) -> None:
        self.projection.w = self.weights


class Alone(SpikingWorkload):
    """Neurons without synapses, each with an input current of its own."""

    MODELS = {"hh": (HODGKIN_HUXLEY, 0.01, (5.0, 15.0)), "adex": (ADAPTIVE_EXPONENTIAL, 0.1, (500.0, 1000.0))}

    def build(self) -> None:
        import numpy as np

        model, dt, (low, high) = self.MODELS[self.parameters["model"]]
        self.setup(dt)
        size = self.parameters["size"]
        population = self.sim.Population(size, self.sim.Neuron(**model))
        population.I = low + (high - low) * np.random.default_rng(1).random(size)
        self.watch(population)


def _let_float_take_arrays() -> None:
    """ANNarchy 4.8.2.7 calls float() with arrays of one element there, which NumPy no longer allows."""
    import sys

    module = sys.modules.get("ANNarchy.inputs.SpikeTrains")
    if module is not None:
        module.float = lambda value: value.item() if hasattr(value, "item") else float(value)  # type: ignore[attr-defined]


class Inputs(SpikingWorkload):
    """Spike trains at 15 Hz that nobody listens to. ``model`` is "poisson" or "correlated"."""

    def build(self) -> None:
        self.setup(dt=1.0)
        size = self.parameters["size"]
        if self.parameters["model"] == "poisson":
            population = self.sim.PoissonPopulation(geometry=size, rates=15.0)
        else:
            _let_float_take_arrays()
            population = self.sim.HomogeneousCorrelatedSpikeTrains(
                geometry=size, rates=15.0, corr=0.1, tau=20.0
            )
        self.watch(population)


if __name__ == "__main__":
    serve(
        {
            "Balanced": Balanced,
            "Recorded": Recorded,
            "Izhikevich": Izhikevich,
            "Stdp": Stdp,
            "Alone": Alone,
            "Inputs": Inputs,
        }
    )
