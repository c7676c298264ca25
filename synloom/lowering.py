"""How objects turn the texts of their model into Model IR: populations and projections alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import ModelError, SourceText
from synloom.codegen.ir.model import Attribute

Description = TypeVar("Description", NeuronDescription, SynapseDescription)
Model = TypeVar("Model")


def lowered(description: Description, owner: str, lower: Callable[[Description], Model]) -> Model:
    """What ``lower`` makes of the texts; its mistakes are told with the name of the ``owner``.

    Objects of one model share its memory, so the owner's name joins the texts only where there is a mistake.
    """
    try:
        return lower(description)
    except ModelError:
        named = _named(description, owner)
    # Outside of the handler, or Python would show each mistake twice: without the owner, and with it.
    return lower(named)


def _named(description: Description, owner: str) -> Description:
    texts = {f.name: getattr(description, f.name) for f in fields(description)}
    named: dict[str, Any] = {
        name: replace(text, owner=f"{text.owner} of {owner}")
        for name, text in texts.items()
        if isinstance(text, SourceText)
    }
    return replace(description, **named)


def refuse_reserved(
    attributes: Iterable[Attribute], owner: type, reserved: Collection[str], kind: str
) -> None:
    """An attribute of the model must not hide one of the Python object."""
    for attribute in attributes:
        if hasattr(owner, attribute.name) or attribute.name in reserved:
            raise ModelError(
                f'"{attribute.name}" is reserved.',
                attribute.origin,
                f"Every {kind} has an attribute of this name; choose another.",
            )
