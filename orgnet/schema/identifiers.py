"""Public identifiers: which text is a well-formed code, and what the code alone proves.

Each check is given twice: for one text (``is_...``), to be read, and for a polars
column (``..._ok``), to be fast. The shapes are shared and a property test holds the two
equal. Nothing here looks a code up: a well-formed code need not have been issued.

References
----------
GB 32100-2015 with amendment 1 (2016), unified social credit code 统一社会信用代码.
GB 11714-1997, organization code 组织机构代码.
GB/T 2260 and GB/T 10114, codes of administrative areas, which the statistical area
codes 统计用区划代码 join into 12 digits.
GB 11643-1999, resident identity number 公民身份号码.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes: TypeAlias = npt.NDArray[np.uint8]  # one row a code, one column a character
Passed: TypeAlias = npt.NDArray[np.bool_]

# \s leaves out the four ASCII separators in Rust and not in Python; named for both.
NOISE: Final = (
    r"[\s\x1c-\x1f"
    r"\u00ad\u200b-\u200f\u2060\ufeff"  # characters that show nothing
    r"\-\u2010-\u2015\u2212]"  # dashes that NFKC does not fold into "-"
)

CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
CREDIT_SHAPE: Final = (
    r"[1-9ANY][1-9]"  # authority, category
    r"[0-9]{6}"  # area of the registrar
    r"[0-9A-HJ-NP-RTUWXY]{8}[0-9X]"  # organization code
    r"[0-9A-HJ-NP-RTUWXY]"
)
CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

MAX_SERIAL: Final = 99_999_999  # eight decimal digits

ORGANIZATION_SHAPE: Final = r"[0-9A-Z]{8}[0-9X]"
ORGANIZATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANIZATION_CHECKS: Final = "0X987654321"  # by the weighted sum modulo 11

PROVINCE: Final = r"(?:1[1-9]|[2-7][0-9]|8[0-2])"  # 82 Macao is the highest
AREA_SHAPE: Final = PROVINCE + r"[0-9]{4}(?:[0-9]{3}(?:[0-9]{3})?)?"
GRID_SHAPE: Final = PROVINCE + r"[0-9]{13}"

# 83 is no area: it marks permits of Taiwan residents, who are people all the same.
RESIDENT_PROVINCE: Final = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
RESIDENT_SHAPE: Final = RESIDENT_PROVINCE + r"[0-9]{15}[0-9X]"
OLD_RESIDENT_SHAPE: Final = RESIDENT_PROVINCE + r"[0-9]{13}"
RESIDENT_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
RESIDENT_CHECKS: Final = "10X98765432"  # by the weighted sum modulo 11
BIRTH_YEARS: Final = range(1850, 2100)  # wide on purpose: no clock is asked

# 11 is state or Party, 91 state or private, 31 a firm or not: they prove no kind.
KIND_BY_PREFIX: Final = {
    "12": "institution",
    "13": "mass_organization",
    "51": "social_organization",
    "52": "social_organization",
    "53": "social_organization",
    "93": "cooperative",
} | {f"N{category}": "collective" for category in range(1, 10)}

LOOK_ALIKES: Final = ("0ODQ", "1IL", "2Z", "5S", "6G", "8B", "UVY")
LEVEL_DIGITS: Final = {
    "province": 2,
    "city": 4,
    "district": 6,
    "street": 9,
    "community": 12,
    "grid": 15,
}


def normalise_code(text: str) -> str:
    """Write a code as the standards do: half-width capitals without gaps.

    Full-width and other compatibility forms are folded (NFKC), letters made capital,
    and white space, dashes and characters that show nothing dropped, wherever they
    stand. No character is exchanged for a similar one.

    Parameters
    ----------
    text
        A code as somebody typed it.

    Returns
    -------
    str
        The code, which may still be wrong: ask the check of its kind.

    Examples
    --------
    >>> normalise_code(" 9111 0000-60003７３４１l ")
    '91110000600037341L'
    """
    return re.sub(NOISE, "", unicodedata.normalize("NFKC", text).upper())


def is_credit_code(text: str) -> bool:
    """Say whether a normalised text is a well-formed unified social credit code.

    Both check digits must hold, that of the whole code and that of the organization
    code inside it. Any category 1 to 9 is taken with any registering authority, since
    the list of categories is amended from time to time.

    Examples
    --------
    >>> is_credit_code("91110000600037341L"), is_credit_code("91110000600037341M")
    (True, False)

    References
    ----------
    GB 32100-2015, section 4 and annex A.
    """
    if re.fullmatch(CREDIT_SHAPE, text) is None:
        return False
    values = map(CREDIT_ALPHABET.index, text)
    total = sum(v * w for v, w in zip(values, CREDIT_WEIGHTS, strict=False))
    return text[17] == CREDIT_ALPHABET[-total % 31] and is_organization_code(text[8:17])


def is_organization_code(text: str) -> bool:
    """Say whether a normalised text is a well-formed organization code.

    Nine characters, the dash before the check digit left out.

    Examples
    --------
    >>> is_organization_code(normalise_code("60003734-1"))
    True

    References
    ----------
    GB 11714-1997: a letter counts 10 to 35; a check digit of 10 is written X.
    """
    if re.fullmatch(ORGANIZATION_SHAPE, text) is None:
        return False
    values = (int(character, 36) for character in text)
    total = sum(v * w for v, w in zip(values, ORGANIZATION_WEIGHTS, strict=False))
    return text[8] == ORGANIZATION_CHECKS[total % 11]


def is_area_code(text: str) -> bool:
    """Say whether a text has the form of an area code of 6, 9 or 12 digits.

    Area codes carry no check digit; only their length and the range of the province
    (11 to 82) are looked at.

    Examples
    --------
    >>> is_area_code("510107"), is_area_code("510107021003"), is_area_code("910107")
    (True, True, False)

    References
    ----------
    GB/T 2260 for the first six digits, GB/T 10114 for the next three.
    """
    return re.fullmatch(AREA_SHAPE, text) is not None


def is_grid_code(text: str) -> bool:
    """Say whether a text has the form of a grid code: a community's 12 digits and 3.

    Other grid codes are in local use; this one is only the commonest. Numbers of 15
    digits of other kinds (old business licences, old identity numbers) look the same.

    Examples
    --------
    >>> is_grid_code("510107021003001"), is_grid_code("510107021003")
    (True, False)

    References
    ----------
    GB/T 30428.1, code of a unit grid.
    """
    return re.fullmatch(GRID_SHAPE, text) is not None


def is_resident_number(text: str) -> bool:
    """Say whether a normalised text is a well-formed resident identity number.

    orgnet never stores one: this guards against sheets that hold them. One credit code
    in a thousand passes too where the registrar's area ends in 18, 19 or 20 and the
    prefix is also a province (51, 52), so ask for a credit code first.

    Examples
    --------
    >>> body = "519999" + "18990101" + "000"  # area, birth, serial: of nobody
    >>> total = sum(int(d) * w for d, w in zip(body, RESIDENT_WEIGHTS))
    >>> check = RESIDENT_CHECKS[total % 11]
    >>> is_resident_number(body + check), is_resident_number(check + body)
    (True, False)

    References
    ----------
    GB 11643-1999; check character by ISO 7064, MOD 11-2.
    """
    if re.fullmatch(RESIDENT_SHAPE, text) is None:
        return False
    year, month, day = int(text[6:10]), int(text[10:12]), int(text[12:14])
    total = sum(int(d) * w for d, w in zip(text, RESIDENT_WEIGHTS, strict=False))
    return (
        year in BIRTH_YEARS
        and _is_day(year, month, day)
        and text[17] == RESIDENT_CHECKS[total % 11]
    )


def is_old_resident_number(text: str) -> bool:
    """Say whether a text has the form of a resident number of 15 digits.

    It was issued until 1999, has a two-digit year and no check digit, so about one in
    a hundred random numbers of 15 digits passes: a hint, not a proof.

    Examples
    --------
    >>> is_old_resident_number("519999" + "010101" + "000")
    True
    >>> is_old_resident_number("519999" + "011301" + "000")  # no thirteenth month
    False

    References
    ----------
    GB 11643-1989.
    """
    if re.fullmatch(OLD_RESIDENT_SHAPE, text) is None:
        return False
    return _is_day(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def normalised_code(column: pl.Expr) -> pl.Expr:
    """Write a column of codes as the standards do; the twin of `normalise_code`.

    Examples
    --------
    >>> codes = pl.Series(["60003734-1", None])
    >>> pl.select(normalised_code(pl.lit(codes))).to_series().to_list()
    ['600037341', None]
    """
    folded = column.cast(pl.String).str.normalize("NFKC").str.to_uppercase()
    return folded.str.replace_all(NOISE, "")


def credit_code_ok(column: pl.Expr) -> pl.Expr:
    """Check a column of credit codes; the twin of `is_credit_code`, null for null.

    Examples
    --------
    >>> codes = pl.Series(["91110000600037341L", "91110000600037341M", None])
    >>> pl.select(credit_code_ok(pl.lit(codes))).to_series().to_list()
    [True, False, None]
    """
    return _checked(column, CREDIT_SHAPE, 18, _credit_checks_hold)


def organization_code_ok(column: pl.Expr) -> pl.Expr:
    """Check a column of organization codes; the twin of `is_organization_code`.

    Examples
    --------
    >>> codes = pl.Series(["600037341", "600037342", None])
    >>> pl.select(organization_code_ok(pl.lit(codes))).to_series().to_list()
    [True, False, None]
    """
    return _checked(column, ORGANIZATION_SHAPE, 9, _organization_checks_hold)


def area_code_ok(column: pl.Expr) -> pl.Expr:
    """Check a column of area codes; the twin of `is_area_code`, null for null.

    Examples
    --------
    >>> codes = pl.Series(["510107", "5101070", None])
    >>> pl.select(area_code_ok(pl.lit(codes))).to_series().to_list()
    [True, False, None]
    """
    return column.cast(pl.String).str.contains(_whole(AREA_SHAPE))


def grid_code_ok(column: pl.Expr) -> pl.Expr:
    """Check a column of grid codes; the twin of `is_grid_code`, null for null.

    Examples
    --------
    >>> codes = pl.Series(["510107021003001", "510107021003", None])
    >>> pl.select(grid_code_ok(pl.lit(codes))).to_series().to_list()
    [True, False, None]
    """
    return column.cast(pl.String).str.contains(_whole(GRID_SHAPE))


def resident_number_ok(column: pl.Expr) -> pl.Expr:
    """Check a column of identity numbers; the twin of `is_resident_number`.

    Examples
    --------
    >>> body = "519999" + "18990101" + "000"  # area, birth, serial: of nobody
    >>> numbers = pl.Series([body + check for check in "0123456789X"])
    >>> pl.select(resident_number_ok(pl.lit(numbers))).to_series().sum()
    1
    """
    return _checked(column, RESIDENT_SHAPE, 18, _resident_checks_hold)


def _whole(shape: str) -> str:
    return f"^(?:{shape})$"  # in polars `$` is the end of the text only


def _checked(
    column: pl.Expr, shape: str, width: int, holds: Callable[[Bytes], Passed]
) -> pl.Expr:
    text = column.cast(pl.String)
    check = partial(_check, shape=shape, width=width, holds=holds)
    passed = text.map_batches(check, return_dtype=pl.Boolean, is_elementwise=True)
    return pl.when(text.is_not_null()).then(passed)


def _check(
    series: pl.Series, shape: str, width: int, holds: Callable[[Bytes], Passed]
) -> pl.Series:
    formed = series.str.contains(_whole(shape)).fill_null(value=False)
    joined: str = series.filter(formed).str.join("").item()
    matrix = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, width)
    passed = formed.to_numpy(writable=True)
    passed[passed] = holds(matrix)
    return pl.Series(series.name, passed)


def _by_byte(alphabet: str) -> npt.NDArray[np.int64]:
    """Give each byte its place in the alphabet."""
    places = np.zeros(256, dtype=np.int64)
    places[list(alphabet.encode("ascii"))] = np.arange(len(alphabet))
    return places


_CREDIT_VALUES = _by_byte(CREDIT_ALPHABET)
_VALUES = _by_byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_MONTH_DAYS = np.zeros((2, 100), dtype=np.int64)  # by leap year and any two digits
_MONTH_DAYS[0, 1:13] = 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
_MONTH_DAYS[1, 1:13] = 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31


def _check_bytes(
    values: npt.NDArray[np.int64], weights: Sequence[int], by_remainder: str
) -> Bytes:
    checks = np.frombuffer(by_remainder.encode("ascii"), dtype=np.uint8)
    return checks[values @ np.array(weights) % len(by_remainder)]


def _organization_checks(codes: Bytes) -> Bytes:
    values = _VALUES[codes[:, :8]]
    return _check_bytes(values, ORGANIZATION_WEIGHTS, ORGANIZATION_CHECKS)


def _credit_checks(codes: Bytes) -> Bytes:
    by_remainder = CREDIT_ALPHABET[0] + CREDIT_ALPHABET[:0:-1]  # the sum's complement
    values = _CREDIT_VALUES[codes[:, :17]]
    return _check_bytes(values, CREDIT_WEIGHTS, by_remainder)


def _organization_checks_hold(codes: Bytes) -> Passed:
    return codes[:, 8] == _organization_checks(codes)


def _credit_checks_hold(codes: Bytes) -> Passed:
    whole = codes[:, 17] == _credit_checks(codes)
    return whole & _organization_checks_hold(codes[:, 8:17])


def _resident_checks_hold(codes: Bytes) -> Passed:
    digits = _VALUES[codes[:, :17]]
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = digits[:, 10:12] @ np.array([10, 1])
    day = digits[:, 12:14] @ np.array([10, 1])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _MONTH_DAYS[leap.astype(np.int64), month]
    in_years = (year >= BIRTH_YEARS.start) & (year < BIRTH_YEARS.stop)
    checks = _check_bytes(digits, RESIDENT_WEIGHTS, RESIDENT_CHECKS)
    return in_years & (day >= 1) & (day <= last) & (codes[:, 17] == checks)


def credit_code_kind(text: str) -> str | None:
    """Name the kind of unit that a credit code proves, if it proves one.

    Parameters
    ----------
    text
        A normalised credit code.

    Returns
    -------
    str or None
        A code of the vocabulary of unit kinds. None where the prefix leaves it open:
        11 is a Party or a government body, 91 a state or a private enterprise. None
        also for a code that is not well-formed.

    Examples
    --------
    >>> credit_code_kind("91110000600037341L") is None
    True
    >>> credit_code_kind(str(make_credit_codes("52", "510107", 1).item()))
    'social_organization'

    References
    ----------
    GB 32100-2015, table 1, registering authority and category.
    """
    return KIND_BY_PREFIX.get(text[:2]) if is_credit_code(text) else None


def organization_code(credit_code: str) -> str:
    """Take the organization code of nine characters out of a credit code.

    Old rosters have only this code; it is how their units are found again.

    Raises
    ------
    ValueError
        If the text is not a well-formed credit code.

    Examples
    --------
    >>> organization_code("91110000600037341L")
    '600037341'
    """
    if not is_credit_code(credit_code):
        msg = f"not a well-formed credit code: {credit_code!r}; normalise it first"
        raise ValueError(msg)
    return credit_code[8:17]


def suggest_credit_code(text: str) -> str | None:
    """Propose the credit code that was meant, one look-alike character away.

    Only characters that are mistaken for each other by eye are exchanged (O and 0, I
    and 1, Z and 2, S and 5, V and U). A proposal is for a person to accept; nothing
    in orgnet applies it.

    Returns
    -------
    str or None
        The one well-formed code that one exchange gives; None if there is none, if
        there are several, or if the text is already well-formed.

    Examples
    --------
    >>> suggest_credit_code("9111000060OO37341L") is None  # two characters are wrong
    True
    >>> suggest_credit_code("911100006O0037341L")
    '91110000600037341L'
    """
    code = normalise_code(text)
    if is_credit_code(code):
        return None
    repairs = {
        repair
        for place, character in enumerate(code)
        for group in LOOK_ALIKES
        if character in group
        for other in group
        if is_credit_code(repair := code[:place] + other + code[place + 1 :])
    }
    return repairs.pop() if len(repairs) == 1 else None


def area_level(code: str) -> str:
    """Name the level that an area code stands for.

    Parameters
    ----------
    code
        An area code of 6, 9 or 12 digits, or a grid code. Groups of zeros at its end
        stand for nothing: 510100 and 510100000000 are the same city.

    Returns
    -------
    str
        province, city, district, street, community or grid.

    Raises
    ------
    ValueError
        If the text is neither an area code nor a grid code.

    Examples
    --------
    >>> [area_level(c) for c in ("510100", "510107", "510107021", "510107021003")]
    ['city', 'district', 'street', 'community']
    >>> area_level("510107021000")
    'street'
    """
    if not (is_area_code(code) or is_grid_code(code)):
        msg = f"not an area code: {code!r}; it needs 6, 9 or 12 digits, a grid code 15"
        raise ValueError(msg)
    levels = list(LEVEL_DIGITS.items())
    for (level, end), start in zip(reversed(levels), (12, 9, 6, 4, 2), strict=False):
        if code[start:end].strip("0"):
            return level
    return "province"


def area_prefix(code: str, level: str) -> str:
    """Give the code of the area of a level in which an area or a grid lies.

    Parameters
    ----------
    code
        An area code or a grid code.
    level
        province, city, district, street, community or grid; not below the code's own.

    Returns
    -------
    str
        6 digits for a province, a city or a district, 9 for a street, 12 for a
        community, 15 for a grid.

    Raises
    ------
    ValueError
        If the code is no area code, or names no area so far down.

    Examples
    --------
    >>> [area_prefix("510107021003", of) for of in ("city", "district", "street")]
    ['510100', '510107', '510107021']
    """
    if level not in LEVEL_DIGITS:
        msg = f"unknown level {level!r}; the levels are {', '.join(LEVEL_DIGITS)}"
        raise ValueError(msg)
    own = area_level(code)
    digits = LEVEL_DIGITS[level]
    if digits > LEVEL_DIGITS[own]:
        msg = f"{code!r} is the code of a {own}, which lies in no single {level}"
        raise ValueError(msg)
    return code[:digits].ljust(6, "0")


def make_credit_codes(
    authority_category: str | Sequence[str] | npt.NDArray[np.str_],
    region: str | Sequence[str] | npt.NDArray[np.str_],
    serial: int | npt.NDArray[np.integer],
) -> npt.NDArray[np.str_]:
    """Make well-formed credit codes for synthetic organizations.

    Both check digits are computed. The codes are made up; they may meet codes that
    were issued, so data that holds them must say that it is synthetic.

    Parameters
    ----------
    authority_category
        Two characters: registering authority and category, such as 91.
    region
        Six digits: the registrar's area.
    serial
        0 to 99,999,999: the body of the organization code, in decimal digits.

    Returns
    -------
    numpy.ndarray
        Texts of 18 characters. The three arguments are broadcast together; a single
        value counts as a column of one.

    Raises
    ------
    ValueError
        If a prefix, a region or a serial cannot stand in a code.

    Examples
    --------
    >>> make_credit_codes("91", "110000", 60003734).tolist()
    ['91110000600037341L']
    """
    serials = np.atleast_1d(np.asarray(serial))
    wrong = serials[(serials < 0) | (serials > MAX_SERIAL)]
    if serials.dtype.kind not in "iu" or wrong.size:
        msg = f"serials must be whole, 0 to {MAX_SERIAL:,}; got {wrong[:5].tolist()}"
        raise ValueError(msg)
    prefixes = _ascii(authority_category, r"[1-9ANY][1-9]", 2)
    regions = _ascii(region, r"[0-9]{6}", 6)
    (rows,) = np.broadcast_shapes(serials.shape, prefixes.shape[:1], regions.shape[:1])
    codes = np.empty((rows, 18), dtype=np.uint8)
    codes[:, :2] = prefixes
    codes[:, 2:8] = regions
    codes[:, 8:16] = serials[:, None] // 10 ** np.arange(7, -1, -1) % 10 + ord("0")
    codes[:, 16] = _organization_checks(codes[:, 8:16])
    codes[:, 17] = _credit_checks(codes)
    return codes.view("S18").ravel().astype("U18")


def _ascii(
    texts: str | Sequence[str] | npt.NDArray[np.str_], shape: str, width: int
) -> Bytes:
    listed = [texts] if isinstance(texts, str) else list(texts)
    wrong = sorted(t for t in set(listed) if re.fullmatch(shape, t) is None)
    if wrong:
        msg = f"{len(wrong)} values cannot stand in a credit code: {wrong[:5]}"
        raise ValueError(msg)
    joined = "".join(listed).encode("ascii")
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, width)
