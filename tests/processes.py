"""Real processes that do what they are told through pipes: both ends."""

import os
import signal
import subprocess
import sys

from tests.engines import ROOT


class Process:
    """The end of the pipes that tells; `module` is run, and obeys with `Obedient`."""

    def __init__(self, module, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def tell(self, command):
        """Send a command."""
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def hear(self):
        """Wait for one line."""
        return self._process.stdout.readline().strip()

    def ask(self, command):
        """Send a command and wait for what came of it."""
        self.tell(command)
        return self.hear()

    def pause(self):
        """Stop it where it is, as a machine does that has no time for it."""
        self._process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self._process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)

    def resume(self):
        """Let it go on, as if no time had passed."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        """End it as a crash would."""
        self._process.kill()
        self._process.wait()


class Obedient:
    """The other end: calls the method that a line names, and says in one line what came of it."""

    answers = ()  # classes of errors that are an answer, too: their name

    def obey(self):
        """Do what is told until the pipe is closed."""
        say("ready")
        while words := hear():
            command, *arguments = words
            try:
                say(getattr(self, command)(*arguments))
            except self.answers as error:
                say(type(error).__name__)


def say(word):
    """Let the teller know."""
    print(word, flush=True)  # noqa: T201 - the other end of the pipe reads it


def hear():
    """Wait for the words of one line."""
    return sys.stdin.readline().split()


def under_way():
    """Say that a request is under way, and wait until it may go on."""
    say("under way")
    hear()
