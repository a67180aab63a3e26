"""What the steps of a reading share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import polars as pl

from orgnet.rosters.declare import Layout, Thing
from orgnet.rosters.ledger import Ledger
from orgnet.rosters.match import Directory
from orgnet.rosters.places import Atlas
from orgnet.schema import Schema

if TYPE_CHECKING:
    from orgnet.network import Network

DataType: TypeAlias = pl.DataType | type[pl.DataType]
DECISIONS: Final = pl.DataFrame(
    schema={"kind": pl.String, "key": pl.String, "area": pl.String, "name": pl.String}
)
SLOT: Final = {"at": pl.Int64, "id": pl.String}


@dataclass
class Work:
    """What has been read and found out so far.

    Parameters
    ----------
    ledger
        Every row and fault.
    atlas
        All areas.
    schema
        What may exist.
    tables
        The typed rows by layout; `dead` marks the rejected ones.
    layouts
        The layouts by name.
    ranks
        `at` and `rank`: which roster wins, smaller first.
    known
        An earlier network whose ids are kept.
    skeleton
        `root` and the attributes of the areas that were given.
    decisions
        `kind`, `key`, `area` (or null), `name`: names decided to mean an id.
    """

    ledger: Ledger
    atlas: Atlas
    schema: Schema
    tables: dict[str, pl.DataFrame]
    layouts: Mapping[str, Layout]
    ranks: pl.DataFrame = field(default_factory=pl.DataFrame)
    known: "Network | None" = None
    decisions: pl.DataFrame = field(default_factory=lambda: DECISIONS)
    skeleton: pl.DataFrame | None = None
    nodes: dict[str, pl.DataFrame] = field(default_factory=dict)
    claims: dict[str, pl.DataFrame] = field(default_factory=dict)
    ids: dict[str, pl.DataFrame] = field(default_factory=dict)
    directories: dict[str, Directory] = field(default_factory=dict)
    slots: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    ties: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    area_organizations: pl.DataFrame | None = None
    missed: list[pl.DataFrame] = field(default_factory=list)

    def things(self) -> Iterator[tuple[Layout, Thing, pl.DataFrame]]:
        """Go through what the rows of each roster speak of."""
        for name, table in self.tables.items():
            for thing in self.layouts[name].things:
                yield self.layouts[name], thing, table

    def kill(self) -> None:
        """Mark the rows that were rejected since."""
        gone = pl.Series(sorted(self.ledger.rejected), dtype=pl.Int64).implode()
        for name, table in self.tables.items():
            dead = pl.col("at").is_in(gone)
            self.tables[name] = table.with_columns(dead.alias("dead"))

    def slot(self, layout: str, slot: str) -> pl.DataFrame:
        """Return what a slot of each row is: `at` and `id`."""
        found = self.slots.get((layout, slot))
        return pl.DataFrame(schema=SLOT) if found is None else found

    @property
    def recalls(self) -> bool:
        """Whether sheets were handed down and the network they are of is known."""
        return self.known is not None and any(self.ledger.handed_down)

    def handed_down(self, rows: pl.Series) -> pl.Series:
        """Tell which rows stand in a sheet that was handed down."""
        pages = pl.Series(self.ledger.starts).search_sorted(rows, side="right")
        marks = pl.Series(self.ledger.handed_down, dtype=pl.Boolean)
        return marks.gather(pages.cast(pl.Int64) - 1)

    def place_of(self, ids: pl.Series) -> pl.Series:
        """Return where units and organizations stand; an area is its own place."""
        where: dict[str, str] = {}
        for kind in ("Unit", "PartyOrganization"):
            if kind in self.claims:
                named = self.claims[kind].filter(pl.col("area").is_not_null())
                named = named.join(self.ids[kind].rename({"id": "node"}), on="root")
                first = named.unique("node", keep="first", maintain_order=True)
                where |= dict(first.select("node", "area").iter_rows())
        area = ids.replace_strict(where, default=None, return_dtype=pl.String)
        frame = pl.DataFrame({"id": ids, "area": area})
        own = pl.col("id").str.starts_with("area:")
        return frame.select(pl.when(own).then("id").otherwise("area")).to_series()

    def called(self, node: str) -> str:
        """Return the caption of a node, or its id if it has none."""
        for kind, declared in self.schema.kinds.items():
            if node.startswith(f"{declared.prefix}:") and kind in self.nodes:
                named = self.nodes[kind].filter(pl.col("id") == node)
                return next(iter(named[declared.caption].drop_nulls()), node)
        return node

    def tie(self, type_: str, frame: pl.DataFrame) -> None:
        """Add relationships: `at`, `from`, `to` and attributes."""
        if type_ in self.schema.ties and frame.height:
            self.ties.setdefault(type_, []).append(frame)


def column(table: pl.DataFrame, name: str, dtype: DataType = pl.String) -> pl.Expr:
    """Return a column, or nulls where the table lacks it."""
    return pl.col(name) if name in table.columns else pl.lit(None, dtype).alias(name)


def coalesced(table: pl.DataFrame, *names: str) -> pl.Expr:
    """Return the first of these columns that a row has."""
    return pl.coalesce([column(table, n) for n in names])


def values(table: pl.DataFrame, *names: str) -> pl.Series:
    """Return the first of these columns that each row has, of the table's length."""
    return table.select("at", coalesced(table, *names).alias("value"))["value"]
