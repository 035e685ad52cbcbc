"""The benchmarks run, compare like with like, and leave nothing behind.

No figure is judged here: what a machine of tests measures says nothing.
"""

import dataclasses
import json
import os
import random
import select
import signal
import subprocess
import sys
import zlib

import attrs
import boto3
import pytest

from benchmarks import credentials, documents, profiles, stub
from benchmarks.measurements import NAMES
from benchmarks.measurements.commits import SIZES
from benchmarks.peers import ENTRIES, Entry, choose
from benchmarks.races import Contender, Race
from benchmarks.results import Results, Sample, as_json, from_json, ratio
from benchmarks.server import serving
from benchmarks.tables import Table, tables_of
from benchmarks.targets import TARGETS, verdicts
from benchmarks.things import Thing, Things, as_item, bytes_of
from benchmarks.workloads import Verb, Workload
from tests.project.tree import ROOT
from transactscope import from_item, to_item

OURS = [key for key in ("ordinary", "direct") if key in ENTRIES]
TITLES = {ENTRIES[key].title for key in OURS}
PATIENCE = 120  # seconds for a process to end

watches_processes = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="only Linux tells of the end of somebody else's process"
)


def _benchmarks(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )


@dataclasses.dataclass
class Run:
    """What a run printed and wrote."""

    printed: str
    results: Results


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All measurements, with one round, boto3 and ours: what is installed for the tests."""
    file = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    peers = ",".join(["boto3", *OURS])
    tiny = ["--quick", "--rounds", "1", "--no-pin"]
    printed = _benchmarks(*tiny, "--peers", peers, "--json", file).stdout
    return Run(printed, from_json(json.loads(file.read_text("utf-8"))))


@pytest.mark.slow
def test_every_measurement_measures_ours_beside_another(run):
    """None is left out silently, and none has a figure that cannot be."""
    found = {}
    for sample in run.results.samples:
        found.setdefault(sample.measurement, set()).add(sample.contender)
    rounds = [figure for sample in run.results.samples for figure in sample.rounds]

    assert set(NAMES) | {"sent"} == set(found)
    assert all(len(contenders) > 1 for contenders in found.values())
    assert all(figure > 0 for figure in rounds)
    assert {ENTRIES["boto3"].title, *TITLES} == found["commits"]


@pytest.mark.slow
def test_a_run_says_what_its_figures_depend_on(run):
    """A figure without its date, versions and method is worth nothing."""
    facts = run.results.facts

    assert {"date", "python", "machine", "versions", "method", "rounds", "seed"} <= set(facts)
    assert boto3.__version__ == facts["versions"]["boto3"]
    assert 1 == facts["rounds"]


@pytest.mark.slow
def test_a_run_prints_every_table_and_every_target(run):
    """Who runs it sees all of it without opening a file."""
    headings = {line for line in run.printed.splitlines() if line and not line.startswith(" ")}

    assert {table.heading for table in tables_of(run.results)} == headings
    assert all(target.title in run.printed for target in TARGETS)


@pytest.mark.slow
def test_a_profile_adds_up():
    """The parts are all of a commit."""
    entry = ENTRIES["direct"]
    printed = _benchmarks("profile", "--n", "1", "--quick", "--rounds", "1", "--no-pin").stdout
    parts = printed.partition("Its dearest")[0]
    shares = [float(word.rstrip("%")) for word in parts.split() if word.endswith("%")]

    assert entry.key == "direct"
    assert "encoding" in parts
    assert 100 == pytest.approx(sum(shares), abs=1)


def test_the_profile_knows_the_library_from_others():
    """A file's time goes to the layer that it is of, wherever the checkout is."""
    file = ROOT / "transactscope/core/freeze.py"
    auth = "site-packages/botocore/auth.py"

    assert "freeze" == profiles._part_of((str(file), 1, "frozen"))
    assert "signing" == profiles._part_of((f"{os.sep}lib{os.sep}{auth}", 1, "sign"))
    assert None is profiles._part_of(("~", 0, "<built-in method builtins.len>"))
    assert "socket" == profiles._part_of(("~", 0, "<method 'recv' of '_socket.socket' objects>"))


class TestServer:
    """The server that answers at once."""

    @pytest.mark.slow
    def test_it_speaks_the_protocol(self):
        """A client that found something wrong would do more work than with DynamoDB."""
        key = {"artist": {"S": "a"}, "title": {"S": "t"}}
        gets = [{"Get": {"TableName": "Thing", "Key": key}}] * 3
        with serving() as server:
            client = _client(server)
            one = client.get_item(TableName="Thing", Key=key)
            three = client.transact_get_items(TransactItems=gets)
            batch = client.batch_get_item(RequestItems={"Thing": {"Keys": [key]}})
            put = client.put_item(TableName="Thing", Item=key)
            written = client.batch_write_item(
                RequestItems={"Thing": [{"PutRequest": {"Item": key}}]}
            )
            described = client.describe_table(TableName="Thing")
            client.close()

        assert isinstance(from_item(Thing, one["Item"]), Thing)
        assert 3 == len(three["Responses"])
        assert "a" == batch["Responses"]["Thing"][0]["artist"]["S"]
        assert {} == written["UnprocessedItems"]
        assert "ACTIVE" == described["Table"]["TableStatus"]
        metadata = put["ResponseMetadata"]
        assert 0 == metadata["RetryAttempts"]
        assert 52 == len(metadata["RequestId"])
        assert str(zlib.crc32(b"{}")) == metadata["HTTPHeaders"]["x-amz-crc32"]
        assert "application/x-amz-json-1.0" == metadata["HTTPHeaders"]["content-type"]

    def test_it_tells_what_it_was_sent(self):
        """That is how peers are found out that send less than the others."""
        with serving() as server:
            client = _client(server)
            client.get_item(TableName="Thing", Key={"artist": {"S": "a"}, "title": {"S": "t"}})
            client.close()

            assert "Thing" == server.last_body()["TableName"]

    def test_a_large_request_is_read_whole(self):
        """Items of 256 KB come in many pieces."""
        item = {"artist": {"S": "a"}, "title": {"S": "t"}, "note": {"S": "n" * 300_000}}
        with serving() as server:
            client = _client(server)
            client.put_item(TableName="Thing", Item=item)
            client.close()

            assert item == server.last_body()["Item"]

    @watches_processes
    def test_it_stops_with_its_block(self):
        """Nothing is left running after a measurement."""
        with serving() as server:
            watched = os.pidfd_open(server.process_id)

        assert _has_ended(watched)

    @watches_processes
    @pytest.mark.slow
    def test_it_stops_where_its_starter_was_killed(self):
        """A run that is killed leaves no server behind."""
        with subprocess.Popen(
            [sys.executable, "-c", _STARTER], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as starter:
            watched = os.pidfd_open(int(starter.stdout.readline()))
            starter.kill()

        assert _has_ended(watched)

    @pytest.mark.parametrize("limit", [0.0, 0.2])
    def test_it_stops_after_its_time(self, limit):
        """Not even a starter that forgets it can keep it for ever."""
        with _stub(limit) as process:
            assert 0 == process.wait(PATIENCE)

    def test_it_stops_on_sigterm(self):
        """It is ended as any process is."""
        with _stub(600.0) as process:
            assert process.stdout.readline().strip().isdigit()
            process.terminate()

            assert -signal.SIGTERM == process.wait(PATIENCE)


_STARTER = """
import signal
from benchmarks.server import serving
with serving() as server:
    print(server.process_id, flush=True)
    signal.pause()
"""


def _stub(limit):
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", stub.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps({"item": {}, "pause": 0.0, "limit": limit}) + "\n")
    process.stdin.flush()
    return process


def _has_ended(watched):
    """Whether a process ends in time; the kernel tells, so nothing sleeps."""
    try:
        return bool(select.select([watched], [], [], PATIENCE)[0])
    finally:
        os.close(watched)


def _client(server):
    return boto3.client(
        "dynamodb",
        endpoint_url=server.url,
        region_name=credentials.REGION,
        aws_access_key_id=credentials.KEY_ID,
        aws_secret_access_key=credentials.SECRET,
    )


class TestPeers:
    """Who takes part."""

    def test_those_that_are_not_installed_are_named_with_the_reason(self):
        """A table that lacks a peer says so."""
        entry = Entry("none", "No library", "of_nothing:Models", "no-such-distribution")
        newer = attrs.evolve(entry, since=(99, 0))

        assert "no-such-distribution is not installed" == entry.missing()
        assert "needs Python 99.0 or newer" == newer.missing()

    def test_every_peer_takes_part_or_has_a_reason(self):
        """None is forgotten."""
        present, left_out = choose(())

        assert {entry.title for entry in ENTRIES.values()} == {
            *(entry.title for entry in present),
            *left_out,
        }
        assert TITLES <= {entry.title for entry in present}

    def test_the_unit_always_takes_part(self):
        """There is no ratio without it."""
        present, left_out = choose(["direct"])

        assert ["boto3", "direct"] == [entry.key for entry in present]
        assert {} == left_out

    @pytest.mark.parametrize("name", ["puts", "mixed"])
    def test_ours_and_boto3_send_the_same_actions(self, name):
        """Like is compared with like: the same verbs on the same keys, in the same order."""
        sent = []
        with serving() as server:
            for entry in choose(OURS)[0]:
                peer = entry.open(server.url)
                peer.run(peer.prepare(Workload(name, 20).commits(1)))
                peer.close()
                sent.append([_key_of(action) for action in server.last_body()["TransactItems"]])

        assert [sent[0]] * len(sent) == sent
        assert 20 == len(sent[0])

    def test_the_requirements_name_every_peer(self):
        """Who installs them gets all of them; what boto3 needs comes with the library."""
        text = (ROOT / "benchmarks/requirements.txt").read_text("utf-8")
        wanted = {entry.distribution for entry in ENTRIES.values()} - {"boto3", "transactscope"}

        assert set() == {name for name in wanted if f"\n{name}>=" not in text}


def _key_of(action):
    verb, content = next(iter(action.items()))
    named = content.get("Key", content.get("Item"))
    return verb, named["artist"]["S"], named["title"]["S"]


class TestThings:
    """What is written."""

    def test_the_item_has_the_size_that_is_told(self):
        """Figures are compared with others of an item of this size."""
        item = as_item(Things().make())

        assert 670 == bytes_of(item)
        assert 13 == len(item)
        assert 14 == len(attrs.fields(Thing))

    def test_what_is_built_by_hand_is_what_the_library_makes(self):
        """All write the same."""
        thing = Things().make()

        assert to_item(thing) == as_item(thing)

    def test_no_two_are_alike(self):
        """A client that remembers what it has sent gains nothing."""
        things = [as_item(thing) for thing in Things().several(200)]
        texts = {json.dumps(item, sort_keys=True) for item in things}

        assert 200 == len(texts)
        assert 200 == len({(item["artist"]["S"], item["title"]["S"]) for item in things})

    @pytest.mark.parametrize("size", SIZES)
    def test_the_mixture_is_what_is_told(self, size):
        """However large a commit is, of twenty actions eight are puts, and so on."""
        commits = Workload("mixed", size).commits(20)
        verbs = [step.verb for commit in commits for step in commit]
        shares = {verb: verbs.count(verb) / len(verbs) for verb in Verb}

        assert {Verb.PUT: 0.4, Verb.UPDATE: 0.3, Verb.DELETE: 0.15, Verb.CHECK: 0.15} == shares


class TestRaces:
    """How figures come about."""

    def test_all_run_in_every_round_in_an_order_of_their_own(self):
        """What one leaves behind for the next is not always the same peer's gain."""
        ran = []
        contenders = [Contender(name, lambda: None, _noting(ran, name)) for name in "abcd"]

        _race(20, 1).run(contenders)

        rounds = ["".join(ran[start : start + 4]) for start in range(4, len(ran), 4)]
        assert 20 == len(rounds)
        assert {"abcd"} == {"".join(sorted(each)) for each in rounds}
        assert len(set(rounds)) > 5

    def test_the_same_seed_gives_the_same_orders(self):
        """A run can be repeated."""
        orders = []
        for _ in range(2):
            ran = []
            contenders = [Contender(name, lambda: None, _noting(ran, name)) for name in "abc"]
            _race(9, 7).run(contenders)
            orders.append(ran)

        assert orders[0] == orders[1]

    def test_preparing_is_not_measured(self):
        """Things are made before the clock starts."""
        clock = [0.0]

        def passes(seconds):
            clock[0] += seconds
            return seconds

        slow = Contender("slow", lambda: passes(100.0), lambda _: passes(2.0))

        race = _race(2, 1, lambda: clock[0])

        assert {"slow": [2.0, 2.0]} == race.run([slow])

    def test_a_ratio_is_of_the_same_round(self):
        """A round in which all were slow does not count for or against anyone."""
        ours = Sample("commits", "puts", 1, "ours", "µs", [1.0, 10.0, 100.0])
        other = Sample("commits", "puts", 1, "other", "µs", [2.0, 20.0, 200.0])

        assert 0.5 == ratio(ours, other).median
        assert 0.0 == ratio(ours, other).spread


def _race(rounds, seed, meter=lambda: 0.0):
    """Return a race that leaves the garbage of the whole test run where it is."""
    return Race(rounds, random.Random(seed), meter, collect=lambda: None)


def _noting(ran, name):
    return lambda _: ran.append(name)


class TestReports:
    """What becomes of figures."""

    @pytest.mark.parametrize(
        ("figure", "word"), [(0.07, "met"), (0.08, "not met"), (None, "not measured")]
    )
    def test_a_target_is_held_against_what_was_measured(self, figure, word):
        """Nobody has to compare tables by eye."""
        held = verdicts(_commits(figure))[0]

        assert (word, figure) == (held.word, held.figure)

    def test_what_has_to_be_below_a_bound_is_not_met_at_it(self):
        """`< 1` and `<= 1` are two things."""
        strict = next(target for target in TARGETS if target.is_strict)
        least = next(target for target in TARGETS if target.is_least)

        assert not strict.is_met(1.0, 1.0)
        assert strict.is_met(0.99, 1.0)
        assert least.is_met(8.0, 8.0)
        assert not least.is_met(7.9, 8.0)

    def test_results_come_back_from_json(self):
        """A run is shown again without measuring."""
        results = _commits(0.05)

        assert results == from_json(json.loads(json.dumps(as_json(results))))

    def test_the_page_is_remade_between_its_comments_only(self):
        """What people wrote stays, however often figures are written."""
        page = (ROOT / documents.PAGE).read_text("utf-8")

        once = documents.with_figures(page, _commits(0.05), "images/benchmarks.png")
        twice = documents.with_figures(once, _commits(0.06), None)

        assert page.partition("<!--")[0] == once.partition("<!--")[0]
        assert "(images/benchmarks.png)" in once
        assert "| transactscope" in once
        assert "0.05" in once
        assert documents.with_figures(page, _commits(0.06), None) == twice

    def test_a_page_without_its_comments_is_left_alone(self):
        """Nothing is written over that was not made by it."""
        with pytest.raises(ValueError, match="lost one of its two comments"):
            documents.with_figures("# A page\n", _commits(0.05), None)

    def test_columns_are_aligned(self):
        """A table is read downwards."""
        table = Table("Heading", ("", "1"), (("boto3", "1,000"), ("ours", "7")))

        assert "Heading\n             1\n  boto3  1,000\n  ours       7" == table.as_text()
        assert "| ours | 7 |" in table.as_markdown()


def _commits(figure):
    """Results in which ours needs so much of what boto3 needs, with one put."""
    facts = {
        "date": "2026-11-21",
        "python": "3.11",
        "machine": "one",
        "versions": {"boto3": "1.44"},
        "rounds": 1,
        "seed": 1,
        "pinned": True,
        "item bytes": 670,
    }
    unit = Sample("commits", "puts", 1, ENTRIES["boto3"].title, "µs", [1.0])
    ours = Sample("commits", "puts", 1, ENTRIES["direct"].title, "µs", [figure or 0])
    return Results((unit,) if figure is None else (unit, ours), facts)
