"""Many at once."""

import concurrent.futures
import threading


def at_once(*calls):
    """Run every call in a thread of its own, all at the same moment; return their outcomes.

    The outcome of a call is what it returned, or the exception that it raised.
    """
    start = threading.Barrier(len(calls))

    def run(call):
        start.wait(60)
        return call()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        running = [pool.submit(run, call) for call in calls]
    return [one.exception() or one.result() for one in running]


def failures(outcomes):
    """Return the outcomes that are exceptions."""
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
