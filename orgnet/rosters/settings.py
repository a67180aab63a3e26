"""Where party organizations are set up, and which areas are their own.

Sheets without a column for it tell it otherwise: by the area that bears an
organization's name, by the unit it sits in, by its superior's unit, and last by its
name: a company's name may end like an area's. What was only guessed is noted.
"""

from typing import Final, NamedTuple

import polars as pl

from orgnet.rosters.faults import GUESSED_SETTING
from orgnet.rosters.ledger import shown_value
from orgnet.rosters.mentions import AREA_SETTINGS, looked_up, mentions
from orgnet.rosters.places import area_keys
from orgnet.rosters.work import Work
from orgnet.schema.vocabulary import Setting

KIND: Final = "PartyOrganization"
ROSTER: Final = "party_organization"
DEEPEST: Final = 24  # steps up a chain of superiors; a longer one is a cycle
NAMED: Final = 5  # organizations that a note names
OWN_LEVEL: Final = {s: [s] for s in AREA_SETTINGS} | {
    "grid": ["grid", "micro_grid"],
    "park": ["functional_area"],
}
OF_LEVEL: Final = {level: s for s, levels in OWN_LEVEL.items() for level in levels}
WHERE_ROWS_STAND: Final = ("city", "district", "street", "community", "grid")
OFFICES: Final = (
    "city",
    "district",
    "street",
)  # the name of their office is not theirs
OF_KIND: Final = {
    "party_department": "agency",
    "government": "agency",
    "mass_organization": "agency",
    "institution": "institution",
    "state_enterprise": "enterprise",
    "private_enterprise": "enterprise",
    "collective": "enterprise",
    "cooperative": "enterprise",
    "social_organization": "social_organization",
    "residents_committee": "community",
    "other": "enterprise",
}
BODIES: Final = ("party_department", "government", "residents_committee")  # of areas
OF_UNITS: Final = ("agency", "institution", "enterprise", "social_organization")
LEADING: Final = ("committee", "working_committee")
OF_COMMUNITY: Final = ("committee", "general_branch", "branch")
NUMBER: Final = "(?:第?[0-9一二三四五六七八九十]+)?$"


class Ending(NamedTuple):
    """How names of organizations of one setting end.

    Parameters
    ----------
    setting
        The setting.
    shape
        End of the stem.
    forms
        The forms it is told of; any if none are given.
    other
        Ends of other names that look alike.
    """

    setting: str
    shape: str
    forms: tuple[str, ...] = ()
    other: str = ""


ENDINGS: Final = (
    Ending("grid", f"网格{NUMBER}"),
    Ending("compound", f"(?:小区|院落){NUMBER}"),
    Ending("park", "(?:园区|功能区|开发区)$", (), "(?:幼儿|校)园区$"),
    Ending("building", f"(?:楼宇|大厦|商圈|写字楼){NUMBER}"),
    Ending("agency", f"机关{NUMBER}"),
    Ending("agency", "(?:两新|系统)$", LEADING),
    Ending("enterprise", f"企业{NUMBER}"),
    Ending("social_organization", f"社会组织{NUMBER}"),
    Ending("community", "(?:社区|[居村]委会|[居村]民委员会)$", OF_COMMUNITY),
    Ending("community", "村$", LEADING, "(?:度假|民俗|渔|山|农家)村$"),
    Ending("street", "街道(?:办|办事处)?$", LEADING),
    Ending("street", "[镇乡]$", LEADING, "[古小老水城村]镇$|[水山家故老同梦]乡$"),
    Ending("district", "[区县]$", LEADING,
           "[社街小校院园厂库景片辖营矿林场牧生务业宅假税贸范]区$"),
    Ending("city", "市$", LEADING, "[超门夜早菜集花]市$"),
)  # fmt: skip


def with_levels(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Take the level of the area near its row whose name an organization bears."""
    silent = _silent(claims)
    if not silent.any():
        return claims
    rows = claims.filter(silent)
    return _put(claims, "setting", silent, _levels(work, rows, within=rows["area"]))


def with_settings(work: Work, known: pl.DataFrame) -> pl.DataFrame:
    """Say where the organizations are set up whose rows and areas do not tell it.

    Parameters
    ----------
    work
        What was read: the units, and the superiors by their roots.
    known
        The claims, with `root` and `own`.

    Returns
    -------
    polars.DataFrame
        The claims with `up_root`, the superior's, and with `setting`, `own` and `area`
        where anything tells them.
    """
    known = _as_stated(_below_superiors(work, known))
    silent = _silent(known)
    if silent.any():
        known = _told(work, known)
        _note_guesses(work, known)
        known = _put(known, "own", silent, _own_late(work, known.filter(silent)))
        known = known.with_columns(pl.coalesce("area", "own").alias("area"))
    return known.drop("up_area", "guessed", "by_name", strict=False)


def _own_late(work: Work, rows: pl.DataFrame) -> pl.Series:
    """Find the areas of those whose setting was not known before."""
    near = pl.coalesce("area", "up_area").alias("area")
    first = _own(work, rows.with_columns(near))
    above = _own_by_name(work, rows.with_columns(pl.col("up_area").alias("area")))
    return rows.select(pl.coalesce("own", first.alias("near"), above)).to_series()


def _silent(claims: pl.DataFrame) -> pl.Series:
    """Mark the rows of sheets without a column for it, whose setting is not known."""
    lacking = pl.col("open").fill_null(value=False) & pl.col("setting").is_null()
    return claims.select(lacking.alias("silent")).to_series()


def _put(
    claims: pl.DataFrame, name: str, rows: pl.Series, values: pl.Series
) -> pl.DataFrame:
    """Put values into the marked rows of a column."""
    if not values.len():
        return claims
    column = claims[name].cast(pl.String).scatter(rows.arg_true(), values)
    return claims.with_columns(column.cast(claims.schema[name]))


def _levels(work: Work, rows: pl.DataFrame, *, within: pl.Series) -> pl.Series:
    """Find the areas that bear the names of organizations, and tell their settings.

    Of a city, district or street its whole name must be there, or its office's if it is
    a committee: 甲街道办事处党支部 is a branch of the office.
    """
    asked = rows.select(
        pl.col("stem").alias("key"),
        within.alias("up"),
        pl.lit(list(OF_LEVEL)).alias("levels"),
    )
    found = work.atlas.find(asked)["found"]
    areas = work.atlas.areas.select(pl.col("id").alias("found"), "name", "level")
    named = found.to_frame().join(areas, on="found", how="left", maintain_order="left")
    keys = area_keys(named["name"])
    frame = rows.select("stem", "said").with_columns(
        named["level"],
        keys["key"].alias("of_area"),
        keys["plain"].alias("plain_area"),
        area_keys(rows["stem"])["plain"].alias("plain"),
    )
    whole = pl.col("stem").str.ends_with(pl.col("of_area"))
    plainly = pl.col("plain").str.ends_with(pl.col("plain_area"))
    leads = pl.col("said").is_in(LEADING) | ~pl.col("level").is_in(OFFICES)
    setting = pl.col("level").replace_strict(
        OF_LEVEL, default=None, return_dtype=pl.String
    )
    return frame.select(pl.when(whole | (plainly & leads)).then(setting)).to_series()


def _below_superiors(work: Work, known: pl.DataFrame) -> pl.DataFrame:
    """Add superiors and their areas, which tell areas of one name apart."""
    above = work.slot(ROSTER, "superior").rename({"id": "up_root"})
    above = above.unique("at", keep="first", maintain_order=True)
    known = known.drop("up_root", strict=False).join(
        above, on="at", how="left", maintain_order="left"
    )
    areas = (
        known.filter(pl.col("at").is_not_null())
        .group_by("root", maintain_order=True)
        .agg(pl.coalesce("own", "area").drop_nulls().first().alias("up_area"))
    )
    known = known.join(
        areas.rename({"root": "up_root"}),
        on="up_root",
        how="left",
        maintain_order="left",
    )
    nowhere = pl.col("own").is_null() & pl.col("area").is_null()
    lost = known.select(nowhere & pl.col("up_area").is_not_null()).to_series()
    rows = known.filter(lost).with_columns(pl.col("up_area").alias("area"))
    return _put(known, "own", lost, _own_by_name(work, rows))


def _as_stated(known: pl.DataFrame) -> pl.DataFrame:
    """Take what another sheet states of an organization."""
    states = ~pl.col("open").fill_null(value=True) & ~pl.col("dead")
    stated = pl.when(states).then("setting").drop_nulls().first().over("root")
    silent = pl.col("open").fill_null(value=False)
    chosen = pl.coalesce(pl.when(silent).then(stated), "setting")
    return known.with_columns(chosen.alias("setting"))


def _told(work: Work, known: pl.DataFrame) -> pl.DataFrame:
    """Fill in settings, the surest first, and mark where they came from.

    `by_name` are those whose name an area bears or which were guessed; `guessed` the
    latter. In the bodies of areas sit organizations of smaller areas too: there the
    name comes before the unit. Units of one joint branch that differ come after it.
    """
    known = _with_levels_above(work, known)
    facts = _of_units(work, known.filter(_silent(known)))
    known = known.join(facts, on="root", how="left", maintain_order="left")
    name, unit = _by_name(), pl.col("unit")
    known = _guess(known, pl.when(pl.col("body") & (name != unit)).then(name))
    known = _fill(known, pl.when("agree").then(unit))
    known = _inherited(known, OF_UNITS)
    known = _guess(known, pl.coalesce(name, unit))
    return _inherited(known, (*OF_UNITS, "park", "building")).drop(facts.columns[1:])


def _with_levels_above(work: Work, known: pl.DataFrame) -> pl.DataFrame:
    """Take the level of an area of that name where the superior stands."""
    silent = _silent(known)
    rows = known.filter(silent)
    near = _levels(work, rows, within=rows["up_area"])
    told = _put(known, "setting", silent, near)
    named = silent & told["setting"].is_not_null()
    return told.with_columns(guessed=pl.lit(value=False), by_name=named)


def _fill(known: pl.DataFrame, told: pl.Expr) -> pl.DataFrame:
    """Put settings into the rows without one."""
    silent = _silent(known)
    values = known.filter(silent).select(told.alias("told")).to_series()
    return _put(known, "setting", silent, values)


def _guess(known: pl.DataFrame, told: pl.Expr) -> pl.DataFrame:
    """Put settings that are guesses into the rows without one, and mark them."""
    filled = _fill(known, told)
    new = filled.select(
        known["setting"].is_null() & pl.col("setting").is_not_null()
    ).to_series()
    return filled.with_columns(pl.col("guessed") | new, pl.col("by_name") | new)


def _of_units(work: Work, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what the units of organizations tell: the cell of a row before the unit.

    One row an organization: `root`; `unit`, the setting that the first of its units
    tells; `agree`, whether the others tell it too; `body`, whether the first is a body
    of an area.
    """
    slots = [work.slot(ROSTER, slot) for slot in ("host", "joint")]
    hosts = pl.concat(slots).join(
        _unit_kinds(work), on="id", maintain_order="left_right"
    )
    of_rows = rows.select("at", "root").join(
        hosts, on="at", maintain_order="left_right"
    )
    several = of_rows.filter(pl.len().over("at") > 1)  # one cell tells less than these
    cells = rows.select("at", "root", pl.col("host_kind").alias("kind")).drop_nulls()
    cells = cells.join(several, on="at", how="anti")
    of_rows = of_rows.join(cells, on="at", how="anti").select(cells.columns)
    said = pl.concat([cells, of_rows])
    lacking = rows.select("root").join(said, on="root", how="anti").unique()
    said = pl.concat([said, _by_others(work, lacking)]).sort("at", maintain_order=True)
    unit = pl.col("kind").replace_strict(OF_KIND, default=None, return_dtype=pl.String)
    body = pl.col("kind").is_in(BODIES)
    told = said.with_columns(unit.alias("unit"), body.alias("body")).drop_nulls("unit")
    return told.group_by("root", maintain_order=True).agg(
        pl.col("unit", "body").first(), (pl.col("unit").n_unique() == 1).alias("agree")
    )


def _unit_kinds(work: Work) -> pl.DataFrame:
    units = work.nodes.get("Unit")
    if units is None:
        return pl.DataFrame(schema={"id": pl.String, "kind": pl.String})
    return units.select("id", pl.col("kind").cast(pl.String))


def _by_others(work: Work, lacking: pl.DataFrame) -> pl.DataFrame:
    """Return the kinds of the units whose own rows name these organizations."""
    parts = [
        pl.DataFrame(schema={"at": pl.Int64, "root": pl.String, "kind": pl.String})
    ]
    for layout, thing, table in work.things():
        subject = layout.subject
        units = subject is not None and subject.kinds == ("Unit",)
        if not units or thing.slot != "party" or not lacking.height:
            continue
        said = mentions(work, thing, table)
        found = looked_up(work, (KIND,), said).select("m", pl.col("id").alias("root"))
        kind = table.select("at", pl.col("unit.kind").cast(pl.String).alias("kind"))
        named = (
            said.join(found, on="m").join(kind, on="at").select("at", "root", "kind")
        )
        parts.append(named.drop_nulls().join(lacking, on="root", how="semi"))
    return pl.concat(parts)


def _by_name() -> pl.Expr:
    """Tell the setting by the end of a name, where the form fits too."""
    setting = pl.lit(None, pl.String)
    for ending in reversed(ENDINGS):
        fits = pl.col("stem").str.contains(ending.shape)
        if ending.forms:
            fits &= pl.col("said").is_in(ending.forms)
        if ending.other:
            fits &= ~pl.col("stem").str.contains(ending.other)
        setting = pl.when(fits).then(pl.lit(ending.setting)).otherwise(setting)
    return setting


def _inherited(known: pl.DataFrame, settings: tuple[str, ...]) -> pl.DataFrame:
    """Take the setting of the superior where it is one of these, step by step down."""
    for _ in range(DEEPEST):
        silent = _silent(known)
        above = known.filter(pl.col("setting").cast(pl.String).is_in(settings))
        facts = above.group_by("root", maintain_order=True).agg(
            pl.col("setting").first().cast(pl.String).alias("told")
        )
        rows = known.filter(silent).select(pl.col("up_root").alias("root"))
        told = rows.join(facts, on="root", how="left", maintain_order="left")["told"]
        if told.null_count() == told.len():
            break
        known = _put(known, "setting", silent, told)
    return known


def _note_guesses(work: Work, known: pl.DataFrame) -> None:
    """Note the guesses of each sheet."""
    guesses = work.ledger.live(known.filter("guessed")).sort("at")
    starts = pl.Series(work.ledger.starts)
    pages = starts.search_sorted(guesses["at"], side="right").alias("page")
    once = guesses.with_columns(pages).unique(["page", "root"], maintain_order=True)
    spoken = {m.value: m.zh for m in Setting}
    for _, rows in once.group_by("page", maintain_order=True):
        told = rows.select("name", pl.col("setting").cast(pl.String)).head(NAMED).rows()
        shown = [(shown_value(name, None), setting) for name, setting in told]
        words = {
            "detail": ", ".join(f"{name}: {setting}" for name, setting in shown),
            "detail_zh": "、".join(f"{name}（{spoken[s]}）" for name, s in shown),
        }
        page = work.ledger.page(rows["at"][0])
        heading = work.ledger.heading(rows["at"][0], "party.name")
        work.ledger.add_sheet(
            GUESSED_SETTING, page, column=heading, value=rows.height, **words
        )


def with_own_areas(work: Work, claims: pl.DataFrame) -> pl.DataFrame:
    """Find the area that each organization of an area is the organization of."""
    own = _own(work, claims.with_columns(by_name=pl.lit(value=False)))
    claims = claims.with_columns(own)
    return claims.with_columns(pl.coalesce("area", "own").alias("area"))


def _own(work: Work, claims: pl.DataFrame) -> pl.Series:
    """Find the area whose organization each organization of an area is.

    It is the area its row names as its unit, else the one its row stands in, if that is
    of its level and its name did not tell that, else the one whose name its own is.
    """
    hosts = work.slot(ROSTER, "host").filter(pl.col("id").str.starts_with("area:"))
    hosts = hosts.unique("at", keep="first", maintain_order=True)
    rows = claims.select(
        "at", "stem", "area", "by_name", pl.col("setting").cast(pl.String)
    ).join(hosts.rename({"id": "host_id"}), on="at", how="left", maintain_order="left")
    rows = rows.with_columns(work.atlas.level_of(rows["host_id"]).alias("host_level"))
    fits: pl.Expr = pl.lit(value=False)
    within: pl.Expr = pl.lit(None, pl.String)
    for setting, own_levels in OWN_LEVEL.items():
        of = pl.col("setting") == setting
        fits = fits | (of & pl.col("host_level").is_in(own_levels))
        if setting in WHERE_ROWS_STAND:
            here = work.atlas.within(rows["area"], setting)
            within = pl.when(of).then(here.alias("here")).otherwise(within)
    compound = (pl.col("setting") == "compound") & (
        work.atlas.level_of(rows["area"]).alias("level") == "compound"
    )
    within = pl.when(compound).then("area").otherwise(within)
    named = _own_by_name(work, rows)
    own = pl.coalesce(
        pl.when(fits).then("host_id"), pl.when(~pl.col("by_name")).then(within), named
    )
    return rows.select(own.alias("own")).to_series()


def _own_by_name(work: Work, rows: pl.DataFrame) -> pl.Series:
    levels = (
        pl.col("setting")
        .cast(pl.String)
        .replace_strict(OWN_LEVEL, default=[], return_dtype=pl.List(pl.String))
    )
    found = work.atlas.find(
        rows.select(
            pl.col("stem").alias("key"),
            pl.col("area").alias("up"),
            levels.alias("levels"),
        )
    )
    return found["found"].alias("named")
