"""What comes of a commit that does not go smoothly: attempts, doubts, and faults on purpose."""

import attrs
import pytest

from samples.catalog.frontend.terminal import EMMA, PARTITAS, PLANETS
from samples.catalog.provider.products import Album, key_of, name_of
from samples.catalog.service.comparisons import Comparison
from samples.catalog.service.mishaps import MISHAPS
from samples.catalog.service.outcomes import (
    Canceled,
    Committed,
    Found,
    GivenUp,
    InDoubt,
    Listed,
    Missing,
    Refused,
    Staged,
    TooLate,
    Unstaged,
)
from samples.catalog.service.plans import total_of
from samples.catalog.tests.marks import in_both_layouts, on_dynoxide, on_moto, with_faults
from samples.engines.counting import watch


def commit_with(service, mishap, *products):
    """Add products in a transaction, and commit it under a mishap."""
    service.begin()
    for product in products or (PARTITAS,):
        service.add(product)
    return service.commit(mishap)


@on_dynoxide
def test_a_commit_tells_how_it_was_sent(service, tables):
    """One attempt, no pause, and what DynamoDB says that it consumed."""
    sending = commit_with(service, None).sending

    assert (1, (), False) == (sending.attempts, sending.pauses, sending.replayed)
    assert ("Sent once.", f"Consumed write units: 2 in {tables.name_of(Album)}.") == sending.facts


def test_an_empty_commit_has_nothing_to_tell(service):
    """What was not sent took no attempts."""
    service.begin()

    assert service.commit().sending is None


@with_faults
@pytest.mark.parametrize(("mishap", "attempts"), [("conflict", 2), ("throttling", 3)])
def test_what_passes_is_sent_again(service, other, mishap, attempts):
    """A conflict or throttling costs attempts, which are told with their pauses."""
    outcome = commit_with(service, mishap)

    assert Committed(1) == outcome
    assert (attempts, attempts - 1) == (outcome.sending.attempts, len(outcome.sending.pauses))
    assert MISHAPS[mishap].happened == outcome.sending.facts[0]
    assert f"Sent {attempts} times, with the same token; milliseconds" in outcome.sending.facts[1]
    assert Found(PARTITAS) == other.retrieve(Album, *key_of(PARTITAS))


@on_dynoxide
@with_faults
@pytest.mark.parametrize(("mishap", "replayed"), [("lost-request", False), ("lost-answer", True)])
def test_a_lost_message_is_met_by_asking_again(service, other, mishap, replayed):
    """Whether it was applied the first time or the second, it is stored once and told so."""
    outcome = commit_with(service, mishap)

    assert (Committed(1), 2) == (outcome, outcome.sending.attempts)
    assert replayed is outcome.sending.replayed
    assert replayed is any("had been applied" in fact for fact in outcome.sending.facts)
    assert replayed is any("read units" in fact for fact in outcome.sending.facts)
    assert Listed((PARTITAS,)) == other.stored()


@with_faults
def test_endless_conflicts_cancel(service, other):
    """The policy ends, nothing was applied, and the product is named."""
    outcome = commit_with(service, "conflicts")

    assert isinstance(outcome, Canceled)
    assert [name_of(PARTITAS)] == [problem.product for problem in outcome.problems]
    assert "another transaction" in outcome.problems[0].why
    assert [6] == [each.attempts for each in [outcome.sending] if each is not None]
    assert Listed(()) == other.stored()


@on_dynoxide
@with_faults
@in_both_layouts
@pytest.mark.parametrize(
    ("mishap", "is_applied"), [("lost-requests", False), ("lost-answers", True)]
)
def test_a_doubt_is_resolved(service, other, mishap, is_applied):
    """In doubt both look the same; resolving ends in one state, applied once."""
    outcome = commit_with(service, mishap)
    before = other.stored()
    told = [doubt.calls for doubt in service.doubts]
    resolved = service.resolve()

    assert isinstance(outcome, InDoubt)
    assert [(f"insert {name_of(PARTITAS)}",)] == told
    assert Listed((PARTITAS,) if is_applied else ()) == before
    assert (Committed(1), is_applied) == (resolved, resolved.sending.replayed)
    assert Listed((PARTITAS,)) == other.stored()
    assert () == service.doubts


@with_faults
def test_a_doubt_may_end_in_a_refusal(service, other):
    """What never arrived is judged by what is stored now, and its product is named."""
    commit_with(service, "lost-requests")
    theirs = attrs.evolve(PARTITAS, year=1)
    other.add(theirs)

    outcome = service.resolve(service.doubts[0].number)

    assert isinstance(outcome, Canceled)
    assert [theirs] == [problem.stored for problem in outcome.problems]
    assert [Comparison(PARTITAS, theirs)] == [each.comparison for each in outcome.problems]
    assert () == service.doubts


@on_dynoxide
@with_faults
def test_a_doubt_that_is_too_old_is_not_called_sent(service, monkeypatch):
    """Asking too late sends nothing, leaves the doubt, and says so at every attempt."""
    commit_with(service, "lost-answers")
    monkeypatch.setattr("transactscope.core.window.TOKEN_SECONDS", 0)
    sent = watch(service._sender.own_client)
    outcomes = [service.resolve(), service.resolve()]

    assert [] == sent
    assert [TooLate] * 2 == [type(each) for each in outcomes]
    assert "nothing was sent" in str(outcomes[0])
    assert [True] == [doubt.is_too_late for doubt in service.doubts]
    assert isinstance(service.give_up(), GivenUp)


@with_faults
def test_a_resolved_doubt_counts_all_attempts(service, other):
    """Six requests were lost, and the seventh was canceled: seven is what is told."""
    sending = commit_with(service, "lost-requests").sending
    other.add(attrs.evolve(PARTITAS, year=1))
    resolved = service.resolve()

    assert isinstance(resolved, Canceled)
    assert [6, 7] == [each.attempts for each in (sending, resolved.sending) if each is not None]


@on_dynoxide
@with_faults
def test_what_happened_on_purpose_is_told_as_it_was(service, other):
    """An answer that got lost may have been a no: nothing claims that it was applied."""
    other.add(PARTITAS)
    canceled = commit_with(service, "lost-answer")
    facts = canceled.sending.facts

    assert Canceled is type(canceled)
    assert "On purpose: the first request arrived, and its answer was lost." == facts[0]
    assert not any("applied" in fact for fact in facts)


@with_faults
@on_moto
def test_lost_answers_need_an_engine_that_keeps_tokens(service, other):
    """Elsewhere the second request would meet the writes of the first; nothing is sent instead."""
    outcome = commit_with(service, "lost-answer")

    assert isinstance(outcome, Refused)
    assert "does not know a request again by its token" in str(outcome)
    assert {"lost-answer", "lost-answers"} == MISHAPS.keys() - service.mishaps.keys()
    assert (True, Listed(())) == (service.is_open, other.stored())


@with_faults
def test_a_session_goes_on_beside_its_doubt(service, other):
    """A new transaction is told what it stands beside, and both have their own end."""
    commit_with(service, "lost-requests")
    begun = service.begin()
    service.add(EMMA)
    committed = service.commit()
    left = len(service.doubts)

    assert "1 earlier transaction still in doubt" in str(begun)
    assert (Committed(1), 1) == (committed, left)
    assert Listed((EMMA,)) == other.stored()


@with_faults
def test_a_doubt_can_be_given_up(service, sent):
    """Whoever has looked at the products needs no answer any more."""
    commit_with(service, "lost-requests")
    number = service.doubts[0].number

    outcomes = [service.give_up(number), service.give_up(number), service.resolve(number)]

    assert [GivenUp, Refused, Refused] == [type(each) for each in outcomes]
    assert "Look at the products" in str(outcomes[0])
    assert ((), []) == (service.doubts, sent)


def test_without_a_doubt_there_is_nothing_to_resolve(service):
    """The answer is a sentence, with a number or without one."""
    outcomes = [service.resolve(), service.resolve(7)]

    assert ["Not done: there is no such transaction in doubt any more."] * 2 == [
        str(each) for each in outcomes
    ]


@with_faults
def test_a_fault_hits_one_commit_of_one_session(open_service, service):
    """The next commit of the same session goes well, and so does everybody else's."""
    neighbour = open_service()
    try:
        service.begin()
        service.add(PARTITAS)
        neighbour.begin()
        neighbour.add(EMMA)
        outcomes = [service.commit("conflicts"), neighbour.commit(), commit_with(service, None)]
    finally:
        neighbour.close()

    assert [Canceled, Committed, Committed] == [type(each) for each in outcomes]
    assert [1, 1] == [each.sending.attempts for each in outcomes[1:]]


def test_no_fault_without_a_client_of_ones_own(service, other):
    """Where the engine is elsewhere nothing is made to fail, and what is staged stays."""
    outcome = commit_with(service, "conflict")

    assert isinstance(outcome, Refused)
    assert "this machine only" in str(outcome)
    assert not service.mishaps
    assert Committed(1) == service.commit()
    assert Listed((PARTITAS,)) == other.stored()


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_call_that_is_taken_back_is_not_sent(service, other, end):
    """The others stay as they are, whichever level they are in."""
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    service.add(EMMA)
    service.add(PLANETS)
    first, second, _ = service.staged

    outcomes = [service.unstage(second.number), service.unstage(first.number)]
    levels = [(call.product, call.level) for call in service.staged]
    getattr(service, end)()

    assert [Unstaged(second.text), Unstaged(first.text)] == outcomes
    assert [(name_of(PLANETS), 2)] == levels
    assert Listed((PLANETS,) if end == "commit" else ()) == other.stored()


def test_a_level_counts_what_is_left_of_it(service):
    """A call of the level around it that is taken back is not missing inside."""
    service.begin()
    service.add(PARTITAS)
    service.savepoint()
    service.add(EMMA)
    service.unstage(service.staged[0].number)

    assert 1 == service.rollback_level().calls
    assert () == service.staged


def test_a_call_that_others_need_stays(service):
    """Whoever cannot take it back is told why, and nothing changes."""
    service.begin()
    outcomes = [
        service.add(PARTITAS),
        service.remove(Album, *key_of(PARTITAS)),
        service.add(PLANETS),
        service.add(PARTITAS),
    ]
    removal = service.staged[1]

    refused = service.unstage(removal.number)

    assert [Staged] * 4 == [type(each) for each in outcomes]
    assert isinstance(refused, Refused)
    assert str(refused).startswith(
        "Not done: it stays, because the later ones on the same product do not go without it: "
    )
    assert 4 == len(service.staged)


@pytest.mark.parametrize("state", ["closed", "open"])
def test_what_is_not_staged_cannot_be_taken_back(service, state):
    """The button of an old page does not hit another call."""
    if state == "open":
        service.begin()
        service.add(PARTITAS)

    outcome = service.unstage(99)

    assert isinstance(outcome, Refused)
    assert ("no transaction is open" in str(outcome)) is (state == "closed")


@in_both_layouts
def test_a_conflict_has_both_versions(service, other):
    """What is stored and what was wanted come with the reason, in a commit or without one."""
    theirs, yours = (attrs.evolve(PARTITAS, year=year) for year in (1726, 1732))
    other.add(PARTITAS)
    other.change(theirs, seen=PARTITAS)
    single = service.change(yours, seen=PARTITAS)
    service.begin()
    service.change(yours, seen=PARTITAS)
    committed = service.commit()

    found = [outcome.problems[0].comparison for outcome in (single, committed)]
    assert [(theirs, yours, PARTITAS)] * 2 == [
        (each.theirs, each.yours, each.seen) for each in found
    ]


def test_a_conflict_with_a_removal_has_one_version(service, other):
    """What is gone has no version, and a removal wants none."""
    service.begin()
    service.change(attrs.evolve(PARTITAS, year=1), seen=PARTITAS)
    service.remove(Album, *key_of(PLANETS))
    changed, removed = service.commit().problems

    assert (None, None) == (changed.comparison.theirs, removed.comparison)
    assert isinstance(other.retrieve(Album, *key_of(PARTITAS)), Missing)


def test_the_exact_request_can_be_seen_before_and_after(service, sent):
    """It is what is sent, and looking at it sends nothing."""
    nothing = (service.request, service.sent_request)
    service.begin()
    empty = service.request
    service.add(PARTITAS)
    planned, calls = service.request, list(sent)
    service.commit()

    assert (None, None, None, []) == (*nothing, empty, calls)
    assert '"attribute_not_exists(#n0)"' in planned
    assert (None, planned) == (service.request, service.sent_request)


def test_totals_stand_beside_the_limits(service):
    """Nobody has to know what one transaction may have."""
    service.begin()
    empty = total_of(service.actions)
    service.add(PARTITAS)
    service.remove(Album, *key_of(PLANETS))
    total = total_of(service.actions)

    assert "0 of 100 actions, 0 bytes of 4 MB, 0 write units" == str(empty)
    assert ("2 of 100 actions", "at least 4 write units") == (total.of_actions, total.cost)
    assert "at least 59 bytes of 4 MB" == total.of_bytes
    assert ["2", "at least 2"] == [each.cost for each in service.actions]
