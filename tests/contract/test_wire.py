"""Every request against botocore's own description of the service."""

import botocore.session
import pytest
from botocore.validate import ParamValidator

from tests.contract.entities import Account, Order
from tests.shells import TransactScope
from transactscope import Attr, errors, limits, path
from transactscope.core import answers
from transactscope.core.raw import CHECK, DELETE, PUT, UPDATE
from transactscope.errors import InvalidRequestError


@pytest.fixture(scope="module")
def model():
    """The service model that boto3 ships."""
    return botocore.session.get_session().get_service_model("dynamodb")


def _problems(model, operation, body):
    shape = model.operation_model(operation).input_shape
    return ParamValidator().validate(body, shape).generate_report()


def test_every_member_of_a_transaction_passes_botocores_validator(db, model):
    """Wrong wire names and shapes would be found by users otherwise."""
    with TransactScope(db) as tx:
        tx.put(Account("A-1", 1, tags=["a"], roles={"x"}, address={"b": "c"}), condition="a = a")
        tx.insert(Order("u-1", 1))
        tx.replace(Account("A-2"), condition=Attr("balance").between(1, 2))
        tx.update(
            Account,
            "A-3",
            set={"balance": path("balance") + 1},
            remove="note",
            delete={"roles": {"x"}},
        )
        tx.delete(Account, "A-4", condition="#s = :s", names={"#s": "status"}, values={":s": "x"})
        tx.check(Account, "A-5", condition=Attr("balance").is_in([1, 2]))
        tx.client.put_item(TableName="Other", Item={"id": {"B": b"1"}})
        request = tx.to_request()
        tx.rollback()

    assert "" == _problems(model, "TransactWriteItems", request)


def test_every_request_that_is_sent_passes_botocores_validator(db, model, sent, account):
    """Single writes, reads and table calls included; moto would accept more."""
    db.insert(Account("A-2"))
    db.update(Account, "A-2", add={"balance": 1}, condition=Attr("balance").eq(0))
    db.replace(Account("A-2"))
    db.delete(Account, "A-2")
    db.get(Account, "A-2")
    db.create_table(Account)

    assert 8 <= len(sent.requests)
    for request in sent.requests:
        assert "" == _problems(model, request.operation, request.body)


MEMBERS = {
    "Put": (PUT, {"Item": {"number": {"S": "1"}}}),
    "Update": (UPDATE, {"Key": {"number": {"S": "1"}}, "UpdateExpression": "REMOVE a"}),
    "Delete": (DELETE, {"Key": {"number": {"S": "1"}}}),
    "ConditionCheck": (
        CHECK,
        {"Key": {"number": {"S": "1"}}, "ConditionExpression": "attribute_exists(a)"},
    ),
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_every_member_of_botocores_shapes_is_representable(model, kind):
    """AWS's Put, Update, Delete and ConditionCheck have no member that we would have to refuse."""
    item_shape = model.shape_for("TransactWriteItem")
    members = set(item_shape.members[kind].members)
    shape, _ = MEMBERS[kind]

    assert members == set(shape.known)
    assert set(item_shape.members) == set(MEMBERS)


@pytest.mark.parametrize("kind", ["Put", "Update", "Delete"])
def test_every_member_of_the_plain_calls_is_staged_or_refused_by_name(db, model, table_names, kind):
    """A member that AWS adds to PutItem later is refused, not dropped."""
    shape, required = MEMBERS[kind]
    operation = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}[kind]
    members = set(model.operation_model(operation).input_shape.members)
    with TransactScope(db) as tx:
        for member in members - shape.known:
            call = getattr(tx.client, shape.call)
            with pytest.raises(InvalidRequestError, match=member):
                call(TableName=table_names["Account"], **required, **{member: "SOMETHING"})


def test_limits_equal_those_of_the_service_model(model):
    """Stale limits are a known mistake of other libraries."""
    request = model.operation_model("TransactWriteItems").input_shape
    token = request.members["ClientRequestToken"].metadata
    actions = request.members["TransactItems"].metadata
    name = model.shape_for("AttributeName").metadata
    arn = model.shape_for("TableArn").metadata

    assert {"min": 1, "max": limits.MAX_ACTIONS} == actions
    assert (1, limits.MAX_TOKEN_LENGTH) == (token["min"], token["max"])
    assert limits.MAX_ATTRIBUTE_NAME_LENGTH == name["max"]
    assert limits.MAX_TABLE_ARN_LENGTH == arn["max"]


def test_error_codes_equal_those_of_the_service_model(model):
    """Every error that the model knows for a write has its place in our tables."""
    operations = ("TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem")
    modeled = {
        shape.name for name in operations for shape in model.operation_model(name).error_shapes
    }
    ours = {
        answers.CANCELED_CODE,
        *answers.CONDITION_CODES,
        *answers.CONFLICT_CODES,
        *answers.THROTTLING_CODES,
        *answers.MISMATCH_CODES,
        *answers.MISSING_TABLE_CODES,
        *answers.UNDECIDED_CODES,
    }
    deliberately_plain = {"ItemCollectionSizeLimitExceededException"}

    assert modeled <= ours | deliberately_plain


def test_reason_codes_are_those_that_the_service_documents(model):
    """The codes that decide about a retry stand in AWS's own text."""
    text = model.shape_for("TransactionCanceledException").documentation

    for code in errors.TransactionCanceledError.transient_codes:
        assert code in text


def test_the_verbs_use_awss_words(db):
    """Another library sent `CheckCondition`, which no server knows."""
    with TransactScope(db) as tx:
        tx.check(Account, "A-1", condition=Attr("balance").exists())
        (entry,) = tx.to_request()["TransactItems"]
        tx.rollback()

    assert {"ConditionCheck"} == set(entry)
