"""Where calls were made: what is kept of that, and for how long."""

from transactscope.core.compiled import encoded
from transactscope.core.compiled.encoded import EncodedAction


def made_at(code, instruction):
    """Make the action of a call from some place in some code."""
    action = EncodedAction()
    action.source = (None, b"", 0, (), None, None, code, instruction, 0)
    return action


def test_a_place_is_found_once_and_stays_right():
    """The second look is quick, and says the same."""
    code = made_at.__code__
    first = [made_at(code, instruction).call for instruction in range(len(code.co_code))]
    second = [made_at(code, instruction).call for instruction in range(len(code.co_code))]

    assert first == second
    lines = range(code.co_firstlineno, code.co_firstlineno + 5)
    assert set(first) <= {f"{code.co_filename}:{line}" for line in lines}


def test_functions_that_are_equal_are_told_apart():
    """Python calls two pieces of code equal that were written in different files."""
    codes = [compile("a = 1", f"{name}.py", "exec") for name in "ab"]

    assert codes[0] == codes[1]
    assert ["a.py", "b.py"] == [made_at(code, 0).call.partition(":")[0] for code in codes]


def test_no_more_places_are_kept_than_a_program_needs():
    """A program that makes code as it runs must not fill the memory."""
    code = made_at.__code__
    for instruction in range(3000):
        assert made_at(code, instruction).call.startswith(code.co_filename)

    assert encoded._MOST_KNOWN_CALLS >= len(encoded._known_calls) > 0
