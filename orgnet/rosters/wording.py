"""What faults show of values: words for codes, and the words of both languages."""

from datetime import date, timedelta
from typing import TypeAlias

from orgnet.schema.declare import Attribute

Words: TypeAlias = tuple[str, str]  # English, Chinese


def in_words(attribute: Attribute, value: object) -> Words:
    """Return a value of an attribute as people write it.

    Examples
    --------
    >>> from orgnet.schema import SCHEMA
    >>> unit = SCHEMA.kinds["Unit"].attributes()
    >>> in_words(unit["kind"], "state_enterprise"), in_words(unit["operating"], False)
    (('state enterprise', '国有企业'), ('no', '否'))
    """
    if isinstance(value, bool):
        return ("yes", "是") if value else ("no", "否")
    if attribute.vocabulary is not None:
        member = attribute.vocabulary(str(value))
        return member.en, member.zh
    if attribute.name == "valid_to" and isinstance(value, date):
        value -= timedelta(days=1)  # rosters give the last day
    return str(value), str(value)


def kept_instead(words: Words, origin: str) -> Words:
    """Say which value is kept instead of another, and where it stands."""
    en, zh = words
    return f"{en} ({origin})", f"{origin}为“{zh}”"
