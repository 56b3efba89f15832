"""The memory of large responses: kept by the process, instead of being returned and requested each time."""

import subprocess
import sys

PROGRAM = """
import resource
from gateway.cli.process import keep_freed_memory

{prepare}
bodies = [b"x" * 1_500_000 for _ in range(4)]
for _ in range(100):
    del bodies
    bodies = [b"x" * 1_500_000 for _ in range(4)]
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def test_large_bodies_cause_no_page_faults():
    default, kept = (page_faults(prepare) for prepare in ("", "keep_freed_memory()"))
    # 600 MB in pages of 4 KiB.
    assert default - kept > 100_000


def page_faults(prepare):
    program = PROGRAM.format(prepare=prepare)
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
