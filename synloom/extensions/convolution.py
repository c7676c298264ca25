"""Projections that read the weights of others."""

from synloom.transpose import Transpose

__all__ = ["Transpose"]
