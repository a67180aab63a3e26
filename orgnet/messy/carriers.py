"""Rows that carry faults: complete and unlike any other, so that each stands alone.

Nothing in the network refers to them, and what they refer to is there. They say no more
than their fault needs.
"""

from collections.abc import Callable
from datetime import date

from orgnet.messy.sheets import Row
from orgnet.schema.identifiers import make_credit_codes

REGISTRAR = "510199"  # of no district, so that no code of the network is met
FIRST_SERIAL = 10_000_000  # so that a one and a zero stand in each
FOUNDED = date(2016, 3, 15)
FIRST_YEAR = 1981  # of the rounds, one a row, none of them the network's
A_ROSTER = 1_000  # numbers that each roster has for its carriers


def carrier(roster: str, base: Row, number: int) -> Row:
    """Return a new row for a roster.

    Parameters
    ----------
    roster
        The roster.
    base
        A row of the network beside which it stands, and whose places it takes.
    number
        A number that no other carrier has; each roster has a thousand.
    """
    places = ("district", "street", "community", "office")
    kept = {name: base[name] for name in places if name in base}
    return kept | {"id": f"added:{number:05d}"} | _MAKERS[roster](base, number)


def credit_code(prefix: str, number: int) -> str:
    """Return a well-formed credit code that no other carrier has."""
    return str(make_credit_codes(prefix, REGISTRAR, FIRST_SERIAL + number).item())


def _name(number: int) -> str:
    return f"成都补录{number:04d}号"


def _unit(_: Row, number: int) -> Row:
    return {
        "name": _name(number) + "有限公司",
        "uscc": credit_code("91", number),
        "kind": "private_enterprise",
        "status": "active",
        "operating": True,
        "industry": "F51",
        "affiliation_level": "other",
        "employees": 12,
        "members": 2,
        "full_members": 2,
        "reported_party_org": False,
        "has_union": False,
        "has_youth_league": False,
        "address": "补录地址",
    }


def _social(_: Row, number: int) -> Row:
    return {
        "name": _name(number) + "服务中心",
        "uscc": credit_code("52", number),
        "type": "民办非企业单位",
        "kind": "social_organization",
        "line": "service",
        "status": "active",
        "operating": True,
        "employees": 6,
        "members": 1,
        "full_members": 1,
        "reported_party_org": False,
        "has_union": False,
        "has_youth_league": False,
        "address": "补录住所",
    }


def _party(base: Row, number: int) -> Row:
    host = _name(number) + "有限公司"
    return {
        "name": host + "党支部",
        "code": f"BL{number:06d}",
        "form": "branch",
        "setting": "enterprise",
        "membership_basis": "formal",
        "superior": base["superior"],
        "host_state": "法人单位",
        "unit": host,
        "unit_code": credit_code("91", number),
        "unit_kind": "private_enterprise",
        "full_members": 5,
        "members": 6,
        "founded_on": FOUNDED,
        "last_election": date(2019, 4, 2),
        "term_years": 3,
    }


def _grid(base: Row, number: int) -> Row:
    community = base["code"][:12]
    return {
        "name": f"补录第{number:04d}网格",
        "code": f"{community}{500 + number % A_ROSTER}",
        "type": "一般网格",
        "households": 320,
        "population": 800,
        "grid_group": False,
        "members": 9,
        "full_time_staff": 1,
        "part_time_staff": 2,
    }


def _compound(_: Row, number: int) -> Row:
    return {
        "name": f"补录{number:04d}号院",
        "households": 150,
        "population": 400,
        "area_m2": 20_000,  # thirty mu
        "members": 7,
        "step": 1,
        "disputes_resolved": 3,
        "demonstration": False,
    }


def _area(base: Row, number: int) -> Row:
    street = base["code"][:9]
    return {
        "name": f"补录{number:04d}社区",
        "community": None,
        "code": f"{street}{500 + number % A_ROSTER}",
        "level": "community",
        "kind": "社区",
        "parent": base["parent"],
        "urban_rural": "111",
        "households": 900,
        "population": 2_300,
        "area_m2": 1_250_000,
        "demonstration": False,
        "edition": base["edition"],
    }


def _resource(base: Row, number: int) -> Row:
    return {
        "number": f"BLR{number:05d}",
        "owner": base["owner"],
        "kind": "venue",
        "name": f"补录会议室{number:04d}",
        "capacity": 20,
        "capacity_unit": "场次",
        "fee": False,
        "valid_from": date(2019, 1, 1),
        "last_day": date(2020, 12, 31),
        "scope": "本社区",
    }


def _need(base: Row, number: int) -> Row:
    return {
        "number": f"BLN{number:05d}",
        "raiser": base["raiser"],
        "kind": "venue",
        "name": f"补录需要{number:04d}",
        "quantity": 3,
        "quantity_unit": "场次",
        "urgency": 2,
        "raised_on": date(2019, 3, 1),
        "due_on": date(2019, 9, 30),
        "status": "open",
    }


def _project(base: Row, number: int) -> Row:
    return {
        "code": f"BLP{number:05d}",
        "name": f"补录项目{number:04d}",
        "lead": base["lead"],
        "programme": "补录计划",
        "budget_cny": 50_000,
        "starts_on": date(2019, 2, 1),
        "ends_on": date(2019, 11, 30),
        "progress": 0.5,
    }


def _evaluation(base: Row, number: int) -> Row:
    return {
        "round": str(FIRST_YEAR + number % A_ROSTER),
        "evaluator": base["evaluator"],
        "evaluatee": base["evaluatee"],
        "direction": base["direction"],
        "score": 90.0,
        "scale_max": 100.0,
        "grade": "较好",
        "status": "returned",
        "submitted_on": date(2018, 12, 3),
    }


_MAKERS: dict[str, Callable[[Row, int], Row]] = {
    "areas": _area,
    "parties": _party,
    "units": _unit,
    "social": _social,
    "grids": _grid,
    "compounds": _compound,
    "resources": _resource,
    "needs": _need,
    "projects": _project,
    "evaluations": _evaluation,
}
