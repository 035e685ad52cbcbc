"""`tx.client`: data-access code written against boto3, inside a transaction."""

import pytest

from tests.contract.entities import Account
from tests.shells import TransactScope
from transactscope import Attr
from transactscope.errors import (
    ConditionFailedError,
    ConversionError,
    DuplicateTargetError,
    InvalidKeyError,
    InvalidRequestError,
    InvalidTableNameError,
    ScopeStateError,
)


@pytest.fixture
def table(table_names):
    """The accounts' table, as code below the entities names it."""
    return table_names["Account"]


KEY = {"number": {"S": "A-1"}}


def test_boto3_calls_are_staged_and_committed_as_they_are(db, table, sent, stored):
    """Names, values, conditions: nothing of a call is dropped on its way."""
    with TransactScope(db) as tx:
        put = tx.client.put_item(
            TableName=table,
            Item={**KEY, "balance": {"N": "5"}},
            ConditionExpression="attribute_not_exists(#n) OR balance < :b",
            ExpressionAttributeNames={"#n": "number"},
            ExpressionAttributeValues={":b": {"N": "5"}},
        )
        update = tx.client.update_item(
            TableName=table,
            Key={"number": {"S": "A-2"}},
            UpdateExpression="SET #s = :s ADD balance :b",
            ConditionExpression="#s <> :s",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":s": {"S": "open"}, ":b": {"N": "1"}},
        )
        delete = tx.client.delete_item(
            TableName=table,
            Key={"number": {"S": "A-3"}},
            ConditionExpression="attribute_not_exists(balance)",
        )
        check = tx.client.condition_check(
            TableName=table,
            Key={"number": {"S": "A-4"}},
            ConditionExpression="attribute_not_exists(balance)",
        )
        assert [] == sent.operations

    assert [{}, {}, {}, {}] == [put, update, delete, check]
    first, second, third, fourth = sent.requests[0].body["TransactItems"]
    assert "attribute_not_exists(#n) OR balance < :b" == first["Put"]["ConditionExpression"]
    assert {":b": {"N": "5"}} == first["Put"]["ExpressionAttributeValues"]
    assert "SET #s = :s ADD balance :b" == second["Update"]["UpdateExpression"]
    assert "#s <> :s" == second["Update"]["ConditionExpression"]
    assert "attribute_not_exists(balance)" == third["Delete"]["ConditionExpression"]
    assert "attribute_not_exists(balance)" == fourth["ConditionCheck"]["ConditionExpression"]
    assert {"N": "5"} == stored("A-1")["balance"]


def test_a_failed_condition_of_a_raw_call_has_its_call_site_and_raw_item(db, table, account):
    """Raw actions are reported as well as those of entities."""
    with pytest.raises(ConditionFailedError) as caught, TransactScope(db) as tx:
        tx.client.put_item(
            TableName=table, Item=KEY, ConditionExpression="attribute_not_exists(balance)"
        )

    (failure,) = caught.value.failures
    assert {"N": "10"} == failure.item["balance"]
    assert failure.entity_class is None
    assert "test_client_stand_in.py:" in failure.calls[0]


@pytest.mark.only_sync("reads are the client's, and awaited")
def test_reads_and_metadata_go_to_the_client(db, client, table, account):
    """Data-access code keeps its reads, paginators and exception classes."""
    with TransactScope(db) as tx:
        assert {"N": "10"} == tx.client.get_item(TableName=table, Key=KEY)["Item"]["balance"]
        assert 1 == tx.client.scan(TableName=table)["Count"]
        assert tx.client.exceptions is client.exceptions
        assert tx.client.meta is client.meta
        pages = tx.client.get_paginator("scan").paginate(TableName=table)
        assert 1 == sum(page["Count"] for page in pages)


@pytest.mark.parametrize(
    "name",
    [
        "batch_write_item",
        "transact_write_items",
        "execute_statement",
        "execute_transaction",
        "batch_execute_statement",
        "create_table",
        "delete_table",
        "update_table",
        "tag_resource",
        "close",
    ],
)
def test_what_would_be_sent_at_once_is_refused(db, sent, name):
    """No write leaves a scope behind its back; looking a method up is harmless."""
    with TransactScope(db) as tx:
        method = getattr(tx.client, name)
        with pytest.raises(InvalidRequestError, match=name):
            method(TableName="Account")

    assert [] == sent.operations


@pytest.mark.only_sync("reads are the client's, and awaited")
def test_every_method_of_the_client_is_staged_passed_on_or_refused(db, client):
    """A new operation of AWS's is refused until someone decides what it means."""
    harmless = {"can_paginate", "get_paginator", "get_waiter", "generate_presigned_url", "close"}
    staged = {"put_item", "update_item", "delete_item"}
    reads = ("batch_get_item", "describe_", "get_", "list_", "query", "scan", "transact_get_items")
    methods = {
        name for name in dir(client) if not name.startswith("_") and callable(getattr(client, name))
    }
    with TransactScope(db) as tx:
        for name in methods - harmless - staged:
            is_refused = "refuse" == getattr(tx.client, name).__name__
            assert is_refused or name.startswith(reads), name


def test_an_attribute_that_no_client_has_is_an_attribute_error(db):
    """A typo is a typo."""
    with TransactScope(db) as tx:
        assert not hasattr(tx.client, "put_itm")


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ({"ReturnValues": "ALL_OLD"}, "ReturnValues"),
        ({"ReturnConsumedCapacity": "TOTAL"}, "ReturnConsumedCapacity"),
        ({"ReturnItemCollectionMetrics": "SIZE"}, "ReturnItemCollectionMetrics"),
        ({"Expected": {}}, "Expected"),
        ({"ConditionalOperator": "AND"}, "ConditionalOperator"),
        ({"Nonsense": 1}, "Nonsense"),
        ({"ReturnValuesOnConditionCheckFailure": "SOME"}, "ReturnValuesOnConditionCheckFailure"),
        ({"ConditionExpression": " "}, "blank"),
        ({"ConditionExpression": "a = :b"}, ":b"),
        ({"ExpressionAttributeNames": {"#a": "a"}}, "#a"),
        ({"ExpressionAttributeValues": {":a": {"S": "a"}}}, ":a"),
    ],
)
def test_what_a_transaction_cannot_carry_is_refused_by_name(db, table, extra, named):
    """Dropping an argument would change what the call means."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match=named):
        tx.client.put_item(TableName=table, Item=KEY, **extra)


def test_arguments_that_ask_for_nothing_are_taken(db, table, stored):
    """NONE is what a transaction does anyway."""
    with TransactScope(db) as tx:
        tx.client.put_item(
            TableName=table,
            Item=KEY,
            ReturnValues="NONE",
            ReturnConsumedCapacity="NONE",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert KEY == stored("A-1")


@pytest.mark.parametrize(
    ("call", "members", "named"),
    [
        ("put_item", {"Item": KEY}, "TableName"),
        ("put_item", {"TableName": "Account"}, "Item"),
        ("update_item", {"TableName": "Account", "Key": KEY}, "UpdateExpression"),
        ("delete_item", {"TableName": "Account"}, "Key"),
        ("condition_check", {"TableName": "Account", "Key": KEY}, "ConditionExpression"),
    ],
)
def test_a_missing_member_is_named(db, call, members, named):
    """botocore would say so at the commit; here it is said at the call."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match=named):
        getattr(tx.client, call)(**members)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ({"number": "A-1"}, ConversionError),
        ({"number": {"S": 1}}, ConversionError),
        ({"number": {"S": "a", "N": "1"}}, ConversionError),
        ("A-1", ConversionError),
        ({}, InvalidKeyError),
        ({"number": {"S": ""}}, InvalidKeyError),
        ({"number": {"BOOL": True}}, InvalidKeyError),
        ({"a": {"S": "1"}, "b": {"S": "1"}, "c": {"S": "1"}}, InvalidKeyError),
    ],
)
def test_malformed_keys_are_refused_at_the_call(db, table, key, error):
    """A blank or malformed key must not fail later, somewhere else."""
    with TransactScope(db) as tx, pytest.raises(error):
        tx.client.delete_item(TableName=table, Key=key)


@pytest.mark.parametrize("name", ["", "x" * 65_536, 5])
def test_attribute_names_that_dynamodb_does_not_take_are_refused(db, table, name):
    """One to 65,535 characters."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="attribute's name"):
        tx.client.put_item(TableName=table, Item={**KEY, name: {"S": "x"}})


@pytest.mark.parametrize("name", ["ab", "x" * 256, "a b c", "", None, "arn:aws:s3:::bucket"])
def test_bad_table_names_are_refused_at_the_call(db, name):
    """Three to 255 letters, digits and _ - . or a table's ARN."""
    with TransactScope(db) as tx, pytest.raises(InvalidTableNameError):
        tx.client.delete_item(TableName=name, Key=KEY)


def test_arns_of_two_regions_in_one_scope_are_refused(db):
    """A transaction stays in one account and Region."""
    arn = "arn:aws:dynamodb:{}:123456789012:table/Account"
    with TransactScope(db) as tx:
        tx.client.delete_item(TableName=arn.format("eu-west-1"), Key=KEY)
        with pytest.raises(InvalidRequestError, match="Region"):
            tx.client.delete_item(TableName=arn.format("us-east-1"), Key={"number": {"S": "2"}})
        tx.client.delete_item(TableName="Account", Key=KEY)
        assert 1 == len(tx.to_request()["TransactItems"])
        tx.rollback()


def test_raw_and_mapped_actions_on_one_item_are_found(db, table):
    """One item is one item, however it is written."""
    with TransactScope(db) as tx:
        tx.insert(Account("A-1"))
        tx.client.put_item(TableName=table, Item=KEY)
        tx.client.delete_item(TableName=table, Key=KEY)
        with pytest.raises(DuplicateTargetError):
            tx.replace(Account("A-1"))

        assert ["Delete"] == [next(iter(each)) for each in tx.to_request()["TransactItems"]]


def test_a_raw_put_is_compared_once_its_table_is_described(db, table):
    """The key of a raw put is learned from the first action that knows the table's key."""
    with TransactScope(db) as tx:
        tx.client.put_item(TableName=table, Item=KEY)
        with pytest.raises(DuplicateTargetError):
            tx.insert(Account("A-1"))
        tx.delete(Account, "A-2")

        assert KEY == tx.staged[0].key
        with pytest.raises(InvalidKeyError, match="number"):
            tx.client.put_item(TableName=table, Item={"other": {"S": "x"}})


def test_two_descriptions_of_one_table_must_agree(db, table):
    """A key with other attributes cannot belong to the same table."""
    with TransactScope(db) as tx:
        tx.delete(Account, "A-1")
        with pytest.raises(InvalidKeyError, match="elsewhere in this scope"):
            tx.client.delete_item(TableName=table, Key={"id": {"S": "1"}})


def test_numbers_in_keys_are_compared_by_value(client, fresh_table):
    """1, 1.0 and 1E0 are one key to DynamoDB."""
    table = fresh_table(("n", "N"))
    with TransactScope(client) as tx:
        tx.client.delete_item(TableName=table, Key={"n": {"N": "1"}})
        for same in ("1.0", "1E0", "01"):
            tx.client.delete_item(TableName=table, Key={"n": {"N": same}})

        assert 1 == len(tx.to_request()["TransactItems"])


def test_what_was_given_can_be_changed_afterwards(db, table, stored):
    """A staged item is a copy."""
    item = {**KEY, "tags": {"L": [{"S": "a"}]}}
    with TransactScope(db) as tx:
        tx.client.put_item(TableName=table, Item=item)
        item["tags"]["L"].append({"S": "b"})

    assert {"L": [{"S": "a"}]} == stored("A-1")["tags"]


def test_reads_through_the_scope_see_raw_puts(db, table):
    """A staged raw put is what a mapped read will find."""
    with TransactScope(db) as tx:
        tx.client.put_item(TableName=table, Item={**KEY, "balance": {"N": "5"}})

        assert Account("A-1", 5) == tx.get(Account, "A-1", guard=False)
        tx.rollback()


def test_a_stand_in_kept_after_the_block_refuses(db, table):
    """A late write through a kept client is refused like any other."""
    with TransactScope(db) as tx:
        kept = tx.client

    with pytest.raises(ScopeStateError, match="COMMITTED"):
        kept.delete_item(TableName=table, Key=KEY)


def test_raises_belongs_to_mapped_verbs_only(db, table):
    """boto3 has no such argument, so it is refused by name."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="raises"):
        tx.client.put_item(TableName=table, Item=KEY, raises=KeyError)


def test_aliases_of_ours_and_of_a_string_do_not_collide(db, stored):
    """A user's `#n0` and `:v0` stay the user's."""
    db.put(Account("A-1", 10))
    with TransactScope(db) as tx:
        tx.update(
            Account,
            "A-1",
            set={"status": "x"},
            condition="#n0 = :v0",
            names={"#n0": "balance"},
            values={":v0": 10},
        )

    assert {"S": "x"} == stored("A-1")["status"]


def test_attr_in_raw_condition_is_refused(db, table):
    """boto3's low-level client takes strings only; so does its stand-in."""
    with TransactScope(db) as tx, pytest.raises(InvalidRequestError, match="ConditionExpression"):
        tx.client.put_item(TableName=table, Item=KEY, ConditionExpression=Attr("balance").exists())


def test_what_a_read_has_told_of_a_key_is_kept_when_a_savepoint_is_rolled_back(db, table_names):
    """A raw put names no key; it has to meet the guard of its own item, not stand beside it."""
    item = {"number": {"S": "A-1"}, "balance": {"N": "5"}}
    with TransactScope(db) as tx:
        savepoint = tx.savepoint()
        assert tx.get(Account, "A-1") is None
        tx.put(Account("A-2"))
        savepoint.rollback()
        tx.client.put_item(TableName=table_names["Account"], Item=item)

        assert 1 == len(tx.to_request()["TransactItems"])

    assert Account("A-1", 5) == db.get(Account, "A-1")
