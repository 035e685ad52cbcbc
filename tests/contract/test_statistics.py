"""Statistics of what a database really does, in every shell."""

import contextlib
import json
import signal

import pytest

from tests.contract.entities import Account, Order, Sheet
from tests.shells import Database, TransactScope, transactional
from transactscope import EntityKey, RetryPolicy, Rollback
from transactscope.errors import (
    CommitOutcomeUnknownError,
    ConditionFailedError,
    TransactionConflictError,
)
from transactscope.ext.statistics import Statistics
from transactscope.testing import calling, conflict, error, lost_answer, lost_request

TX = "TransactWriteItems"
SECRET = "nobody must read this"


@pytest.fixture
def statistics():
    """Statistics of everything."""
    return Statistics()


@pytest.fixture
def db(client, shell, table_names, tokens, statistics):
    """A database that is counted, and never waits."""
    return _database(client, table_names, tokens, statistics)


@pytest.fixture
def hasty(client, shell, table_names, tokens, statistics):
    """The same, which sends everything once."""
    once = RetryPolicy(max_attempts=1)
    return _database(client, table_names, tokens, statistics, retry=once)


def _database(client, table_names, tokens, statistics, **options):
    return Database(
        client,
        table_names=table_names,
        new_token=tokens,
        sleep=lambda _: None,
        observers=[statistics],
        **options,
    )


def test_a_commit_is_one_scope_one_request_and_its_actions(db, statistics):
    """The plainest case, in every figure."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1))
        tx.insert(Account("A-2", 2))
    report = statistics.report()

    assert (1, 1, {}) == (report.scopes.begun, report.scopes.committed, report.scopes.canceled)
    assert {"put": 1, "insert": 1} == report.staged
    assert 1 == report.operations[TX].sent == report.operations[TX].seconds.count
    assert (2, 1) == (report.commits.actions.max, report.commits.seconds.count)
    assert report.commits.bytes.max > report.commits.item_bytes.max > 0


def test_single_writes_and_reads_are_counted_as_what_they_are(db, statistics):
    """They are no transactions."""
    db.put(Account("A-1"))
    db.get(Account, "A-1")
    with pytest.raises(ConditionFailedError):
        db.insert(Account("A-1"))
    report = statistics.report()

    assert (1, {"ConditionFailedError": 1}) == (report.writes.committed, report.writes.canceled)
    assert {"GetItem": 1, "PutItem": 2} == {
        name: each.sent for name, each in report.operations.items()
    }
    assert {"ConditionalCheckFailedException": 1} == report.operations["PutItem"].errors
    assert 0 == report.scopes.begun == report.commits.seconds.count


@pytest.mark.parametrize("database", ["db", "hasty"])
def test_a_conflict_of_a_read_counts_for_the_item_that_reasons_name(
    request, statistics, faults, table_names, database
):
    """Whether it is sent again or given up; the other items were not in anybody's way."""
    db = request.getfixturevalue(database)
    keys = EntityKey(Account, "A-1"), EntityKey(Account, "A-2"), EntityKey(Order, "u-1", 1)
    for _ in range(10):
        faults.next("TransactGetItems", conflict(1))
        with contextlib.suppress(TransactionConflictError):
            db.transact_get(*keys)
    report = statistics.report()

    assert {table_names["Account"]: 10} == {
        name: table.conflicts for name, table in report.tables.items() if table.conflicts
    }
    assert [(10, {"number": {"S": "A-2"}})] == [(each.count, each.key) for each in report.hot_items]
    assert ["hot-item"] == [each.rule for each in statistics.advice()]


def test_commits_that_were_found_out_are_among_those_of_one_action(hasty, statistics, faults):
    """A share is one of all that was applied, however that was learned."""
    for number in range(10):
        faults.next(TX, lost_request())
        with contextlib.suppress(CommitOutcomeUnknownError), TransactScope(hasty) as tx:
            tx.put(Account(f"A-{number}"))
        tx.resolve()

    assert statistics.advice()[0].text.startswith("10 of 10 commits had one action only")


@pytest.mark.only_sync("a signal interrupts the thread of the test")
@pytest.mark.needs("threads")
def test_a_signal_handler_may_ask_for_a_report(db, statistics):
    """It runs in the middle of whatever its thread does, and must not wait for it."""
    told = []
    before = signal.signal(signal.SIGUSR1, lambda *_: told.append(statistics.report()))
    add = statistics._tally.add

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGUSR1)
        add(*arguments)

    statistics._tally.add = interrupted
    try:
        db.put(Account("A-1"))
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert [0, 0] == [report.writes.committed for report in told]
    assert 1 == statistics.report().writes.committed


@pytest.mark.needs("capacity")
def test_units_are_those_that_were_reported(db, statistics, table_names):
    """By table, of transactions and batches; single writes and reads do not ask for them."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))
    db.put(Account("A-3"))
    db.batch_write(puts=[Account("A-4"), Account("A-5")])
    db.batch_get([EntityKey(Account, "A-1"), EntityKey(Account, "A-2")])
    account = statistics.report().tables[table_names["Account"]]

    assert 2 * 2 + 2 == account.write_units.consumed
    assert (2, 1) == (account.write_units.reported, account.write_units.unreported)
    assert 2 * 0.5 == account.read_units.consumed


def test_what_an_engine_does_not_report_is_not_nothing(db, statistics, engine, table_names):
    """moto reports nothing of transactions."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
    units = statistics.report().tables[table_names["Account"]].write_units
    reports = "capacity" in engine.capabilities

    assert (2.0 if reports else None) == units.consumed
    assert reports != (str(units) == "not reported")


def test_a_conflict_is_told_with_its_item_and_its_repetition_is_no_other_commit(
    db, statistics, faults, table_names
):
    """One commit, two requests, one conflict."""
    faults.next(TX, conflict())
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
    report = statistics.report()
    account = report.tables[table_names["Account"]]

    assert (1, 2, 1) == (report.scopes.committed, report.operations[TX].sent, account.conflicts)
    assert {"TransactionConflictError": 1} == report.retries
    (item,) = report.hot_items
    assert ({"number": {"S": "A-1"}}, 1, 0) == (item.key, item.count, item.over)


def test_a_conflict_of_a_single_write_has_its_item_too(db, statistics, faults):
    """It met a transaction."""
    db.put(Account("A-1"))
    faults.next("UpdateItem", error("TransactionConflictException"))
    db.update(Account, "A-1", add={"balance": 1})

    assert [1] == [item.count for item in statistics.report().hot_items]


def test_throttling_is_told_by_table(db, statistics, faults, table_names):
    """Of requests of every kind."""
    throttling = error("ProvisionedThroughputExceededException")
    faults.next("GetItem", throttling)
    faults.next("PutItem", throttling)
    faults.next(TX, error("ThrottlingException"))
    db.get(Account, "A-1")
    db.put(Account("A-1"))
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert 3 == statistics.report().tables[table_names["Account"]].throttles


def test_a_rerun_is_a_stale_read_and_another_scope(db, statistics, table_names):
    """It is canceled once and committed once."""
    db.put(Account("A-1"))
    rounds = []

    @transactional
    def earn(tx):
        account = tx.get(Account, "A-1")
        if not rounds:
            db.update(Account, "A-1", add={"balance": 5})
        rounds.append(account.balance)
        account.balance += 1
        tx.update(account)

    earn(db)
    report = statistics.report()

    assert [0, 5] == rounds
    assert (2, 1) == (report.scopes.begun, report.scopes.committed)
    assert {"StaleReadError": 1} == report.scopes.canceled == report.reruns
    assert 1 == report.tables[table_names["Account"]].stale_reads
    assert [1] == [item.count for item in report.hot_items]


@pytest.mark.needs("idempotency")
def test_a_commit_in_doubt_is_one_end_and_what_was_found_another_figure(hasty, statistics, faults):
    """Whoever adds them up counts no scope twice."""
    faults.next(TX, lost_request())
    tx = TransactScope(hasty).begin()
    tx.put(Account("A-1"))
    with pytest.raises(CommitOutcomeUnknownError):
        tx.commit()
    tx.resolve()
    scopes = statistics.report().scopes

    assert (1, 0, 1) == (scopes.begun, scopes.committed, scopes.in_doubt)
    assert {"committed": 1} == scopes.resolved


@pytest.mark.needs("idempotency", "capacity")
def test_a_lost_answer_is_a_replay(db, statistics, faults, table_names):
    """Nothing was applied twice, and read units were paid."""
    faults.next(TX, lost_answer())
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
    report = statistics.report()

    assert (0, 1) == (report.scopes.committed, report.scopes.replayed)
    assert report.tables[table_names["Account"]].read_units.consumed > 0
    assert 0 == report.commits.actions.count


def test_what_is_rolled_back_or_never_staged_is_no_commit(db, statistics):
    """A scope that sends nothing is one of its own kind."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))
        tx.put(Account("A-2"))
        raise Rollback
    with TransactScope(db):
        pass
    report = statistics.report()

    assert (2, 1, 1) == (report.scopes.begun, report.scopes.rolled_back, report.scopes.empty)
    assert 2 == report.scopes.rolled_back_calls
    assert {} == report.operations


def test_guards_by_many_values_are_found_and_versions_are_none(db, statistics):
    """Of entities as programs have them."""
    db.put(Account("A-1", roles={"owner"}, note="six of its values are compared"))
    db.insert(Sheet("S-1"))
    for _ in range(10):
        with TransactScope(db) as tx:
            account, sheet = tx.get(Account, "A-1"), tx.get(Sheet, "S-1")
            account.balance += 1
            sheet.balance += 1
            tx.update(account)
            tx.update(sheet)
    (advice,) = statistics.advice()

    assert ("guards-by-values", 10, ("Account",)) == (advice.rule, advice.count, advice.where)


def test_one_action_is_advised_to_be_a_single_write(db, statistics):
    """With the units that were paid, or what they are estimated to be."""
    for number in range(10):
        with TransactScope(db) as tx:
            tx.put(Account(f"A-{number}"))
    (advice,) = statistics.advice()

    assert ("one-action", 10) == (advice.rule, advice.count)
    assert "10 of " in advice.text
    assert "20 write units" in advice.text
    assert all("test_statistics.py:" in where for where in advice.where)


def test_puts_without_conditions_are_advised_to_be_a_batch(db, statistics):
    """And other transactions are left alone."""
    for _ in range(10):
        with TransactScope(db) as tx:
            for number in range(10):
                tx.put(Account(f"A-{number}"))
        with TransactScope(db) as tx:
            tx.insert(Account(f"B-{_}"))
            tx.update(Account, "A-1", add={"balance": 1})

    assert ["batchable"] == [each.rule for each in statistics.advice()]


def test_no_value_but_a_key_is_in_a_report(db, statistics, faults):
    """Reports are logged, sent to others, and kept."""
    faults.next(TX, conflict())
    with TransactScope(db) as tx:
        tx.put(Account("A-1", note=SECRET))
    with pytest.raises(ConditionFailedError), TransactScope(db) as tx:
        tx.insert(Account("A-1", note=SECRET))
    db.put(Account("A-2", note=SECRET))
    report = statistics.report()

    told = f"{report} {report!r} {json.dumps(report.as_dict())} {statistics.advice()}"
    assert "A-1" in told
    assert SECRET not in told


@pytest.mark.only_sync("somebody else has to come in between")
def test_a_report_may_be_taken_while_something_happens(db, statistics, faults):
    """It is of that moment, and waits for nobody."""
    reports = []
    faults.next(TX, calling(lambda: reports.append(statistics.report())))
    with TransactScope(db) as tx:
        tx.put(Account("A-1"))

    assert [(1, 0)] == [(each.scopes.begun, each.scopes.committed) for each in reports]
    assert 1 == statistics.report().scopes.committed


@pytest.mark.needs("capacity")
def test_ddb_13_nothing_is_counted_twice_or_lost(db, statistics, table_names):
    """Queries were counted twice, units of batches were 0, and transactions not counted at all."""
    db.batch_write(puts=[Account(f"A-{number}") for number in range(3)])
    db.batch_get([EntityKey(Account, "A-0"), EntityKey(Account, "A-1")])
    list(db.query(Account, "A-0"))
    with TransactScope(db) as tx:
        tx.put(Account("A-9"))
        tx.delete(Account, "A-8")
    report = statistics.report()
    account = report.tables[table_names["Account"]]

    assert {"BatchWriteItem": 1, "BatchGetItem": 1, "Query": 1, TX: 1} == {
        name: each.sent for name, each in report.operations.items()
    }
    assert 3 + 2 * 2 == account.write_units.consumed
    assert 2 * 0.5 == account.read_units.consumed
    assert 1 == report.scopes.committed
