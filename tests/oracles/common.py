"""What all oracles share: validity, places, superiors, three-valued logic."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.worlds import World

Row = dict[str, Any]
Truth = bool | None  # null is unknown


def every(parts: Iterable[Truth]) -> Truth:
    """Kleene's AND: false if any part is, else unknown if any part is."""
    seen = list(parts)
    return False if False in seen else None if None in seen else True


def either(parts: Iterable[Truth]) -> Truth:
    """Kleene's OR: true if any part is, else unknown if any part is."""
    seen = list(parts)
    return True if True in seen else None if None in seen else False


def no(part: Truth) -> Truth:
    return None if part is None else not part


def holds(row: Row, day: date | None) -> bool:
    """Tell whether a row is valid on a day, without a day always."""
    begins, ends = row.get("valid_from"), row.get("valid_to")
    return day is None or (
        (begins is None or begins <= day) and (ends is None or day < ends)
    )


def overlap(*spans: Row) -> bool:
    """Tell whether some day lies within all of these validities."""
    begins = max((r["valid_from"] for r in spans if r.get("valid_from")), default=None)
    ends = min((r["valid_to"] for r in spans if r.get("valid_to")), default=None)
    return begins is None or ends is None or begins < ends


def last(key: Any) -> tuple[bool, Any]:
    """Return a sort key that puts null last."""
    return (key is None, key)


class View:
    """The rows of a world that count on a day."""

    def __init__(self, world: World, day: date | None) -> None:
        self.complete = world.complete
        self.nodes: dict[str, Row] = {
            row["id"]: {"label": label, **row}
            for label, row in world.nodes
            if holds(row, day)
        }
        self.ties: dict[str, list[Row]] = {}
        for name, row in world.ties:
            there = row["from"] in self.nodes and row["to"] in self.nodes
            if there and holds(row, day):
                self.ties.setdefault(name, []).append(row)

    def get(self, node: str, attribute: str) -> Any:
        return self.nodes[node].get(attribute)

    def label(self, node: str) -> str:
        return str(self.nodes[node]["label"])

    def of(self, label: str) -> list[str]:
        return sorted(n for n, row in self.nodes.items() if row["label"] == label)

    def out(self, name: str, tail: str, **attributes: Any) -> list[Row]:
        """Return the relationships of a type that leave a node."""
        return [
            r
            for r in self.ties.get(name, [])
            if r["from"] == tail and _has(r, attributes)
        ]

    def into(self, name: str, head: str, **attributes: Any) -> list[Row]:
        """Return the relationships of a type that arrive at a node."""
        return [
            r
            for r in self.ties.get(name, [])
            if r["to"] == head and _has(r, attributes)
        ]

    def heads(self, name: str, tail: str) -> list[str]:
        return sorted({r["to"] for r in self.out(name, tail)})

    def tails(self, name: str, head: str) -> list[str]:
        return sorted({r["from"] for r in self.into(name, head)})

    def first(self, name: str, tail: str) -> str | None:
        """Return the primary of several areas: marked true first, then smallest id."""
        ties = self.out(name, tail)
        ties.sort(key=lambda r: (r.get("primary") is not True, r["to"]))
        return ties[0]["to"] if ties else None

    def place(self, node: str) -> str | None:
        """Return the area that a node stands in.

        Reading: of several hosts of one organization the smallest id gives the place.
        """
        label = self.label(node)
        if label == "Area":
            return node
        if label == "PartyOrganization":
            hosts = self.heads("HOSTED_BY", node)
            return self.place(hosts[0]) if hosts else None
        return self.first("LOCATED_IN", node)

    def upward(self, place: str | None) -> list[str]:
        """Return the areas from a place upward, itself first, each once."""
        walk: list[str] = []
        while place is not None and place not in walk:
            walk.append(place)
            place = self.first("PART_OF", place)
        return walk

    def at_level(self, place: str | None, level: str) -> str | None:
        """Return the first area of a level on the walk upward."""
        return next(
            (a for a in self.upward(place) if self.get(a, "level") == level), None
        )

    def community(self, node: str) -> str | None:
        return self.at_level(self.place(node), "community")

    def lies_in(self, place: str | None, area: str) -> bool:
        return area in self.upward(place)

    def hosted(self, host: str) -> list[str]:
        """Return the organizations hosted by a unit or area.

        Reading: every valid HOSTED_BY counts, should an organization have several.
        """
        return self.tails("HOSTED_BY", host)

    def organizations(self, area: str | None) -> list[str]:
        """Return the organizations of an area: they cover it and are of its level."""
        if area is None:
            return []
        covering = {r["from"] for r in self.into("COVERS", area, basis="organization")}
        level = self.get(area, "level")
        return sorted(o for o in covering if self.get(o, "setting") == level)

    def organization(self, area: str | None) -> str | None:
        """Return the organization of an area where one is needed: the smallest id."""
        return next(iter(self.organizations(area)), None)

    def superior(self, organization: str) -> str | None:
        """Return the parent used for chains: latest valid_from, nulls last, then id."""
        ties = sorted(self.out("SUBORDINATE_TO", organization), key=lambda r: r["to"])
        dated = [r for r in ties if r.get("valid_from")]
        latest = max((r["valid_from"] for r in dated), default=None)
        chosen = [r for r in dated if r["valid_from"] == latest] or ties
        return chosen[0]["to"] if chosen else None

    def place_or_superiors(self, node: str) -> str | None:
        """Return the place, or for an organization without one its superior's.

        Reading: and so on upward, each organization once. A host without a place gives
        none either.
        """
        seen: list[str] = []
        current: str | None = node
        while current is not None and current not in seen:
            place = self.place(current)
            if place is not None or self.label(current) != "PartyOrganization":
                return place
            seen.append(current)
            current = self.superior(current)
        return None

    def scope(self, within: str | None) -> str | None:
        """Return the id of the area that a place argument names."""
        if within is None or within in self.nodes:
            return within
        named = [a for a in self.of("Area") if self.get(a, "code") == within]
        if len(named) != 1:
            msg = f"{within} names {named}"
            raise ValueError(msg)
        return named[0]


def _has(row: Row, attributes: Row) -> bool:
    return all(row.get(name) == value for name, value in attributes.items())
