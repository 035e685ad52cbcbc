"""The direct transport: ready-made requests over the client's own connections.

A folder that can be deleted: `transports.choice` finds out whether it is there, and nothing
else imports it. What it may not or cannot do is sent by the ordinary transport.
"""
