"""synloom: a compiler toolchain for neural networks."""

__version__ = "0.1.0"
__release__ = __version__
