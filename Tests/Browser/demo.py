"""`tapd demo` and `coffeed demo`: a daemon on its virtual board."""

import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from registry import ROOT

PROGRAMS = ROOT / ".build" / "debug"


class Demo:
    """A demo with books of its own. `with Demo("tapd") as demo:` ends it, whatever happens."""

    def __init__(self, daemon):
        self.program = PROGRAMS / daemon
        self.state = tempfile.mkdtemp(prefix=f"{daemon}-browser-")
        self.books = pathlib.Path(self.state, "books")
        # Not port 0: the daemon comes back on the same one after its plug was pulled.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = open(pathlib.Path(self.state, "demo.log"), "w+")
        self.process = subprocess.Popen(
            [self.program, "demo", "--state", self.books, "--port", str(self.port)],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if "/board" in line:
                return
        problem = self.logged()
        self.__exit__()
        raise RuntimeError(f"the demo did not start: {problem}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The demo is two processes: the daemon ends when the one that keeps it alive ends.
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        shutil.rmtree(self.state, ignore_errors=True)

    def logged(self):
        """What the daemon has written to its log so far."""
        return pathlib.Path(self.log.name).read_text()


def lay_on(page, card):
    """Drags a card onto the reader by mouse."""
    to_x, to_y = page.centre(".reader")
    x, y = page.centre(f'[data-card="{card}"] strong')
    page.mouse("mousePressed", x, y)
    page.mouse("mouseMoved", (x + to_x) / 2, (y + to_y) / 2)
    page.mouse("mouseMoved", to_x, to_y)
    page.mouse("mouseReleased", to_x, to_y)
