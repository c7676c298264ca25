"""The same networks by hand with NumPy and scipy.sparse: explicit Euler, as few passes as they allow."""

from __future__ import annotations

from typing import Any

from worker import Workload, serve

STEP = 0.1  # dt / tau


class ArrayWorkload(Workload):
    """Imports NumPy, and nothing to compile."""

    def load(self) -> None:
        import numpy

        self.np: Any = numpy

    def compile(self) -> None:
        """Nothing to do."""

    def version(self) -> str:
        return str(self.np.__version__)

    def real(self) -> Any:
        return self.np.float32 if self.parameters.get("precision") == "float" else self.np.float64


class Rate(ArrayWorkload):
    """``W @ r``, and with feedback ``W.T @ s``, then the leaky integrators."""

    def build(self) -> None:
        size, density = self.parameters["size"], self.parameters.get("density", 1.0)
        self.feedback = self.parameters.get("feedback", False)
        rng, real = self.np.random.default_rng(2), self.real()
        self.drive = self.np.random.default_rng(1).random(size).astype(real)
        if density < 1.0:
            import scipy.sparse

            self.w = scipy.sparse.random(
                size, size, density, "csr", real, rng, lambda n: rng.random(n) * 2.0 / (size * density)
            )
        else:
            self.w = (rng.random((size, size)) * (2.0 / size)).astype(real)
        self.backward = self.w.T  # a view, in both cases
        self.source = self.np.zeros(size, real) if self.feedback else self.drive
        self.target = self.np.zeros(size, real)

    def run(self, steps: int) -> None:
        step = self.real()(STEP)
        for _ in range(steps):
            forward = self.w @ self.source
            if self.feedback:
                back = self.backward @ self.target
                self.source += step * (self.drive - back - self.source)
            self.target += step * (forward - self.target)

    def check(self) -> dict[str, float]:
        return {"source": float(self.source.mean()), "target": float(self.target.mean())}


class Oja(ArrayWorkload):
    """``W @ r``, then decay and rank-one update in place."""

    def build(self) -> None:
        size, real = self.parameters["size"], self.real()
        self.source = self.np.random.default_rng(1).random(size).astype(real)
        self.w = (self.np.random.default_rng(2).random((size, size)) * (2.0 / size)).astype(real)
        self.target = self.np.zeros(size, real)

    def run(self, steps: int) -> None:
        np, w, source = self.np, self.w, self.source
        for _ in range(steps):
            self.target += STEP * (w @ source - self.target)
            target = self.target
            w *= (1.0 - (8.0 / 5000.0) * target * target)[:, None]
            w += np.outer(target / 5000.0, source)

    def check(self) -> dict[str, float]:
        return {"target": float(self.target.mean())}


if __name__ == "__main__":
    serve({"Rate": Rate, "Oja": Oja})
