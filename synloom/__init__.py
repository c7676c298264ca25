"""synloom: a compiler toolchain for neural networks.

Describe populations of neurons and the projections between them, equations as text; ``compile()`` turns them
into a native extension that runs the network. A projection and its transpose share one weight array.
"""

from synloom.archive import SavedFileError
from synloom.callbacks import every
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
from synloom.monitor import Monitor
from synloom.network import Network
from synloom.neuron import Neuron
from synloom.parallel import parallel_run
from synloom.population import Population
from synloom.profiling import check_profile_results, profile, timeit
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
    callbacks_enabled,
    clear,
    clear_all_callbacks,
    compile,
    disable_callbacks,
    disable_learning,
    dt,
    enable_callbacks,
    enable_learning,
    get_current_step,
    get_population,
    get_projection,
    get_time,
    load,
    load_parameters,
    magic_network,
    monitors,
    populations,
    projections,
    reset,
    save,
    save_parameters,
    set_current_step,
    set_seed,
    set_time,
    simulate,
    sources,
    step,
)
from synloom.transpose import Transpose
from synloom.version import __release__, __version__
from synloom.view import PopulationView

__all__ = [
    "CSR",
    "ANNarchyException",
    "Binomial",
    "Build",
    "CodegenError",
    "CompilationError",
    "ConfigurationError",
    "Constant",
    "Creating",
    "Dendrite",
    "DiscreteUniform",
    "Exponential",
    "Gamma",
    "IndividualNeuron",
    "IndividualSynapse",
    "LILConnectivity",
    "LogNormal",
    "ModelError",
    "Monitor",
    "Network",
    "Neuron",
    "Normal",
    "NotCompiledError",
    "Parameter",
    "Population",
    "PopulationView",
    "Projection",
    "Pruning",
    "RandomDistribution",
    "SavedFileError",
    "Synapse",
    "SynloomError",
    "Transpose",
    "Uniform",
    "Variable",
    "__release__",
    "__version__",
    "add_function",
    "callbacks_enabled",
    "check_profile_results",
    "clear",
    "clear_all_callbacks",
    "compile",
    "disable_callbacks",
    "disable_learning",
    "dt",
    "enable_callbacks",
    "enable_learning",
    "every",
    "functions",
    "get_constant",
    "get_current_step",
    "get_population",
    "get_projection",
    "get_time",
    "load",
    "load_parameters",
    "magic_network",
    "monitors",
    "parallel_run",
    "populations",
    "profile",
    "projections",
    "reset",
    "save",
    "save_parameters",
    "set_current_step",
    "set_seed",
    "set_time",
    "setup",
    "simulate",
    "sources",
    "step",
    "timeit",
]
