"""The unit for systemd starts the gateway with few privileges, and gives it the time to shut down."""

import re
import shutil
import subprocess
from configparser import ConfigParser

import pytest

from gateway.cli.commands import SHUTDOWN_S
from gateway.settings import PREFIX, Settings
from tests.support.processes import ROOT

PATH = ROOT / "deploy/osutrack-gateway.service"
TEXT = PATH.read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()


@pytest.fixture
def service():
    unit = ConfigParser(interpolation=None, strict=True, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[method-assign,assignment]  # the documented way to keep upper case
    unit.read_string(TEXT)
    return unit["Service"]


def test_unit_serves_as_documented(service):
    assert service["ExecStart"].endswith("/osutrack-gateway serve")
    assert service["ExecStart"].split()[0] in OPERATIONS
    assert service["EnvironmentFile"] in OPERATIONS
    assert "deploy/osutrack-gateway.service" in OPERATIONS
    assert int(service["TimeoutStopSec"]) > SHUTDOWN_S


def test_variables_of_the_unit_are_settings():
    names = re.findall(rf"^Environment={PREFIX}(\w+)=", TEXT, re.MULTILINE)
    assert names
    assert {name.lower() for name in names} <= Settings.model_fields.keys()


def test_unit_has_minimal_privileges(service):
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    for name in ("DynamicUser", "NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"):
        assert service[name] == "yes", name


def test_systemd_accepts_the_unit(tmp_path):
    if (analyze := shutil.which("systemd-analyze")) is None:
        # The other tests have parsed it.
        return
    path = tmp_path / PATH.name
    path.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", TEXT, flags=re.MULTILINE))
    done = subprocess.run([analyze, "verify", "--man=no", str(path)], check=False, capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if PATH.name in line] == []
