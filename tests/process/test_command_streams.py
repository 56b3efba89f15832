"""Every command with a full or closed stdout, in a locale without UTF-8, and the completion scripts."""

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

TIMEOUT_S = 60
HELP = [["--help"], ["--version"], ["query", "--help"]]
COMMANDS = [
    ["schema"],
    ["settings"],
    ["completion", "bash"],
    ["query", "examples/operations.graphql", "--operation", "ByName", "--sandbox"],
]


def run(*arguments, shell="{}", **environment):
    """The command in a shell that redirects its streams."""
    script = shell.format('"$@"')
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "gateway", *arguments]
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, timeout=TIMEOUT_S, check=False)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_full_stdout_is_one_error_line(arguments):
    result = run(*arguments, shell="{} > /dev/full")
    assert (result.returncode, result.stderr) == (1, b"error: stdout: No space left on device\n")


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_closed_streams_cause_no_traceback(arguments):
    closed = run(*arguments, shell="{} >&-")
    assert (closed.returncode, closed.stderr) == (1, b"error: stdout: Bad file descriptor\n")
    assert run(*arguments, shell="{} 2>&-").returncode == 0


@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-", "2>&-", "> /dev/full 2>&1"])
@pytest.mark.parametrize("arguments", HELP, ids=" ".join)
def test_help_without_output_causes_no_traceback(arguments, redirection):
    result = run(*arguments, shell=f"{{}} {redirection}")
    assert result.returncode in {0, 1}
    assert b"Traceback" not in result.stderr


def test_output_is_utf8_in_every_locale(tmp_path):
    document = tmp_path / "document.graphql"
    document.write_bytes('{ user(id: 2) { stats(mode: "é") { mode } } }'.encode())
    for locale in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONIOENCODING": "latin-1"}):
        result = run("query", str(document), "--sandbox", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", **locale)
        assert "é".encode() in result.stdout
        assert "é".encode() in result.stderr


def test_document_on_stdin_is_utf8():
    script = "printf '{{ user(id: 2) {{ stats(mode: \"\\303\\251\") {{ mode }} }} }}' | {}"
    result = run("query", "-", "--sandbox", shell=script, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", LC_ALL="C")
    assert "é".encode() in result.stdout


def test_bash_completes_commands_and_options(tmp_path):
    script = tmp_path / "completion"
    script.write_bytes(run("completion", "bash").stdout)
    complete = f"""
        . {script}
        for line in "osutrack-gateway q" "osutrack-gateway query --outp" "osutrack-gateway query --output nd"; do
            COMP_WORDS=($line) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMPREPLY=()
            $(complete -p osutrack-gateway | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            echo "${{COMPREPLY[@]}}"
        done
    """
    result = subprocess.run(["bash", "-c", complete], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert result.stdout.split("\n") == ["query", "--output", "ndjson", ""]


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_other_shells_have_a_completion_script(shell):
    assert b"--operation" in run("completion", shell).stdout
