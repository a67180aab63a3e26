from orgnet.rosters.cells.variants import SIMPLIFIED


def in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_every_pair_is_of_two_single_characters():
    assert len(SIMPLIFIED) > 1000
    assert {len(c) for pair in SIMPLIFIED.items() for c in pair} == {1}


def test_no_simplified_character_is_changed_again():
    assert not set(SIMPLIFIED) & set(SIMPLIFIED.values())


def test_the_simplified_are_in_the_simplified_standard_and_the_others_are_not():
    # A pair that had slipped by one place would show here.
    assert all(map(in_gb2312, SIMPLIFIED.values()))
    surnames_and_homographs = set("於後徵")
    assert set(filter(in_gb2312, SIMPLIFIED)) == surnames_and_homographs
