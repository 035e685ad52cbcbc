"""One circuit for all processes. Two breakers over one table stand for two processes."""

import pytest
from attrs import define

import transactscope
from tests import shells
from tests.contract.breaker.given import CLOSED, HALF_OPEN, OPEN, get_through, overload
from tests.contract.breaker.shared import Shared, admit, report
from tests.contract.entities import Account
from transactscope import Attr, KeyTemplate, entity
from transactscope.errors import ConditionFailedError
from transactscope.ext.breaker import Circuit
from transactscope.testing import calling
from transactscope.types import Health


def test_a_closed_circuit_costs_one_read_in_a_while(pair, shared, clock):
    """However many requests are sent; and a circuit that was never open is not stored."""
    one, _ = pair
    for _ in range(3):
        assert ["sent"] * 5 == [get_through(one) for _ in range(5)]
        clock.now += 1

    assert ["GetItem"] * 3 == shared.sent.operations
    assert shared.stored() is None


def test_whoever_opens_it_opens_it_for_all(pair, shared, clock, faults, sent):
    """The others notice when their cache is over, and send nothing then."""
    one, other = pair
    assert "sent" == get_through(other)
    overload(one, faults)
    assert Circuit("test", OPEN, 1005.0, 1) == shared.stored()

    assert "sent" == get_through(other)  # as it still has it in its cache
    clock.now += 1
    sent.clear()
    assert 4.0 == get_through(other) == get_through(one)
    assert OPEN is one.breaker.state is other.breaker.state
    assert [] == sent.operations


def test_one_of_them_is_the_probe_and_closes_it_for_all(pair, shared, clock, faults, sent):
    """While it is under way the others are refused, and they notice how it ended."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    sent.clear()
    seen = []
    faults.next("GetItem", calling(lambda: seen.append(shared.stored())))
    assert "sent" == get_through(one)

    assert [Circuit("test", HALF_OPEN, 1008.0, 2)] == seen
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()
    assert "sent" == get_through(other)
    assert CLOSED is one.breaker.state is other.breaker.state
    assert ["GetItem"] * 2 == sent.operations


@pytest.mark.only_sync("the test's thread asks while the loop of the others is at work")
@pytest.mark.needs("threads")
def test_while_one_probes_the_others_are_refused(pair, shared, clock, faults):
    """They look again before the probe's time is over, because it ends sooner if all is well."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    answers = []
    faults.next("GetItem", calling(lambda: answers.append(get_through(other))))
    assert "sent" == get_through(one)
    assert [1.0] == answers
    assert OPEN is other.breaker.state

    clock.now += 1
    assert "sent" == get_through(other)
    assert CLOSED is other.breaker.state


def test_a_probe_that_fails_opens_it_for_all_again(pair, shared, clock, faults):
    """For as long as before."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    overload(one, faults, 1)
    assert Circuit("test", OPEN, 1010.0, 3) == shared.stored()

    assert 5.0 == get_through(other) == get_through(one)


def test_a_probe_whose_process_died_is_replaced(pair, shared, clock, faults):
    """Its election is over after its time."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    lost = admit(one.breaker)
    assert lost.is_probe
    assert 1.0 == get_through(other)

    clock.now += 2.5
    assert 0.5 == get_through(other)
    clock.now += 0.5
    assert "sent" == get_through(other)
    report(one.breaker, lost, Health.OVERLOADED)  # it was not dead, and comes too late
    assert Circuit("test", CLOSED, 0.0, 4) == shared.stored()


def test_an_election_that_was_not_used_is_still_ours(pair, shared, clock, faults):
    """An interrupted probe writes nothing on its way out; the next request needs no election."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    report(one.breaker, admit(one.breaker), Health.UNKNOWN)
    shared.sent.clear()
    assert 1.0 == get_through(other)
    assert "sent" == get_through(one)

    assert ["GetItem", "PutItem"] == shared.sent.operations  # the other looks, this one closes


def test_who_loses_the_election_is_refused(pair, shared, clock, faults):
    """Both have read that a probe is due; the conditional write decides."""
    one, other = pair
    overload(one, faults)
    clock.now += 5
    item = Circuit("test", HALF_OPEN, clock.now + 3, 2)
    mapped = {"CircuitBreaker": shared.table}
    outsider = transactscope.Database(shared.client, table_names=mapped)
    shared.faults.next("PutItem", calling(lambda: outsider.put(item)))
    assert 1.0 == get_through(other)
    assert item == shared.stored()


def test_a_circuit_that_was_open_before_a_process_began_is_probed(guarded, shared, clock, faults):
    """All processes may have ended while it was open."""
    overload(guarded(shared.breaker()), faults)
    clock.now += 60

    assert "sent" == get_through(guarded(shared.breaker()))
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()


def test_circuits_of_other_names_are_others(guarded, shared, faults):
    """One table holds many."""
    overload(guarded(shared.breaker("orders")), faults)

    assert "sent" == get_through(guarded(shared.breaker("customers")))


@pytest.mark.parametrize("ahead", [-3600.0, 3600.0], ids=["behind", "ahead"])
def test_clocks_that_differ_delay_a_probe_by_no_more_than_its_time(
    guarded, shared, clock, faults, ahead
):
    """Who is ahead probes at once; who is behind waits as if it had just been opened."""
    one = guarded(shared.breaker())
    other = guarded(shared.breaker(wall_clock=lambda: clock.now + ahead))
    overload(one, faults)
    first = get_through(other)
    assert ("sent" if ahead > 0 else 5.0) == first

    clock.now += 5
    assert "sent" == get_through(other)
    assert CLOSED is other.breaker.state


def test_a_circuit_may_be_kept_in_a_table_of_the_program(
    guarded, shared, client, fresh_table, faults
):
    """Under a key that nothing else has."""
    table = fresh_table("PK", "SK")
    kept = Shared(shared.client, shared.faults, shared.sent, shared.clock, table)
    breaker = kept.breaker(item=entity_in(table))
    overload(guarded(breaker), faults)
    key = {"PK": {"S": "BREAKER#test"}, "SK": {"S": "BREAKER"}}

    assert "open" == client.get_item(TableName=table, Key=key)["Item"]["state"]["S"]


def entity_in(table):
    """Register a class of circuits for a table."""

    @entity(
        table,
        partition_key=KeyTemplate("PK", "BREAKER#{name}"),
        sort_key=KeyTemplate("SK", "BREAKER"),
    )
    @define
    class Kept(Circuit):
        """A circuit beside other items."""

    return Kept


def test_two_that_open_it_at_once_do_not_disturb_each_other(pair, shared, clock, faults):
    """The second finds another turn, and follows the table when its time is over."""
    one, other = pair
    get_through(other)
    overload(one, faults)
    overload(other, faults)
    assert Circuit("test", OPEN, 1005.0, 1) == shared.stored()

    clock.now += 5
    assert "sent" == get_through(other)
    assert Circuit("test", CLOSED, 0.0, 3) == shared.stored()


def test_its_own_view_is_shown(shared):
    """In a debugger."""
    kind = "TableBreaker" if shells.current.name == shells.SYNC else "AsyncTableBreaker"

    assert f"<{kind} test: closed>" == repr(shared.breaker())


def test_a_false_condition_elsewhere_is_no_matter_of_the_breaker(pair, shared):
    """Its own conditional writes and those of the program do not meet."""
    one, _ = pair
    with pytest.raises(ConditionFailedError):
        one.update(Account, "A-1", set={"balance": 1}, condition=Attr("balance").gt(0))

    assert CLOSED is one.breaker.state
