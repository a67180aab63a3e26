"""What may go wrong with a server, in words that say what to type next.

The driver's own messages name the server's address; these never do, nor a password, so
the driver's error is not chained to ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from orgnet.errors import OrgnetError

UNREACHABLE: Final = (
    "no Neo4j answers at the address that was given, or none any more. Start one with "
    "`orgnet neo4j start`, or look at the address: Aura, and every server that "
    "encrypts, wants neo4j+s:// or bolt+s://, and a server on this computer bolt://"
)
TOO_LONG: Final = (
    "the query took longer than it may. Ask within a smaller area, or give it more "
    "time: connect(..., timeout=seconds)"
)
LOCKED: Final = (
    "somebody else was writing the same for longer than this may take. Do it again "
    "when they are done, or wait longer: connect(..., timeout=seconds)"
)
FAILURES: Final = {  # by the driver's class, the narrower before the wider in its line
    "IncompleteCommit": (
        "the connection broke while the server was committing, so that nobody can say "
        "whether it did. Do the same again: push and sync find out, and go on there"
    ),
    "ServiceUnavailable": UNREACHABLE,
    "SessionExpired": UNREACHABLE,
    "AuthError": (
        "the server does not know this name and password: connect(uri, auth=(name, "
        "password)), or set NEO4J_USERNAME and NEO4J_PASSWORD"
    ),
    "CertificateConfigurationError": (
        "the certificates that were given cannot be read: give connect(..., "
        "trusted_certificates=neo4j.TrustCustomCAs(path)) a path that exists"
    ),
    "UnsupportedServerProduct": UNREACHABLE,
    "ConfigurationError": "the driver does not take this: {why}",
}
REFUSALS: Final = {  # by the server's code
    "Database.DatabaseNotFound": (
        "the server has no database {database}: name one that it has, connect(..., "
        "database='neo4j'). SHOW DATABASES lists them; the Community edition has one"
    ),
    "General.MemoryPoolOutOfMemoryError": (
        "the server had too little memory for one transaction. Send less at a time, "
        "push(net, batch=2_000), or raise db.memory.transaction.max in neo4j.conf"
    ),
    "Security.AuthenticationRateLimit": (
        "the server refuses this user for a few seconds, since too many passwords were "
        "wrong. Wait, then connect with the right one"
    ),
    "Security.CredentialsExpired": (
        "the first password must be changed before anything else: run ALTER CURRENT "
        "USER SET PASSWORD FROM 'old' TO 'new' against the database system"
    ),
    "Transaction.LockAcquisitionTimeout": LOCKED,
    "Transaction.LockClientStopped": LOCKED,
    "Transaction.TransactionTimedOut": TOO_LONG,
    "Transaction.TransactionTimedOutClientConfiguration": TOO_LONG,
}


class DatabaseError(OrgnetError):
    """A database was not reached, refused what was asked, or holds something else."""


@contextmanager
def in_our_words(database: str = "") -> Iterator[None]:
    """Turn what the driver raises into a :class:`DatabaseError`, where there is one.

    A mistake in a query stays as it is: the server's words about it are the best.

    Parameters
    ----------
    database
        The database that was asked.
    """
    from neo4j.exceptions import DriverError, Neo4jError  # needs the driver

    try:
        yield
    except (DriverError, Neo4jError) as error:
        words = _words(error, database)
        if words is None:
            raise
        raise DatabaseError(words, [type(error).__name__]) from None


def _words(error: Exception, database: str) -> str | None:
    """Return our words for what the driver raised; null if its own are better."""
    code = str(getattr(error, "code", "")).partition(".")[2].partition(".")[2]
    if code in REFUSALS:
        return REFUSALS[code].format(database=repr(database))
    names = [c.__name__ for c in type(error).__mro__]
    words = next((FAILURES[name] for name in names if name in FAILURES), None)
    return words.format(why=error) if words else None
