"""Statistics of events made by hand: what is counted, and how often."""

import itertools
import json
import pickle
import pickletools
import sys
import threading
from fractions import Fraction

import pytest
from attrs import fields
from botocore.exceptions import ClientError

from tests.unit.ext.statistics.events import (
    CONFLICT,
    FAILED,
    THROTTLED,
    action,
    attempt,
    cancel,
    commit,
    conflict,
    event,
    reason,
    retry,
    scope,
    stale,
    throttled,
)
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    InvalidRequestError,
    RequestRejectedError,
)
from transactscope.ext.statistics import (
    Advice,
    HotItem,
    OperationFigures,
    Spread,
    Statistics,
    TableFigures,
    Units,
)
from transactscope.types import EventKind


@pytest.fixture
def statistics():
    """Statistics of everything, for no time at all."""
    return Statistics(clock=lambda: 0.0)


def _told(statistics, *events):
    for each in events:
        statistics(each)
    return statistics.report()


class TestOutcomes:
    """How scopes and single writes have ended."""

    def test_every_end_is_counted_under_its_name(self, statistics):
        """Who reads one of these figures knows what the others do not hold."""
        scopes = _told(
            statistics,
            commit(action()),
            commit(replayed=True),
            commit(operation=None),
            cancel(conflict()),
            cancel(stale()),
            cancel(stale()),
            event(EventKind.IN_DOUBT, error=CommitOutcomeUnknownError("text")),
            event(EventKind.ROLLBACK, verb="rollback"),
        ).scopes

        assert (1, 1, 1) == (scopes.committed, scopes.replayed, scopes.empty)
        assert {"StaleReadError": 2, "TransactionConflictError": 1} == scopes.canceled
        assert (1, 1) == (scopes.in_doubt, scopes.rolled_back)

    def test_single_writes_are_no_scopes(self, statistics):
        """A database's own writes are counted beside the transactions."""
        single = {"is_scope": False, "verb": "put", "operation": "PutItem"}
        report = _told(
            statistics,
            commit(action(), **single),
            cancel(ConditionFailedError("text"), **single),
            event(EventKind.IN_DOUBT, error=CommitOutcomeUnknownError("text"), **single),
        )

        assert (1, 1) == (report.writes.committed, report.writes.in_doubt)
        assert {"ConditionFailedError": 1} == report.writes.canceled
        assert 0 == report.scopes.committed + report.commits.seconds.count
        assert 0 == report.commits.actions.count

    def test_a_commit_in_doubt_that_is_resolved_is_not_counted_twice(self, statistics):
        """One scope is one end; what resolve() found stands beside it."""
        scopes = _told(
            statistics,
            event(EventKind.IN_DOUBT, error=CommitOutcomeUnknownError("text")),
            event(EventKind.IN_DOUBT, error=CommitOutcomeUnknownError("text"), verb="resolve"),
            commit(action(), verb="resolve"),
        ).scopes

        assert (0, 1) == (scopes.committed, scopes.in_doubt)
        assert {"in doubt": 1, "committed": 1} == scopes.resolved

    def test_calls_of_scopes_that_are_rolled_back_are_counted(self, statistics):
        """Work that was done for nothing shows."""
        events = [
            event(EventKind.BEGIN, work=7),
            event(EventKind.STAGE, work=7, verb="put"),
            event(EventKind.STAGE, work=7, verb="update"),
            event(EventKind.ROLLBACK, work=7),
            *scope(action()),
        ]
        report = _told(statistics, *events)

        assert (1, 2, 0) == (
            report.scopes.rolled_back,
            report.scopes.rolled_back_calls,
            report.scopes.unknown_calls,
        )
        assert {"put": 2, "update": 1} == report.staged
        assert 2 == report.scopes.begun

    def test_a_rollback_of_a_scope_that_was_not_seen_to_begin_says_so(self, statistics):
        """After a reset nobody knows what was staged, and no number is made up."""
        statistics(event(EventKind.BEGIN, work=7))
        statistics(event(EventKind.STAGE, work=7, verb="put"))
        statistics.reset()
        scopes = _told(statistics, event(EventKind.ROLLBACK, work=7)).scopes

        assert (1, 0, 1) == (scopes.rolled_back, scopes.rolled_back_calls, scopes.unknown_calls)


class TestRequests:
    """What is counted of attempts and pauses."""

    def test_attempts_are_requests_and_only_an_end_is_a_commit(self, statistics):
        """Three sends of one commit are three requests, two retries, and one commit."""
        report = _told(
            statistics,
            attempt(error=_answer("TransactionCanceledException", CONFLICT)),
            retry(conflict()),
            attempt(error=ConnectionError()),
            retry(CommitOutcomeUnknownError("text")),
            attempt(),
            commit(action(), attempts=3),
        )
        operation = report.operations["TransactWriteItems"]

        assert (3, 2, 3) == (operation.sent, operation.failed, operation.seconds.count)
        assert {"TransactionCanceledException": 1, "ConnectionError": 1} == operation.errors
        assert {"TransactionConflictError": 1, "CommitOutcomeUnknownError": 1} == report.retries
        assert (1, {}) == (report.scopes.committed, report.reruns)

    def test_a_rerun_is_none_of_the_retries(self, statistics):
        """It is told after the end of its scope, and its conflict was counted there."""
        again = retry(conflict(), is_rerun=True, operation=None, tables=())
        report = _told(statistics, cancel(conflict()), again)

        assert ({}, {"TransactionConflictError": 1}) == (report.retries, report.reruns)
        assert 1 == report.tables["Account"].conflicts
        assert 1 == report.hot_items[0].count

    def test_the_rest_of_a_batch_has_met_no_error(self, statistics):
        """DynamoDB left it over, and that is why it is sent again."""
        rest = retry(None, operation="BatchWriteItem", is_scope=False, verb="batch_write")

        assert {"unprocessed": 1} == _told(statistics, rest).retries

    def test_times_of_commits_hold_attempts_and_pauses_and_those_of_nothing_are_left_out(
        self, statistics
    ):
        """A commit without a request would make all others look fast."""
        seconds = _told(
            statistics,
            commit(action(), seconds=0.5),
            cancel(stale(), seconds=1.0),
            commit(operation=None, seconds=0.0),
            cancel(InvalidRequestError("text"), operation=None, seconds=0.0),
            commit(verb="resolve", seconds=9.0),
        ).commits.seconds

        assert (2, 1.0) == (seconds.count, seconds.max)


class TestTrouble:
    """Conflicts, stale reads and throttling, by table and item."""

    def test_each_failed_action_counts_for_its_table_and_key(self, statistics):
        """Reasons tell; the attempt before them tells the same and is not counted."""
        reasons = (
            reason(CONFLICT, "A-1"),
            reason("None", "A-2"),
            reason(FAILED, "A-3", is_stale=True),
            reason(THROTTLED, "A-4", table="Orders"),
            reason(FAILED, "A-5"),
        )
        both = ("Account", "Orders")
        report = _told(
            statistics,
            attempt(tables=both, error=_answer("TransactionCanceledException", CONFLICT)),
            retry(conflict(*reasons), tables=both),
        )

        assert TableFigures(conflicts=1, stale_reads=1) == report.tables["Account"]
        assert TableFigures(throttles=1) == report.tables["Orders"]
        assert {"A-1": 1, "A-3": 1} == {
            item.key["number"]["S"]: item.count for item in report.hot_items
        }

    def test_an_error_of_the_users_own_is_looked_behind(self, statistics):
        """`raises=` says what the caller gets, and the library's error is its cause."""
        wanted = LookupError("text")
        wanted.__cause__ = stale()
        report = _told(statistics, cancel(wanted))

        assert 1 == report.tables["Account"].stale_reads
        assert {"LookupError": 1} == report.scopes.canceled

    def test_a_request_that_is_throttled_as_a_whole_counts_for_its_table(self, statistics):
        """Where there are several nobody knows which."""
        error = throttled(code="ThrottlingException")
        several = ("Account", "Orders")
        tables = _told(statistics, retry(error), retry(error, tables=several)).tables

        assert 1 == tables["Account"].throttles == tables["(one of several)"].throttles
        assert {"Account", "(one of several)"} == set(tables)

    @pytest.mark.parametrize("operation", ["GetItem", "Query", "BatchGetItem", "BatchWriteItem"])
    def test_reads_and_batches_are_told_by_their_attempts(self, statistics, operation):
        """Nothing tells how one of them ends, so its retries must not count again."""
        call = {"operation": operation, "is_scope": False, "verb": "get"}
        error = _answer("ProvisionedThroughputExceededException")
        report = _told(
            statistics,
            attempt(error=error, **call),
            retry(throttled(code="ProvisionedThroughputExceededException"), **call),
            attempt(error=error, **call),
        )

        assert 2 == report.tables["Account"].throttles

    def test_a_transactional_read_has_reasons(self, statistics):
        """Each item that another transaction was writing is one conflict."""
        error = _answer("TransactionCanceledException", CONFLICT, "None", CONFLICT)
        report = _told(statistics, attempt(operation="TransactGetItems", error=error))

        assert (2, ()) == (report.tables["Account"].conflicts, report.hot_items)

    @pytest.mark.parametrize(
        "error",
        [
            InvalidRequestError("text"),
            RequestRejectedError("text", code="ValidationException"),
            RequestRejectedError("text"),
            ConditionFailedError("text", reasons=(reason(FAILED),)),
        ],
        ids=["not sent", "rejected", "without a code", "condition"],
    )
    def test_what_is_no_trouble_of_an_item_is_none(self, statistics, error):
        """A false condition is the program's own affair."""
        report = _told(statistics, cancel(error))

        assert ({}, ()) == (report.tables, report.hot_items)

    def test_a_key_may_be_of_any_type(self, statistics):
        """Bytes, numbers and texts come back as they were, also as JSON."""
        key = {"b": {"B": b"\x00\xff"}, "n": {"N": "1"}}
        found = reason(CONFLICT)
        by_bytes = type(found)(0, CONFLICT, table="Account", key=key)
        report = _told(statistics, cancel(conflict(found, by_bytes)), cancel(conflict(by_bytes)))

        assert HotItem(table="Account", key=key, count=2, over=0) == report.hot_items[0]
        assert {"b": {"B": "AP8="}, "n": {"N": "1"}} == report.as_dict()["hot_items"][0]["key"]
        assert "Account b=b'\\x00\\xff', n=1" == str(report.hot_items[0])

    def test_keys_can_be_left_out(self):
        """Where keys are personal, nothing keeps them, and tables are counted still."""
        report = _told(Statistics(keys=False), *(cancel(conflict()) for _ in range(20)))

        assert ((), 20) == (report.hot_items, report.tables["Account"].conflicts)
        assert "A-1" not in str(report) + json.dumps(report.as_dict())

    def test_an_item_without_a_key_is_none(self, statistics):
        """A raw put may not tell it; its table counts."""
        unknown = type(reason())(0, CONFLICT, table="Account")
        report = _told(statistics, cancel(conflict(unknown)))

        assert ((), 1) == (report.hot_items, report.tables["Account"].conflicts)


class TestUnits:
    """What was consumed, as far as that is reported."""

    def test_units_are_added_by_table_from_attempts_alone(self, statistics):
        """The end of a commit tells the units of its last answer once more."""
        units = {"Account": 4.0, "Orders": 2.0}
        tables = _told(
            statistics,
            attempt(write_units=units, tables=tuple(units)),
            commit(action(), write_units=units),
            attempt(read_units={"Account": 0.5}, operation="GetItem", is_scope=False),
        ).tables

        assert Units(consumed=4.0, reported=1) == tables["Account"].write_units
        assert Units(consumed=2.0, reported=1) == tables["Orders"].write_units
        assert Units(consumed=0.5, reported=1) == tables["Account"].read_units

    def test_what_is_not_reported_is_not_nothing(self, statistics):
        """moto reports nothing of transactions; that does not make them free."""
        report = _told(statistics, attempt(), attempt(operation="Query", is_scope=False))
        account = report.tables["Account"]

        assert Units(consumed=None, unreported=1) == account.write_units == account.read_units
        assert "not reported" == str(account.write_units)
        assert None is report.as_dict()["tables"]["Account"]["write_units"]["consumed"]

    def test_what_is_reported_in_part_is_the_least(self, statistics):
        """A sum with gaps says that it has some."""
        tables = _told(statistics, attempt(), attempt(write_units={"Account": 4.0})).tables

        assert Units(consumed=4.0, reported=1, unreported=1) == tables["Account"].write_units
        assert "4.0 or more" == str(tables["Account"].write_units)
        assert "0.0" == str(tables["Account"].read_units)

    @pytest.mark.parametrize(
        "nothing",
        [
            attempt(operation="DescribeTable", is_scope=False, verb="create_table"),
            attempt(error=ConnectionError()),
        ],
        ids=["no data", "no answer"],
    )
    def test_what_has_no_units_lacks_none(self, statistics, nothing):
        """Errors never report, and requests about tables cost none."""
        assert {} == _told(statistics, nothing).tables


class TestCommits:
    """What commits were like."""

    def test_actions_and_bytes_are_those_that_were_sent(self, statistics):
        """Three actions of 100 bytes and one of 1000."""
        actions = [action(bytes=100), action(bytes=100), action(bytes=100), action(bytes=1000)]
        figures = _told(statistics, commit(*actions)).commits

        assert (4.0, 1300.0, 1000.0) == (
            figures.actions.max,
            figures.bytes.max,
            figures.item_bytes.max,
        )

    @pytest.mark.parametrize(
        "end",
        [
            commit(action(), replayed=True),
            commit(action(), operation=None),
            commit(),
            cancel(stale()),
        ],
        ids=["replayed", "nothing sent", "not known", "canceled"],
    )
    def test_what_was_not_applied_is_not_described(self, statistics, end):
        """Advice is about what was paid for."""
        assert Spread() == _told(statistics, end).commits.actions


class TestSampling:
    """A share of the works."""

    def test_a_scope_is_counted_wholly_or_not_at_all(self):
        """Half of a scope would be a lie about each of its figures."""
        statistics = Statistics(sample=0.25, random=lambda: 0.5)
        works = 4000
        for work in range(works):
            statistics(event(EventKind.BEGIN, work=work))
            statistics(attempt(work=work))
            statistics(commit(action(), work=work))
        report = statistics.report()
        counted = report.scopes.begun

        assert counted == report.scopes.committed == report.operations["TransactWriteItems"].sent
        assert 0.2 < counted / works < 0.3
        assert 3 * counted == report.events
        assert 0.25 == report.sample

    @pytest.mark.parametrize("step", [2, 3, 64, 1000])
    def test_works_that_are_alike_in_number_are_no_sample_of_their_own(self, step):
        """A program that begins every second work in the same way is not left out."""
        statistics = Statistics(sample=0.5, random=lambda: 0.0)
        for work in range(0, 2000 * step, step):
            statistics(commit(action(), work=work))

        assert 850 < statistics.report().scopes.committed < 1150

    def test_another_draw_is_another_sample(self):
        """Two processes, whose works have the same numbers, count different ones."""
        drawn = [
            Statistics(sample=0.5, random=lambda: 0.1),
            Statistics(sample=0.5, random=lambda: 0.9),
        ]
        chosen = [[each._is_counted(work) for work in range(64)] for each in drawn]

        assert chosen[0] != chosen[1]
        assert all(any(each) and not all(each) for each in chosen)


class TestMemory:
    """No more room than it was given."""

    @pytest.mark.slow
    def test_50_000_keys_and_tables_need_no_more_room_than_5_000(self):
        """A table for each customer, or a key for each visitor, must not fill the memory."""
        statistics = Statistics(max_names=10, max_keys=20)
        for number in range(5_000):
            statistics(cancel(_conflict_on(f"n-{number:06}")))
        before = _size_of(statistics._tally)
        for number in range(5_000, 50_000):
            statistics(cancel(_conflict_on(f"n-{number:06}")))
        report = statistics.report()

        assert _size_of(statistics._tally) < 1.25 * before
        assert 11 == len(report.tables)
        assert 49_990 == report.tables["(others)"].conflicts
        assert 10 == len(report.hot_items)
        assert all(item.count <= 50_000 / 20 + 1 for item in report.hot_items)

    @pytest.mark.slow
    def test_no_kind_of_name_fills_the_memory(self):
        """Operations, verbs, codes, places, and scopes that never end."""
        statistics = Statistics(max_names=10)
        for number in range(12_000):
            _many_names(statistics, number)
        before = _size_of(statistics._tally)
        for number in range(12_000, 20_000):
            _many_names(statistics, number)
        report = statistics.report()

        assert _size_of(statistics._tally) < 1.25 * before
        assert 11 == len(report.operations) == len(report.staged) == len(report.retries)
        assert 19_990 == report.operations["(others)"].sent == report.staged["(others)"]
        assert 11 == len(report.scopes.canceled)
        assert 10 == len(report.one_action.where)
        assert (20_000, 20_000) == (report.one_action.count, report.scopes.begun)

    def test_names_are_cut(self, statistics):
        """One code of a megabyte is no reason to keep a megabyte."""
        operation = _told(statistics, attempt(operation="x" * 1_000_000)).operations

        assert [1024] == [len(name) for name in operation]


def _conflict_on(name):
    return conflict(reason(CONFLICT, name, table=name))


def _many_names(statistics, number):
    name = f"n-{number:06}"
    statistics(event(EventKind.BEGIN, work=number))  # it never ends
    statistics(event(EventKind.STAGE, work=number, verb=name))
    statistics(attempt(operation=name, error=_Named(name)))
    statistics(retry(_Named(name), operation=name))
    statistics(cancel(_Named(name), work=-1))
    statistics(commit(action(calls=(name,)), work=-1))


class _Named(Exception):  # noqa: N818 - it stands for any
    """An error with a code of its own."""

    def __init__(self, code):
        self.response = {"Error": {"Code": code}}


def _size_of(value):
    """Add up the sizes of an object and of what it holds, each once."""
    seen, waiting, size = set(), [value], 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type) or callable(each):
            continue
        seen.add(id(each))
        size += sys.getsizeof(each)
        waiting += _parts_of(each)
    return size


def _parts_of(value):
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set):
        return list(value)
    slots = [getattr(value, name, None) for name in getattr(type(value), "__slots__", ())]
    return [*slots, *getattr(value, "__dict__", {}).values()]


def _answer(code, *reasons):
    answer = {"Error": {"Code": code}}
    if reasons:
        answer["CancellationReasons"] = [{"Code": each} for each in reasons]
    return ClientError(answer, "TransactWriteItems")


def test_threads_lose_nothing():
    """Totals are exact, also while reports are taken."""
    statistics = Statistics()
    rounds, threads, reports = 300, 4, []
    begin = threading.Barrier(threads + 1)

    def feed():
        begin.wait()
        for _ in range(rounds):
            for each in scope(action(), write_units={"Account": 2.0}):
                statistics(each)
            statistics(cancel(conflict()))

    workers = [threading.Thread(target=feed) for _ in range(threads)]
    for worker in workers:
        worker.start()
    begin.wait()
    while any(worker.is_alive() for worker in workers):
        reports.append(statistics.report())
    for worker in workers:
        worker.join()
    report, total = statistics.report(), rounds * threads

    assert [total] * 3 == [
        report.scopes.committed,
        report.hot_items[0].count,
        report.operations["TransactWriteItems"].sent,
    ]
    assert 2.0 * total == report.tables["Account"].write_units.consumed
    assert all(earlier.events <= later.events for earlier, later in itertools.pairwise(reports))


class TestReport:
    """What a report is."""

    def test_it_is_json(self, statistics):
        """Any log or metric pipeline takes it."""
        for each in (*scope(action()), cancel(conflict()), retry(stale())):
            statistics(each)
        report = statistics.report()

        told = report.as_dict()
        assert told == json.loads(json.dumps(told))
        assert {field.name for field in fields(type(report))} == set(told)

    def test_it_travels(self, statistics):
        """A worker hands it to its parent process; its pickle names what is public only."""
        report = _told(statistics, *scope(action()), cancel(conflict()), retry(stale()))
        pickled = pickle.dumps(report)
        read = [argument for _, argument, _ in pickletools.genops(pickled)]
        named = {text for text in read if isinstance(text, str) and text.startswith("transact")}

        assert report == pickle.loads(pickled)  # noqa: S301 - written a line above
        assert {"transactscope.ext.statistics"} == named

    def test_it_does_not_change(self, statistics):
        """It is of one moment."""
        before = _told(statistics, *scope(action()))
        text = str(before)
        after = _told(statistics, *scope(action()), cancel(conflict()))

        assert text == str(before)
        assert (1, 2) == (before.scopes.committed, after.scopes.committed)

    def test_reset_forgets(self):
        """A report for each hour begins at nothing."""
        now = iter([100.0, 107.0, 110.0, 111.5])
        statistics = Statistics(clock=lambda: next(now))
        before = _told(statistics, *scope(action()))
        statistics.reset()
        after = statistics.report()

        assert (7.0, 1.5) == (before.seconds, after.seconds)
        assert (0, 0, {}) == (after.events, after.scopes.committed, after.operations)

    def test_nothing_is_a_report_too(self, statistics):
        """Somebody asks before anything has happened."""
        expected = "statistics of 0.0 seconds: all scopes and calls are counted"
        assert expected == str(statistics.report())
        assert [] == statistics.advice()

    def test_the_text_is_aligned_and_has_all_that_was_counted(self, statistics):
        """Written out once, so that nobody has to guess what it looks like."""
        units = {"Account": 4.0}
        events = [
            *scope(action(), action("Delete"), write_units=units, seconds=0.25),
            cancel(conflict(), seconds=2.0),
            retry(conflict()),
            attempt(seconds=0.000_02, operation="GetItem", tables=("Orders",)),
            attempt(seconds=1000.0, error=_answer("ThrottlingException"), tables=("Orders",)),
            commit(is_scope=False, operation="PutItem", verb="put"),
        ]

        assert TEXT == str(_told(statistics, *events))

    def test_a_sample_says_which_share_it_is(self):
        """Figures are not scaled up, so a reader has to know."""
        assert "0.1 of all scopes and calls are counted" in str(Statistics(sample=0.1).report())


TEXT = """\
statistics of 0.0 seconds: all scopes and calls are counted

scopes            begun 1, committed 1, canceled 1
  canceled        TransactionConflictError 1
  staged          delete 1, put 1
single writes     committed 1
sent again after  TransactionConflictError 1

request             sent  failed    p50     p90     p99     max
GetItem                1       0  20 µs   20 µs   20 µs   20 µs
TransactWriteItems     2       1   4 ms  1000 s  1000 s  1000 s
  TransactWriteItems failed with  ThrottlingException 1

commit                                  p50  p90  p99  max
time, with attempts and pauses       254 ms  2 s  2 s  2 s
actions                                   2    2    2    2
bytes, at least                         200  200  200  200
bytes of the largest item, at least     100  100  100  100

table    write units    read units  conflicts  stale reads  throttles
Account          4.0           0.0          2            0          0
Orders           0.0  not reported          0            0          0

item with conflicts or stale reads  count  at most too many
Account number='A-1'                    2                 0"""


class TestArguments:
    """What cannot be used is refused where it is given."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"sample": 0},
            {"sample": 1.01},
            {"sample": -0.5},
            {"sample": True},
            {"sample": "1"},
            {"sample": float("nan")},
            {"sample": Fraction(1, 2)},
            {"max_names": 0},
            {"max_names": 10_001},
            {"max_names": 1.0},
            {"max_names": True},
            {"max_keys": 0},
            {"max_keys": 100_001},
        ],
        ids=str,
    )
    def test_numbers_that_cannot_be_used_name_the_argument(self, wrong):
        """A typing mistake shows at once."""
        (name,) = wrong
        with pytest.raises(InvalidRequestError, match=name) as caught:
            Statistics(**wrong)

        assert "INVALID_POLICY" == caught.value.code

    @pytest.mark.parametrize("name", ["clock", "random", "keys"])
    def test_what_is_of_another_kind_is_refused(self, name):
        """It would fail in the midst of a commit, or mean something else."""
        with pytest.raises(InvalidRequestError, match=name):
            Statistics(**{name: 5})

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"sample": 2.5}, "not 2.5"),
            ({"max_keys": "many"}, "not str"),
            ({"max_names": 0}, "not 0"),
        ],
    )
    def test_what_was_given_is_told(self, wrong, told):
        """A figure from a setting is seen in the error."""
        with pytest.raises(InvalidRequestError, match=f"{told}$"):
            Statistics(**wrong)

    @pytest.mark.parametrize(
        "clock", [lambda: "noon", lambda: None, lambda: 1 / 0], ids=["text", "None", "raises"]
    )
    def test_a_clock_that_tells_no_time_is_refused(self, clock):
        """And not the first report, hours later."""
        with pytest.raises(InvalidRequestError):
            Statistics(clock=clock)

    def test_the_smallest_share_is_not_nothing(self):
        """A work in eighteen trillion millions may be counted; none would be a mistake."""
        assert 1 == Statistics(sample=1e-300)._bound

    def test_what_an_argument_raises_is_an_error_of_the_library(self):
        """A draw that fails is seen where it is made."""
        with pytest.raises(InvalidRequestError) as caught:
            Statistics(random=lambda: 1 / 0)

        assert "UNREADABLE_ARGUMENT" == caught.value.code

    def test_its_name_says_the_share(self):
        """Logs show observers."""
        assert "<Statistics of 0.5 of all works>" == repr(Statistics(sample=0.5))


def test_advice_is_its_text():
    """Printed, it reads as sentences."""
    assert "words" == str(Advice(rule="r", text="words", count=1))
    assert 0 == OperationFigures().sent
