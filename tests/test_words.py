"""Every code of coverage and structure has words in both languages."""

import pytest

from orgnet import words
from orgnet.coverage.classes import CLASSES
from orgnet.schema import SCHEMA
from orgnet.schema.vocabulary import Vocabulary
from orgnet.words import GapClass, named, reason_in_words, unknown
from tests.small import EVERYTHING, network

LISTS = [v for v in vars(words).values() if isinstance(v, type) and v is not Vocabulary]
VOCABULARIES = [v for v in LISTS if issubclass(v, Vocabulary)]
ATTRIBUTES = ("operating", "full_members", "has_union", "has_youth_league")


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_code_has_its_own_words(vocabulary):
    zh = [member.zh for member in vocabulary]
    assert all(any(ord(c) > 0x2E7F for c in word) for word in zh)
    assert len(set(zh)) == len(zh)
    assert len({member.en for member in vocabulary}) == len(zh)


def test_every_unknown_has_its_own_words():
    said = [reason_in_words(unknown(w), SCHEMA) for w in (*ATTRIBUTES, *EVERYTHING)]
    assert len(set(said)) == len(ATTRIBUTES) + len(EVERYTHING)
    assert all("未" in zh for _, zh in said)


def test_every_class_of_gap_is_looked_for():
    assert list(CLASSES) == list(GapClass)


def test_nodes_are_named_by_what_they_are_called():
    net = network({"unit:a": {"name": "甲"}, "site:b": {"name": None}})
    assert named(net, "unit:a", "site:b") == "甲 (unit:a), (site:b)"
    assert named(net) == ""
