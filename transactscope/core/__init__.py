"""What a transaction is, without clients, clocks or sockets.

May import `expressions`, `entities`, `values`, `errors`, `types` and `limits`.
"""
