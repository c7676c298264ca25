"""From equations to statements: numerical methods applied, everything in the order of spec 01, 12.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from synloom.codegen.errors import Mistakes, ModelError
from synloom.codegen.ir.expr import Draw, Expr, Var, transform, walk
from synloom.codegen.ir.model import Assignment, Equation, Ode
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import COUPLED, Locality, Method, Scope
from synloom.codegen.methods import METHODS, Names
from synloom.codegen.methods.step import mentions, temporary
from synloom.codegen.passes import gather

Run = tuple[Ode, ...]


def discretize(
    equations: tuple[Equation, ...], locality: Locality, step: Expr, reserved: Collection[str] = ()
) -> tuple[Stmt, ...]:
    """Give the statements of one step for the equations of one locality, in declaration order.

    ``tau*dv/dt = u - v ; du/dt = -v``  ->  ``u_new = u - h * v ; v += h / tau * (u - v) ; u = u_new``

    Assignments follow one another. A run of ODEs computes all new values from the old ones before it assigns
    the first. Every variable is followed by its own bounds.

    Parameters
    ----------
    equations : tuple of Equation
        All equations of the model; event-driven ones by themselves, with the time since the last event as step.
    locality : Locality
        Which of them to take.
    step : Expr
        The step of the ODEs in ms: ``dt``, or ``dt`` times the learning period.
    reserved : collection of str, default empty
        Names that temporaries must not take besides those the equations mention.

    Raises
    ------
    ModelError
        A method cannot treat its equation, or a run mixes coupled methods; several at once as ModelErrors.
    """
    names = Names.beside(equations, reserved)
    mistakes = Mistakes()
    block: list[Stmt] = []
    for part in _runs(e for e in equations if e.target.locality is locality):
        if isinstance(part, Assignment):
            block += [Set(part.target, part.value, part.text), *_clamps(part)]
        else:
            block += _integrate(part, step, names, mistakes)
    mistakes.check()
    return tuple(block)


def _runs(equations: Iterable[Equation]) -> Iterator[Assignment | Run]:
    """Yield assignments one by one, ODEs that follow one another together."""
    run: list[Ode] = []
    for equation in equations:
        if isinstance(equation, Ode):
            run.append(equation)
            continue
        if run:
            yield tuple(run)
            run = []
        yield equation
    if run:
        yield tuple(run)


def _clamps(equation: Equation) -> Iterator[Clamp]:
    return (Clamp(equation.target, bound.kind, bound.value) for bound in equation.bounds)


def _integrate(run: Run, step: Expr, names: Names, mistakes: Mistakes) -> list[Stmt]:
    _refuse_mixture(run, mistakes)
    frozen, numbers = _freeze_draws(run, names)
    lets: list[Let] = []
    values: dict[str, Expr] = {}
    for group in _groups(frozen):
        try:
            result = METHODS[group[0].method](group, step, names)
        except ModelError as error:
            mistakes.note(error)
            continue
        lets += result.lets
        values |= {ode.target.name: value for ode, value in zip(group, result.values, strict=True)}
    if mistakes.found:
        return []
    return _release_draws(run, _assign(run, lets, values, names), numbers)


def _refuse_mixture(run: Run, mistakes: Mistakes) -> None:
    coupled = [ode for ode in run if ode.method in COUPLED]
    other = next((ode for ode in coupled if ode.method is not coupled[0].method), None)
    if other is not None:
        mistakes.add(
            f"Coupled equations must use one method; found {coupled[0].method} and {other.method}.",
            other.origin,
            "give them the same method, or put an assignment between them to separate them.",
        )


def _groups(run: Run) -> list[Run]:
    """Collect what is integrated together: all ODEs of one coupled method, every other ODE by itself."""
    groups: dict[Method | int, Run] = {}
    for i, ode in enumerate(run):
        key = ode.method if ode.method in COUPLED else i
        groups[key] = (*groups.get(key, ()), ode)
    return list(groups.values())


def _assign(run: Run, lets: list[Let], values: dict[str, Expr], names: Names) -> list[Stmt]:
    """Compute first the new values that an earlier assignment would change, then assign."""
    block: list[Stmt] = list(lets)
    assigned: list[Stmt] = []
    earlier: list[Var] = []
    for ode in run:
        value = values[ode.target.name]
        if mentions(value, earlier):
            name = names.fresh(f"{ode.target.name}_new")
            block.append(Let(name, value, comment=ode.text))
            value = temporary(name)
        assigned += [Set(ode.target, value, ode.text), *_clamps(ode)]
        earlier.append(ode.target)
    return block + assigned


def _freeze_draws(run: Run, names: Names) -> tuple[Run, list[Let]]:
    """Random numbers as temporaries: methods may then use them as often as they need (spec 01, 11)."""
    held: dict[Draw, Let] = {}

    def freeze(expr: Expr, ode: Ode) -> Expr:
        def change(node: Expr) -> Expr:
            if not isinstance(node, Draw):
                return node
            if node not in held:
                name = names.fresh(f"{node.distribution.lower()}_{ode.target.name}")
                held[node] = Let(name, node, node.dtype, ode.text)
            return temporary(held[node].name, node.dtype)

        return transform(expr, change)

    frozen = tuple(replace(o, coefficient=freeze(o.coefficient, o), rhs=freeze(o.rhs, o)) for o in run)
    return frozen, list(held.values())


def _release_draws(run: Run, block: list[Stmt], numbers: list[Let]) -> list[Stmt]:
    """Temporaries only for the random numbers that are used twice, or whose arguments the run changes."""
    if not numbers:
        return block
    targets = [ode.target for ode in run]
    reads = [n for e in gather.expressions(block) for n in walk(e) if isinstance(n, Var)]
    uses = Counter(n.name for n in reads if n.scope is Scope.TEMP)
    kept = [n for n in numbers if uses[n.name] > 1 or (uses[n.name] and mentions(n.value, targets))]
    single = {n.name: n.value for n in numbers if n not in kept}

    def change(node: Expr) -> Expr:
        return single.get(node.name, node) if isinstance(node, Var) and node.scope is Scope.TEMP else node

    return [*kept, *gather.map_block(block, change)]
