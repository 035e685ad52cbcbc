"""What is sent, in which order, and what follows from each answer.

A flow is a generator: it yields what it wants done (`effects`) and receives the
answer, or has the client's exception thrown in. It performs no I/O and reads no
clock, so the same flow serves every kind of client. May import `core` and below.
"""
