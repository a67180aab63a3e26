"""Put faults into sheets before they are laid out, each in a row of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl

from orgnet.faults import Effect
from orgnet.messy.carriers import A_ROSTER, carrier
from orgnet.messy.dirt import (
    AT_HOME,
    DIRT,
    OWN_ROUND,
    PAIRS,
    TIMES,
    Dirt,
    Fault,
    Pair,
)
from orgnet.messy.layouts import ROSTERS
from orgnet.messy.sheets import Block, Row, Sheet

T = TypeVar("T")
EVERY = pl.lit(value=True)
UNDECLARED = ("是否有无线网络", "楼栋长人数", "微信群数量")
PLACED = pl.col("community").is_not_null()
BASES = {  # which rows of a roster a carrier may stand beside
    "areas": PLACED & (pl.col("level") == "community") & pl.col("code").is_not_null(),
    "grids": PLACED & pl.col("code").is_not_null(),
    "parties": PLACED & pl.col("superior_alone") & pl.col("small_area").is_not_null(),
    "projects": PLACED & pl.col("lead").is_not_null(),
    "evaluations": EVERY,
}
SHARED = (  # what two rosters say alike of the same social organization
    "id", "name", "uscc", "kind", "status", "operating", "employees", "members",
    "full_members", "address",
)  # fmt: skip
DISAGREED = Fault(
    "two_rosters_disagree",
    "social",
    "reported_party_org",
    "conflicting_values",
    Effect.NOTED,
)
OTHERWISE = {  # what the other roster says of it
    "reported_party_org": True,
    "industry": None,
    "affiliation_level": None,
}


@dataclass(frozen=True)
class Injected:
    """A fault that was put in, or that the network has of its own.

    Parameters
    ----------
    block
        The sheet it stands in.
    fault
        What is wrong; its field is a heading if it is a column that no roster has.
    mark
        The added row it stands in; null if it is in no row, or in one of the network's.
    place
        The number of the network's row that it stands in; null if it is in none.
    note
        Where else it may be reported.
    """

    block: Block
    fault: Fault
    mark: int | None = None
    place: int | None = None
    note: str = ""

    def reported(self, sheet: Sheet) -> dict[str, object]:
        """Return where the fault stands in the sheet that was made of its block."""
        row, field = None, self.fault.field
        if self.mark is not None:
            row = sheet.rows[self.mark]
        elif self.place is not None:
            row = sheet.places[self.place]
        return {
            "file": self.block.file,
            "sheet": self.block.name or None,
            "row": row,
            "column": self.block.heading(field) or field,
            "value": None if row is None else sheet.shown(field, row),
            "kind": self.fault.kind,
            "expect": self.fault.expect,
            "effect": self.fault.effect.value,
            "note": self.note,
        }


class Injector:
    """Chooses where faults go, the same way for the same seed and sheets.

    Parameters
    ----------
    blocks
        The sheets, before they are laid out; rows are added to them.
    seed
        Seed of every choice.
    """

    def __init__(self, blocks: Sequence[Block], seed: int) -> None:
        self.blocks = blocks
        self.random = np.random.default_rng(seed)
        self.count = dict.fromkeys(ROSTERS, 0)

    def all(self) -> list[Injected]:
        """Put every kind of fault in."""
        cells = [self._cell(dirt, b) for dirt in DIRT for b in self._chosen(dirt)]
        pairs = [
            injected
            for pair in PAIRS
            for block in self._chosen(pair)
            for injected in self._two_rows(pair, block)
        ]
        rounds = self._own_rounds([*cells, *pairs])
        return [*cells, *pairs, *rounds, *self._disagreements(), *self._undeclared()]

    def _own_rounds(self, injected: Sequence[Injected]) -> Iterator[Injected]:
        """Name the rounds of carriers, one a row, where most rows are of another."""
        lost = {
            (i.block.file, i.block.name, i.mark)
            for i in injected
            if i.fault.effect is Effect.ROW_REJECTED
        }
        for block in self.blocks:
            if block.layout.roster != "evaluations" or block.rows.height < AT_HOME:
                continue
            for mark in range(len(block.added)):
                if (block.file, block.name, mark) not in lost:
                    yield Injected(block, OWN_ROUND, mark)

    def _chosen(self, fault: Fault) -> list[Block]:
        """Choose sheets for a fault, of different layouts as far as there are."""
        layouts: dict[str, list[Block]] = {}
        for block in self.blocks:
            if self._fits(fault, block):
                layouts.setdefault(block.layout.file, []).append(block)
        shuffled = [
            self._shuffled(found) for found in self._shuffled([*layouts.values()])
        ]
        deep = max(map(len, shuffled), default=0)
        dealt = [found[i] for i in range(deep) for found in shuffled if i < len(found)]
        return [dealt[i % len(dealt)] for i in range(TIMES)] if dealt else []

    def _shuffled(self, items: list[T]) -> list[T]:
        order = np.argsort(self.random.random(len(items)), kind="stable")
        return [items[i] for i in order]

    def _fits(self, fault: Fault, block: Block) -> bool:
        """Say whether a sheet can hold a fault."""
        where = fault.where if isinstance(fault, Dirt) else ""
        return (
            block.layout.roster == fault.roster
            and block.heading(fault.field) is not None
            and (where != "workbook" or block.layout.workbook)
            and (where != "apart" or not block.layout.fill)
            and bool(self._bases(block))
        )

    def _bases(self, block: Block) -> list[int]:
        """Return the numbers of the rows that a carrier may stand beside."""
        mask = BASES.get(block.layout.roster, PLACED)
        return block.rows.select(pl.arg_where(mask)).to_series().to_list()

    def _base(self, block: Block) -> tuple[int, Row]:
        bases = self._bases(block)
        place = bases[int(self.random.random() * len(bases))]
        return place, block.rows.row(place, named=True)

    def _carrier(self, block: Block, base: Row) -> Row:
        roster = block.layout.roster
        self.count[roster] += 1
        number = ROSTERS.index(roster) * A_ROSTER + self.count[roster]
        return carrier(roster, base, number)

    def _cell(self, dirt: Dirt, block: Block) -> Injected:
        place, base = self._base(block)
        row = dirt.row(self._carrier(block, base))
        return Injected(block, dirt, block.add(place, row, dirt.written(row)))

    def _two_rows(self, pair: Pair, block: Block) -> Iterator[Injected]:
        place, base = self._base(block)
        carried, other = self._carrier(block, base), self._carrier(block, base)
        other["first_name"] = carried.get("name")
        if pair.roster == "parties":
            other["other_superior"] = self._other_superior(block, base)
        first, second = (block.add(place, row) for row in pair.rows(carried, other))
        if pair.both:
            yield Injected(block, pair, first)
        yield Injected(block, pair, second)

    def _other_superior(self, block: Block, base: Row) -> str:
        """Return the name of another organization that rows of the sheet are below."""
        other = pl.col("superior") != base["superior"]
        return str(block.rows.filter(BASES["parties"] & other)["superior"].min())

    def _disagreements(self) -> Iterator[Injected]:
        """Let two rosters say different things of the same social organization.

        The file that is read first, by name, is the one the other disagrees with.
        """
        units = [b for b in self.blocks if b.layout.roster == "units"]
        able = [b for b in units if b.heading(DISAGREED.field) and self._bases(b)]
        for block, other in zip(
            self._chosen(DISAGREED), self._shuffled(able), strict=False
        ):
            place, base = self._base(block)
            social = self._carrier(block, base)
            beside, near = self._base(other)
            same = {name: social[name] for name in SHARED}
            unit = self._carrier(other, near) | same | OTHERWISE
            marks = [
                (block, block.add(place, social)),
                (other, other.add(beside, unit)),
            ]
            first, last = sorted(marks, key=lambda found: found[0].file)
            note = f"or in {first[0].file}, sheet {first[0].name or '-'}"
            yield Injected(last[0], DISAGREED, last[1], note=note)

    def _undeclared(self) -> Iterator[Injected]:
        """Give a few sheets a column that no roster has."""
        blocks = self._shuffled(list(self.blocks))
        for heading, block in zip(UNDECLARED, blocks, strict=False):
            block.extra.append(heading)
            name = "undeclared_column"
            roster = block.layout.roster
            yield Injected(block, Fault(name, roster, heading, name, Effect.NOTED))
