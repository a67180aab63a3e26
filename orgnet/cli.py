"""The command line: demo, template, check, build, query, cypher, questions; Neo4j.

What was asked for goes to standard output, everything else to standard error, and
progress is shown to a terminal only. Exit codes: 0 done; 1 rows were rejected or files
refused (`check`, `build`), or no server runs (`neo4j status`); 2 the command was wrong,
or the error is orgnet's and says what to type next.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from enum import StrEnum
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import polars as pl
import typer
from pydantic import ValidationError
from rich.table import Table

import orgnet
from orgnet.cli_neo4j import HERE, THERE, Name, Uri, connected, network_named
from orgnet.cli_neo4j import add_to as add_neo4j_to
from orgnet.errors import OrgnetError, UnknownNameError, some
from orgnet.faults import Effect, Faults
from orgnet.network import Network
from orgnet.query import Ask, Question, Result, Source, catalogue
from orgnet.rules import Rules
from orgnet.terminal import err, out, say, working

if TYPE_CHECKING:
    from orgnet.rosters import RosterFaults

REJECTED = 1  # exit code of check and build when something was left out
SHOWN = 40  # rows that a table on screen shows
WIDEST = 60  # characters of a rule's value that are shown

app = typer.Typer(
    help="A city's organizations as one graph 城市组织网络: "
    "who is not covered, who did not answer, who can help whom.",
    no_args_is_help=True,
    add_completion=False,
)


class Engine(StrEnum):
    """What answers a question."""

    MEMORY = "memory"
    NEO4J = "neo4j"


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="folder to write 输出文件夹")] = Path(
        "demo"
    ),
    scale: Annotated[float, typer.Option(help="1 is the whole city")] = 1,
    seed: Annotated[int, typer.Option(help="of the made-up organizations")] = 2019,
) -> None:
    """Build the reference city, read its messy workbooks, ask every question."""
    from orgnet.demo import run

    for line in run(out, scale=scale, seed=seed, working=working):
        say(line)


@app.command()
def template(
    out: Annotated[Path, typer.Option(help="folder to write 输出文件夹")],
) -> None:
    """Write empty rosters with drop-down lists 空白台账模板."""
    for path in orgnet.write_templates(out):
        say(path)


@app.command()
def check(
    rosters: Annotated[Path, typer.Argument(help="folder or workbook of rosters 台账")],
    rejects: Annotated[
        Path | None, typer.Option(help="workbook for the rejected rows 退回表")
    ] = None,
    format: Annotated[Format, typer.Option(help="of the fault list")] = Format.TABLE,  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="file to write")] = None,
) -> None:
    """Say what is wrong with rosters, file by file and row by row 检查台账."""
    _net, faults = _read(rosters)
    _show_faults(faults, format, out)
    _write_rejects(faults, rejects)
    raise typer.Exit(_worst(faults))


@app.command()
def build(
    rosters: Annotated[Path, typer.Argument(help="folder or workbook of rosters 台账")],
    out: Annotated[Path, typer.Option(help="folder of the network 网络文件夹")],
    rejects: Annotated[
        Path | None, typer.Option(help="workbook for the rejected rows 退回表")
    ] = None,
) -> None:
    """Read rosters and save the network they make 读入台账并保存网络."""
    net, faults = _read(rosters)
    net.save(out)
    _write_rejects(faults, rejects)
    say(repr(net))
    say(repr(faults))
    raise typer.Exit(_worst(faults))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def query(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="a question, such as coverage.gaps")],
    network: Annotated[
        str, typer.Argument(help="folder of a network, or chengdu; none with neo4j")
    ] = "",
    *,
    engine: Annotated[
        Engine, typer.Option(help="what answers 由谁回答")
    ] = Engine.MEMORY,
    uri: Uri = HERE,
    database: Name = THERE,
    format: Annotated[Format, typer.Option(help="of the answer")] = Format.TABLE,  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="file to write")] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="a rule, such as min_full_members=5")
    ] = None,
    codes: Annotated[
        bool, typer.Option("--codes", help="csv without names and words 仅代码")
    ] = False,
) -> None:
    """Ask a question: orgnet query coverage.gaps NETWORK --within 510107.

    The question's own parameters follow as --name value (--day 2019-12-31, --by street,
    --need ID): orgnet questions lists them, and the rules. CSV has the columns of the
    workbook: names before ids, Chinese words before codes; JSON has ids and codes.
    """
    ask = _question(name)
    asked = ask.question
    words = list(context.args)
    if network.startswith("--"):  # no network was named: it is the first parameter
        network, words = "", [network, *words]
    _check_named(name, network, engine)
    parameters = _parameters(asked, words)
    if rule:
        parameters["rules"] = _rules(rule)
    with ExitStack() as stack:
        source: Source = (
            stack.enter_context(connected(uri, database))
            if engine is Engine.NEO4J
            else network_named(network)
        )
        with working(f"{name} {asked.title[1]}"):
            answer = ask(source, **parameters)
        _write(answer, format, out, codes=codes)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def cypher(
    context: typer.Context,
    query: Annotated[
        str, typer.Argument(help="a .cypher file, or a text, that only reads 只读查询")
    ],
    *,
    uri: Uri = HERE,
    database: Name = THERE,
    format: Annotated[Format, typer.Option(help="of the answer")] = Format.TABLE,  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="file to write")] = None,
) -> None:
    """Run Cypher in Neo4j: orgnet cypher queries/coverage/gaps.cypher --within 510107.

    Parameters follow as --name value; a query of your own takes those that it names,
    in JSON or as plain words. A file of orgnet's takes what its question takes.
    """
    path = Path(query)
    ask = catalogue().get(f"{path.parent.name}.{path.stem}")
    parameters = _given(context.args, ask.question if ask else None)
    with connected(uri, database) as db, working("Neo4j: asking 查询"):
        rows = db.run(query, parameters)
    if format is Format.TABLE and out is None:
        _print_table(rows)
    else:
        _write_frame(rows, format, out)


@app.command()
def questions() -> None:
    """List the questions that can be asked, their parameters, and the rules."""
    for name, ask in catalogue().items():
        asked = ask.question
        say(f"{name}: {asked.title[1]} {asked.title[0]}")
        say(f"    {' '.join(f'--{p}' for p in asked.parameters if p != 'rules')}")
    say("rules 规则, each as --rule NAME=VALUE:")
    for name, value in Rules().model_dump(mode="json").items():
        shown = json.dumps(value, ensure_ascii=False)
        say(f"    {name}={shown if len(shown) <= WIDEST else '…'}")


@app.command()
def areas(
    network: Annotated[str, typer.Argument(help="folder of a network, or chengdu")],
    level: Annotated[str | None, typer.Option(help="such as district")] = None,
) -> None:
    """List the areas that --within may name 列出区域."""
    shown = ("id", "code", "level", "name")
    _write_frame(network_named(network).areas(level).select(shown), Format.CSV, None)


add_neo4j_to(app)


def _read(rosters: Path) -> tuple[Network, "RosterFaults"]:
    with working(f"reading {rosters} 读取台账"):
        return orgnet.read_rosters(rosters)


def _worst(faults: Faults) -> int:
    lost = [Effect.FILE_REFUSED.value, Effect.ROW_REJECTED.value]
    return REJECTED if faults.frame["effect"].is_in(lost).any() else 0


def _show_faults(faults: "RosterFaults", form: Format, path: Path | None) -> None:
    if form is Format.TABLE and path is None:
        counts = ("rows_in", "accepted", "rejected", "titles", "notes")
        _print_table(faults.report.select("file", "sheet", *counts))
        for fault in faults.frame.head(SHOWN).iter_rows(named=True):
            say(_in_words(fault))
        say(repr(faults))
        return
    _write_frame(faults.frame, form, path)


def _in_words(fault: dict[str, Any]) -> str:
    """Say where a fault is, what is wrong and what to do, in both languages."""
    row = None if fault["row"] is None else f"第{fault['row']}行"
    places = [fault["file"], fault["sheet"], row, fault["column"]]
    where = " · ".join(p for p in places if p)
    zh, en = f"{fault['message_zh']}；{fault['todo_zh']}", fault["message"]
    return f"{where}\n    {zh}\n    {en}; {fault['todo']}"


def _write_rejects(faults: "RosterFaults", path: Path | None) -> None:
    if path is not None:
        from orgnet.rosters import write_rejects

        write_rejects(faults, path)
        err.print(f"{path}: mend the rows and read it again 更正后可再次读入")


def _question(name: str) -> Ask[...]:
    known = catalogue()
    if name in known:
        return known[name]
    msg = f"no question {name!r}; there are: {', '.join(known)}"
    raise UnknownNameError(msg, [name])


def _check_named(question: str, network: str, engine: Engine) -> None:
    """Refuse a network beside Neo4j, which has its own, and none where one is needed.

    Raises
    ------
    OrgnetError
        If the two do not fit.
    """
    if engine is Engine.NEO4J and network:
        msg = (
            f"Neo4j answers of what it holds, not of {network!r}: leave that out, "
            f"orgnet query {question} --engine neo4j; put it there first, "
            f"orgnet push {network}; or ask it here, orgnet query {question} {network}"
        )
        raise OrgnetError(msg, [network])
    if engine is Engine.MEMORY and not network:
        msg = (
            f"no network is named: orgnet query {question} FOLDER, or chengdu; or ask "
            f"what Neo4j holds, orgnet query {question} --engine neo4j"
        )
        raise OrgnetError(msg)


def _parameters(asked: Question, words: list[str]) -> dict[str, Any]:
    """Read `--name value` pairs as the question's parameters, in their types."""
    takes = ", ".join(f"--{p}" for p in asked.parameters if p != "rules")
    if not _paired(words):
        msg = (
            f"{asked.name}: write each parameter as --name value; it takes {takes} "
            "and --rule name=value"
        )
        raise UnknownNameError(msg, words)
    given = _given(words, asked)
    unknown = [n for n in given if n not in asked.parameters or n == "rules"]
    if unknown:
        msg = (
            f"{asked.name}: it has no {some(unknown)}; it takes {takes} "
            "and --rule name=value"
        )
        raise UnknownNameError(msg, unknown)
    return given


def _paired(words: list[str]) -> bool:
    return len(words) % 2 == 0 and all(w.startswith("--") for w in words[::2])


def _given(words: list[str], asked: Question | None) -> dict[str, Any]:
    """Read `--name value` pairs: in the types of a question, else as JSON or words."""
    if not _paired(words):
        msg = f"write each parameter as --name value, not {' '.join(words)!r}"
        raise OrgnetError(msg, words)
    types = signature(asked.body).parameters if asked else {}
    names = [w.removeprefix("--").replace("-", "_") for w in words[::2]]
    return {
        n: _value(n, types[n].annotation, v) if n in types else _plain(v)
        for n, v in zip(names, words[1::2], strict=True)
    }


def _plain(word: str) -> Any:
    """Read a word as JSON, or as what it is."""
    try:
        return json.loads(word)
    except json.JSONDecodeError:
        return word


def _value(name: str, annotation: Any, word: str) -> Any:
    """Read one word from the command line as what a parameter is annotated with."""
    origin = get_origin(annotation)
    arms = (annotation,) if origin is Sequence else get_args(annotation)
    arms = arms or (annotation,)
    if bool in arms:
        told = {"true": True, "false": False}.get(word.lower())
        if told is None:
            msg = f"--{name} takes true or false, not {word!r}"
            raise OrgnetError(msg, [word])
        return told
    if annotation is Source:
        return network_named(word)
    if int in arms:
        try:
            return int(word)
        except ValueError:
            msg = f"--{name} takes a whole number, such as 5, not {word!r}"
            raise OrgnetError(msg, [word]) from None
    if any(get_origin(arm) is Sequence for arm in arms):
        return tuple(word.split(","))  # several words, such as G1,G2
    return word


def _rules(words: list[str]) -> Rules:
    """Read `name=value` rules; values in JSON, or as plain words."""
    pairs = (word.partition("=") for word in words)
    given = {name: _plain(value) for name, _, value in pairs}
    try:
        return Rules(**given)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        msg = f"rules are not accepted: {some(wrong)}; see orgnet.Rules"
        raise OrgnetError(msg, wrong) from None


def _write(answer: Result, form: Format, path: Path | None, *, codes: bool) -> None:
    if form is Format.XLSX:
        answer.to_excel(_needed(path))
        err.print(f"{path}: {len(answer):,} rows 行")
    elif form is Format.CSV and not codes:
        _write_frame(_with_words(answer), form, path)
    elif form is Format.TABLE and path is None:
        for note in answer.notes:
            err.print(" ".join(note))
        _print_table(answer.frame)
    else:
        _write_frame(answer.frame, form, path)


def _with_words(answer: Result) -> pl.DataFrame:
    """Return an answer with names before its ids and Chinese words before its codes."""
    from orgnet.convert.readable import readable

    return pl.DataFrame([c.values.alias(c.name) for c in readable(answer)])


def _needed(path: Path | None) -> Path:
    if path is None:
        msg = "a workbook cannot go to the screen: add --out FILE.xlsx"
        raise OrgnetError(msg)
    return path


def _write_frame(frame: pl.DataFrame, form: Format, path: Path | None) -> None:
    if form is Format.XLSX:
        frame.write_excel(_needed(path), autofit=True, freeze_panes=(1, 0))
        return
    if form is Format.JSON:
        text = json.dumps(frame.to_dicts(), ensure_ascii=False, default=str, indent=1)
    else:
        flat = frame.with_columns(
            pl.col(n).list.join("|") for n, t in frame.schema.items() if t == pl.List
        )
        text = flat.write_csv()
    if path is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    else:
        path.write_text(text, encoding="utf-8-sig" if form is Format.CSV else "utf-8")
        err.print(f"{path}: {frame.height:,} rows 行")


def _print_table(frame: pl.DataFrame) -> None:
    table = Table(*frame.columns)
    for row in frame.head(SHOWN).iter_rows():
        table.add_row(*(_cell(v) for v in row))
    out.print(table)
    more = frame.height - SHOWN
    if more > 0:
        out.print(f"… {more:,} more rows; --format csv gives all 另有{more:,}行")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="say the version")] = False,
) -> None:
    """Say the version, if that is all that is asked."""
    if version:
        say(f"orgnet {orgnet.__version__}")
    elif context.invoked_subcommand is None:
        say(context.get_help())


def run() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(main())


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code: Mapping[str, int] | int | None = app(arguments, standalone_mode=False)
    except (OrgnetError, OSError) as error:
        err.print(f"{type(error).__name__}: {error}", style="red", highlight=False)
        return 2
    except typer.Abort:
        return 2
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")):
            error.show()  # type: ignore[attr-defined]
            return 2
        raise
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    run()
