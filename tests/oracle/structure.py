"""P10: synapses come and go, one pair of neurons after the other (spec 02, section 8)."""

from __future__ import annotations

from dataclasses import dataclass

from synloom.codegen.ir.expr import Draw, Expr, Reduction, Var, WeightedSum
from synloom.codegen.ir.model import TransposeIR
from synloom.codegen.ir.types import DelayKind, Locality, Scope
from tests.oracle.expressions import Leaf, Lookup, Number, evaluate
from tests.oracle.machine import functions_of
from tests.oracle.parts import Link, Synapses, Values
from tests.oracle.spikes import NEVER, steps
from tests.oracle.spiking import Spiking


@dataclass
class Entry:
    """One synapse with all that is kept for it."""

    pre: int
    post: int
    values: dict[str, Number]
    delay: int
    last_event: int = NEVER


class Structural(Spiking):
    """The phase of structural plasticity, and the same by hand."""

    def _restructure(self) -> None:
        forwards = [s for s in self.proj.values() if isinstance(s, Synapses)]
        for s in forwards:
            if self._is_due(s, "creating"):
                self._create_all(s)
        for s in forwards:
            if self._is_due(s, "pruning"):
                self._prune_all(s)

    def _is_due(self, s: Synapses, what: str) -> bool:
        if what not in s.started:
            return False
        start, period = s.started[what]
        return (self.n - start) % period == 0

    def _create_all(self, s: Synapses) -> None:
        creating = s.model.creating
        assert creating is not None
        there = {(e.pre, e.post) for e in self._entries(s)}
        new = []
        for post in sorted(s.ends[1]):
            for pre in sorted(s.ends[0]):
                holds = self._of_pair(s, creating.condition, pre, post)
                if not holds or (pre, post) in there or not self._lucky(s, creating.proba, pre, post):
                    continue
                delay = s.usual_delay
                if creating.d is not None:
                    delay = max(1, steps(float(self._of_pair(s, creating.d, pre, post)), self.dt))
                new.append((pre, post, float(self._of_pair(s, creating.w, pre, post)), delay))
        for each in new:
            self.create(s.name, *each)

    def _prune_all(self, s: Synapses) -> None:
        pruning = s.model.pruning
        assert pruning is not None
        gone = [
            (e.pre, e.post)
            for synapse, e in enumerate(self._entries(s))
            if self._of_pair(s, pruning.condition, e.pre, e.post, synapse)
            and self._lucky(s, pruning.proba, e.pre, e.post, synapse)
        ]
        for pre, post in gone:
            self.prune(s.name, pre, post)

    def _lucky(self, s: Synapses, proba: Expr, pre: int, post: int, synapse: int = -1) -> bool:
        """Decide what is certain: two generators cannot be compared."""
        value = float(self._of_pair(s, proba, pre, post, synapse))
        assert value in (0.0, 1.0), f"probability {value} is not certain"
        return value == 1.0

    def _of_pair(self, s: Synapses, expr: Expr, pre: int, post: int, synapse: int = -1) -> Number:
        """Evaluate what a condition says of two neurons, and of their synapse if there is one."""
        return evaluate(expr, self._pair(s, pre, post, synapse), functions_of(s.model))

    def _pair(self, s: Synapses, pre: int, post: int, synapse: int = -1) -> Lookup:
        """Look up what such a condition sees: nothing is delayed."""

        def lookup(leaf: Leaf) -> Number:
            match leaf:
                case Var(scope=Scope.SELF, name=name, locality=Locality.LOCAL):
                    return s.values[name][synapse]
                case Var(scope=Scope.SELF, name=name, locality=Locality.SEMIGLOBAL):
                    return s.values[name][s.rows.index(post)] if post in s.rows else self._fresh(s, {})[name]
                case Var(scope=Scope.SELF, name=name):
                    return s.values[name][0]
                case Var(scope=Scope.PRE, name=name):
                    return s.pre.value(name, pre)
                case Var(scope=Scope.POST, name=name):
                    return s.post.value(name, post)
                case WeightedSum(scope=scope, target=target):
                    return s.pre.input(target, pre) if scope is Scope.PRE else s.post.input(target, post)
                case Reduction(op=op, scope=scope, name=name):
                    return (s.pre if scope is Scope.PRE else s.post).over_all(op, name)
                case Draw(distribution=distribution, args=args):
                    given = [float(evaluate(arg, lookup, functions_of(s.model))) for arg in args]
                    return self.draw(distribution, given)
                case _:
                    return self._global(leaf)

        return lookup

    def _fresh(self, s: Synapses, known: dict[str, Number]) -> dict[str, Number]:
        """Initial values of all attributes of a synapse."""
        values = dict(known)
        for attribute in s.model.attributes:
            if attribute.locality is Locality.GLOBAL:
                values[attribute.name] = s.values[attribute.name][0]
            elif attribute.name not in values:
                values[attribute.name] = evaluate(attribute.init, _given(values), functions_of(s.model))
        return values

    # by hand, and what both ways come to

    def create(self, name: str, pre: int, post: int, w: float = 0.0, delay: int | None = None) -> None:
        """Add a synapse; ``delay`` in steps."""
        s = self.forward[name]
        entries, rows = self._entries(s), self._semiglobal(s)
        if post not in rows:
            fresh = self._fresh(s, {})
            rows[post] = {key: fresh[key] for key in s.names(Locality.SEMIGLOBAL)}
        fresh = self._fresh(s, {**rows[post], "w": self._rounded(w)})
        local = {key: fresh[key] for key in s.names(Locality.LOCAL)}
        entries.append(Entry(pre, post, local, s.usual_delay if delay is None else delay))
        self._put(s, entries, rows)

    def prune(self, name: str, pre: int, post: int) -> None:
        """Remove a synapse; its row stays."""
        s = self.forward[name]
        kept = [e for e in self._entries(s) if (e.pre, e.post) != (pre, post)]
        assert len(kept) == len(s.links) - 1
        self._put(s, kept, self._semiglobal(s))

    def _entries(self, s: Synapses) -> list[Entry]:
        return [
            Entry(
                link.pre,
                link.post,
                {name: s.values[name][synapse] for name in s.names(Locality.LOCAL)},
                s.usual_delay if s.delays is None else s.delays[synapse],
                s.last_event[synapse],
            )
            for synapse, link in enumerate(s.links)
        ]

    def _semiglobal(self, s: Synapses) -> dict[int, dict[str, Number]]:
        names = s.names(Locality.SEMIGLOBAL)
        return {post: {name: s.values[name][row] for name in names} for row, post in enumerate(s.rows)}

    def _put(self, s: Synapses, entries: list[Entry], rows: dict[int, dict[str, Number]]) -> None:
        entries.sort(key=lambda e: (e.post, e.pre))
        s.rows = sorted(rows)
        s.links = [Link(e.pre, e.post, s.rows.index(e.post)) for e in entries]
        for name in s.names(Locality.LOCAL):
            s.values[name] = [e.values[name] for e in entries]
        for name in s.names(Locality.SEMIGLOBAL):
            s.values[name] = [rows[post][name] for post in s.rows]
        s.last_event = [e.last_event for e in entries]
        s.delays = None if s.delays is None else [e.delay for e in entries]
        for ir, reading in zip(self.ir.projections, self.readings, strict=True):
            if reading.synapses is not s:
                continue
            backward = isinstance(ir, TransposeIR) and ir.backward
            reading.ends = [(e.post, e.pre) if backward else (e.pre, e.post) for e in entries]
            if not isinstance(ir, TransposeIR) or (ir.delay_of_forward and ir.delay is not DelayKind.NONE):
                reading.delays = s.delays
            elif reading.delays is not None:
                reading.delays = [self.own_delay[ir.name]] * len(entries)


def _given(values: Values | dict[str, Number]) -> Lookup:
    def lookup(leaf: Leaf) -> Number:
        assert isinstance(leaf, Var), leaf
        found = values[leaf.name]
        return found[0] if isinstance(found, list) else found

    return lookup
