"""Names of botocore that a handover looks at, and that a release of it may lack."""

import pytest
from botocore.client import BaseClient, ClientMeta
from botocore.history import HistoryRecorder
from botocore.hooks import EventAliaser, HierarchicalEmitter, _PrefixTrie

from tests.contract.handover.ready import is_handed_over, put
from tests.hiding import hidden
from transactscope.transports import handover

pytestmark = pytest.mark.only_sync("the same in every shell")
MODULE = handover.__name__
NAMES = [
    (ClientMeta, "events"),
    (EventAliaser, "_emitter"),
    (HierarchicalEmitter, "_handlers"),
    (HierarchicalEmitter, "_lookup_cache"),
    (HistoryRecorder, "_enabled"),
    (_PrefixTrie, "prefix_search"),
    *((BaseClient, name) for name in handover._STEPS),
]


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=lambda each: getattr(each, "__name__", each))
def test_without_a_name_the_parameters_are_sent(transport, ids, table, kind, name):
    """Nobody can tell who else listens, so nothing is handed over, and everything arrives."""
    missing, there = (put(table, each) for each in ("1", "2"))
    with hidden(kind, name, MODULE):
        transport(missing)
    transport(there)

    assert [False, True] == [is_handed_over(each) for each in (missing, there)]
    assert ["1", "2"] == ids()
