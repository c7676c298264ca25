"""A model written in the 4.8 form and in the 5.0 form is the same model: same IR, same initial values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import synloom as sl
from synloom import registry
from synloom.codegen.errors import ModelError, ModelErrors
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import NeuronModel, SynapseModel
from synloom.codegen.lower.neuron import lower_neuron
from synloom.codegen.lower.synapse import lower_synapse
from tests.unit.fake_network import fake_default
from tests.unit.lang_texts import POST, PRE

COMMON = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TYPES: dict[str, Any] = {"float": float, "int": int, "bool": bool}
FLAGS = {
    "neuron": {"local": "", "global": "population"},
    "synapse": {"local": "", "semiglobal": "postsynaptic", "global": "projection"},
}
METHODS = [None, "explicit", "implicit", "semiimplicit", "exponential", "midpoint", "rk4"]


@dataclass(frozen=True)
class Value:
    """How the 4.8 form writes a value, and a Python value that says the same."""

    text: str
    kind: str  # "number", "name", "constant", "uniform", "normal"
    numbers: tuple[Any, ...] = ()

    def python(self) -> Any:
        match self.kind:
            case "name":
                return self.text
            case "constant":
                return registry.constants["K"]
            case "uniform":
                return sl.Uniform(*self.numbers)
            case "normal":
                return sl.Normal(*self.numbers)
        return self.numbers[0]


reals = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 0.1, 1e-300, 2.5e17])
numbers = (
    st.builds(lambda x: Value(repr(x), "number", (x,)), reals | st.integers(-5, 1000) | st.booleans())
    | reals.map(lambda x: Value(repr(x), "number", (np.float64(x),)))
    | st.integers(-9, 9).map(lambda n: Value(repr(n), "number", (np.int32(n),)))
)
names = st.sampled_from(["K", "2*K + 1", "-1/3", "pi", "1e3", "2", "unknown", "True", "Uniform(0, 1)"]).map(
    lambda t: Value(t, "name")
)
bounds = st.sampled_from(["K", "clip(K, 0, 1)", "t", "K", "unknown"]).map(lambda t: Value(t, "name"))
uniforms = st.builds(
    lambda a, b: Value(f"Uniform({a!r}, {a + b!r})", "uniform", (a, a + b)),
    st.floats(-10, 10),
    st.floats(0, 10),
)
normals = st.builds(
    lambda m, s: Value(f"Normal({m!r}, {s!r})", "normal", (m, s)), st.integers(-3, 3), st.floats(0, 9)
)
values = numbers | names | st.just(Value("K", "constant")) | uniforms | normals


@dataclass(frozen=True)
class Made:
    """One parameter or equation, both ways. ``new`` makes its 5.0 form."""

    name: str
    old: str
    new: Any


def _with_flags(body: str, flags: list[str]) -> str:
    kept = ", ".join(f for f in flags if f)
    return f"{body} : {kept}" if kept else body


@st.composite
def parameters(draw: st.DrawFn, kind: str, name: str) -> Made:
    value = draw(values)
    locality = draw(st.sampled_from(sorted(FLAGS[kind])))
    word = draw(st.sampled_from(["float", "int", "bool"]))
    flag = FLAGS[kind][locality]
    bare = locality == "global" and draw(st.booleans())
    if bare:  # without a type: real, or a bool if it is one
        return Made(name, _with_flags(f"{name} = {value.text}", [flag]), value.python)
    as_type = draw(st.sampled_from([word, TYPES[word]]))
    spelled = draw(st.sampled_from([locality, flag or locality]))
    old = _with_flags(f"{name} = {value.text}", [flag, word])
    keywords = {"locality": spelled, "type": as_type}
    if draw(st.booleans()):  # leave defaults out
        keywords = {k: v for k, v in keywords.items() if v not in ("global", "float")}
    return Made(name, old, lambda: sl.Parameter(value.python(), **keywords))


@st.composite
def equations(draw: st.DrawFn, kind: str, name: str, known: list[str]) -> Made:
    operands = st.sampled_from(
        [*known, *known, "K", "t", "1.5", "nonsense"] if kind == "neuron" else [*known, "pre.r"]
    )
    term = draw(operands) + draw(st.sampled_from(["", "*2", " + K", "^2", " # a comment", "\n  + 1"]))
    ode = draw(st.booleans())
    shape = (
        f"5.0*d{name}/dt + {name} = {{}}"
        if ode
        else f"{name} {draw(st.sampled_from(['=', '+=', '*=']))} {{}}"
    )
    body = shape.format(term)
    method = draw(st.sampled_from(METHODS)) if ode else None
    init = draw(st.none() | values | st.sampled_from(known).map(lambda n: Value(n, "name")))
    low, high = draw(st.none() | numbers), draw(st.none() | bounds)
    locality = draw(st.sampled_from(sorted(FLAGS[kind])))
    word = draw(st.sampled_from(["float"] * 4 + ["int", "bool"]))
    flags = [f"init={init.text}" if init else "", f"min={low.text}" if low else ""]
    flags += [f"max={high.text}" if high else "", method or "", FLAGS[kind][locality]]
    flags += [] if word == "float" and draw(st.booleans()) else [word]
    old = _with_flags(body + ("\n" if "#" in body else ""), flags)
    if draw(st.booleans()):
        return Made(name, old, lambda: old)
    as_type = draw(st.sampled_from([word, TYPES[word]]))

    def variable() -> sl.Variable:
        return sl.Variable(
            body,
            init=init.python() if init else None,
            min=low.python() if low else None,
            max=high.python() if high else None,
            method=method,
            locality=locality,
            type=as_type,
        )

    return Made(name, old, variable)


@st.composite
def models(draw: st.DrawFn, kind: str) -> tuple[list[Made], list[Made]]:
    given_names = draw(st.lists(st.sampled_from("abce"), unique=True, min_size=1, max_size=4))
    made = [draw(parameters(kind, name)) for name in given_names]
    variables = draw(st.lists(st.sampled_from("uvxyz"), unique=True, max_size=4))
    if kind == "neuron":
        variables.insert(draw(st.integers(0, len(variables))), "r")
    elif draw(st.booleans()):
        variables.append("w")
    return made, [draw(equations(kind, name, [*given_names, *variables])) for name in variables]


def old_form(made: tuple[list[Made], list[Made]]) -> dict[str, Any]:
    return {
        k: "\n".join(m.old for m in part) for k, part in zip(("parameters", "equations"), made, strict=True)
    }


def new_form(made: tuple[list[Made], list[Made]], alone: bool) -> dict[str, Any]:
    parameters, statements = made
    listed: Any = [m.new() for m in statements]
    if alone and len(listed) == 1 and isinstance(listed[0], sl.Variable):
        listed = listed[0]
    return {"parameters": {m.name: m.new() for m in parameters}, "equations": listed}


Outcome = tuple[NeuronModel | SynapseModel | None, list[Expr], list[str]]


def outcome(make: Any) -> Outcome:
    """The model and the declared values of its attributes, or all that is wrong with it."""
    try:
        model = make()
    except ModelError as error:
        errors = error.errors if isinstance(error, ModelErrors) else (error,)
        return None, [], sorted({e.message for e in errors})
    return model, [a.init for a in model.attributes], []


def analysed_neuron(neuron: sl.Neuron) -> NeuronModel:
    return lower_neuron(neuron.description, functions={}, constants={"K"})


def analysed_synapse(synapse: sl.Synapse) -> SynapseModel:
    sides = {"pre": PRE, "post": POST, "pre_name": "pre", "post_name": "post"}
    return lower_synapse(synapse.description, functions={}, constants={"K"}, **sides)  # type: ignore[arg-type]


@given(models("neuron"), st.booleans())
@COMMON
def test_neurons_of_both_forms_are_one(made: tuple[list[Made], list[Made]], alone: bool) -> None:
    with fake_default():
        sl.Constant("K", 3.0)
        old, new = sl.Neuron(**old_form(made)), sl.Neuron(**new_form(made, alone))
        analysed = outcome(lambda: analysed_neuron(old))
        assert outcome(lambda: analysed_neuron(new)) == analysed
        if analysed[0] is not None:
            assert values_of(old) == values_of(new)


def values_of(neuron: sl.Neuron) -> dict[str, tuple[str, tuple[int, ...], bytes]] | str:
    """Attributes of a population as it is made; a value that does not fit its type is found only then."""
    network = sl.Network(seed=7)
    try:
        population = sl.Population(3, neuron, network=network)
        return {n: (a.dtype.str, a.shape, a.tobytes()) for n, a in population.state.items()}
    except ModelError as error:
        return error.message
    finally:
        network.clear()


@given(models("synapse"), st.booleans())
@COMMON
def test_synapses_of_both_forms_are_one(made: tuple[list[Made], list[Made]], alone: bool) -> None:
    with fake_default():
        sl.Constant("K", 3.0)
        old, new = sl.Synapse(**old_form(made)), sl.Synapse(**new_form(made, alone))
        analysed = outcome(lambda: analysed_synapse(old))
        assert outcome(lambda: analysed_synapse(new)) == analysed
        if analysed[0] is not None:
            assert values_between(old) == values_between(new)


def values_between(synapse: sl.Synapse) -> dict[str, tuple[str, tuple[int, ...], bytes]] | str:
    """Attributes of a projection when its synapses are made."""
    network = sl.Network(seed=7)
    try:
        pre = sl.Population(3, sl.Neuron(equations="r = 1"), network=network)
        post = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), network=network)
        projection = sl.Projection(pre, post, "exc", synapse, network=network).connect_all_to_all(0.5)
        network._connect_all()
        return {n: (a.dtype.str, a.shape, a.tobytes()) for n, a in projection._values.buffers.items()}
    except ModelError as error:
        return error.message
    finally:
        network.clear()
