"""synloom: a compiler toolchain for neural networks.

Describe populations of neurons and the projections between them, equations as text; ``compile()`` turns them
into a native extension that runs the network. A projection and its transpose share one weight array.
"""

from synloom.codegen.errors import (
    ANNarchyException,
    CodegenError,
    CompilationError,
    ConfigurationError,
    ModelError,
    NotCompiledError,
    SynloomError,
)
from synloom.compiler import Build
from synloom.config import setup
from synloom.connect.lil import CSR, LILConnectivity
from synloom.constant import Constant, get_constant
from synloom.dendrite import Dendrite, IndividualSynapse
from synloom.forms import Creating, Parameter, Pruning, Variable
from synloom.function import add_function, functions
from synloom.individual import IndividualNeuron
from synloom.models import (
    IBCM,
    STDP,
    STP,
    DefaultRateCodedSynapse,
    DefaultSpikingSynapse,
    EIF_cond_alpha_isfa_ista,
    EIF_cond_exp_isfa_ista,
    GIF_curr,
    GIF_curr_exp,
    Hebb,
    HH_cond_exp,
    IF_cond_alpha,
    IF_cond_exp,
    IF_curr_alpha,
    IF_curr_exp,
    Izhikevich,
    LeakyIntegrator,
    Oja,
    list_standard_neurons,
    list_standard_synapses,
)
from synloom.monitor import Monitor
from synloom.network import Network
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.projection import Projection
from synloom.random import (
    Binomial,
    DiscreteUniform,
    Exponential,
    Gamma,
    LogNormal,
    Normal,
    RandomDistribution,
    Uniform,
)
from synloom.synapse import Synapse
from synloom.toplevel import (
    clear,
    compile,
    disable_learning,
    dt,
    enable_learning,
    get_current_step,
    get_population,
    get_projection,
    get_time,
    magic_network,
    monitors,
    populations,
    projections,
    reset,
    set_current_step,
    set_seed,
    set_time,
    simulate,
    sources,
    step,
)
from synloom.version import __release__, __version__
from synloom.view import PopulationView

__all__ = [
    "CSR",
    "IBCM",
    "STDP",
    "STP",
    "ANNarchyException",
    "Binomial",
    "Build",
    "CodegenError",
    "CompilationError",
    "ConfigurationError",
    "Constant",
    "Creating",
    "DefaultRateCodedSynapse",
    "DefaultSpikingSynapse",
    "Dendrite",
    "DiscreteUniform",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "Exponential",
    "GIF_curr",
    "GIF_curr_exp",
    "Gamma",
    "HH_cond_exp",
    "Hebb",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_exp",
    "IndividualNeuron",
    "IndividualSynapse",
    "Izhikevich",
    "LILConnectivity",
    "LeakyIntegrator",
    "LogNormal",
    "ModelError",
    "Monitor",
    "Network",
    "Neuron",
    "Normal",
    "NotCompiledError",
    "Oja",
    "Parameter",
    "Population",
    "PopulationView",
    "Projection",
    "Pruning",
    "RandomDistribution",
    "Synapse",
    "SynloomError",
    "Transpose",
    "Uniform",
    "Variable",
    "__release__",
    "__version__",
    "add_function",
    "clear",
    "compile",
    "disable_learning",
    "dt",
    "enable_learning",
    "functions",
    "get_constant",
    "get_current_step",
    "get_population",
    "get_projection",
    "get_time",
    "list_standard_neurons",
    "list_standard_synapses",
    "magic_network",
    "monitors",
    "populations",
    "projections",
    "reset",
    "set_current_step",
    "set_seed",
    "set_time",
    "setup",
    "simulate",
    "sources",
    "step",
]
