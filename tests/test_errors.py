from orgnet.errors import MissingExtraError, OrgnetError, missing_extra, some


def test_some_names_five_and_counts_the_rest():
    assert some(["甲"]) == "'甲'"
    assert some(range(5)) == "0, 1, 2, 3, 4"
    assert some(range(6)) == "0, 1, 2, 3, 4 and 1 more"


def test_an_error_carries_everything_it_is_about():
    assert OrgnetError("x", range(9)).items == tuple(range(9))
    assert isinstance(OrgnetError("x"), ValueError)


def test_a_missing_extra_says_what_to_install():
    error = missing_extra("excel", "writing a workbook")
    assert isinstance(error, MissingExtraError)
    assert isinstance(error, ImportError)
    assert "pip install 'orgnet-graph[excel]'" in str(error)
