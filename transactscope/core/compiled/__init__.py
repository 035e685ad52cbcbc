"""The short way from a verb to the bytes that are sent.

A call that looks like many before it is written as JSON at once, by code and text that were made
for its shape; what else there is to know of it is worked out if somebody asks. A call that is in
any way unusual is left to the plain way, `core.building`, which alone refuses.
"""
