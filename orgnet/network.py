"""The network: immutable tables of nodes and relationships, and how to make one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from orgnet import late
from orgnet.errors import OrgnetError, UnknownNameError, some, unknown_ids
from orgnet.faults import Faults
from orgnet.index import Index, area_named, as_day
from orgnet.schema import SCHEMA, Schema
from orgnet.schema.declare import Node, Record, Tie
from orgnet.schema.vocabulary import AreaLevel

if TYPE_CHECKING:
    from pathlib import Path

    import networkx as nx

    from orgnet.query import Question
    from orgnet.rules import Rules

KEPT_DAYS = 8  # indexes by day that a network remembers


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A city's organizations as one graph that never changes.

    Tables hold the truth: nodes by kind, relationships by type with integer end
    points. A node's number is its place in the order of all ids. Make one with
    :meth:`from_frames`, ``orgnet.read_rosters``, ``orgnet.chengdu`` or ``orgnet.load``.

    Parameters
    ----------
    node_tables
        One frame a kind, sorted by id.
    tie_tables
        One frame a relationship type, sorted by `tail`, `head` and key.
    schema
        What may exist.
    complete
        What the network holds completely, as `TYPE:subject`, or `TYPE{value}:subject`
        for those relationships of a type whose key has this value.
    synthetic
        Whether any of it was made up.
    title
        What it is a network of.
    """

    node_tables: Mapping[str, pl.DataFrame]
    tie_tables: Mapping[str, pl.DataFrame]
    schema: Schema = SCHEMA
    complete: frozenset[str] = frozenset()
    synthetic: bool = False
    title: str = ""
    _indexes: dict[date | None, Index] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Close the mappings: an edit gives another network."""
        object.__setattr__(
            self, "node_tables", MappingProxyType(dict(self.node_tables))
        )
        object.__setattr__(self, "tie_tables", MappingProxyType(dict(self.tie_tables)))

    def __reduce__(self) -> tuple[type["Network"], tuple[Any, ...]]:
        """Say how to make it again; what is computed from the tables stays behind."""
        tables = dict(self.node_tables), dict(self.tie_tables)
        named = self.complete, self.synthetic, self.title
        return type(self), (*tables, self.schema, *named)

    @classmethod
    def from_frames(
        cls,
        nodes: Mapping[str, pl.DataFrame],
        ties: Mapping[str, pl.DataFrame],
        *,
        schema: Schema = SCHEMA,
        complete: Iterable[str] = (),
        synthetic: bool = False,
        title: str = "",
    ) -> tuple["Network", Faults]:
        """Make a network of a researcher's own tables, and say what was wrong.

        Parameters
        ----------
        nodes
            One frame a kind, by label; `id` and the attributes of the kind.
        ties
            One frame a relationship type; `from`, `to` and the attributes of the type.
        schema
            What may exist.
        complete
            What the tables hold completely, such as "COVERS:Unit", or
            "COVERS{organization}:Unit" if work coverage is not known as well.
        synthetic
            Whether the organizations are made up.
        title
            What it is a network of.

        Returns
        -------
        tuple
            The network of all rows that could be kept, and the faults. In a fault
            `sheet` is the label or type and `row` the row of the frame, from 1.

        Raises
        ------
        UnknownNameError
            If a label or type, or what is said to be complete, is not in the schema.
        OrgnetError
            If a table is not a polars frame.

        Examples
        --------
        >>> frames = {"Unit": pl.DataFrame({"id": ["unit:a"], "name": ["甲"],
        ...                                 "kind": ["other"]})}
        >>> net, faults = Network.from_frames(frames, {})
        >>> net.counts["Unit"], len(faults)
        (1, 0)
        """
        from orgnet.build import build

        held = frozenset([complete] if isinstance(complete, str) else complete)
        _known_subjects(held, schema)
        tables, faults = build(nodes, ties, schema)
        net = cls(*tables, schema, held, synthetic, title)
        return net, faults

    def holds(self, what: str) -> bool:
        """Tell whether it holds all of what a claim names, or of a wider one.

        Parameters
        ----------
        what
            Such as "COVERS:Unit" or "COVERS{work}:Unit".

        Examples
        --------
        >>> net, _ = Network.from_frames({}, {}, complete=["COVERS{work}:Unit"])
        >>> net.holds("COVERS{work}:Unit"), net.holds("COVERS:Unit")
        (True, False)
        """
        return not self.complete.isdisjoint({what, re.sub(r"\{\w+\}", "", what)})

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes of each kind and relationships of each type there are."""
        tables = {**self.node_tables, **self.tie_tables}
        return {name: table.height for name, table in tables.items()}

    @cached_property
    def offsets(self) -> dict[str, int]:
        """The number of the first node of each kind."""
        heights = [self.node_tables[label].height for label in self.schema.kinds]
        return dict(
            zip(self.schema.kinds, np.cumsum([0, *heights]).tolist(), strict=False)
        )

    @cached_property
    def ids(self) -> pl.Series:
        """All node ids in code-point order; a node's number is its place here."""
        columns = [self.node_tables[label]["id"] for label in self.schema.kinds]
        return (
            pl.concat(columns).rename("id")
            if columns
            else pl.Series("id", [], pl.String)
        )

    @cached_property
    def labels(self) -> pl.Series:
        """The label of every node, by number."""
        heights = [self.node_tables[label].height for label in self.schema.kinds]
        names = pl.Series("kind", list(self.schema.kinds), pl.String)
        return names.gather(np.repeat(np.arange(len(heights)), heights))

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return self.ids.len()

    def nodes(self, label: str | None = None) -> pl.DataFrame:
        """Return the nodes of a kind with their attributes, or all of them in short.

        Parameters
        ----------
        label
            A label such as "Unit"; every kind if not given.

        Returns
        -------
        polars.DataFrame
            One row a node, by id: `id` and the attributes, or `id`, `kind`, `name`.
        """
        if label is not None:
            return _named(self.node_tables, label, "kind").clone()  # the reader's own
        names = [
            self.node_tables[label][kind.caption]
            for label, kind in self.schema.kinds.items()
        ]
        return pl.DataFrame([self.ids, self.labels, pl.concat(names).rename("name")])

    def ties(self, type: str | None = None) -> pl.DataFrame:  # noqa: A002  the term
        """Return the relationships of a type with attributes, or all of them in short.

        Parameters
        ----------
        type
            A type such as "COVERS"; every type if not given.

        Returns
        -------
        polars.DataFrame
            One row a relationship, by its end points: `from`, `to` and the attributes,
            or `type`, `from`, `to`, `id`.
        """
        if type is not None:
            return self._with_ends(_named(self.tie_tables, type, "relationship type"))
        parts = [
            self._with_ends(table).select(
                pl.lit(name).alias("type"),
                "from",
                "to",
                self.identity(name).alias("id"),
            )
            for name, table in self.tie_tables.items()
            if table.height
        ]
        columns = dict.fromkeys(("type", "from", "to", "id"), pl.String)
        return pl.concat(parts) if parts else pl.DataFrame(schema=columns)

    def _with_ends(self, table: pl.DataFrame) -> pl.DataFrame:
        ends = [
            self.ids.gather(table[n]).rename(t)
            for n, t in (("tail", "from"), ("head", "to"))
        ]
        return pl.DataFrame(ends).hstack(table.drop("tail", "head"))

    def identity(self, type: str) -> pl.Expr:  # noqa: A002  the term
        """Return the expression of a relationship's id over a frame of :meth:`ties`."""
        declared = self.schema.ties[type]
        parts = [
            pl.col(n).cast(pl.String).fill_null("")
            for n in (*declared.key, "valid_from")
        ]
        return pl.concat_str(pl.lit(type), "from", "to", *parts, separator="|")

    def areas(self, level: str | None = None) -> pl.DataFrame:
        """Return the areas, of one level if one is named.

        Examples
        --------
        >>> import orgnet
        >>> orgnet.chengdu(scale=0.02).areas(level="city")["name"].to_list()
        ['成都市']
        """
        areas = self.nodes("Area")
        if level is None:
            return areas
        known = areas.schema["level"].categories.to_list()  # type: ignore[attr-defined]
        if level not in known:
            msg = f"no area level {level!r}; there are: {', '.join(known)}"
            raise UnknownNameError(msg, [level])
        return areas.filter(pl.col("level") == level)

    @property
    def resident_units(self) -> pl.DataFrame:
        """The resident units 驻区单位: units that a roster says are resident."""
        return self.in_role("Unit", "ResidentUnit")

    @property
    def social_organizations(self) -> pl.DataFrame:
        """The social organizations 社会组织."""
        return self.in_role("Unit", "SocialOrganization")

    @property
    def grid_branches(self) -> pl.DataFrame:
        """The grid branches 网格党支部: party organizations set up in a grid."""
        return self.in_role("PartyOrganization", "GridBranch")

    def in_role(self, label: str, role: str) -> pl.DataFrame:
        """Return the nodes of a kind that have a role, by id."""
        (condition,) = [
            r.condition for r in self.schema.kinds[label].roles if r.label == role
        ]
        return self.nodes(label).filter(condition)

    def index(self, day: date | str | None = None) -> Index:
        """Return the integer view of what is valid on a day; of everything if none."""
        day = as_day(day)
        if day not in self._indexes:
            if len(self._indexes) >= KEPT_DAYS:
                self._indexes.pop(next(iter(self._indexes)))
            self._indexes[day] = Index(self, day)
        return self._indexes[day]

    def position(self, node_id: str) -> int:
        """Return the number of a node.

        Raises
        ------
        UnknownNameError
            If there is no node of this id.
        """
        place = int(self.ids.search_sorted(node_id))
        if place < len(self) and self.ids[place] == node_id:
            return place
        near = self.ids[max(0, place - 1) : place + 2].to_list()
        msg = f"no node {node_id!r} among {len(self)}; next to it: {some(near)}"
        raise UnknownNameError(msg, [node_id])

    def node(self, node_id: str) -> dict[str, Any]:
        """Return one node: `id`, `label` and its attributes, the unknown left out."""
        place = self.position(node_id)
        label = self.labels[place]
        row = self.node_tables[label].row(place - self.offsets[label], named=True)
        return {"label": label, **{k: v for k, v in row.items() if v is not None}}

    def at(self, day: date | str) -> "Network":
        """Return what was valid on a day: nodes, and relationships with both ends."""
        index = self.index(day)
        return self.kept(index.valid, {t: index.tie_mask(t) for t in self.tie_tables})

    def within(self, area: str, *, day: date | str | None = None) -> "Network":
        """Return the sub-network of an area: what stands in it, and ties among that.

        This cuts off superiors outside the area. To ask a question about an area of
        the whole network, use the question's own `within`.

        Parameters
        ----------
        area
            Id or bare code of the area.
        day
            Keeps only what was valid that day, as :meth:`at` does; all if not given.

        Raises
        ------
        UnknownAreaError
            If no area, or more than one, has this id or code on the day.
        """
        index = self.index(day)
        masks = {name: index.tie_mask(name) for name in self.tie_tables}
        return self.kept(index.in_area(index.area(area)), masks)

    def only(self, ids: Iterable[str]) -> "Network":
        """Return the sub-network of these nodes and the ties among them.

        Ids that are not in the network are passed over.
        """
        keep = self.ids.is_in(pl.Series(_each(ids), dtype=pl.String).implode())
        return self.kept(keep.to_numpy())

    def kept(
        self, keep: np.ndarray, tie_masks: Mapping[str, np.ndarray] | None = None
    ) -> "Network":
        """Return the sub-network of the marked nodes, and of marked ties among them."""
        renumbered = np.cumsum(keep, dtype=np.int32) - np.int32(1)
        tables = {
            label: table.filter(pl.Series(keep[start : start + table.height]))
            for label, table in self.node_tables.items()
            for start in [self.offsets[label]]
        }
        ties = {}
        for name, table in self.tie_tables.items():
            tail, head = table["tail"].to_numpy(), table["head"].to_numpy()
            mask = keep[tail] & keep[head]
            if tie_masks is not None:
                mask &= tie_masks[name]
            ends = [
                pl.Series(n, renumbered[v[mask]])
                for n, v in (("tail", tail), ("head", head))
            ]
            ties[name] = table.filter(pl.Series(mask)).with_columns(ends)
        return replace(self, node_tables=tables, tie_tables=ties)

    def plus(self, edits: Iterable[Record] | Any) -> "Network":
        """Return the network with these nodes and relationships added or put anew.

        A node or relationship whose identity is there already takes the place of the
        old one. A plan adds its edits.

        Raises
        ------
        OrgnetError
            If an edit does not fit the network; nothing is changed then.
        UnknownNameError
            If an edit is of a class that the schema of the network does not have.
        """
        if isinstance(edits, Network):
            msg = (
                "a network is not an edit: read its rosters together with the others, "
                "or give the nodes and relationships that are to be put"
            )
            raise OrgnetError(msg, [edits.about])
        given = getattr(edits, "edits", edits)
        records = [given] if isinstance(given, Record) else list(given)
        _fit_for(records, self.schema)
        nodes, ties = self._with_records(records)
        net, faults = Network.from_frames(
            nodes,
            ties,
            schema=self.schema,
            complete=self.complete,
            synthetic=self.synthetic,
            title=self.title,
        )
        rejected = faults.frame.filter(pl.col("effect") != "noted")
        if rejected.height:
            why = rejected["message"].to_list()
            msg = f"{len(why)} of {len(records)} edits do not fit: {some(why)}"
            raise OrgnetError(msg, why)
        return net

    def _with_records(
        self, records: Sequence[Record]
    ) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        nodes = dict(self.node_tables)
        ties = {name: self._with_ends(table) for name, table in self.tie_tables.items()}
        for declared in dict.fromkeys(type(r) for r in records):
            rows = [r.model_dump(by_alias=True) for r in records if type(r) is declared]
            if issubclass(declared, Node):
                nodes[declared.label()] = _put(nodes[declared.label()], rows, ["id"])
            elif issubclass(declared, Tie):
                key = ["from", "to", *declared.key, "valid_from"]
                ties[declared.type()] = _put(ties[declared.type()], rows, key)
        return nodes, ties

    def minus(self, ids: Iterable[str]) -> "Network":
        """Return the network without these nodes (and their ties) and relationships.

        Raises
        ------
        UnknownNameError
            If an id is neither a node's nor a relationship's.
        """
        gone = _each(ids)
        nodes = ~self.ids.is_in(pl.Series(gone, dtype=pl.String).implode())
        masks = {}
        found = set(self.ids.filter(~nodes))
        for name, table in self.tie_tables.items():
            of_type = [i for i in gone if i.startswith(f"{name}|")]
            tie_ids = self._with_ends(table).select(self.identity(name)).to_series()
            mask = tie_ids.is_in(pl.Series(of_type, dtype=pl.String).implode())
            found |= set(tie_ids.filter(mask))
            masks[name] = (~mask).to_numpy()
        unknown = [i for i in gone if i not in found]
        if unknown:
            msg = f"{len(unknown)} ids are not in the network: {some(unknown)}"
            raise UnknownNameError(msg, unknown)
        return self.kept(nodes.to_numpy(), masks)

    def diff(self, other: "Network") -> pl.DataFrame:
        """Say what another network has more, has not, or has otherwise.

        Returns
        -------
        polars.DataFrame
            `change` (added, removed, changed), `of` (label or type), `id`,
            `attributes` (those that differ; null unless changed); by `of`, `id`.
        """
        from orgnet.build import difference

        return difference(self, other)

    def equals(self, other: "Network") -> bool:
        """Tell whether another network holds the same in every row and attribute."""
        if (self.complete, self.synthetic, self.title) != (
            other.complete,
            other.synthetic,
            other.title,
        ):
            return False
        mine, theirs = ({**n.node_tables, **n.tie_tables} for n in (self, other))
        return mine.keys() == theirs.keys() and all(
            table.equals(theirs[name]) for name, table in mine.items()
        )

    def network(self) -> "Network":
        """Return itself: what is asked of any source is a network in the end."""
        return self

    @property
    def about(self) -> str:
        """What it is and how much it holds, in a line."""
        ties = sum(t.height for t in self.tie_tables.values())
        return in_a_line(self.title, len(self), ties, synthetic=self.synthetic)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what nodes are called, by id; who has no name is left out.

        Ids that are not in the network are left out too.
        """
        wanted = pl.DataFrame({"id": _each(ids)}, schema={"id": pl.String})
        found = wanted.join(self.nodes(), on="id").drop_nulls("name")
        return dict(found.select("id", "name").iter_rows())

    def area_id(self, place: str, day: date | None = None) -> str:
        """Return the id of the one area that has this id, bare code or name on a day.

        Raises
        ------
        UnknownAreaError
            If no area, or more than one, has it.
        """
        return area_named(place, self.index(day).nodes("Area"))

    def require(self, label: str, ids: Iterable[str]) -> None:
        """Refuse ids that no node of a kind has.

        Raises
        ------
        UnknownNameError
            If there is one; it names up to five, and what stands next to the first.
        """
        known = self.node_tables[label]["id"]
        given = _each(ids)
        sought = pl.Series(given, dtype=pl.String)
        places = known.search_sorted(sought)  # quicker than a look at all of them
        unknown = [
            id_
            for id_, place in zip(given, places, strict=True)
            if place == known.len() or known[place] != id_
        ]
        if unknown:
            place = int(known.search_sorted(unknown[0]))
            near = known[max(0, place - 2) : place + 2].to_list()
            raise unknown_ids(label, unknown, known.len(), near)

    def ask(self, question: "Question", parameters: Mapping[str, Any]) -> pl.DataFrame:
        """Answer a question by running its body in memory."""
        return question.body(self, **parameters)

    def save(self, path: "Path | str") -> None:
        """Write the network as a folder of Parquet files, whole or not at all."""
        late.call("Network.save", self, path)

    def to_networkx(self, **options: Any) -> "nx.MultiDiGraph[str]":
        """Return a plain networkx graph; see ``orgnet.convert.networkx``."""
        return late.call("Network.to_networkx", self, **options)

    def to_excel(
        self,
        folder: "Path | str",
        *,
        split: str = "street",
        within: str | None = None,
        day: date | str | None = None,
        rules: "Rules | None" = None,
    ) -> "list[Path]":
        """Write what is open in each area as workbooks to fill in, and an overview.

        What comes back is read by ``orgnet.read_rosters(folder, known=net)``; what
        stands where is said by ``orgnet.report.handed_down.to_excel``.

        Parameters
        ----------
        folder
            Where to write; made if it is not there.
        split
            The level of area that has a workbook each, such as "district".
        within
            Id or code of the area handed out; everything if none.
        day
            The day asked about; whatever the network holds, if none.
        rules
            As the questions take them; those of ``orgnet.Rules()`` if none.

        Returns
        -------
        list
            The files written, the overview first.

        Raises
        ------
        RefusedFileError
            If the folder holds anything else, or workbooks that were filled in.
        """
        options = {"split": split, "within": within, "day": day}
        given = options if rules is None else {**options, "rules": rules}
        written: list[Path] = late.call("Network.to_excel", self, folder, **given)
        return written

    def summary(self) -> pl.DataFrame:
        """Return how many there are of each kind, type and area level.

        Returns
        -------
        polars.DataFrame
            `of`, `name`, `zh`, `count`; kinds, then levels, then types; empty left out.
        """
        levels = (
            self.node_tables["Area"]["level"].value_counts()
            if "Area" in self.node_tables
            else None
        )
        rows = [("kind", n, k.zh, self.counts[n]) for n, k in self.schema.kinds.items()]
        if levels is not None:
            words = self.schema.kinds["Area"].attributes()["level"].vocabulary
            counted = dict(levels.iter_rows())
            rows += [
                ("area level", w.value, w.zh, counted.get(w.value, 0))
                for w in words or ()
            ]
        rows += [
            ("relationship", n, t.zh, self.counts[n])
            for n, t in self.schema.ties.items()
        ]
        schema = {
            "of": pl.String,
            "name": pl.String,
            "zh": pl.String,
            "count": pl.Int64,
        }
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        return frame.filter(pl.col("count") > 0)

    def __repr__(self) -> str:
        """Say what it is and how much it holds."""
        return f"<{self.about}>"

    def __str__(self) -> str:
        """Say what it is, and how many of each kind, level and type, a line each."""
        with pl.Config(
            tbl_rows=-1,
            tbl_formatting="NOTHING",
            tbl_hide_column_data_types=True,
            tbl_hide_dataframe_shape=True,
            tbl_cell_numeric_alignment="RIGHT",
            thousands_separator=",",
        ):
            return f"{self!r}\n{self.summary()}"

    def _repr_html_(self) -> str:
        return late.call("Network.html", self)


def in_a_line(title: str, nodes: int, ties: int, *, synthetic: bool) -> str:
    """Say what a network is and how much it holds, wherever it stands.

    Examples
    --------
    >>> in_a_line("成都", 1200, 3400, synthetic=False)
    'Network 成都: 1,200 nodes, 3,400 relationships'
    """
    named = f"Network {title}" if title else "Network"
    made_up = ", synthetic 合成数据" if synthetic else ""
    return f"{named}: {nodes:,} nodes, {ties:,} relationships{made_up}"


def _known_subjects(complete: frozenset[str], schema: Schema) -> None:
    """Refuse a claim of completeness that no question would ever look up."""
    subjects = {*schema.kinds, *AreaLevel}
    unknown = sorted(
        claim
        for claim in complete
        for type_, value, subject in [_parts(claim)]
        if type_ not in schema.ties
        or subject not in subjects
        or (value is not None and value not in _key_values(schema.ties[type_]))
    )
    if unknown:
        msg = (
            f"{len(unknown)} of {len(complete)} claims of completeness are not "
            f"TYPE:subject of the schema: {some(unknown)}; write them like COVERS:Unit"
        )
        raise UnknownNameError(msg, unknown)


def _parts(claim: str) -> tuple[str, str | None, str]:
    """Return the type, the value of its key if there is one, and the subject."""
    found = re.fullmatch(r"(\w+)(?:\{(\w+)\})?:(\w+)", claim)
    return (found[1], found[2], found[3]) if found else ("", None, "")


def _key_values(tie: type[Tie]) -> set[str]:
    """Return the codes that the declared key of a type may hold."""
    words = [tie.attributes()[name].vocabulary for name in tie.key]
    return {str(code) for vocabulary in words if vocabulary for code in vocabulary}


def _each(ids: Iterable[str]) -> list[str]:
    """Return every id once, in order; a single id stands for itself."""
    return sorted({ids} if isinstance(ids, str) else set(ids))


def _fit_for(records: Sequence[object], schema: Schema) -> None:
    """Refuse edits that are no records, or of classes that the schema does not have."""
    strange = [r for r in records if not isinstance(r, Record)]
    if strange:
        msg = (
            f"{len(strange)} of {len(records)} edits are no records: {some(strange)}; "
            "write them like orgnet.SCHEMA['Unit'](id=..., name=..., kind=...)"
        )
        raise OrgnetError(msg, strange)
    known = {*schema.kinds.values(), *schema.ties.values()}
    foreign = sorted({type(r).__name__ for r in records if type(r) not in known})
    if foreign:
        msg = (
            f"{len(foreign)} classes are not in the network's schema: {some(foreign)}; "
            "make the network with schema=SCHEMA.extended(...)"
        )
        raise UnknownNameError(msg, foreign)


def _named(tables: Mapping[str, pl.DataFrame], name: str, what: str) -> pl.DataFrame:
    if name in tables:
        return tables[name]
    msg = f"no {what} {name!r}; there are: {', '.join(tables)}"
    raise UnknownNameError(msg, [name])


def _put(
    table: pl.DataFrame, rows: list[dict[str, Any]], key: list[str]
) -> pl.DataFrame:
    """Add rows to a table; a row whose key is there takes the old one's place."""
    new = pl.DataFrame(rows, schema=table.schema).unique(key, keep="last")
    return pl.concat([table.join(new, on=key, how="anti", nulls_equal=True), new])
