"""The fixtures for pytest, in runs of pytest as a user has them: found by their entry point."""

import subprocess
import sys
import textwrap

import pytest

from tests.project.tree import ROOT

pytest_plugins = ["pytester"]

# Every request of these tests is answered by a fault: they need no engine.
CONFTEST = """
    import boto3
    import pytest
    from botocore.config import Config

    @pytest.fixture(scope="session")
    def client():
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client("dynamodb", region_name="eu-west-1", config=config)
"""
IMPORTS = """
    import pytest
    from transactscope import Database, TransactScope
    from transactscope.testing import answer, conflict, error, lost_answer, throttled
"""
TOLD = 'answer(200, {"TableNames": ["injected"]})'


@pytest.fixture
def run(pytester):
    """Run some tests in a project of their own, and return what came of them."""
    pytester.makeconftest(CONFTEST)

    def run_tests(source, *arguments):
        pytester.makepyfile(textwrap.dedent(IMPORTS) + textwrap.dedent(source))
        return pytester.runpytest("-p", "no:cacheprovider", *arguments)

    return run_tests


def test_a_test_that_met_its_faults_passes(run):
    """Several clients and sets of faults are all right, and so are some at random."""
    outcome = run(f"""
    def test_it(client, transactscope_faults):
        faults = transactscope_faults(client)
        faults.next("ListTables", {TOLD})
        transactscope_faults(client).at_random("PutItem", conflict(), probability=0, seed=1)
        assert client.list_tables()["TableNames"] == ["injected"]
""")

    outcome.assert_outcomes(passed=1)


def test_a_test_that_left_faults_fails(run):
    """A green test whose fault never happened proves nothing; the report says which one it was."""
    outcome = run("""
    def test_it(client, transactscope_faults):
        transactscope_faults(client).next("TransactWriteItems", conflict(), lost_answer())
""")

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(
        ["transactscope_faults: faults*never happened*", "*TransactWriteItems: conflict(), lost_*"]
    )
    outcome.stdout.no_fnmatch_line("*_transactscope_pytest.py*")


def test_a_test_that_fails_or_is_left_out_says_why_itself(run):
    """Faults that are left are what follows from it, and an expected failure stays one."""
    outcome = run("""
    def test_that_fails(client, transactscope_faults):
        transactscope_faults(client).next("PutItem", conflict())
        raise LookupError("of its own")

    def test_that_skips(client, transactscope_faults):
        transactscope_faults(client).next("PutItem", conflict())
        pytest.skip("not today")

    @pytest.mark.xfail(strict=True)
    def test_that_leaves_faults(client, transactscope_faults):
        transactscope_faults(client).next("PutItem", conflict())
""")

    outcome.assert_outcomes(failed=1, skipped=1, xfailed=1)
    outcome.stdout.fnmatch_lines(["*LookupError: of its own*"])
    outcome.stdout.no_fnmatch_line("*never happened*")


def test_faults_and_records_end_with_their_test(run):
    """A client of the whole session is as it was, also after a test that failed."""
    outcome = run(
        f"""
    recorders = []

    def test_one(client, transactscope_faults, transactscope_requests):
        recorders.append(transactscope_requests(client))
        transactscope_faults(client).next("ListTables", {TOLD}, conflict())
        client.list_tables()

    def test_two(client, transactscope_faults, transactscope_requests):
        transactscope_faults(client).next("ListTables", {TOLD})
        recorder = transactscope_requests(client)
        assert client.list_tables()["TableNames"] == ["injected"]
        assert recorder.operations == ["ListTables"] == recorders[0].operations
""",
        "-p",
        "no:randomly",
    )

    outcome.assert_outcomes(failed=1, passed=1)


def test_a_database_of_a_test_does_not_wait(run):
    """Its pauses are those of the test, and of no other one."""
    outcome = run("""
    @pytest.mark.parametrize("time", [1, 2])
    def test_it(client, transactscope_faults, transactscope_no_waiting, time):
        ok = answer(200, {})
        transactscope_faults(client).next("TransactWriteItems", throttled(), throttled(), ok)
        with TransactScope(Database(client, **transactscope_no_waiting.settings)) as tx:
            tx.client.put_item(TableName="Account", Item={"number": {"S": "A-1"}})
        assert transactscope_no_waiting.pauses == [0.025, 0.05]
""")

    outcome.assert_outcomes(passed=2)


def test_test_cases_of_unittest_can_use_it(run):
    """A fixture that every test of a class gets is enough."""
    outcome = run(f"""
    import unittest

    class TestIt(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _faults(self, client, transactscope_faults):
            self.client, self.faults = client, transactscope_faults(client)

        def test_that_met_its_faults(self):
            self.faults.next("ListTables", {TOLD})
            self.client.list_tables()

        def test_that_left_faults(self):
            self.faults.next("ListTables", {TOLD})
""")

    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(["transactscope_faults: faults*never happened*"])


@pytest.mark.slow
def test_several_processes_and_another_order_are_all_right(run):
    """pytest-xdist loads it in each of its workers, and pytest-randomly shuffles what it is in."""
    outcome = run(
        f"""
    @pytest.mark.parametrize("number", range(4))
    def test_that_met_its_faults(client, transactscope_faults, number):
        transactscope_faults(client).next("ListTables", {TOLD})
        client.list_tables()

    def test_that_left_faults(client, transactscope_faults):
        transactscope_faults(client).next("ListTables", {TOLD})
""",
        *("-n", "2", "-p", "randomly", "-p", "xdist"),
    )

    outcome.assert_outcomes(passed=4, failed=1)


def test_it_can_be_switched_off(run):
    """Who wants none of it blocks it by its name, as any other plugin."""
    outcome = run("def test_it(transactscope_faults): pass", "-p", "no:transactscope")

    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(["*fixture 'transactscope_faults' not found*"])


def test_its_fixtures_say_what_they_are(pytester):
    """`pytest --fixtures` is where a reader looks."""
    outcome = pytester.runpytest("--fixtures", "-p", "no:cacheprovider")

    outcome.stdout.fnmatch_lines_random(
        [
            "transactscope_faults*",
            "    Inject faults into a client:*",
            "transactscope_requests*",
            "    Record what clients send:*",
            "transactscope_no_waiting*",
            "    Keep a database from waiting:*",
        ]
    )


@pytest.mark.slow
def test_a_run_that_needs_no_fixture_does_not_load_the_library():
    """pytest loads every plugin in every run, of every project in the same environment."""
    program = (
        "import sys, _transactscope_pytest\n"
        "print(*sorted({'attrs', 'boto3', 'botocore', 'cattrs', 'transactscope'} & {*sys.modules}))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "" == outcome.stdout.strip()
