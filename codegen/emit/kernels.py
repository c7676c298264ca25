"""From kernels of the Plan to the contexts of their templates."""

from __future__ import annotations

from textwrap import wrap

from synloom.codegen.emit import draws
from synloom.codegen.emit.contexts import (
    KernelHeader,
    NeuronUnit,
    ReaderText,
    SweepUnit,
    UpdateUnit,
)
from synloom.codegen.emit.firing import (
    firing_buffers,
    firings,
    names_of_ours,
    neuron_loop,
    neuron_way,
    tested,
    tests,
)
from synloom.codegen.emit.layout import WIDTH, fold
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
from synloom.codegen.emit.parts import function_texts, math_header, uses_clock
from synloom.codegen.emit.printer import Printer
from synloom.codegen.ir.expr import Binary, Call, Draw, Expr, Var, walk
from synloom.codegen.ir.plan import (
    Field,
    FieldKind,
    Kernel,
    NeuronKernel,
    Reader,
    SweepKernel,
    SynapseKernel,
    staged,
)
from synloom.codegen.ir.stmt import Stmt
from synloom.codegen.ir.types import (
    DelayKind,
    DType,
    Locality,
    Operation,
    Precision,
    Scope,
    Side,
    StoreKind,
)
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather
from synloom.codegen.passes.draws import draws_in

OPS = {Operation.SUM: "Sum", Operation.MEAN: "Sum", Operation.MAX: "Max", Operation.MIN: "Min"}
STORES = {
    StoreKind.DENSE: ("dense.hpp", "Dense{self.rows, self.columns}"),
    StoreKind.HOLLOW: ("hollow.hpp", "Hollow{self.rows}"),
    StoreKind.CSR: ("csr.hpp", "Csr{self.rows, self.columns, self.row_ptr, self.column}"),
    StoreKind.CSR16: ("csr.hpp", "Csr{self.rows, self.columns, self.row_ptr, self.column}"),
}
ELEMENT = draws.synapse_local(post="self.row_ranks[i]", pre="self.column_ranks[j]")
SUMMARY = 110  # width of the comment that says what a kernel does
# Columns of a sparse store are visited out of order: what belongs to one column shares a cache line.
INTERLEAVED = {
    StoreKind.DENSE: False,
    StoreKind.HOLLOW: False,
    StoreKind.CSR: True,
    StoreKind.CSR16: True,
}


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
        case FieldKind.SPIKES:
            return f"{'NewSpikes' if field.mutable else 'SpikeRing'} {name}"


def kernel_header(kernel: Kernel, precision: Precision) -> KernelHeader:
    printer = Printer(precision)
    summary = wrap(kernel.summary, SUMMARY)
    if isinstance(kernel, SweepKernel):
        summary += [f"  {_reader_title(r)}" for r in kernel.readers]
    spikes = any(f.kind is FieldKind.SPIKES for f in kernel.fields)
    return KernelHeader(
        name=kernel.name,
        real=printer.real,
        includes=("clock.hpp", "kernel.hpp", *(("spikes.hpp",) if spikes else ())),
        summary=tuple(summary),
        fields=tuple(declaration(kernel, f, printer) for f in kernel.fields),
    )


def neuron_unit(kernel: NeuronKernel, precision: Precision) -> NeuronUnit:
    printer = Printer(precision, names_of_ours, kernel.functions)
    exprs = [*gather.expressions(kernel.global_block), *gather.expressions(kernel.local_block)]
    exprs += tested(kernel)
    later = loaded(kernel.local_block, tested(kernel))
    read_whole = loaded(kernel.global_block) | later - gather.assigned(kernel.global_block)
    whole = whole_loads(those(kernel.members, read_whole), kernel.wholes, printer)
    if draws_in(exprs):
        whole.append(draws.local(printer.real))
    if kernel.global_block:
        body = draws.one_by_one(printer, draws.ONLY).block(kernel.global_block, declared=read_whole)
        whole += [*([""] if whole else []), *body, *whole_stores(kernel.members)]
    conditions = [f.condition for f in kernel.firings]
    way, each_neuron = neuron_way(kernel, printer.real), printer
    loop = neuron_loop(kernel, way)
    if drawn := draws_in(gather.expressions(kernel.local_block)):
        whole += ["", *draws.ahead(printer, drawn)]
        loop = draws.loop(printer.real, drawn, way if kernel.spike is not None else "")
        each_neuron = draws.drawn_ahead(printer, drawn)
    whole += firing_buffers(kernel)
    read = loaded(kernel.local_block, conditions)
    load = element_loads(those(kernel.members, read), "i", Locality.LOCAL, printer)
    load += [f"const {printer.real} {cpp_name(s)} = self.{s}[i];" for s in kernel.inputs]
    store = element_stores(those(kernel.members, gather.assigned(kernel.local_block)), "i", Locality.LOCAL)
    if kernel.spike is not None:
        store += tests(kernel, printer)
    return NeuronUnit(
        name=kernel.name,
        real=printer.real,
        clock=" clock" if kernel.spike is not None else uses_clock(exprs),
        includes=(
            *math_header(exprs, kernel.functions),
            *(("neurons.hpp",) if kernel.spike is not None else ()),
        ),
        functions=function_texts(kernel.functions, precision),
        whole=tuple(whole),
        loop=loop,
        load=tuple(load),
        body=each_neuron.block(kernel.local_block, declared=read),
        store=tuple(store),
        firings=firings(kernel, printer),
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
        *(
            draws.local(printer.real, n, n)
            for r in kernel.readers
            if draws_in([r.psp])
            for n in [_draws_of(r)]
        ),
    ]
    includes = [STORES[kernel.store][0], *math_header(exprs, kernel.functions)]
    if any(v.delay is not DelayKind.NONE for v in kernel.values):
        includes.append("delays.hpp")
    last = kernel.readers[-1]
    method, arguments = _sweep_method(kernel, columns)
    return SweepUnit(
        name=kernel.name,
        real=printer.real,
        clock=uses_clock(exprs),
        includes=tuple(sorted(includes)),
        functions=function_texts(kernel.functions, precision),
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
    value = draws.one_by_one(printer, draws.ELEMENT, _draws_of(reader)).expr(reader.psp)
    synapse = synapse_values(kernel.values, used, printer.real)
    if draws_in([reader.psp]):
        synapse.append(ELEMENT)
    texts = (value, *synapse)
    mean = reader.operation is Operation.MEAN
    leave = [f"if (self.{reader.on_field}) self.{reader.sum_field}[self.row_ranks[i]] += total;"]
    if mean:
        # Structural plasticity leaves rows without synapses behind: their total is 0, and so is their mean.
        leave.insert(0, f"if (count > 0) total /= static_cast<{printer.real}>(count);")
    arguments = _synapse_arguments(*texts) + _record_argument(columns, *texts)
    several = INTERLEAVED[kernel.store] and not reader.backward and _takes_long(reader.psp)
    return ReaderText(
        title=_reader_title(reader),
        backward=reader.backward,
        op=OPS[reader.operation] + (", Several" if several else ""),
        into_argument="Column& at" if columns.record else "Index j",
        into=columns.own(reader.total),
        row_argument=" i" if row or any("[i]" in t for t in texts) else "",
        row=tuple(row),
        weighted=_weighted(kernel, reader, columns),
        synapse_arguments=arguments,
        synapse=tuple(synapse),
        block=bool(synapse) or len(arguments) + len(value) > 66,
        value=fold(value, WIDTH - 10),
        leave_arguments="Index count" if mean else "Index",
        leave=tuple(leave),
        last=last,
    )


def _takes_long(psp: Expr) -> bool:
    """Whether computing several values at a time gains more than loading their places together."""
    return any(isinstance(n, Call | Draw) for n in walk(psp))


def _weighted(kernel: SweepKernel, reader: Reader, columns: Columns) -> str:
    """The value as a product that the runtime knows (weighted.hpp), if it is one and columns have records."""
    members = {m.name: m for m in kernel.members}
    values = {v.name: v for v in kernel.values}
    match reader.psp:
        case Binary("*", Var(scope=Scope.SELF, name=weight), Var(scope=Scope.TEMP, name=value)):
            pass
        case Binary("*", Var(scope=Scope.TEMP, name=value), Var(scope=Scope.SELF, name=weight)):
            pass
        case _:
            return ""
    member, of = members[weight], values.get(value)
    local = member.locality is Locality.LOCAL and not member.single and member.dtype is DType.REAL
    if not (columns.record and local) or of is None:
        return ""
    if of.side is Side.ROW and of.delay is not DelayKind.PER_SYNAPSE:
        return f"weighted({cpp_name(weight)}, {value})"
    if of.side is Side.COLUMN and value in {v.name for v in staged(kernel.values)}:
        return f"weighted({cpp_name(weight)}, &Column::{value})"
    return ""


def _draws_of(reader: Reader) -> str:
    """The local that a reader draws with, and the field of its number."""
    return reader.sum_field.removesuffix("sum") + "draws"


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

    read = [loaded(b) for b in blocks]
    read_whole = read[0] | (read[1] | read[2]) - changed[0]
    read_row = read[1] | read[2] - changed[1]

    def body(block: tuple[Stmt, ...], declared: set[str], element: str) -> tuple[str, ...]:
        return draws.one_by_one(printer, element).block(block, declared)

    whole = whole_loads(those(kernel.members, read_whole), kernel.wholes, printer)
    whole += value_preparations(kernel.values, printer.real)
    if "w" in set().union(*changed):
        whole.append("const bool learn = *self.plasticity;")
    if draws_in(exprs):
        whole.append(draws.local(printer.real))
    if kernel.global_block:
        whole += ["", *body(kernel.global_block, read_whole, draws.ONLY), *whole_stores(kernel.members)]
    whole += columns.pointers()

    row = row_values(kernel.values, temps(exprs), printer.real)
    row += element_loads(those(kernel.members, read_row), "i", Locality.SEMIGLOBAL, printer)
    if kernel.row_block:
        stores = element_stores(kernel.members, "i", Locality.SEMIGLOBAL)
        row += [*([""] if row else []), *body(kernel.row_block, read_row, "self.row_ranks[i]"), *stores]
    load = element_loads(those(kernel.members, read[2]), "s", Locality.LOCAL, printer)
    load += synapse_values(kernel.values, temps(list(gather.expressions(kernel.local_block))), printer.real)
    if draws_in(gather.expressions(kernel.local_block)):
        load.append(ELEMENT)
    local = body(kernel.local_block, read[2], draws.ELEMENT)
    save = element_stores(kernel.members, "s", Locality.LOCAL)
    includes = list(math_header(exprs, kernel.functions))
    if kernel.local_block:
        includes.append(STORES[kernel.store][0])
    if any(v.delay is not DelayKind.NONE for v in kernel.values):
        includes.append("delays.hpp")
    named_row = " i" if row or any("[i]" in line for line in (*load, *local)) else ""
    return UpdateUnit(
        name=kernel.name,
        real=printer.real,
        clock=uses_clock(exprs),
        includes=tuple(sorted(includes)),
        functions=function_texts(kernel.functions, precision),
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
