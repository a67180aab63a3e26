"""The published figures, and what a network itself counts of the same things."""

from collections.abc import Callable, Mapping

import polars as pl

from orgnet.city.areas import data_file
from orgnet.city.projects import FUND
from orgnet.errors import UnknownNameError, some
from orgnet.network import Network

GRID_HOUSEHOLDS = 500  # the standard of 300 to 500 households a grid
NOT_LESS = frozenset({"departments_online", "resolution_percent"})  # 40+, over 98.5 %
PERCENT = 100


def published() -> pl.DataFrame:
    """Return the figures of the published account of the city, row by row.

    Returns
    -------
    polars.DataFrame
        `row` (1 to 30, the mechanism), `figure` (its name), `value`, `unit`, `as_of`
        (year or month), `wording` (Chinese words of the account, null where only their
        sense is known), `comparable_to` (what :func:`reconcile` counts, or null) and
        `reason` (why it is not comparable, or why it may not agree).

    Examples
    --------
    >>> published().filter(figure="functional_areas")["value"].item()
    66.0
    """
    types = {"row": pl.Int64, "value": pl.Float64, "as_of": pl.String}
    return pl.read_csv(data_file("facts.csv").read_bytes(), schema_overrides=types)


def reconcile(net: Network, facts: pl.DataFrame | None = None) -> pl.DataFrame:
    """Say which published figures agree with what the network itself counts.

    Nothing is forced: a figure that cannot agree stays in the table with the reason.
    Figures are the whole city's, so a part or several copies of it disagree.

    Parameters
    ----------
    net
        Any network; the figures are those of the reference city of 2019.
    facts
        Figures in the columns of :func:`published`, which are taken if none are given.

    Returns
    -------
    polars.DataFrame
        `row`, `figure`, `published`, `in_network` (null where nothing is counted),
        `agrees` (true, false, or null where it cannot be compared) and `why`, in the
        order of the facts. A share agrees if it does so when rounded like the published
        one; "over" and "more than" are met by anything not less.

    Raises
    ------
    UnknownNameError
        If a fact is to be compared with something that is not counted here.

    Examples
    --------
    >>> from orgnet.city import chengdu
    >>> table = reconcile(chengdu(scale=0.02))
    >>> table.filter(figure="departments_sending_down")["agrees"].item()
    True
    """
    table = published() if facts is None else facts
    names = table["comparable_to"].drop_nulls().unique().to_list()
    unknown = sorted(set(names) - set(COUNTS))
    if unknown:
        msg = (
            f"{len(unknown)} facts are compared with what is not counted: "
            f"{some(unknown)}; there are: {', '.join(sorted(COUNTS))}"
        )
        raise UnknownNameError(msg, unknown)
    counted = {n: float(COUNTS[n](net)) for n in sorted(names)}
    rows = [_compared(fact, counted) for fact in table.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


_COLUMNS = {
    "row": pl.Int64,
    "figure": pl.String,
    "published": pl.Float64,
    "in_network": pl.Float64,
    "agrees": pl.Boolean,
    "why": pl.String,
}


def _compared(
    fact: Mapping[str, object], counted: Mapping[str, float]
) -> tuple[object, ...]:
    name, value, reason = fact["comparable_to"], fact["value"], fact.get("reason")
    if not isinstance(name, str) or not isinstance(value, int | float):
        why = reason or "not compared"
        return fact["row"], fact["figure"], value, None, None, why
    found = counted[name]
    decimals = len(repr(float(value)).partition(".")[2].rstrip("0"))
    if name in NOT_LESS:
        agrees = found >= value
        why = f"{name}: not less than published" if agrees else f"{name}: less"
    else:
        agrees = round(found, decimals) == value
        why = f"{name}: as published" if agrees else f"{name}: differs"
    if reason and not agrees:
        why = f"{why}; {reason}"
    return fact["row"], fact["figure"], value, found, agrees, why


def _areas(level: str, condition: pl.Expr | None = None) -> Callable[[Network], int]:
    """Count areas of a level, of which something is true."""
    return lambda net: net.areas(level).filter(_true(condition)).height


def _documents(condition: pl.Expr) -> Callable[[Network], int]:
    return lambda net: net.nodes("Document").filter(condition).height


def _true(condition: pl.Expr | None) -> pl.Expr:
    return pl.lit(value=True) if condition is None else condition


def _total(label: str, column: str, condition: pl.Expr) -> Callable[[Network], int]:
    """Add up a column over the nodes of a kind."""
    return lambda net: int(net.nodes(label).filter(condition)[column].sum())


def _different(label: str, column: str) -> Callable[[Network], int]:
    """Count the different values of a column."""
    return lambda net: net.nodes(label)[column].drop_nulls().n_unique()


def _rounds(pattern: str) -> Callable[[Network], int]:
    """Count the rounds of inspection whose names are like this."""
    inspection = pl.col("kind") == "inspection"
    return lambda net: (
        net.ties("EVALUATES")
        .filter(inspection & pl.col("round").str.contains(pattern))["round"]
        .n_unique()
    )


def _governance_levels(net: Network) -> int:
    """Count the levels of areas with a committee for community governance."""
    names = pl.col("name").str.contains("社区发展治理委员会|社会治理委")
    bodies = net.nodes("Unit").filter((pl.col("kind") == "party_department") & names)
    seats = net.ties("LOCATED_IN").join(
        bodies.select("id"), left_on="from", right_on="id"
    )
    areas = net.areas().select("id", "level")
    return seats.join(areas, left_on="to", right_on="id")["level"].n_unique()


def _fund(net: Network) -> int:
    """Add up what the city, a unit, gave out of the incentive fund."""
    given = net.ties("FUNDS").filter(purpose=FUND)
    from_units = given.filter(pl.col("from").str.starts_with("unit:"))
    return int(from_units["amount_cny"].sum())


def _axis_levels(net: Network) -> int:
    settings = net.nodes("PartyOrganization")["setting"].cast(pl.String)
    axis = ["district", "street", "community", "compound"]
    return settings.filter(settings.is_in(axis)).n_unique()


def _contacted(net: Network) -> float:
    """Return the share of streets, communities and compounds that are contacted."""
    lower = net.nodes("PartyOrganization").filter(
        pl.col("setting").is_in(["street", "community", "compound"])
    )
    contacts = net.ties("CONTACTS").select(id="to").unique()
    contacted = lower.join(contacts, on="id", how="semi").height
    return PERCENT * contacted / max(lower.height, 1)


def _hosted_by_residents(net: Network) -> int:
    residents = net.resident_units.select(to="id")
    return net.ties("HOSTED_BY").join(residents, on="to")["from"].n_unique()


def _grids_without(net: Network) -> int:
    """Count the grids that no party organization covers."""
    covers = net.ties("COVERS").filter(pl.col("basis") == "organization")
    return (
        net.areas("grid").join(covers, left_on="id", right_on="to", how="anti").height
    )


def _share_of_grids(count: Callable[[Network], int]) -> Callable[[Network], float]:
    return lambda net: PERCENT * count(net) / max(net.areas("grid").height, 1)


def _integrations(net: Network) -> int:
    """Count the dimensions in which some grid is integrated."""
    grids = net.areas("grid")
    names = [n for n in grids.columns if n.startswith("integrated_")]
    return sum(bool(grids[n].any()) for n in names)


def _deploying(net: Network) -> int:
    """Count the city's departments, offices left out, that send something down."""
    departments = net.nodes("Unit").filter(
        (pl.col("kind") == "government")
        & ~pl.col("local_office_of_department").fill_null(value=False)
    )
    deploys = net.ties("DEPLOYS_TO").select(id="from").unique()
    return departments.join(deploys, on="id").height


def _powers(net: Network) -> int:
    return net.ties("HOLDS_POWER_OVER")["power"].n_unique()


def _proof_items(net: Network) -> int:
    """Return the commonest number of proofs asked of communities."""
    items = net.areas("community")["proof_items"].drop_nulls()
    return int(items.mode().sort().head(1).sum())  # the least of several


def _lines(net: Network) -> int:
    """Count the lines that units stand on, and the party members' line."""
    on = net.nodes("Unit")["line"].drop_nulls().n_unique()
    return on + int((net.nodes("PartyOrganization")["setting"] == "community").any())


def _compound_organizations(net: Network) -> int:
    return net.nodes("PartyOrganization").filter(pl.col("setting") == "compound").height


def _tiers(net: Network) -> int:
    tiers = net.nodes("Site")["tier"].cast(pl.String)
    return tiers.filter(tiers != "x").n_unique()


def _online_departments(net: Network) -> int:
    """Count the units that offer an online service."""
    online = net.nodes("Resource").filter(pl.col("kind") == "online_service")
    offers = net.ties("OFFERS").join(online, left_on="to", right_on="id")
    return offers["from"].n_unique()


def _resolution(net: Network) -> float:
    """Return the share of called cases that were resolved."""
    calls = net.ties("ESCALATES_TO").drop_nulls(["cases", "resolved"])
    return PERCENT * int(calls["resolved"].sum()) / max(int(calls["cases"].sum()), 1)


_ONLINE = pl.col("kind") == "online_service"
_grids_oversized = _areas("grid", pl.col("households") > GRID_HOUSEHOLDS)

# What reconcile counts, by the name that a fact's comparable_to gives.
COUNTS: Mapping[str, Callable[[Network], float]] = {
    "governance_committee_levels": _governance_levels,
    "demonstration_streets": _areas("street", pl.col("demonstration")),
    "demonstration_communities": _areas("community", pl.col("demonstration")),
    "demonstration_compounds": _areas("compound", pl.col("demonstration")),
    "incentive_fund_cny": _fund,
    "social_workers": _total("Area", "social_workers", pl.col("level") == "community"),
    "axis_levels": _axis_levels,
    "contacted_percent": _contacted,
    "assessment_rules": _documents(pl.col("title").str.contains("考核评价办法")),
    "main_documents": _documents(pl.col("tier") == "1"),
    "supporting_documents": _documents(pl.col("tier") == "6"),
    "operating_documents": _documents(pl.col("tier") == "N"),
    "supervision_rounds": _rounds(r"^\d{4}Q\d$"),
    "field_reviews": _rounds(r"^\d{4}H\d$"),
    "resident_units": lambda net: net.resident_units.height,
    "party_organizations_of_resident_units": _hosted_by_residents,
    "grids_without_organization": _grids_without,
    "grids_without_organization_percent": _share_of_grids(_grids_without),
    "grids_oversized_percent": _share_of_grids(_grids_oversized),
    "integrations": _integrations,
    "departments_sending_down": _deploying,
    "street_powers": _powers,
    "functional_areas": _areas("functional_area"),
    "reformed_streets": _areas(
        "street", (pl.col("kind") == "街道") & (pl.col("reform_status") == "done")
    ),
    "proof_items": _proof_items,
    "service_lines": _lines,
    "compound_organizations": _compound_organizations,
    "disputes_resolved": _total(
        "Area", "disputes_resolved", pl.col("level") == "compound"
    ),
    "steps": lambda net: int(net.areas("compound")["step"].max() or 0),  # type: ignore[arg-type]
    "actions": _different("Project", "action"),
    "urban_village_households": _total(
        "Project", "quantity", pl.col("action") == "old_town"
    ),
    "back_lanes": _total("Project", "quantity", pl.col("action") == "back_lanes"),
    "feature_streets": _total(
        "Project", "quantity", pl.col("action") == "feature_streets"
    ),
    "greenway_km": _total("Project", "quantity", pl.col("quantity_unit") == "千米"),
    "site_tiers": _tiers,
    "departments_online": _online_departments,
    "online_services": lambda net: net.nodes("Resource").filter(_ONLINE).height,
    "service_uses": _total("Resource", "uses", _ONLINE),
    "resolution_percent": _resolution,
    "parking_spaces": _total("Resource", "capacity", pl.col("name") == "共享停车位"),
    "canteens": lambda net: net.nodes("Resource").filter(name="社区食堂").height,
}
