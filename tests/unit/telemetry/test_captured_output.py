"""Everything that a process writes is a line of its log, up to its last moment."""

import json
import os
import subprocess
import sys

from tests.support.processes import ROOT

SCRIPT = """
import logging, sys, threading, warnings
from gateway.settings import Settings
from gateway.telemetry.captured_output import capture_output
from gateway.telemetry.log_writer import LogWriter, write_to
from gateway.telemetry.logs import configure

configure(Settings(log_format="json", _env_file=None), LogWriter(write_to(sys.__stdout__)))
capture_output()

class Unraisable:
    def __del__(self):
        raise RuntimeError("in a destructor")

def fail():
    raise RuntimeError("in a thread")

print("printed", "text")
print("two\\nlines", file=sys.stderr)
warnings.warn("a warning")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Unraisable()
logging.getLogger("x").info("logged")
raise RuntimeError("at the end")
"""


def test_every_output_is_a_line_of_the_log():
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    exceptions = [line["exception"].splitlines()[-1] for line in lines if "exception" in line]
    events = [line["event"] for line in lines if "exception" not in line]
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert exceptions == [f"RuntimeError: {place}" for place in ("in a thread", "in a destructor", "at the end")]
    assert [event for event in events if "a warning" not in event] == ["printed text", "two", "lines", "logged"]
    assert len(events) == 5
