"""Identifiers: known codes, both check digits, and one answer from both twins."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from orgnet.schema import identifiers as ids
from orgnet.schema.vocabulary import UnitKind

KNOWN = ["91110000600037341L", "91110108551385082Q", "91350100M000100Y43"]

TWINS = [
    (ids.is_credit_code, ids.credit_code_ok),
    (ids.is_organization_code, ids.organization_code_ok),
    (ids.is_area_code, ids.area_code_ok),
    (ids.is_grid_code, ids.grid_code_ok),
    (ids.is_resident_number, ids.resident_number_ok),
]

prefixes = st.sampled_from([a + c for a in "123456789ANY" for c in "123456789"])
digits = st.text("0123456789", min_size=6, max_size=6)
serials = st.integers(0, 99_999_999)


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    """Draw a well-formed credit code, letters in its body included."""
    made = ids.make_credit_codes(draw(prefixes), draw(digits), draw(serials)).item()
    letter = draw(st.sampled_from(ids.CREDIT_ALPHABET))
    place = draw(st.integers(8, 15))
    return complete(made[:place] + letter + made[place + 1 : 16])


def complete(sixteen: str) -> str:
    """Add both check digits by trying them all, on no formula of the module's."""
    for inner in "0123456789X":
        if ids.is_organization_code(sixteen[8:] + inner):
            body = sixteen + inner
            return body + uscc.calc_check_digit(body)
    raise AssertionError(sixteen)


@st.composite
def resident_numbers(draw: st.DrawFn) -> str:
    """Draw a well-formed resident number."""
    born = draw(st.dates(date(1850, 1, 1), date(2099, 12, 31)))
    region = draw(st.sampled_from(["110105", "510107", "440305", "830000"]))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + ric.calc_check_digit(body + "0")


@st.composite
def nearly(draw: st.DrawFn, codes: st.SearchStrategy[str]) -> str:
    """Draw a code with up to two characters replaced, dropped or put in."""
    code = draw(codes)
    spoilers = st.sampled_from("0159AXIOSVZx９Ａ成 -\n\x1c\u200bé²٣")
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(code)))
        code = code[:place] + draw(spoilers) + code[place + draw(st.booleans()) :]
    return code


areas = st.integers(10, 99).flatmap(
    lambda province: st.sampled_from([4, 7, 10, 13]).flatmap(
        lambda n: st.text("0123", min_size=n, max_size=n).map(f"{province}".__add__)
    )
)
texts = st.one_of(
    st.none(),
    st.text(),
    nearly(credit_codes()),
    nearly(credit_codes().map(lambda code: code[8:17])),
    nearly(resident_numbers()),
    nearly(areas),
)


@pytest.mark.parametrize(("one", "many"), TWINS)
@given(column=st.lists(texts, max_size=20))
def test_twins_agree(
    one: Callable[[str], bool],
    many: Callable[[pl.Expr], pl.Expr],
    column: list[str | None],
) -> None:
    """The column's answer is the text's answer, null for null, under its name."""
    frame = pl.DataFrame({"code": column}, schema={"code": pl.String})
    found = frame.select(many(pl.col("code")))
    assert found.schema == {"code": pl.Boolean}
    expected = [None if text is None else one(text) for text in column]
    assert found["code"].to_list() == expected


untidy = st.text("0９ａZ -－—‑\u200b\ufeff\t\n\x1f\u3000ﬁ")


@given(column=st.lists(st.none() | untidy, max_size=9))
def test_normalising_twins_agree(column: list[str | None]) -> None:
    """Both normalise alike, and a second time changes nothing."""
    frame = pl.DataFrame({"code": column}, schema={"code": pl.String})
    found = frame.select(ids.normalised_code(pl.col("code")))["code"].to_list()
    assert found == [None if t is None else ids.normalise_code(t) for t in column]
    assert [t and ids.normalise_code(t) for t in found] == found


@pytest.mark.parametrize("code", KNOWN)
def test_known_credit_codes(code: str) -> None:
    """Codes that were issued, and one with letters inside, pass both checks."""
    assert ids.is_credit_code(code)
    assert ids.is_organization_code(ids.organization_code(code))
    assert uscc.is_valid(code)


@given(code=credit_codes())
def test_credit_codes_agree_with_stdnum(code: str) -> None:
    """python-stdnum agrees wherever it knows the authority (digits only)."""
    assert ids.is_credit_code(code)
    assert uscc.is_valid(code) == code[0].isdigit()


@given(code=nearly(credit_codes()))
def test_no_credit_code_that_stdnum_refuses(code: str) -> None:
    """What passes here passes there, the letters A, N and Y apart."""
    if ids.is_credit_code(code) and code[0].isdigit():
        assert uscc.is_valid(code)


@given(
    code=credit_codes(),
    place=st.integers(0, 17),
    letter=st.sampled_from("0123456789AXY"),
)
def test_one_wrong_character_is_caught(code: str, place: int, letter: str) -> None:
    """A single wrong character never passes."""
    spoilt = code[:place] + letter + code[place + 1 :]
    assert ids.is_credit_code(spoilt) == (spoilt == code)


@given(number=resident_numbers())
def test_resident_numbers(number: str) -> None:
    """Made numbers pass, and so does their old form without century and check."""
    assert ids.is_resident_number(number)
    if number[10:14] != "0229":  # 2000 was a leap year, and 00 is read as 1900
        assert ids.is_old_resident_number(number[:6] + number[8:17])


def resident_number(area: str, born: str, serial: int = 0) -> str:
    """Compute a number with its check character; none is written in this program."""
    body = f"{area}{born}{serial:03}"
    return body + ric.calc_check_digit(body + "0")


def ending_in_x() -> str:
    """Return a number whose check character is X."""
    numbers = (resident_number("519999", "18990101", s) for s in range(99))
    return next(number for number in numbers if number[-1] == "X")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (ending_in_x()[:-1] + "0", "its check character is X"),
        (ending_in_x().lower(), "not normalised"),
        (resident_number("169999", "18990101"), "no such province"),
        (resident_number("519999", "18491231"), "before 1850"),
        (resident_number("519999", "19000229"), "1900 was no leap year"),
        (resident_number("519999", "18991301"), "no thirteenth month"),
    ],
)
def test_wrong_resident_numbers(number: str, why: str) -> None:
    """Province, date and check character must all hold."""
    assert ids.is_resident_number(resident_number("519999", "18990101"))
    assert ids.is_resident_number(ending_in_x())
    assert not ids.is_resident_number(number), why


def test_category_is_not_judged() -> None:
    """Any digit but 0 is taken as category, any authority of the table or A, N, Y."""
    codes = ids.make_credit_codes(["54", "55", "A1", "N2", "Y1", "89"], "510107", 7)
    assert all(ids.is_credit_code(code) for code in codes)
    for prefix in ("01", "90", "B1", "9A"):
        with pytest.raises(ValueError, match=prefix):
            ids.make_credit_codes(prefix, "510107", 7)


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("12", "institution"),
        ("13", "mass_organization"),
        ("51", "social_organization"),
        ("52", "social_organization"),
        ("53", "social_organization"),
        ("93", "cooperative"),
        ("N1", "collective"),
        ("N9", "collective"),
        ("11", None),  # Party or government
        ("31", None),
        ("54", None),
        ("55", None),
        ("91", None),  # state or private
        ("92", None),
        ("A1", None),
        ("Y1", None),
    ],
)
def test_kind_that_a_code_proves(prefix: str, kind: str | None) -> None:
    """A kind is named only where the prefix leaves no other."""
    code = ids.make_credit_codes(prefix, "510107", 42).item()
    assert ids.credit_code_kind(code) == kind
    assert kind is None or UnitKind(kind)
    assert ids.credit_code_kind(code[:-1]) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("9I110000600037341L", KNOWN[0]),
        ("91110000600037341L", None),  # nothing to mend
        ("9I11OOOO600037341L", None),  # more than one character
        ("91110000600037342L", None),  # 1 and 2 are not alike
        ("91350100M000100V43", KNOWN[2]),
        ("911101O8551385082q", KNOWN[1]),  # normalised first
        ("9111010", None),
    ],
)
def test_suggestions(written: str, meant: str | None) -> None:
    """One look-alike character is mended, nothing else."""
    assert ids.suggest_credit_code(written) == meant


@given(code=credit_codes(), place=st.integers(0, 17), other=st.sampled_from("IOSVZ"))
def test_a_suggestion_is_one_character_away(code: str, place: int, other: str) -> None:
    """A suggestion is well-formed and differs from the text in one place."""
    spoilt = code[:place] + other + code[place + 1 :]
    meant = ids.suggest_credit_code(spoilt)
    if meant is not None:
        assert ids.is_credit_code(meant)
        assert sum(a != b for a, b in zip(meant, spoilt, strict=True)) == 1


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("510000", "province"),
        ("510100", "city"),
        ("510100000000", "city"),
        ("510107", "district"),
        ("510107000", "district"),
        ("510107021", "street"),
        ("441900003", "street"),  # a city without districts
        ("510107021003", "community"),
        ("510107021003001", "grid"),
    ],
)
def test_area_levels(code: str, level: str) -> None:
    """Groups of zeros at the end stand for nothing."""
    assert ids.area_level(code) == level
    assert ids.area_level(ids.area_prefix(code, level)) == level


def test_area_prefixes() -> None:
    """A prefix has the digits of its level, and goes no further down than the code."""
    grid = "510107021003001"
    levels = list(ids.LEVEL_DIGITS)
    prefixes = [ids.area_prefix(grid, level) for level in levels]
    assert prefixes == ["510000", "510100", "510107", grid[:9], grid[:12], grid]
    with pytest.raises(ValueError, match="in no single street"):
        ids.area_prefix("510107000000", "street")
    with pytest.raises(ValueError, match="unknown level 'block'"):
        ids.area_prefix(grid, "block")
    with pytest.raises(ValueError, match="not an area code"):
        ids.area_level("5101")


def test_organization_code_needs_a_credit_code() -> None:
    """Nothing is cut out of a text that is no credit code."""
    with pytest.raises(ValueError, match="normalise it first"):
        ids.organization_code("91110000600037341l")


def test_made_codes_are_distinct_and_well_formed() -> None:
    """Another serial is another code, and all of them pass."""
    made = ids.make_credit_codes("52", "510107", np.arange(5000))
    frame = pl.DataFrame({"code": made.tolist()})
    assert frame.select(ids.credit_code_ok(pl.col("code")).all()).item()
    assert frame["code"].n_unique() == 5000
    assert ids.make_credit_codes([], "510107", np.array([], dtype=np.int64)).size == 0


@pytest.mark.parametrize("serial", [-1, 100_000_000, 0.5])
def test_serials_out_of_range(serial: float) -> None:
    """A serial that does not fit eight digits is refused, not cut."""
    with pytest.raises(ValueError, match="serials must be whole"):
        ids.make_credit_codes("91", "510107", np.array([serial]))


def test_a_region_is_not_cut() -> None:
    """A region of another length is refused, not cut."""
    with pytest.raises(ValueError, match="5101070"):
        ids.make_credit_codes("91", ["510107", "5101070"], 1)
