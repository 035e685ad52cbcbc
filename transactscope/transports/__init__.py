"""The only place that sends anything to DynamoDB.

A transport is one function, `FrozenRequest -> Answer`, that sends once or
raises the client's exception. May import `types`, `errors` and `limits` only.
"""
