"""Every name that is told to OpenTelemetry.

Those without a prefix of ours are of the semantic conventions 1.44.0 (opentelemetry.io, 2026-08):
databases, which are stable, and AWS DynamoDB, which is in development.
"""

from __future__ import annotations

from typing import Final

SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.44.0"
INSTRUMENTATION: Final = "transactscope"

# Attributes of the conventions.
DB_SYSTEM_NAME: Final = "db.system.name"
DB_OPERATION_NAME: Final = "db.operation.name"
DB_OPERATION_BATCH_SIZE: Final = "db.operation.batch.size"
DB_COLLECTION_NAME: Final = "db.collection.name"
DB_RESPONSE_STATUS_CODE: Final = "db.response.status_code"
ERROR_TYPE: Final = "error.type"
AWS_REQUEST_ID: Final = "aws.request_id"
AWS_DYNAMODB_TABLE_NAMES: Final = "aws.dynamodb.table_names"
AWS_DYNAMODB_CONSUMED_CAPACITY: Final = "aws.dynamodb.consumed_capacity"

DYNAMODB: Final = "aws.dynamodb"  # what `db.system.name` is

# Attributes of ours.
OUTCOME: Final = "transactscope.outcome"
ATTEMPT: Final = "transactscope.attempt"
ATTEMPTS: Final = "transactscope.attempts"
PAUSE: Final = "transactscope.pause"
REPLAYED: Final = "transactscope.replayed"
RERUN: Final = "transactscope.rerun"
VERB: Final = "transactscope.verb"
CAPACITY: Final = "transactscope.capacity"

# Spans, beside those that are named after an operation, and events of spans.
TRANSACTION_SPAN: Final = "transaction"
RESOLVE_SPAN: Final = "resolve transaction"
RETRY_EVENT: Final = "transactscope.retry"
RERUN_EVENT: Final = "transactscope.rerun"

# Metrics: one of the conventions, and ours.
OPERATION_DURATION: Final = "db.client.operation.duration"
WRITE_DURATION: Final = "transactscope.write.duration"
RETRIES: Final = "transactscope.retries"
ROLLBACKS: Final = "transactscope.rollbacks"
CONSUMED_CAPACITY: Final = "transactscope.consumed_capacity"
