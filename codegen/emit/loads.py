"""How a kernel's values get from buffers into locals, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from synloom.codegen.emit.printer import Printer
from synloom.codegen.ir.expr import Expr, Var, walk
from synloom.codegen.ir.plan import Member, Value, staged
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DelayKind, DType, Locality, Scope, Side
from synloom.codegen.names import cpp_name


def _constness(member: Member) -> str:
    return "" if member.assigned else "const "


def whole_loads(members: tuple[Member, ...], wholes: tuple[str, ...], printer: Printer) -> list[str]:
    """Locals for what there is one of."""
    lines = []
    for m in members:
        if m.locality is Locality.GLOBAL or m.single:
            lines.append(
                f"{_constness(m)}{printer.type(m.dtype)} {cpp_name(m.name)} = *self.{cpp_name(m.name)};"
            )
    lines += [f"const {printer.real} {cpp_name(w)} = *self.{cpp_name(w)};" for w in wholes]
    return lines


def loaded(block: tuple[Stmt, ...], then: Iterable[Expr] = ()) -> set[str]:
    """Attributes whose old value a block reads, or may leave as it is, or that ``then`` reads unchanged."""
    loaded: set[str] = set()
    fresh: set[str] = set()
    for stmt in block:
        expr = stmt.limit if isinstance(stmt, Clamp) else stmt.value
        loaded |= {n.name for n in walk(expr) if isinstance(n, Var) and n.scope is Scope.SELF} - fresh
        if isinstance(stmt, Let):
            continue
        if stmt.guards:
            loaded |= {stmt.target.name} - fresh
        elif isinstance(stmt, Set) and stmt.target.name not in loaded:
            fresh.add(stmt.target.name)
    rest = {n.name for e in then for n in walk(e) if isinstance(n, Var) and n.scope is Scope.SELF}
    return loaded | (rest - fresh)


def element_loads(members: tuple[Member, ...], index: str, locality: Locality, printer: Printer) -> list[str]:
    """Locals for what there is one of per neuron, row or synapse."""
    return [
        f"{_constness(m)}{printer.type(m.dtype)} {cpp_name(m.name)} = self.{cpp_name(m.name)}[{index}];"
        for m in members
        if m.locality is locality and not m.single
    ]


def synapse_pointers(members: tuple[Member, ...], printer: Printer) -> list[str]:
    """Local names of the arrays with one element per synapse.

    Readers capture these and not ``self``: seen through two copies of the buffers, gcc loads each weight once for
    the forward reader and once more for the backward one.
    """
    return [
        f"const {printer.type(m.dtype)}* {cpp_name(m.name)} = self.{cpp_name(m.name)};"
        for m in members
        if m.locality is Locality.LOCAL and not m.single
    ]


def synapse_fetches(members: tuple[Member, ...]) -> str:
    """A function that asks for the elements of synapse s."""
    names = [cpp_name(m.name) for m in members if m.locality is Locality.LOCAL and not m.single]
    if not names:
        return "[](Index) {}"
    return "[=](Index s) { " + " ".join(f"fetch({n}, s);" for n in names) + " }"


def element_stores(members: tuple[Member, ...], index: str, locality: Locality) -> list[str]:
    return [
        f"self.{cpp_name(m.name)}[{index}] = {cpp_name(m.name)};"
        for m in members
        if m.locality is locality and m.assigned and not m.single
    ]


def whole_stores(members: tuple[Member, ...]) -> list[str]:
    return [
        f"*self.{cpp_name(m.name)} = {cpp_name(m.name)};"
        for m in members
        if m.assigned and m.locality is Locality.GLOBAL
    ]


def those(members: tuple[Member, ...], names: set[str]) -> tuple[Member, ...]:
    return tuple(m for m in members if m.name in names)


@dataclass(frozen=True)
class Columns:
    """How the values of columns are spelled for one storage format."""

    interleaved: bool
    values: tuple[Value, ...]
    totals: tuple[str, ...]
    real: str

    def at(self, name: str) -> str:
        return f"column[j].{name}" if self.interleaved else f"{name}[j]"

    def own(self, name: str) -> str:
        """The same within a reader of a sweep: a sparse store hands it the column's record."""
        return f"at.{name}" if self.interleaved else f"{name}[j]"

    @property
    def record(self) -> bool:
        """Whether there is a record of each column."""
        return self.interleaved and bool(self._names())

    def struct_members(self) -> tuple[str, ...]:
        if not self.interleaved:
            return ()
        return tuple(f"{self.real} {n}" for n in self._names())

    def _names(self) -> list[str]:
        return [v.name for v in staged(self.values)] + list(self.totals)

    def pointers(self) -> list[str]:
        """Locals that divide the scratch buffer among the columns."""
        names = self._names()
        if not names:
            return []
        if self.interleaved:
            return ["Column* column = reinterpret_cast<Column*>(self.scratch);"]
        offsets = ["", " + self.columns"] + [f" + {n} * self.columns" for n in range(2, len(names))]
        return [
            f"{self.real}* {name} = self.scratch{offset};"
            for name, offset in zip(names, offsets, strict=False)
        ]

    def stage(self, ops: dict[str, str]) -> list[str]:
        """Copy what is read, reset what is added to."""
        lines = ["const Index rank = self.column_ranks[j];"] if staged(self.values) else []
        for v in staged(self.values):
            source = f"{v.name}_now" if v.delay is DelayKind.UNIFORM else f"self.{v.field}"
            text = f"{source}[rank]"
            lines.append(f"{self.at(v.name)} = {text if v.dtype is DType.REAL else f'{self.real}({text})'};")
        lines += [f"{self.at(t)} = {ops[t]}::identity<{self.real}>();" for t in self.totals]
        return lines


def _line(value: Value, real: str) -> str:
    side = value.field.split("_", 1)[0]
    neurons = "1" if value.side is Side.WHOLE else f"self.{side}_size"
    ring = f"self.{value.field}, {neurons}, self.{side}_line_length, *self.{value.field}_head"
    return f"DelayLine<{real}>{{\n    {ring}}}"


def value_preparations(values: tuple[Value, ...], real: str) -> list[str]:
    """Once per walk: values of whole populations, and where in their delay lines the others stand."""
    lines = []
    for v in values:
        if v.delay is DelayKind.PER_SYNAPSE:
            lines.append(f"const auto {v.name}_line = {_line(v, real)};")
        elif v.delay is DelayKind.UNIFORM:
            pointer = (
                f"const {real} {v.name} = *" if v.side is Side.WHOLE else f"const {real}* {v.name}_now = "
            )
            lines.append(f"const auto {v.name}_line = {_line(v, real)};")
            lines.append(f"{pointer}{v.name}_line.at(*self.{v.delay_field} - 1);")
        elif v.side is Side.WHOLE:
            text = f"*self.{v.field}"
            lines.append(f"const {real} {v.name} = {text if v.dtype is DType.REAL else f'{real}({text})'};")
    return lines


def row_values(values: tuple[Value, ...], used: set[str], real: str) -> list[str]:
    """Locals for the values of the row's neuron that ``used`` names."""
    lines = []
    for v in values:
        if v.side is not Side.ROW or v.name not in used or v.delay is DelayKind.PER_SYNAPSE:
            continue
        source = f"{v.name}_now" if v.delay is DelayKind.UNIFORM else f"self.{v.field}"
        text = f"{source}[self.row_ranks[i]]"
        lines.append(f"const {real} {v.name} = {text if v.dtype is DType.REAL else f'{real}({text})'};")
    return lines


def synapse_values(values: tuple[Value, ...], used: set[str], real: str) -> list[str]:
    """Locals for the values that each synapse reads with a delay of its own."""
    ranks = {Side.COLUMN: "self.column_ranks[j]", Side.ROW: "self.row_ranks[i]", Side.WHOLE: "0"}
    return [
        f"const {real} {v.name} = {v.name}_line(self.{v.delay_field}[s] - 1, {ranks[v.side]});"
        for v in values
        if v.delay is DelayKind.PER_SYNAPSE and v.name in used
    ]


def temps(exprs: list[Expr]) -> set[str]:
    return {n.name for e in exprs for n in walk(e) if isinstance(n, Var) and n.scope is Scope.TEMP}
