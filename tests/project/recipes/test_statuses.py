"""The pages about servers give every error of the library the same status."""

import pytest

from tests.project import examples
from tests.project.recipes import pages, statuses
from transactscope import errors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["fastapi.md", "flask.md"])
def bank(request):
    """The program of each of the pages in turn, after its own tests."""
    with pytest.MonkeyPatch.context() as settings, examples.fresh_engine(settings):
        yield pages.run(request.param)


def test_every_error_has_its_status(bank):
    """No error is told as something that it is not, also none of a later version."""
    told = {name: bank.status_of(error) for name, error, _ in statuses.every_class()}

    assert told == statuses.STATUSES


def test_what_may_be_repeated_is_told_by_the_error_itself(bank):
    """One class may stand for both: a caller who must decide anew is not told to repeat."""
    told = [(error, bank.status_of(error)) for error, _ in statuses.DECIDED_BY_RETRYABLE]

    assert told == statuses.DECIDED_BY_RETRYABLE


def test_every_status_has_its_words(bank):
    """What a caller reads is said once for each status."""
    assert set(statuses.STATUSES.values()) == set(bank.MEANINGS)


def test_only_a_doubt_is_told_as_one(bank):
    """504 means that nobody knows; nothing else may look like it."""
    in_doubt = [name for name, status in statuses.STATUSES.items() if status == 504]

    assert in_doubt == [errors.CommitOutcomeUnknownError.__name__]
