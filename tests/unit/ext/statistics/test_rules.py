"""Rules: each gives its advice from a certain figure on, and not one before."""

import re

import pytest

from tests.project.tree import ROOT
from tests.unit.ext.statistics.events import action, cancel, commit, conflict, event, reason, stale
from transactscope import limits
from transactscope.errors import CommitOutcomeUnknownError
from transactscope.ext.statistics import Finding, HotItem, Outcomes, Report, Statistics, rules
from transactscope.ext.statistics import thresholds as ours
from transactscope.types import EventKind


def _advice(*events, times=1):
    statistics = Statistics()
    for _ in range(times):
        for each in events:
            statistics(each)
    return {each.rule: each for each in statistics.advice()}


def _put(number, **facts):
    return action(key={"number": {"S": f"A-{number}"}}, **facts)


def _puts(count, **facts):
    return [_put(number, **facts) for number in range(count)]


def test_nothing_is_advised_of_nothing():
    """Every rule is silent where nothing was seen."""
    assert [] == rules.advice(Report())
    assert {} == _advice(commit(_put(1), _put(2)), times=100)


class TestOneAction:
    """One action is a single write at half the price."""

    @pytest.mark.parametrize(("times", "fires"), [(9, False), (10, True)])
    def test_ten_such_commits_are_worth_a_word(self, times, fires):
        """Nine may be chance."""
        assert fires == ("one-action" in _advice(commit(action()), times=times))

    @pytest.mark.parametrize("kind", ["Put", "Update", "Delete"])
    def test_every_kind_of_single_write_is_one(self, kind):
        """With a condition, too: a single write takes it."""
        ends = commit(action(kind, is_conditional=True))
        advice = _advice(ends, commit(_put(1), _put(2)), times=10)["one-action"]

        assert (10, ("shop.py:7",)) == (advice.count, advice.where)
        assert advice.text.startswith("10 of 20 commits had one action only.")

    @pytest.mark.parametrize(
        "needed",
        [
            commit(action("ConditionCheck")),
            commit(action(verb="once", is_conditional=True)),
            commit(_put(1), action("ConditionCheck")),
            commit(action(), replayed=True),
            commit(action(), is_scope=False),
        ],
        ids=["check", "once", "two", "replayed", "single"],
    )
    def test_what_needs_a_transaction_is_left_alone(self, needed):
        """A check alone, a marker, or more than one action cannot be a single write."""
        assert "one-action" not in _advice(needed, times=100)

    def test_the_text_says_what_is_lost(self):
        """A token that matters is nothing that can be seen, so the reader has to know."""
        text = _advice(commit(action()), times=10)["one-action"].text

        assert "token" in text
        assert "ends in doubt" in text

    def test_units_are_those_that_were_consumed(self):
        """Half of what was paid for; indexes are in it, so it is the most that is saved."""
        paid = commit(action(write_units=99), write_units={"Account": 4.0})

        assert "up to 20 of the 40 write units" in _advice(paid, times=10)["one-action"].text

    def test_where_none_are_reported_they_are_estimated(self):
        """And the text says so."""
        text = _advice(commit(action(write_units=6)), times=10)["one-action"].text

        assert "about 30 of an estimated 60 write units" in text


class TestBatchable:
    """Puts that demand nothing are a batch at half the price."""

    @pytest.mark.parametrize(("count", "fires"), [(9, False), (10, True)])
    def test_ten_puts_are_many(self, count, fires):
        """Fewer are hardly worth the loss of all or nothing."""
        assert fires == ("batchable" in _advice(commit(*_puts(count)), times=10))

    @pytest.mark.parametrize(("times", "fires"), [(9, False), (10, True)])
    def test_ten_such_commits_are_worth_a_word(self, times, fires):
        """Nine may be chance."""
        assert fires == ("batchable" in _advice(commit(*_puts(10)), times=times))

    def test_deletes_are_taken_by_a_batch_as_well(self):
        """Both have the same price there, and updates have none."""
        ends = commit(*_puts(9), action("Delete"), write_units={"Account": 20.0})
        advice = _advice(ends, times=10)["batchable"]

        assert "up to 100 of the 200 write units" in advice.text
        assert "each item is then written for itself" in advice.text

    @pytest.mark.parametrize(
        "other",
        [
            action("Update"),
            action("ConditionCheck"),
            action(is_conditional=True),
            action(verb="once", is_conditional=True),
        ],
        ids=["update", "check", "condition", "marker"],
    )
    def test_one_action_that_no_batch_takes_makes_it_none(self, other):
        """A batch has no conditions and no updates."""
        assert "batchable" not in _advice(commit(*_puts(20), other), times=100)


class TestHotItems:
    """An item that many want."""

    @pytest.mark.parametrize(("times", "fires"), [(9, False), (10, True)])
    def test_ten_conflicts_make_an_item_hot(self, times, fires):
        """Nine may be chance."""
        assert fires == ("hot-item" in _advice(cancel(conflict()), times=times))

    def test_stale_reads_are_conflicts_too(self):
        """Somebody else was faster, in either case."""
        advice = _advice(cancel(conflict()), cancel(stale()), times=5)["hot-item"]

        assert (10, ("Account number='A-1'",)) == (advice.count, advice.where)
        assert advice.text.startswith("Account number='A-1' met 10 conflicts and stale reads.")

    @pytest.mark.parametrize(("over", "fires"), [(5, True), (6, False)])
    def test_only_what_is_certain_counts(self, over, fires):
        """A counter that was taken over from another item is no proof of this one."""
        item = HotItem(table="Account", key={"number": {"S": "A-1"}}, count=15, over=over)
        found = rules.hot_items(Report(hot_items=(item,)))

        assert fires == bool(found)
        assert all("10 conflicts and stale reads or more" in each.text for each in found)

    def test_every_hot_item_is_named(self):
        """Each is a place of its own in the program."""
        report = Statistics()
        for number in range(3):
            for _ in range(10):
                report(cancel(conflict(reason(number=f"A-{number}"))))

        assert ["hot-item"] * 3 == [each.rule for each in report.advice()]


class TestNearLimits:
    """A commit that is large today is too large tomorrow."""

    @pytest.mark.parametrize(("count", "fires"), [(79, False), (80, True)])
    def test_eighty_actions_are_near_a_hundred(self, count, fires):
        """One such commit is enough: the next may be refused."""
        actions = [action("Update") for _ in range(count)]

        assert fires == ("near-limits" in _advice(commit(*actions)))

    @pytest.mark.parametrize(("size", "fires"), [(327_679, False), (327_680, True)])
    def test_four_fifths_of_400_kb_are_near_for_an_item(self, size, fires):
        """It grows with every update, until one is refused."""
        found = _advice(commit(_put(1, bytes=size), _put(2)))

        assert fires == ("near-limits" in found)

    @pytest.mark.parametrize(("size", "fires"), [(335_544, False), (335_545, True)])
    def test_four_fifths_of_4_mb_are_near_for_a_transaction(self, size, fires):
        """Ten items of this size; each of them is near its own limit as well."""
        statistics = Statistics()
        statistics(commit(*_puts(10, bytes=size)))
        bytes_in_all = [each for each in statistics.advice() if "in all items" in each.text]

        assert fires == bool(bytes_in_all)

    def test_the_text_has_the_figures(self):
        """How near, how often, and where."""
        advice = _advice(commit(*_puts(80)), commit(*_puts(93)))["near-limits"]

        assert advice.text.startswith(
            "2 commits had 80 or more actions, 93 at most, and 100 are possible."
        )
        assert ("shop.py:7",) == advice.where

    def test_the_limits_are_those_of_the_library(self):
        """An extension has its own constants, and must not have its own limits."""
        expected = (limits.MAX_ACTIONS, limits.MAX_TRANSACTION_BYTES, limits.MAX_ITEM_BYTES)
        assert expected == (ours.MAX_ACTIONS, ours.MAX_BYTES, ours.MAX_ITEM_BYTES)


class TestGuards:
    """A version is one value."""

    @pytest.mark.parametrize(("values", "fires"), [(4, False), (5, True)])
    def test_five_values_are_many(self, values, fires):
        """A few are as good as a version."""
        guarded = commit(_put(1, guarded_values=values), _put(2))

        assert fires == ("guards-by-values" in _advice(guarded, times=10))

    @pytest.mark.parametrize(("times", "fires"), [(9, False), (10, True)])
    def test_ten_such_actions_are_worth_a_word(self, times, fires):
        """Nine may be chance."""
        guarded = commit(_put(1, guarded_values=7), _put(2))

        assert fires == ("guards-by-values" in _advice(guarded, times=times))

    def test_classes_are_named_because_they_declare_versions(self):
        """And a table where an action has no class."""
        guarded = [_put(1, guarded_values=9), _put(2, guarded_values=5, entity_class=None)]
        advice = _advice(commit(*guarded), times=10)["guards-by-values"]

        assert {"Account"} == set(advice.where)
        assert (20, True) == (advice.count, "9 at most" in advice.text)

    def test_it_promises_no_units(self):
        """Conditions are not charged by their length."""
        report = Report(guards_by_values=Finding(count=10, most=9))

        assert "units stays the same" in rules.guards_by_values(report)[0].text


class TestReplays:
    """The same work, begun again."""

    @pytest.mark.parametrize(("times", "fires"), [(9, False), (10, True)])
    def test_ten_replays_are_worth_a_word(self, times, fires):
        """A lost answer now and then is what tokens are for."""
        assert fires == ("replays" in _advice(commit(action(), replayed=True), times=times))

    def test_what_resolve_found_counts_as_well(self):
        """It was committed before, too."""
        doubt = event(EventKind.IN_DOUBT, error=CommitOutcomeUnknownError("text"))
        found = commit(action(), replayed=True, verb="resolve")

        assert 10 == _advice(doubt, found, times=10)["replays"].count

    def test_committed_ones_are_none(self):
        """A report says which are which."""
        assert [] == rules.replays(Report(scopes=Outcomes(committed=1000)))


def _all_advice():
    """One of each rule."""
    seen = Finding(count=10, most=90, write_units=100.0, where={"shop.py:7": 10})
    item = HotItem(table="Account", key={"number": {"S": "A-1"}}, count=10, over=0)
    return rules.advice(
        Report(
            scopes=Outcomes(committed=100, replayed=10),
            hot_items=(item,),
            one_action=seen,
            batchable=seen,
            near_actions=seen,
            near_bytes=seen,
            near_item_bytes=seen,
            guards_by_values=seen,
        )
    )


def test_every_rule_names_a_page_that_is_there():
    """Whoever wants to know more finds it."""
    advice = _all_advice()

    assert len(rules.RULES) + 2 == len(advice)
    assert [] == [each.page for each in advice if not (ROOT / each.page).is_file()]


def test_ddb_13_no_text_claims_what_is_not_so():
    """Projections and filters read the same items, so they lower no units; nothing says they do."""
    texts = " ".join(each.text for each in _all_advice())

    assert re.findall(r"(?i)projection|filter|only=", texts) == []
    assert "None" not in texts


def test_the_rules_are_those_of_the_documentation():
    """Programs compare their names."""
    text = (ROOT / "docs/how-to/statistics.md").read_text(encoding="utf-8")

    assert [] == [each.rule for each in _all_advice() if f"| `{each.rule}` |" not in text]
