"""Ready-made models as data: spec 04. What they compute is in tests/worked/test_04_*.py."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Kind, Locality
from synloom.codegen.lower.synapse import lower_synapse
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


IF = {"v_rest": -65.0, "cm": 1.0, "tau_m": 20.0, "tau_refrac": 0.0, "tau_syn_E": 5.0, "tau_syn_I": 5.0}
REVERSAL = {"e_rev_E": 0.0, "e_rev_I": -70.0}
FIRE = {"v_thresh": -50.0, "v_reset": -65.0, "i_offset": 0.0}
EIF = {
    "v_rest": -70.6,
    "cm": 0.281,
    "tau_m": 9.3667,
    "tau_refrac": 0.1,
    "tau_syn_E": 5.0,
    "tau_syn_I": 5.0,
    "e_rev_E": 0.0,
    "e_rev_I": -80.0,
    "tau_w": 144.0,
    "a": 4.0,
    "b": 0.0805,
    "i_offset": 0.0,
    "delta_T": 2.0,
    "v_thresh": -50.4,
    "v_reset": -70.6,
    "v_spike": -40.0,
}
HH = {
    "gbar_Na": 20.0,
    "gbar_K": 6.0,
    "gleak": 0.01,
    "cm": 0.2,
    "v_offset": -63.0,
    "e_rev_Na": 50.0,
    "e_rev_K": -90.0,
    "e_rev_leak": -65.0,
    "e_rev_E": 0.0,
    "e_rev_I": -80.0,
    "tau_syn_E": 0.2,
    "tau_syn_I": 2.0,
    "i_offset": 0.0,
    "v_thresh": 0.0,
}
IZHIKEVICH = {"a": 0.02, "b": 0.2, "c": -65.0, "d": 8.0, "v_thresh": 30.0, "i_offset": 0.0, "noise": 0.0}
GIF = {
    "C_m": 250.0,
    "tau_m": 10.0,
    "tau_v": 1000.0,
    "J_v": 1000,
    "u_r": -65.0,
    "u_th": -50.0,
    "c": 10.0,
    "delta_u": 5.0,
}
GIF_END = {"I_ext": 375.0, "current": "R*(g_exc - g_inh)", "refractory_period": 0.0}
FREEZE = {"freeze": "all"}

SIGNATURES: dict[str, dict[str, Any]] = {
    "LeakyIntegrator": {"tau": 10.0, "B": 0.0, "T": 0.0, "sum": "sum(exc) - sum(inh)", "noise": None},
    "Izhikevich": {**IZHIKEVICH, "tau_refrac": 0.0, "conductance": "g_exc - g_inh"},
    "IF_curr_exp": {**IF, **FIRE},
    "IF_cond_exp": {**IF, **REVERSAL, **FIRE},
    "IF_curr_alpha": {**IF, **FIRE, **FREEZE},
    "IF_cond_alpha": {**IF, **REVERSAL, **FIRE, **FREEZE},
    "HH_cond_exp": HH,
    "EIF_cond_exp_isfa_ista": {**EIF, **FREEZE},
    "EIF_cond_alpha_isfa_ista": {**EIF, **FREEZE},
    "GIF_curr": {**GIF, **GIF_END},
    "GIF_curr_exp": {**GIF, "tau_g_exc": 5.0, "tau_g_inh": 5.0, **GIF_END},
    "DefaultRateCodedSynapse": {},
    "DefaultSpikingSynapse": {},
    "Hebb": {"eta": 0.01},
    "Oja": {"eta": 0.01, "alpha": 1.0},
    "IBCM": {"eta": 0.01, "tau": 2000.0},
    "STP": {"tau_rec": 100.0, "tau_facil": 0.01, "U": 0.5},
    "STDP": {
        "tau_plus": 20.0,
        "tau_minus": 20.0,
        "A_plus": 0.01,
        "A_minus": 0.01,
        "w_min": 0.0,
        "w_max": 1.0,
    },
}
ALPHAS = ["g_exc", "g_inh", "alpha_exc", "alpha_inh", "r"]
# Attributes in order: parameters, then variables with the values they start with.
NEURONS: dict[str, tuple[str, dict[str, float]]] = {
    "LeakyIntegrator": ("tau B T", {"v": 0, "r": 0}),
    "Izhikevich": (
        "noise a b c d v_thresh i_offset tau_refrac",
        {"I": 0, "v": -65, "u": -13, "r": 0, "g_exc": 0, "g_inh": 0},
    ),
    "IF_curr_exp": (" ".join([*IF, *FIRE]), {"v": -65, "g_exc": 0, "g_inh": 0, "r": 0}),
    "IF_cond_exp": (" ".join([*IF, *FIRE, *REVERSAL]), {"v": -65, "g_exc": 0, "g_inh": 0, "r": 0}),
    "IF_curr_alpha": (
        " ".join([*IF, *FIRE]),
        {"gmax_exc": 0, "gmax_inh": 0, "v": -65, **dict.fromkeys(ALPHAS, 0)},
    ),
    "IF_cond_alpha": (
        " ".join([*IF, *FIRE, *REVERSAL]),
        {"gmax_exc": 0, "gmax_inh": 0, "v": -65, **dict.fromkeys(ALPHAS, 0)},
    ),
    "HH_cond_exp": (
        " ".join(HH),
        {
            **dict.fromkeys(["prev_v", "an", "am", "ah", "bn", "bm", "bh", "n", "m"], 0),
            **{"h": 1, "v": -65, "g_exc": 0, "g_inh": 0, "r": 0},
        },
    ),
    "EIF_cond_exp_isfa_ista": (" ".join(EIF), {"I": 0, "v": -70.6, "w": 0, "g_exc": 0, "g_inh": 0, "r": 0}),
    "EIF_cond_alpha_isfa_ista": (
        " ".join(EIF),
        {"gmax_exc": 0, "gmax_inh": 0, "I": 0, "v": -70.6, "w": 0, **dict.fromkeys(ALPHAS, 0)},
    ),
    "GIF_curr": (
        "C_m tau_m R tau_v J_v u_r u_th c delta_u I_ext refractory_period",
        {"u": -65, "v": -50, "Lambda": 0, "p": 0, "r": 0, "g_exc": 0, "g_inh": 0},
    ),
    "GIF_curr_exp": (
        "C_m tau_m R tau_v J_v u_r u_th c delta_u tau_g_exc tau_g_inh I_ext refractory_period",
        {"u": -65, "v": -50, "Lambda": 0, "p": 0, "g_exc": 0, "g_inh": 0, "r": 0},
    ),
}
# Attributes in order, the variables among them, the values of the variables; all others but w are global.
SYNAPSES: dict[str, tuple[str, str]] = {
    "DefaultRateCodedSynapse": ("w", ""),
    "DefaultSpikingSynapse": ("w", ""),
    "Hebb": ("eta w", "w"),
    "Oja": ("eta alpha w", "w"),
    "IBCM": ("eta tau theta w", "theta w"),
    "STP": ("tau_rec tau_facil U w x u", "x u"),
    "STDP": ("tau_plus tau_minus A_plus A_minus w_min w_max w x y", "w x y"),
}
GLOBAL_IN_NEURONS = {"LeakyIntegrator": {"tau", "T"}}


def made(name: str, **arguments: Any) -> Any:
    return getattr(sl, name)(**arguments)


def lowered_synapse(name: str, **arguments: Any) -> Any:
    synapse = made(name, **arguments)
    rate = sl.Neuron(parameters="r = 0.0")._lower()
    spiking = sl.Neuron(equations="v = g_exc", spike="v > 1.0")._lower()
    neuron = spiking if synapse.type == "spike" else rate
    return lower_synapse(
        synapse.description,
        pre=neuron,
        post=neuron,
        pre_name="pre",
        post_name="post",
        functions={},
        constants=(),
        spiking=synapse.type == "spike",
        targets=("exc",),
    )


# What there is


def test_lists() -> None:
    assert [m.__name__ for m in sl.list_standard_neurons()] == [
        "LeakyIntegrator",
        "Izhikevich",
        "IF_curr_exp",
        "IF_cond_exp",
        "IF_curr_alpha",
        "IF_cond_alpha",
        "HH_cond_exp",
        "EIF_cond_alpha_isfa_ista",
        "EIF_cond_exp_isfa_ista",
    ]
    assert [m.__name__ for m in sl.list_standard_synapses()] == ["STP", "STDP", "Hebb", "Oja", "IBCM"]
    assert sl.models.list_standard_neurons is sl.list_standard_neurons
    assert all(issubclass(m, sl.Neuron) for m in sl.list_standard_neurons())
    assert all(issubclass(m, sl.Synapse) for m in sl.list_standard_synapses())


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature(name: str) -> None:
    parameters = inspect.signature(getattr(sl, name)).parameters
    assert [(n, p.default) for n, p in parameters.items()] == list(SIGNATURES[name].items())
    by_keyword = [n for n, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    assert by_keyword == (["freeze"] if "freeze" in parameters else [])


@pytest.mark.parametrize("name", SIGNATURES)
def test_documentation_names_every_argument_and_a_source(name: str) -> None:
    text = inspect.getdoc(getattr(sl, name)) or ""
    for argument, default in SIGNATURES[name].items():
        line = next(
            line
            for line in text.splitlines()
            if argument in line.split(" : ")[0].split(", ") and " : " in line
        )
        shown = [part.strip("`', ") for part in line.partition("default ")[2].split(", ")]
        names = line.split(" : ")[0].split(", ")
        if default is not None:
            value = (
                shown[names.index(argument)] if len(names) > 1 else line.partition("default ")[2].strip("`'")
            )
            assert value == str(float(default) if isinstance(default, int) else default), line
    assert "References\n" in text or name.startswith("Default")


@pytest.mark.parametrize("name", NEURONS)
def test_attributes_of_neurons(name: str) -> None:
    parameters, variables = NEURONS[name]
    pop = sl.Population(2, getattr(sl, name))
    assert pop.parameters == parameters.split()
    assert pop.variables == list(variables)
    given = {"R": 10.0 / 250.0, **SIGNATURES[name]}
    for parameter in pop.parameters:
        assert np.all(getattr(pop, parameter) == given[parameter]), parameter
    for variable, value in variables.items():
        assert np.all(getattr(pop, variable) == value), variable
    shared = {a.name for a in pop.model.attributes if a.locality is Locality.GLOBAL}
    assert shared == GLOBAL_IN_NEURONS.get(name, set())


@pytest.mark.parametrize("name", SYNAPSES)
def test_attributes_of_synapses(name: str) -> None:
    attributes, variables = SYNAPSES[name]
    model = lowered_synapse(name)
    assert [a.name for a in model.attributes] == attributes.split()
    assert [a.name for a in model.attributes if a.kind is Kind.VARIABLE] == variables.split()
    localities = {a.name: a.locality for a in model.attributes}
    local = {"w", "U", *variables.split()} - {"theta"}
    for attribute, locality in localities.items():
        if attribute == "theta":
            assert locality is Locality.SEMIGLOBAL
        else:
            assert locality is (Locality.LOCAL if attribute in local else Locality.GLOBAL), attribute


@pytest.mark.parametrize("name", SIGNATURES)
def test_kind_and_name(name: str) -> None:
    model = made(name)
    rate = ("LeakyIntegrator", "DefaultRateCodedSynapse", "Hebb", "Oja", "IBCM")
    assert model.type == ("rate" if name in rate else "spike")
    assert model.name == name
    assert model.short_description.endswith(".")
    assert "User-defined" not in model.short_description


# Arguments


def test_every_argument_reaches_the_parameter_of_its_name() -> None:
    for name, (parameters, _) in NEURONS.items():
        given = {p: 1.0 + i for i, p in enumerate(parameters.split()) if p != "R"}
        pop = sl.Population(1, made(name, **given), name=name)
        for parameter, value in given.items():
            assert np.all(getattr(pop, parameter) == value), (name, parameter)


def test_arguments_by_position() -> None:
    pop = sl.Population(1, sl.IF_cond_exp(-60.0, 2.0, 10.0, 1.0, 3.0, 4.0, 5.0, -75.0, -45.0, -55.0, 0.5))
    assert [float(getattr(pop, p)[0]) for p in (*IF, *REVERSAL, *FIRE)] == [
        *(-60.0, 2.0, 10.0, 1.0, 3.0, 4.0, 5.0, -75.0, -45.0, -55.0, 0.5)
    ]


def test_initial_values_are_the_arguments() -> None:
    """Section 1.1: changing the attribute later does not change them."""
    pop = sl.Population(2, sl.IF_curr_exp(v_reset=-60.0))
    assert pop.v.tolist() == [-60.0, -60.0]
    pop.v_reset = -70.0
    assert pop.v.tolist() == [-60.0, -60.0]
    quadratic = sl.Population(1, sl.Izhikevich(b=0.5, c=-50.0))
    assert (quadratic.v[0], quadratic.u[0]) == (-50.0, -25.0)
    assert sl.Population(1, sl.HH_cond_exp(e_rev_leak=-70.0)).v[0] == -70.0


def test_values_may_be_texts_constants_and_distributions() -> None:
    tau = sl.Constant("TAU", 30.0)
    pop = sl.Population(
        50, sl.IF_curr_exp(tau_m=tau, cm="TAU/10", v_reset=sl.Uniform(-70.0, -60.0), i_offset=True)
    )
    assert (pop.tau_m == 30.0).all() and (pop.cm == 3.0).all()
    assert len(set(pop.v_reset)) == 50
    assert (pop.v == pop.v_reset).all()
    assert pop.i_offset.dtype == np.float64 and (pop.i_offset == 1.0).all()
    assert (sl.Population(1, sl.GIF_curr(tau_m="TAU", C_m=60.0)).R == 0.5).all()


def test_terms() -> None:
    leaky = sl.LeakyIntegrator(sum="sum(a)*0.5", noise="Uniform(0, 1)")
    assert "tau*dv/dt + v = sum(a)*0.5 + B + Uniform(0, 1) : exponential" in str(leaky)
    assert "= (sum(a) > 1) + B :" in str(sl.LeakyIntegrator(sum="sum(a) > 1"))
    assert "= (not sum(a)) + B :" in str(sl.LeakyIntegrator(sum="not sum(a)"))
    assert "= sum(a) - 1 + B :" in str(sl.LeakyIntegrator(sum="sum(a) # the input\n  - 1"))
    pop = sl.Population(1, sl.Izhikevich(conductance="g_ampa*(v + 70.0) - g_gaba"))
    assert pop.variables == ["I", "v", "u", "r", "g_ampa", "g_gaba"]
    other = sl.Population(1, sl.GIF_curr(current="g_one"))
    assert other.variables[-1] == "g_one"


def test_freeze() -> None:
    for name in ("IF_curr_alpha", "IF_cond_alpha", "EIF_cond_exp_isfa_ista", "EIF_cond_alpha_isfa_ista"):
        every, voltage = made(name), made(name, freeze="voltage")
        assert (every.refractory, voltage.refractory) == ("tau_refrac", None)
        plain = sl.Population(1, every, name=name)
        held = sl.Population(1, voltage, name=f"{name} held")
        assert held.variables == ["hold", *plain.variables]
        assert held.hold.dtype == np.int64


# Reading, copying and changing them


@pytest.mark.parametrize("name", SIGNATURES)
def test_print(name: str) -> None:
    text = str(made(name))
    first, *rest = text.splitlines()
    assert first.startswith(f"{name} (")
    for parameter in (
        a for a in SIGNATURES[name] if a not in ("sum", "noise", "conductance", "current", "freeze")
    ):
        assert any(line.strip().startswith(f"{parameter} = ") for line in rest), parameter


@pytest.mark.parametrize("name", NEURONS)
def test_explain(name: str) -> None:
    neuron = made(name)
    text = str(neuron.explain())
    assert "in C++" in text
    assert text == str(sl.Population(1, neuron, network=sl.Network()).explain())
    equation = "tau*dv/dt + v" if name == "LeakyIntegrator" else "dv/dt"
    assert any(equation in line for line in text.splitlines())


def test_explain_tells_mistakes() -> None:
    with pytest.raises(sl.ModelError, match='Unknown name "foo"'):
        sl.Neuron(equations="r = foo").explain()


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_texts_make_the_same_model_by_hand(name: str) -> None:
    """Section 1.1: library models are data."""
    model = made(name)
    texts = {
        field: getattr(model.description, field).content
        for field in ("parameters", "equations", "functions")
        if hasattr(model.description, field)
    }
    if isinstance(model, sl.Neuron):
        spiking = {f: getattr(model.description, f).content for f in ("spike", "reset", "refractory")}
        by_hand = sl.Neuron(**texts, **{f: text or None for f, text in spiking.items()}, name=name)
        assert by_hand._lower() == model._lower()
    else:
        events = {f: getattr(model.description, f).content for f in ("psp", "pre_spike", "post_spike")}
        other = sl.Synapse(**texts, **{f: text or None for f, text in events.items()}, name=name)
        assert str(other) == str(model)
        assert other.description.equations.content == model.description.equations.content


def test_copies() -> None:
    neuron = sl.IF_curr_exp(tau_m=10.0)
    for other in (copy.copy(neuron), copy.deepcopy(neuron), pickle.loads(pickle.dumps(neuron))):
        assert other.description == neuron.description
        assert type(other) is sl.IF_curr_exp


def test_subclasses() -> None:
    class Slow(sl.IF_curr_exp):
        """A user's own defaults."""

        def __init__(self, tau_m: float = 50.0) -> None:
            super().__init__(tau_m=tau_m, v_reset=-70.0)

    pop = sl.Population(1, Slow)
    assert (pop.tau_m[0], pop.v[0], pop.neuron_type.name) == (50.0, -70.0, "Slow")


# What is refused


@pytest.mark.parametrize("value", [[1.0, 2.0], np.ones(3), None, {}, 1j])
def test_values_that_are_none(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="Neuron 'IF_curr_exp': tau_m must be a number, a Constant"):
        sl.IF_curr_exp(tau_m=value)
    with pytest.raises(ConfigurationError, match="Synapse 'STDP': A_plus must be a number, a Constant"):
        sl.STDP(A_plus=value)


@pytest.mark.parametrize(
    ("name", "argument"),
    [("LeakyIntegrator", "sum"), ("LeakyIntegrator", "noise"), ("Izhikevich", "conductance")],
)
def test_terms_that_are_no_texts(name: str, argument: str) -> None:
    with pytest.raises(ConfigurationError, match=f"Neuron '{name}': {argument} must be a text, not 3.0."):
        made(name, **{argument: 3.0})


def test_arguments_that_do_not_exist() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'tau_mem'"):
        sl.IF_curr_exp(tau_mem=10.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional arguments"):
        sl.IF_curr_alpha(*range(9), "voltage")  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("freeze", ["v", None, True, ["all"]])
def test_freeze_is_one_of_two_words(freeze: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        sl.EIF_cond_exp_isfa_ista(freeze=freeze)
    assert caught.value.message == (
        f"Neuron 'EIF_cond_exp_isfa_ista': freeze must be 'all' or 'voltage', not {freeze!r}."
    )


@pytest.mark.parametrize("tau", [0.0, -1, float("nan"), np.float64(0.0)])
def test_facilitation_takes_time(tau: Any) -> None:
    with pytest.raises(ConfigurationError, match="Synapse 'STP': tau_facil must be positive, not"):
        sl.STP(tau_facil=tau)


def test_a_quotient_of_distributions() -> None:
    with pytest.raises(ConfigurationError, match="Neuron 'GIF_curr': tau_m and C_m must be numbers"):
        sl.GIF_curr(tau_m=sl.Uniform(10.0, 20.0))
    with pytest.raises(ConfigurationError, match="Neuron 'GIF_curr': C_m must be a number"):
        sl.GIF_curr(C_m=[1.0])  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="Neuron 'GIF_curr': C_m must not be 0."):
        sl.GIF_curr(C_m=0.0)
