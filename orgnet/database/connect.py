"""Open a Neo4j database."""

from neo4j import GraphDatabase

from orgnet.database.database import Database


def connect(
    uri: str, auth: tuple[str, str] | None = None, *, database: str = "neo4j"
) -> Database:
    """Open a Neo4j database."""
    driver = GraphDatabase.driver(uri, auth=auth)
    driver.verify_connectivity()
    return Database(driver, database)
