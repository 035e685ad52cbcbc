"""The engines that can answer for DynamoDB, and what each of them cannot do.

Part of the composition root: only `app` knows which engine serves. May import no
other part of the sample, and not the library.
"""
