"""Which class is stored in which table under which key.

May import `values`, `errors`, `types` and `limits`; knows nothing of
expressions, requests or scopes.
"""
