"""Extensions: what programs need around transactions.

Built on the public modules of the library only, as a program of yours could be. Each is a
module or package of its own, and none knows of another; what several of them need is in modules
beside them, which are not public.
"""
