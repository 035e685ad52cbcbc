"""DynamoDB's limits as named constants, each with the page that states it.

Imports nothing from this package and checks nothing: the module that owns an
object compares it with the constant and names the offender.

Sources, checked 2026-11:
  [SQ]  Developer Guide, "Service, account, and table quotas"
  [TX]  Developer Guide, "DynamoDB transactions: how it works"
  [ND]  Developer Guide, "Supported data types and naming rules"
  [API] API Reference, the shapes that botocore ships for service `dynamodb`
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

MAX_ACTIONS: Final = 100  # actions per TransactWriteItems request [API, TX]
MAX_TRANSACTION_BYTES: Final = 4_194_304  # bytes of all items of one transaction, "4 MB" [API, TX]
MAX_TOKEN_LENGTH: Final = 36  # characters of a client request token, at least 1 [API]
TOKEN_SECONDS: Final = 600  # how long a token makes a repeated request apply once [TX]

MAX_BATCH_WRITES: Final = 25  # puts and deletes per BatchWriteItem request [API, SQ]
MAX_BATCH_KEYS: Final = 100  # keys per BatchGetItem request [API, SQ]
MAX_BATCH_BYTES: Final = 16_777_216  # bytes of one BatchWriteItem request, "16 MB" [API, SQ]

MIN_TABLE_NAME_LENGTH: Final = 3  # characters [SQ, ND]
MAX_TABLE_NAME_LENGTH: Final = 255  # characters [SQ, ND]
MAX_TABLE_ARN_LENGTH: Final = 1024  # characters [API]

MAX_ITEM_BYTES: Final = 409_600  # bytes of one item, names included, "400 KB" [SQ]

MAX_PARTITION_KEY_BYTES: Final = 2048  # bytes, at least 1 [SQ]
MAX_SORT_KEY_BYTES: Final = 1024  # bytes, at least 1 [SQ]
MAX_ATTRIBUTE_NAME_LENGTH: Final = 65_535  # characters, at least 1 [API]
MAX_KEY_NAME_LENGTH: Final = 255  # characters of a key attribute's name, at least 1 [API]
MAX_LOCAL_INDEXES: Final = 5  # local secondary indexes of one table [SQ]

MAX_IN_OPERANDS: Final = 100  # operands of one IN [SQ]
MAX_EXPRESSION_BYTES: Final = 4096  # bytes of one expression as it is sent [SQ]
MAX_UPDATE_OPERATORS: Final = 300  # operators and functions of one UpdateExpression [SQ]
MAX_PLACEHOLDER_BYTES: Final = 255  # bytes of one #name or :value, its sign included [SQ]
MAX_SUBSTITUTION_BYTES: Final = 2_097_152  # bytes that all placeholders stand for, "2 MB" [SQ]
MAX_PATH_DEPTH: Final = 32  # names and indexes of one document path, as deep as items are [SQ]

MAX_NUMBER_DIGITS: Final = 38  # significant decimal digits [SQ, ND]
MAX_NUMBER: Final = Decimal("9.9999999999999999999999999999999999999E+125")  # [ND]
MIN_POSITIVE_NUMBER: Final = Decimal("1E-130")  # [ND]

MAX_NESTING_DEPTH: Final = 32  # levels, an attribute's own value being level 1 [SQ]
