"""The commands of Neo4j: a server of one's own, push, sync, pull, clear, export."""

from pathlib import Path
from shlex import quote
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

import orgnet
from orgnet.network import Network
from orgnet.terminal import say, working

if TYPE_CHECKING:
    from orgnet.database.database import Database

NOT_RUNNING = 1  # exit code of neo4j status when there is none

Home = Annotated[Path | None, typer.Option(help="folder of its data 数据文件夹")]
Named = Annotated[str, typer.Argument(help="folder of a network, or chengdu")]
Uri = Annotated[str, typer.Option(envvar="NEO4J_URI", help="of the server 服务器地址")]
Name = Annotated[
    str, typer.Option(envvar="NEO4J_DATABASE", help="on the server 数据库名")
]
HERE = "bolt://localhost:7687"
THERE = "neo4j"

server = typer.Typer(
    help="A Neo4j server of your own, with Java and Maven alone 自备Neo4j服务器.",
    no_args_is_help=True,
)
exports = typer.Typer(
    help="Write a network in another form 导出.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Give a command line these commands."""
    app.add_typer(server, name="neo4j")
    app.add_typer(exports, name="export")
    for command in (push, sync, pull, clear):
        app.command()(command)


def network_named(name: str) -> Network:
    """Return the network that the command line names."""
    return orgnet.chengdu() if name == "chengdu" else orgnet.load(name)


def connected(uri: str, database: str) -> "Database":
    """Open the database that the command line names, with the environment's user."""
    return orgnet.connect(uri, database=database)


def push(network: Named, uri: Uri = HERE, database: Name = THERE) -> None:
    """Put a network into Neo4j; begun again, it goes on where it stopped 入库.

    Name and password come from NEO4J_USERNAME and NEO4J_PASSWORD.
    """
    net = network_named(network)
    with connected(uri, database) as db:
        say(db.push(net))


def sync(
    network: Named,
    uri: Uri = HERE,
    database: Name = THERE,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what would change 只预览")
    ] = False,
    deletes: Annotated[
        float, typer.Option(help="what may be deleted: a share, or a number 删除上限")
    ] = 0.1,
) -> None:
    """Make Neo4j hold this network, writing only what differs 同步."""
    net = network_named(network)
    with connected(uri, database) as db, working("Neo4j: comparing 比对"):
        say(repr(db.sync(net, dry_run=dry_run, deletes=deletes)))


def pull(
    out: Annotated[Path, typer.Option(help="folder of the network 网络文件夹")],
    uri: Uri = HERE,
    database: Name = THERE,
    within: Annotated[
        str | None, typer.Option(help="an area: id, code or name 区域")
    ] = None,
) -> None:
    """Save what Neo4j holds as a network folder 取回并保存."""
    with connected(uri, database) as db, working("Neo4j: reading 读取"):
        net = db.pull(within=within)
    net.save(out)
    say(repr(net))


def clear(
    uri: Uri = HERE,
    database: Name = THERE,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="without asking 不再询问")] = False,
) -> None:
    """Take the network out of Neo4j, and leave what is not orgnet's 清除."""
    with connected(uri, database) as db:
        if not yes:
            typer.confirm("delete the network that is there? 确认删除？", abort=True)
        say(db.clear())


@exports.command("neo4j-admin")
def export_neo4j_admin(
    network: Named,
    out: Annotated[Path, typer.Option(help="folder to write 输出文件夹")],
) -> None:
    """Write files that `neo4j-admin database import full` takes 批量导入文件."""
    from orgnet.database.bulk import SCRIPT, export

    with working("writing 写出"):
        export(network_named(network), out)
    say(f"type next 请接着输入: sh {quote(str(out / SCRIPT))} neo4j")


@server.command("start")
def start_neo4j(
    home: Home = None,
    release: Annotated[
        str | None, typer.Option(help="of Neo4j, such as 5.26.31 版本")
    ] = None,
    port: Annotated[int | None, typer.Option(help="7687 if it is free 端口")] = None,
) -> None:
    """Start the server, on this machine alone, with a password 启动.

    Maven fetches Neo4j Community once, some 125 MB; a start takes about 15 s. The data
    are kept from one start to the next.
    """
    with working("Neo4j: fetched once, then started 首次下载，然后启动"):
        state = _service().start(home, version=release, port=port)
    say(f"Neo4j {state.version}: {state.uri} 已启动")
    say("type next 请接着输入:")
    say(f"export NEO4J_URI={state.uri} NEO4J_USERNAME={state.user}")
    say(f"export NEO4J_PASSWORD=$(cat {quote(str(state.password_file))})")


@server.command("stop")
def stop_neo4j(home: Home = None) -> None:
    """Stop the server; its data stay 停止."""
    with working("Neo4j stops 正在停止"):
        ran = _service().stop(home)
    say("Neo4j stopped 已停止" if ran else "no Neo4j of orgnet's ran 未在运行")


@server.command("status")
def status_of_neo4j(home: Home = None) -> None:
    """Say whether the server runs, and where: exit code 1 if it does not 状态."""
    state = _service().running(home)
    if state is None:
        say("no Neo4j of orgnet's runs 未在运行: orgnet neo4j start")
        raise typer.Exit(NOT_RUNNING)
    say(f"Neo4j {state.version}: {state.uri} 运行中, process {state.pid}")
    say(f"data 数据: {state.home}; password 密码: {state.password_file}")


def _service() -> ModuleType:
    """Load what starts servers, which needs the optional part with the driver."""
    from orgnet.database import service

    return service
