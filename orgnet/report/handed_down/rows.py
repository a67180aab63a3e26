"""The rows of the forms that are handed down, from the answers to three questions."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from orgnet.index import NONE
from orgnet.integration.demand import Lack
from orgnet.report.handed_down.forms import (
    LEVELS,
    NEEDS,
    OTHERS,
    PAIRS,
    RESIDENTS,
    Field,
    Form,
)
from orgnet.report.handed_down.handing import AREA, WAYS, Handing, taken, where
from orgnet.rosters.declare import HANDED_DOWN
from orgnet.schema.vocabulary import Vocabulary
from orgnet.words import GapClass, GapState, Remedy, reason_in_words

MAKES: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    # what a yes makes with the organization of the unit's area
    "reported_instructor": (
        "COVERS",
        {"basis": "work", "mode": "instructor", "reported": True},
    ),
    "reported_agreement": (
        "PARTNERS_WITH",
        {"mechanism": "agreement", "basis": "reported"},
    ),
}


def in_chinese(values: pl.Series, words: Iterable[Vocabulary]) -> pl.Series:
    """Return the Chinese words of codes."""
    said = {w.value: w.zh for w in words}
    return values.cast(pl.String).replace_strict(
        said, default=None, return_dtype=pl.String
    )


def _yes_no(values: pl.Series) -> pl.Series:
    said = pl.when(values).then(pl.lit("是")).when(~values).then(pl.lit("否"))
    return pl.select(said.alias(values.name)).to_series()


def rows_of(handing: Handing) -> dict[Form, pl.DataFrame]:
    """Return the rows of each form.

    Returns
    -------
    dict
        One frame a form, a column a heading, and `_area`: the number of the area in
        whose workbook a row stands, null if it stands in none. In the order in which
        they are written.
    """
    units = _gap_rows(handing)
    resident = pl.col("_resident")
    return {
        RESIDENTS: _shown(handing, RESIDENTS, units.filter(resident)),
        OTHERS: _shown(handing, OTHERS, units.filter(~resident)),
        PAIRS: _shown(handing, PAIRS, _pair_rows(handing)),
        NEEDS: _shown(handing, NEEDS, _need_rows(handing)),
    }


def _shown(handing: Handing, form: Form, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a form as they are written, truth values in words."""
    shown = [
        _in_words(handing, form, field, rows[field.heading])
        for field in form.fields
        if field.heading in rows.columns
    ]
    return pl.DataFrame([*shown, rows[AREA]])


def _in_words(
    handing: Handing, form: Form, field: Field, values: pl.Series
) -> pl.Series:
    if values.dtype == pl.Boolean:
        return _yes_no(values)
    column = form.column(field, handing.net.schema) if field.target else None
    if column is None or column.vocabulary is None or values.dtype != pl.Enum:
        return values
    return in_chinese(values, column.vocabulary)


def _gap_rows(handing: Handing) -> pl.DataFrame:
    """Return one row a unit with a gap, or perhaps one: what is known of it."""
    gaps = _by_unit(handing)
    places = handing.places(gaps["id"])
    rows = gaps.join(_attributes(handing), on="id", how="left", maintain_order="left")
    rows = rows.with_columns(
        *handing.located(places),
        _codes(handing, places),
        places.alias("_place"),
        pl.col("_resident").fill_null(value=False),
    )
    order = [handing.larger(level, places).alias(f"_{level}") for level in LEVELS]
    return rows.with_columns(order).sort(*(s.name for s in order), "id")


def _by_unit(handing: Handing) -> pl.DataFrame:
    """Put the classes and reasons of each unit into words, in one row."""
    schema = handing.net.schema
    classes = {c.value: c.zh for c in GapClass}
    reasons = {
        r: reason_in_words(r, schema)[1] for r in handing.gaps["reason"].unique()
    }
    open_ = pl.col("state") == GapState.UNDETERMINED.value
    class_ = pl.col("class").replace_strict(classes, return_dtype=pl.String)
    doubt = pl.when(open_).then(pl.lit("（待核实）")).otherwise(pl.lit(""))
    reason = pl.col("reason").replace_strict(reasons, return_dtype=pl.String)
    remedy = in_chinese(handing.gaps["remedy"], Remedy).alias("remedy")
    said = handing.gaps.with_columns(
        remedy,
        open_.alias("open"),
        pl.concat_str(class_, doubt).alias("class"),
        pl.concat_str(class_, pl.lit("："), reason).alias("reason"),
    )
    states = pl.when(pl.col("open").all()).then(pl.lit(GapState.UNDETERMINED.zh))
    return said.group_by("id", maintain_order=True).agg(
        pl.col("class").str.join("、").alias("缺口类别"),
        states.otherwise(pl.lit(GapState.GAP.zh)).alias("缺口判定"),
        pl.col("reason").str.join("；").alias("缺口原因"),
        pl.col("remedy").unique(maintain_order=True).str.join("、").alias("建议措施"),
    )


def _attributes(handing: Handing) -> pl.DataFrame:
    """Return what the network holds of the units, under the headings of the form."""
    units = handing.net.nodes("Unit")
    known = {f.target.removeprefix("unit."): f.heading for f in RESIDENTS.fields}
    named = [
        pl.col(name).alias(heading)
        for name, heading in known.items()
        if name in units.columns
    ]
    answers = [_answered(handing, units, name).alias(known[name]) for name in MAKES]
    resident = pl.col("resident").alias("_resident")
    return units.select("id", resident, *named).with_columns(answers)


def _answered(handing: Handing, units: pl.DataFrame, name: str) -> pl.Series:
    """Return a reported answer, yes only where what it makes is there already.

    A yes that comes back makes a relationship with the organization of the unit's area.
    """
    type_, key = MAKES[name]
    ties = handing.net.ties(type_).filter(pl.col("valid_from").is_null(), **key)
    own = _organizations(handing, units["id"])
    ends = [units["id"], own] if type_ == "PARTNERS_WITH" else [own, units["id"]]
    made = pl.DataFrame(dict(zip(("from", "to"), ends, strict=True))).join(
        ties.select("from", "to", held=pl.lit(value=True)),
        on=["from", "to"],
        how="left",
        maintain_order="left",
    )
    said = units[name]
    return where(~said | made["held"].fill_null(value=False), said)


def _organizations(handing: Handing, units: pl.Series) -> pl.Series:
    """Return the organizations of the communities of units, or else of their streets.

    Readers know no day: whatever the network holds counts.
    """
    index = handing.net.index()
    places = taken(index.place, handing.numbers(units))
    levels = ("community", "street")
    larger = [taken(index.ancestor(n), places).alias(n) for n in levels]
    area = pl.DataFrame(larger).select(pl.coalesce(levels)).to_series()
    own = taken(index.area_organization, area)
    return index.id_of(own.fill_null(NONE).to_numpy())


def _codes(handing: Handing, places: pl.Series) -> pl.Series:
    """Return the codes of the places of units that stand in an area with a code."""
    return handing.index.column("Area", "code").gather(places).alias("区划代码")


def _pair_rows(handing: Handing) -> pl.DataFrame:
    """Return one row a direction in which nobody has answered yet."""
    parts = [
        handing.pairs.filter(pl.col(f"{way}_state") == "missing").select(
            "round",
            "area_organization",
            "unit",
            pl.lit(said).alias("考评方向"),
            pl.col(f"{way}_scale").alias("满分"),
        )
        for way, said in WAYS.items()
    ]
    rows = pl.concat(parts).sort("round", "area_organization", "unit", "考评方向")
    named = {"街道社区党组织": "area_organization", "单位名称": "unit"}
    return rows.with_columns(
        *(handing.names(rows[of]).alias(heading) for heading, of in named.items()),
        *handing.located(handing.places(rows["unit"])),
    ).rename(
        {
            "round": "考评周期",
            "unit": HANDED_DOWN,
            "area_organization": f"{HANDED_DOWN}（党组织）",
        }
    )


def _need_rows(handing: Handing) -> pl.DataFrame:
    """Return one row an open need that no path leads from."""
    asked = handing.needs.select("need", "area", "reason", "resource", "owner")
    needs = handing.net.nodes("Need").select(
        pl.col("id").alias("need"),
        *(pl.col(name).alias(heading) for name, heading in _of_needs().items()),
    )
    rows = asked.join(needs, on="need", how="left", maintain_order="left")
    own = taken(handing.index.location, handing.numbers(rows["need"]))
    area = handing.larger(handing.split, handing.numbers(rows["area"]))
    return rows.join(
        _raisers(handing), on="need", how="left", maintain_order="left"
    ).select(
        pl.exclude(asked.columns),
        pl.col("need").alias(HANDED_DOWN),
        handing.paths.gather(own).alias("所在区域"),
        in_chinese(rows["reason"], Lack).alias("未满足原因"),
        handing.names(rows["resource"]).alias("相关资源"),
        handing.names(rows["owner"]).alias("相关资源单位"),
        area.alias(AREA),
    )


def _of_needs() -> dict[str, str]:
    """Return the attributes of needs that the form shows, with their headings."""
    own = {f.target: f.heading for f in NEEDS.fields if f.target.startswith("need.")}
    return {t.removeprefix("need."): h for t, h in own.items() if t != "need.id"}


def _raisers(handing: Handing) -> pl.DataFrame:
    """Return who raises each need, by name."""
    ties = handing.index.ties("RAISES")
    ends = [handing.index.id_of(ties[end].to_numpy()) for end in ("tail", "head")]
    named = pl.DataFrame({"need": ends[1], "由谁提出": handing.names(ends[0])})
    return named.group_by("need", maintain_order=True).agg(
        pl.col("由谁提出").drop_nulls().str.join("、")
    )
