"""What is not covered, why, and what to do about it: the seven classes of gap."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from orgnet.coverage.classes import CLASSES, Case, Found
from orgnet.coverage.scope import prepared
from orgnet.errors import UnknownNameError, some
from orgnet.network import Network
from orgnet.query import Column, Source, question
from orgnet.rules import RULES, Rules
from orgnet.words import GapClass, GapState, Remedy, explain_gap

GAP_COLUMNS = (
    Column(
        "class",
        pl.String(),
        "缺口类别",
        "class of the gap, G1 to G7",
        vocabulary=GapClass,
    ),
    Column("kind", pl.String(), "对象类别", "label of the subject"),
    Column("id", pl.String(), "对象", "id of the subject", holds_ids=True),
    Column("name", pl.String(), "名称", "name of the subject"),
    Column(
        "area",
        pl.String(),
        "所在社区",
        "id of its community, else of the area it stands in",
        holds_ids=True,
    ),
    Column("state", pl.String(), "判定", "gap or undetermined", vocabulary=GapState),
    Column("reason", pl.String(), "原因", "why it is a gap, or what is not known"),
    Column(
        "evidence",
        pl.List(pl.String()),
        "相关党组织",
        "ids of the organizations looked at, sorted; null if none",
        holds_ids=True,
    ),
    Column("remedy", pl.String(), "建议", "what to do about it", vocabulary=Remedy),
)


def _prepared_gaps(source: Source, given: dict[str, Any]) -> dict[str, Any]:
    """Name each class asked about once, and refuse what is no class."""
    classes = _named_classes(given["classes"])
    return prepared(source, {**given, "classes": classes})


def _named_classes(classes: Sequence[str] | None) -> list[str]:
    """Return the classes of these names, each once; all if none are given."""
    known = [str(c) for c in GapClass]
    if classes is None:
        return known
    given = [classes] if isinstance(classes, str) else list(classes)
    wrong = [c for c in given if c not in known]
    if wrong:
        msg = f"no gap class {some(wrong)}; there are: {', '.join(known)}"
        raise UnknownNameError(msg, wrong)
    return sorted({str(c) for c in given})


@question(
    title=("What is not covered, and why?", "哪些单位、区域和党组织存在覆盖缺口？"),
    columns=GAP_COLUMNS,
    order=("class", "area", "id"),
    explain=explain_gap,
    prepare=_prepared_gaps,
)
def gaps(
    net: Network,
    *,
    within: str | None = None,
    day: date | str | None = None,
    classes: Sequence[str] | None = None,
    rules: Rules = RULES,
) -> pl.DataFrame:
    """List the gaps of coverage: who is not covered, why, and what to do about it.

    A subject may have gaps of several classes. What has none is not listed; where too
    little is known, the state is undetermined and the reason says what is not known.

    Parameters
    ----------
    net
        A network, or a database.
    within
        Id or code of the area whose subjects are listed; everything if none. What
        covers them, or stands above them, may lie outside it.
    day
        The day asked about; whatever the network holds, if none.
    classes
        The classes asked about, such as ``["G1", "G4"]``; all seven if none.
    rules
        What counts as coverage, and where the line is drawn.

    Returns
    -------
    Result
        One row a subject and class, by class, area and id: see `GAP_COLUMNS`.

    Raises
    ------
    UnknownNameError
        If there is no such class.
    UnknownAreaError
        If `within` names no area of that day, or several.

    See Also
    --------
    rates : how many units are covered.
    queries/coverage/gaps.cypher : the same rows from Neo4j.

    References
    ----------
    Party Constitution, article 30 (three full members); Regulations on branch work
    (2018), article 5 (joint branches); 中办发〔2012〕11号 (the two coverages).

    Examples
    --------
    >>> import polars as pl
    >>> from orgnet import Network, coverage
    >>> firm = {"id": ["unit:a"], "name": ["甲公司"], "kind": ["private_enterprise"],
    ...         "operating": [True], "full_members": [5]}
    >>> net, _ = Network.from_frames({"Unit": pl.DataFrame(firm)}, {},
    ...                              complete=["COVERS:Unit"])
    >>> coverage.gaps(net, classes=["G1"]).frame["reason"].to_list()
    ['mandatory']
    """
    asked = list(GapClass) if classes is None else [GapClass(c) for c in classes]
    case = Case(net.index(day), within, rules)
    found = [part for name in asked for part in CLASSES[name][2](case)]
    rows = [_rows(case, part) for part in found]
    empty = pl.DataFrame(schema={c.name: c.dtype for c in GAP_COLUMNS})
    return pl.concat([empty, *rows])


def _rows(case: Case, found: Found) -> pl.DataFrame:
    """Return what is found as rows of the answer."""
    label, remedy, _ = CLASSES[found.class_]
    table = case.net.node_tables[label]
    row = found.numbers - case.net.offsets[label]
    open_ = pl.col("undetermined")
    none = pl.lit(None, pl.List(pl.String))
    return pl.DataFrame(
        {
            "id": table["id"].gather(row),
            "name": table[case.net.schema.kinds[label].caption].gather(row),
            "area": case.index.id_of(case.index.neighbourhood[found.numbers]),
            "undetermined": found.undetermined,
            "reason": found.reasons,
        }
    ).select(
        pl.lit(found.class_.value).alias("class"),
        pl.lit(label).alias("kind"),
        "id",
        "name",
        "area",
        _either(open_, GapState.UNDETERMINED, GapState.GAP).alias("state"),
        "reason",
        (none if found.evidence is None else pl.lit(found.evidence)).alias("evidence"),
        _either(open_, Remedy.ASK, remedy).alias("remedy"),
    )


def _either(condition: pl.Expr, then: str, otherwise: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(str(then))).otherwise(pl.lit(str(otherwise)))
