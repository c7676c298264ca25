"""The same spiking networks in Brian2, as a stand-alone C++ program (its fastest way to run).

The program always starts at t = 0: it runs the first steps, with their spikes recorded, then one block of steps. The
time of a block is what Brian2 itself tells about its last run.
"""

from __future__ import annotations

from typing import Any

from spiking import WEIGHTS
from worker import Workload, serve

FLAGS = ["-w", "-O3", "-ffast-math", "-fno-finite-math-only", "-march=native", "-std=c++11"]


class ClockedWorkload(Workload):
    """What they share. ``network``, ``observed`` and ``monitor`` are set by ``build``."""

    network: Any
    observed: Any
    monitor: Any

    def __init__(self, parameters: dict[str, Any]) -> None:
        super().__init__(parameters)
        self.first_steps = parameters["first_steps"]

    def load(self) -> None:
        import brian2

        self.b: Any = brian2

    def version(self) -> str:
        return str(self.b.__version__)

    def setup(self, dt: float) -> None:
        b = self.b
        self.dt = dt
        b.prefs.codegen.cpp.extra_compile_args_gcc = FLAGS
        b.set_device("cpp_standalone", build_on_run=False, directory="standalone")
        b.defaultclock.dt = dt * b.ms
        b.seed(42)

    def watch(self, population: Any, *others: Any) -> None:
        """The network is this population, whose spikes are recorded, and the others."""
        self.observed = population
        self.monitor = self.b.SpikeMonitor(population, name="monitor")
        self.network = self.b.Network(population, *others, self.monitor)

    def compile(self) -> None:
        b = self.b
        self.network.run(self.first_steps * self.dt * b.ms)
        self.monitor.active = False
        self.rewind()
        self.network.run(self.parameters["block"] * self.dt * b.ms)
        b.device.build(run=False, compile=True, clean=False)

    def rewind(self) -> None:
        """Part of the program, once it is built."""

    def run(self, steps: int) -> float | None:
        self.b.device.run()
        return float(self.b.device._last_run_time)

    def check(self) -> dict[str, float]:
        seconds = self.first_steps * self.dt / 1000.0
        return {"rate_hz": int(self.monitor.num_spikes) / len(self.observed) / seconds}


class Balanced(ClockedWorkload):
    def build(self) -> None:
        b = self.b
        self.setup(0.1)
        size, model = self.parameters["size"], self.parameters["model"]
        drive = {
            "coba": "(-60 - v) + ge*(0 - v) + gi*(-80 - v) + 20",
            "cuba": "(-49 - v) + ge - gi",
        }[model]
        population = b.NeuronGroup(
            size,
            f"""dv/dt = ({drive})/(20*ms) : 1 (unless refractory)
                dge/dt = -ge/(5*ms) : 1
                dgi/dt = -gi/(10*ms) : 1""",
            threshold="v > -50",
            reset="v = -60",
            refractory=5 * b.ms,
            method="euler",
            name="population",
        )
        if model == "coba":
            population.v, population.ge, population.gi = (
                "-55 + 5*randn()",
                "4 + 1.5*randn()",
                "20 + 12*randn()",
            )
        else:
            population.v = "-60 + 10*rand()"
        half = size * 4 // 5
        synapses = [
            b.Synapses(population[:half], population, "w : 1 (constant)", on_pre="ge_post += w", name="exc"),
            b.Synapses(population[half:], population, "w : 1 (constant)", on_pre="gi_post += w", name="inh"),
        ]
        for made, weight in zip(synapses, WEIGHTS[model], strict=True):
            made.connect(p=80.0 / size)
            made.w = f"{weight}*(0.999 + 0.002*rand())"
        self.watch(population, *synapses)


class Izhikevich(ClockedWorkload):
    def build(self) -> None:
        import numpy as np

        b = self.b
        self.setup(1.0)
        size = self.parameters["size"]
        population = b.NeuronGroup(
            size,
            """dv/dt = (0.04*v**2 + 5*v + 140 - u + I + noise*zeta)/ms : 1
               du/dt = a*(b_*v - u)/ms : 1
               zeta : 1
               I : 1
               a : 1 (constant)
               b_ : 1 (constant)
               c : 1 (constant)
               d : 1 (constant)
               noise : 1 (constant)""",
            threshold="v >= 30",
            reset="v = c\nu += d",
            method="euler",
            name="population",
        )
        rng, half = np.random.default_rng(3), size * 4 // 5
        re, ri = rng.random(half), rng.random(size - half)
        rest = np.ones(size - half)
        population.noise = np.r_[np.full(half, 5.0), 2.0 * rest]
        population.a = np.r_[np.full(half, 0.02), 0.02 + 0.08 * ri]
        population.b_ = np.r_[np.full(half, 0.2), 0.25 - 0.05 * ri]
        population.c = np.r_[-65 + 15 * re**2, -65.0 * rest]
        population.d = np.r_[8 - 6 * re**2, 2.0 * rest]
        population.v = -65
        population.u = np.r_[np.full(half, -13.0), -65 * (0.25 - 0.05 * ri)]
        # Noise is drawn in every step; a pulse acts for one step.
        population.run_regularly("zeta = randn()", dt=self.dt * b.ms, when="start")
        population.run_regularly("I = 0", dt=self.dt * b.ms, when="after_groups")
        synapses = [
            b.Synapses(population[:half], population, "w : 1 (constant)", on_pre="I_post += w", name="exc"),
            b.Synapses(population[half:], population, "w : 1 (constant)", on_pre="I_post -= w", name="inh"),
        ]
        for made, high in zip(synapses, (500.0 / size, 1000.0 / size), strict=True):
            made.connect()
            made.w = f"rand()*{high}"
        self.watch(population, *synapses)


class Stdp(ClockedWorkload):
    def build(self) -> None:
        b = self.b
        self.setup(1.0)
        inputs = b.PoissonGroup(self.parameters["inputs"], rates=15 * b.Hz, name="inputs")
        outputs = b.NeuronGroup(
            self.parameters["outputs"],
            """dv/dt = (-74 - v + ge*(0 - v))/(10*ms) : 1
               dge/dt = -ge/(5*ms) : 1""",
            threshold="v > -54",
            reset="v = -60",
            method="euler",
            name="outputs",
        )
        outputs.v = -60
        self.synapses = b.Synapses(
            inputs,
            outputs,
            """w : 1
               dx/dt = -x/(20*ms) : 1 (event-driven)
               dy/dt = -y/(20*ms) : 1 (event-driven)""",
            on_pre="ge_post += w\n x += 0.0001\n w = clip(w - y, 0, 0.01)",
            on_post="y += 0.0001\n w = clip(w + x, 0, 0.01)",
            name="synapses",
        )
        self.synapses.connect()
        self.rewind()
        self.watch(outputs, inputs, self.synapses)

    def rewind(self) -> None:
        if not self.b.device.has_been_run:
            self.synapses.w = "rand()*0.01"


class Inputs(ClockedWorkload):
    """Poisson trains only: there is no ready-made group of correlated ones."""

    def build(self) -> None:
        self.setup(1.0)
        self.watch(self.b.PoissonGroup(self.parameters["size"], rates=15 * self.b.Hz, name="inputs"))


if __name__ == "__main__":
    serve({"Balanced": Balanced, "Izhikevich": Izhikevich, "Stdp": Stdp, "Inputs": Inputs})
