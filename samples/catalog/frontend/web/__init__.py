"""The page: forms in a browser, rendered here, without a line of JavaScript.

May import the service, the products and Flask. Knows nothing of DynamoDB, nor of
the engine that answers for it.
"""
