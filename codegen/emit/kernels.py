"""From kernels of the Plan to the contexts of their templates."""

from __future__ import annotations

from synloom.codegen.emit.contexts import (
    FunctionText,
    KernelHeader,
    NeuronUnit,
    ReaderText,
    SweepUnit,
    UpdateUnit,
)
from synloom.codegen.emit.loads import (
    Columns,
    element_loads,
    element_stores,
    loaded,
    row_values,
    synapse_fetches,
    synapse_pointers,
    synapse_values,
    temps,
    those,
    value_preparations,
    whole_loads,
    whole_stores,
)
from synloom.codegen.emit.printer import AS_FUNCTIONS, Printer
from synloom.codegen.ir.expr import Binary, Call, Expr, Var, walk
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.plan import (
    Field,
    FieldKind,
    Kernel,
    NeuronKernel,
    Reader,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.stmt import Stmt
from synloom.codegen.ir.types import (
    DelayKind,
    Locality,
    Operation,
    Precision,
    Scope,
    Side,
    StoreKind,
)
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather

OPS = {Operation.SUM: "Sum", Operation.MEAN: "Sum", Operation.MAX: "Max", Operation.MIN: "Min"}
STORES = {
    StoreKind.DENSE: ("dense.hpp", "Dense{self.rows, self.columns}"),
    StoreKind.CSR: ("csr.hpp", "Csr{self.rows, self.columns, self.row_ptr, self.column}"),
}
# Columns of a sparse store are visited out of order: what belongs to one column shares a cache line.
INTERLEAVED = {StoreKind.DENSE: False, StoreKind.CSR: True}


def field_name(kernel: Kernel, name: str) -> str:
    """The user's own attributes get a name C++ accepts; fields of ours are such names already."""
    own = {m.name for m in kernel.members} | set(kernel.wholes)
    return cpp_name(name) if name in own else name


def declaration(kernel: Kernel, field: Field, printer: Printer) -> str:
    """The member of the struct: ``const double* tau``."""
    name = field_name(kernel, field.name)
    match field.kind:
        case FieldKind.SIZE:
            return f"Index {name}"
        case FieldKind.FLAG:
            return f"bool {name}"
        case FieldKind.ARRAY:
            const = "" if field.mutable else "const "
            return f"{const}{printer.type(field.dtype)}* {name}"


def kernel_header(kernel: Kernel, precision: Precision) -> KernelHeader:
    printer = Printer(precision)
    summary = [kernel.summary]
    if isinstance(kernel, SweepKernel):
        summary += [f"  {_reader_title(r)}" for r in kernel.readers]
    return KernelHeader(
        name=kernel.name,
        real=printer.real,
        summary=tuple(summary),
        fields=tuple(declaration(kernel, f, printer) for f in kernel.fields),
    )


def _functions(functions: tuple[Function, ...], precision: Precision) -> tuple[FunctionText, ...]:
    printer = Printer(precision, functions=functions)
    texts = []
    for f in functions:
        arguments = [f"{printer.type(dtype)} {cpp_name(name)}" for name, dtype in f.arguments]
        arguments += [f"{printer.real} {cpp_name(c)}" for c in gather.function_constants(f, functions)]
        head = f"{printer.type(f.dtype)} {cpp_name(f.name)}({', '.join(arguments)})"
        texts.append(FunctionText(f.text, head, printer.expr(f.body)))
    return tuple(texts)


def _math(exprs: list[Expr], functions: tuple[Function, ...]) -> tuple[str, ...]:
    """The header of mathematical functions, where one is called."""
    nodes = gather.nodes(exprs, functions)
    used = any(isinstance(n, Call) or (isinstance(n, Binary) and n.op in AS_FUNCTIONS) for n in nodes)
    return ("math.hpp",) if used else ()


def _uses_clock(exprs: list[Expr]) -> str:
    used = any(isinstance(n, Var) and n.scope is Scope.CLOCK for e in exprs for n in walk(e))
    return " clock" if used else ""


def neuron_unit(kernel: NeuronKernel, precision: Precision) -> NeuronUnit:
    printer = Printer(precision, functions=kernel.functions)
    exprs = [*gather.expressions(kernel.global_block), *gather.expressions(kernel.local_block)]
    read_whole = loaded(kernel.global_block) | loaded(kernel.local_block) - gather.assigned(
        kernel.global_block
    )
    whole = whole_loads(those(kernel.members, read_whole), kernel.wholes, printer)
    if kernel.global_block:
        body = printer.block(kernel.global_block, declared=read_whole)
        whole += [*([""] if whole else []), *body, *whole_stores(kernel.members)]
    read = loaded(kernel.local_block)
    load = element_loads(those(kernel.members, read), "i", Locality.LOCAL, printer)
    load += [f"const {printer.real} {cpp_name(s)} = self.{s}[i];" for s in kernel.inputs]
    return NeuronUnit(
        name=kernel.name,
        real=printer.real,
        clock=_uses_clock(exprs),
        includes=_math(exprs, kernel.functions),
        functions=_functions(kernel.functions, precision),
        whole=tuple(whole),
        load=tuple(load),
        body=printer.block(kernel.local_block, declared=read),
        store=tuple(element_stores(kernel.members, "i", Locality.LOCAL)),
    )


def _synapse_printer(
    kernel: SweepKernel | SynapseKernel, precision: Precision, columns: Columns, loaded: bool
) -> Printer:
    """Names as a synapse sees them; ``loaded``: its attributes are locals already, as in an update."""
    column_value = columns.at if loaded else columns.own
    values = {v.name: v for v in kernel.values}
    members = {m.name: m for m in kernel.members}

    def lookup(var: Var) -> str | None:
        if var.scope is Scope.TEMP and var.name in values:
            v = values[var.name]
            staged_here = v.side is Side.COLUMN and v.delay is not DelayKind.PER_SYNAPSE
            return column_value(v.name) if staged_here else v.name
        if var.scope is Scope.SELF and not loaded:
            m = members[var.name]
            if m.locality is Locality.LOCAL and not m.single:
                return f"{cpp_name(m.name)}[s]"
        return None

    return Printer(precision, lookup, kernel.functions)


def _reader_title(reader: Reader) -> str:
    what = f"{reader.operation} of {reader.psp_text}"
    return f"{what} over each column (transposed)" if reader.backward else f"{what} over each row"


def sweep_unit(kernel: SweepKernel, precision: Precision) -> SweepUnit:
    totals = tuple(r.total for r in kernel.readers if r.backward)
    columns = Columns(INTERLEAVED[kernel.store], kernel.values, totals, precision.value)
    printer = _synapse_printer(kernel, precision, columns, loaded=False)
    exprs = [r.psp for r in kernel.readers]
    ops = {r.total: OPS[r.operation] for r in kernel.readers}
    whole = [
        *whole_loads(kernel.members, kernel.wholes, printer),
        *synapse_pointers(kernel.members, printer),
        *value_preparations(kernel.values, printer.real),
        *columns.pointers(),
    ]
    includes = [STORES[kernel.store][0], *_math(exprs, kernel.functions)]
    if any(v.delay is not DelayKind.NONE for v in kernel.values):
        includes.append("delays.hpp")
    last = kernel.readers[-1]
    method, arguments = _sweep_method(kernel, columns)
    return SweepUnit(
        name=kernel.name,
        real=printer.real,
        clock=_uses_clock(exprs),
        includes=tuple(sorted(includes)),
        functions=_functions(kernel.functions, precision),
        column_struct=columns.struct_members(),
        whole=tuple(whole),
        stage=tuple(columns.stage(ops)),
        store=STORES[kernel.store][1],
        method=method,
        arguments=arguments,
        readers=tuple(_reader(kernel, r, printer, columns, r is last) for r in kernel.readers),
        totals=tuple(_total(r, columns) for r in kernel.readers if r.backward),
    )


def _sweep_method(kernel: SweepKernel, columns: Columns) -> tuple[str, tuple[str, ...]]:
    """Its name, and what it takes beside the readers."""
    if columns.record:
        return "sweep_records", ("column", synapse_fetches(kernel.members))
    return "sweep", ()


def _reader(
    kernel: SweepKernel, reader: Reader, printer: Printer, columns: Columns, last: bool
) -> ReaderText:
    used = temps([reader.psp])
    row = row_values(kernel.values, used, printer.real)
    semiglobal = tuple(
        m for m in kernel.members if m.locality is Locality.SEMIGLOBAL and m.name in _names(reader.psp)
    )
    row += element_loads(semiglobal, "i", Locality.SEMIGLOBAL, printer)
    value = printer.expr(reader.psp)
    synapse = synapse_values(kernel.values, used, printer.real)
    texts = (value, *synapse)
    mean = reader.operation is Operation.MEAN
    result = f"total / static_cast<{printer.real}>(count)" if mean else "total"
    return ReaderText(
        title=_reader_title(reader),
        backward=reader.backward,
        op=OPS[reader.operation],
        into_argument="Column& at" if columns.record else "Index j",
        into=columns.own(reader.total),
        row_argument=" i" if row or any("[i]" in t for t in texts) else "",
        row=tuple(row),
        synapse_arguments=_synapse_arguments(*texts) + _record_argument(columns, *texts),
        synapse=tuple(synapse),
        value=value,
        leave_arguments="Index count" if mean else "Index",
        leave=f"if (self.{reader.on_field}) self.{reader.sum_field}[self.row_ranks[i]] += {result};",
        last=last,
    )


def _names(expr: Expr) -> set[str]:
    return {n.name for n in walk(expr) if isinstance(n, Var)}


def _synapse_arguments(*texts: str) -> str:
    """Arguments of a synapse's lambda, named where they are used."""
    joined = "\n".join(texts)
    return ("Index s" if "[s]" in joined else "Index") + (", Index j" if "[j]" in joined else ", Index")


def _record_argument(columns: Columns, *texts: str) -> str:
    """What follows them where columns have records."""
    if not columns.record:
        return ""
    return ", const Column& at" if any("at." in t for t in texts) else ", const Column&"


def _total(reader: Reader, columns: Columns) -> str:
    """Adds the totals of the columns to their neurons' sums. Columns without synapses are left alone."""
    total = columns.at(reader.total)
    lines = []
    if reader.operation is not Operation.SUM:
        lines.append("if (self.column_counts[j] == 0) continue;")
    if reader.operation is Operation.MEAN:
        total += f" / static_cast<{columns.real}>(self.column_counts[j])"
    lines.append(f"self.{reader.sum_field}[self.column_ranks[j]] += {total};")
    body = "\n".join(f"        {line}" for line in lines)
    return (
        f"if (self.{reader.on_field}) {{\n    for (Index j = 0; j < self.columns; ++j) {{\n{body}\n    }}\n}}"
    )


def update_unit(kernel: SynapseKernel, precision: Precision) -> UpdateUnit:
    columns = Columns(INTERLEAVED[kernel.store], kernel.values, (), precision.value)
    printer = _synapse_printer(kernel, precision, columns, loaded=True)
    blocks = (kernel.global_block, kernel.row_block, kernel.local_block)
    exprs = [e for b in blocks for e in gather.expressions(b)]
    changed = [gather.assigned(b) for b in blocks]

    read = [loaded(b, always="w") for b in blocks]
    read_whole = read[0] | (read[1] | read[2]) - changed[0]
    read_row = read[1] | read[2] - changed[1]

    def body(block: tuple[Stmt, ...], declared: set[str]) -> tuple[str, ...]:
        return printer.block(block, guarded="w", guard="learn", declared=declared)

    whole = whole_loads(those(kernel.members, read_whole), kernel.wholes, printer)
    whole += value_preparations(kernel.values, printer.real)
    if "w" in set().union(*changed):
        whole.append("const bool learn = *self.plasticity;")
    if kernel.global_block:
        whole += ["", *body(kernel.global_block, read_whole), *whole_stores(kernel.members)]
    whole += columns.pointers()

    row = row_values(kernel.values, temps(exprs), printer.real)
    row += element_loads(those(kernel.members, read_row), "i", Locality.SEMIGLOBAL, printer)
    if kernel.row_block:
        stores = element_stores(kernel.members, "i", Locality.SEMIGLOBAL)
        row += [*([""] if row else []), *body(kernel.row_block, read_row), *stores]
    load = element_loads(those(kernel.members, read[2]), "s", Locality.LOCAL, printer)
    load += synapse_values(kernel.values, temps(list(gather.expressions(kernel.local_block))), printer.real)
    local = body(kernel.local_block, read[2])
    save = element_stores(kernel.members, "s", Locality.LOCAL)
    includes = list(_math(exprs, kernel.functions))
    if kernel.local_block:
        includes.append(STORES[kernel.store][0])
    if any(v.delay is not DelayKind.NONE for v in kernel.values):
        includes.append("delays.hpp")
    named_row = " i" if row or any("[i]" in line for line in (*load, *local)) else ""
    return UpdateUnit(
        name=kernel.name,
        real=printer.real,
        clock=_uses_clock(exprs),
        includes=tuple(sorted(includes)),
        functions=_functions(kernel.functions, precision),
        column_struct=columns.struct_members() if kernel.local_block else (),
        whole=tuple(whole),
        stage=tuple(columns.stage({})) if kernel.local_block else (),
        store=STORES[kernel.store][1],
        row_argument=named_row,
        row=tuple(row),
        walks=bool(kernel.local_block),
        synapse_arguments=_synapse_arguments(*load, *local, *save),
        load=tuple(load),
        body=local,
        save=tuple(save),
        rows_only=bool(kernel.row_block) and not kernel.local_block,
    )
