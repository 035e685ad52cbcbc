"""The engines that can answer for DynamoDB, and what each of them cannot do.

Every sample may run on each of them. May import no sample, and not the library.
"""
