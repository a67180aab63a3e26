"""The colours of kinds and relationship types, in Neo4j Browser and in the picture.

They are told apart by eyes that see no red or no green too, and every name is written
beside its colour.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Group(NamedTuple):
    """Relationship types that share a colour.

    Parameters
    ----------
    en, zh
        What they are about.
    colour
        Dark enough for text on white.
    types
        The types.
    """

    en: str
    zh: str
    colour: str
    types: tuple[str, ...]


GROUPS: Final = (
    Group(
        "structure",
        "组织与区划",
        "#4A5260",
        (
            "PART_OF",
            "LOCATED_IN",
            "SUBORDINATE_TO",
            "HOSTED_BY",
            "SUPERVISED_BY",
            "OVERLAPS",
            "SUCCEEDED_BY",
        ),
    ),
    Group("coverage", "覆盖", "#0067A3", ("COVERS", "HOLDS_SEAT_ON", "PARTNERS_WITH")),
    Group("evaluation", "考评", "#B84A00", ("EVALUATES",)),
    Group(
        "resources and needs",
        "资源与需求",
        "#007A58",
        ("OFFERS", "RAISES", "MATCHED_TO", "SERVES"),
    ),
    Group(
        "duties and means",
        "权责与保障",
        "#A03D78",
        (
            "DISPATCHES",
            "DEPLOYS_TO",
            "CONTACTS",
            "HOLDS_POWER_OVER",
            "ESCALATES_TO",
            "FUNDS",
            "COORDINATES",
            "OPERATES",
            "IMPLEMENTS",
        ),
    ),
)
KINDS: Final = {  # colour, and diameter in Neo4j Browser
    "Area": ("#F0E442", 80),
    "Document": ("#A3A8AE", 45),
    "Need": ("#E69F00", 50),
    "PartyOrganization": ("#C04F00", 65),
    "Project": ("#CC79A7", 50),
    "Resource": ("#1AA67E", 50),
    "Site": ("#7CC4EE", 45),
    "Unit": ("#0072B2", 55),
}
ROLES: Final[Mapping[str, Mapping[str, str]]] = {  # what a role changes
    "GridBranch": {"color": "#F4B183", "diameter": "45px"},
    "SocialOrganization": {"color": "#9DC8E6"},
    "ResidentUnit": {"border-color": "#14202B", "border-width": "5px"},  # with both
}
INK: Final = "#14202B"
PAPER: Final = "#FFFFFF"
KNEE: Final = 0.04045  # of the curve of sRGB, straight below it


def of_type(type_: str) -> str:
    """Return the colour of a relationship type."""
    return next(g.colour for g in GROUPS if type_ in g.types)


def text_on(colour: str) -> str:
    """Return in what colour a text stands out from another, dark or light.

    Parameters
    ----------
    colour
        Such as "#0072B2".

    Examples
    --------
    >>> text_on("#F0E442"), text_on("#0072B2")
    ('#14202B', '#FFFFFF')
    """
    return max((INK, PAPER), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart in lightness, from 1 to 21, as WCAG has it.

    Parameters
    ----------
    one, other
        Such as "#0072B2".
    """
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (((p + 0.055) / 1.055) ** 2.4 if p > KNEE else p / 12.92 for p in parts)
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def darker(colour: str) -> str:
    """Return a colour a quarter darker, for the rim of what has it.

    Parameters
    ----------
    colour
        Such as "#0072B2".
    """
    parts = (int(colour[i : i + 2], 16) * 3 // 4 for i in (1, 3, 5))
    return "#" + "".join(f"{p:02X}" for p in parts)
