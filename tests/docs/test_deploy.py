"""Deployment files fit the gateway: ports, paths, settings, metrics, timeouts."""

import json
import re
import tomllib
from ipaddress import ip_address, ip_network

import certifi
import pytest
import yaml

from gateway.cli.commands import SHUTDOWN_S
from gateway.sandbox import Fault
from gateway.server.request_head import MAX_HEADER_BYTES
from gateway.settings import Settings
from gateway.web.app import create_app
from tests.support.processes import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
KUBERNETES = {
    manifest["kind"]: manifest
    for path in (DEPLOY / "kubernetes").glob("*.yaml")
    for manifest in yaml.safe_load_all(path.read_text())
}
DEPLOYMENT = KUBERNETES["Deployment"]["spec"]
POD = DEPLOYMENT["template"]
CONTAINER = POD["spec"]["containers"][0]
NGINX = (DEPLOY / "nginx.conf").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
CODE = "\n".join(path.read_text() for path in (ROOT / "gateway").rglob("*.py"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
[PORT] = re.findall(r"^EXPOSE (\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
}
PANELS = [
    panel for panel in json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"] if panel["type"] != "row"
]
EXPRESSIONS = [
    *(pytest.param(rule["expr"], id=name) for name, rule in ALERTS.items()),
    *(
        pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
        for panel in PANELS
        for target in panel["targets"]
    ),
]
# By metric, as documented.
LABELS = {
    name: set(labels.split(", "))
    for name, labels in re.findall(r"^\| `(gateway_\w+)` \| ([\w, ]*) \|", OPERATIONS, re.MULTILINE)
}


def variables():
    """The variables of all gateways with their values, each pair once."""
    composed = COMPOSE["services"]["gateway-1"]["environment"]
    named = {entry["name"]: "" for entry in CONTAINER["env"]}
    return dict.fromkeys([*composed.items(), *KUBERNETES["ConfigMap"]["data"].items(), *named.items()])


def nginx(directive):
    """The directive's number in seconds or bytes."""
    [(number, unit)] = re.findall(rf"^ *{directive} (\d+)([skm]?);", NGINX, re.MULTILINE)
    return int(number) * {"k": 2**10, "m": 2**20}.get(unit, 1)


def paths(application):
    return {route.path for route in application.routes}


def base(metric):
    return re.sub(r"_(bucket|sum|count)$", "", metric)


async def exposed(gateway):
    text = (await gateway.http.get("/metrics")).text
    return set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))


@pytest.mark.parametrize("expression", EXPRESSIONS)
async def test_expression_uses_exposed_metrics(gateway, expression):
    used = {base(metric) for metric in re.findall(r"gateway_\w+", expression)}
    assert used
    assert used - await exposed(gateway) == set()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_uses_labels_of_the_metric(expression):
    for metric, selectors in re.findall(r"(gateway_\w+)\{([^}]*)\}", expression):
        given = dict(re.findall(r'(\w+)(?:=~|!=|!~|=)"([^"]*)"', selectors))
        assert given.keys() - {"instance"} <= LABELS[base(metric)]
        values = {value for name, text in given.items() if name != "instance" for value in text.split("|")}
        assert [value for value in values if f'"{value}"' not in CODE] == []


def test_error_ratio_excludes_cache_hits():
    expressions = "".join(str(expression.values[0]) for expression in EXPRESSIONS)
    compared = re.findall(r'\{[^}]*outcome=~"ok\|errors"[^}]*\}', expressions)
    assert len(compared) == 2
    assert [selector for selector in compared if 'cache="miss"' not in selector] == []


async def test_every_metric_is_on_the_dashboard(gateway):
    shown = {
        base(metric)
        for panel in PANELS
        for target in panel["targets"]
        for metric in re.findall(r"(?:gateway|process)_\w+", target["expr"])
    }
    assert {name for name in await exposed(gateway) if not name.endswith("_created")} - shown == set()


def test_panels_do_not_overlap_and_have_descriptions():
    places = [
        (panel["gridPos"]["x"] + step, panel["gridPos"]["y"])
        for panel in PANELS
        for step in range(panel["gridPos"]["w"])
    ]
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) < 24
    assert [panel["title"] for panel in PANELS if not panel["description"]] == []


def test_every_alert_is_documented():
    assert re.findall(r"^\| `(Gateway\w+)` \|", OPERATIONS, re.MULTILINE) == list(ALERTS)


def test_every_alert_links_its_documentation():
    urls = {name: rule["annotations"]["runbook_url"] for name, rule in ALERTS.items()}
    assert urls == {name: f"https://gateway.example.org/docs/operations#{name}" for name in ALERTS}


def test_critical_alerts_are_not_about_queries():
    critical = {
        name: re.findall(r"(gateway_\w+)(?:\{(.*?)\})?", rule["expr"])
        for name, rule in ALERTS.items()
        if rule["labels"]["severity"] == "critical"
    }
    # An unhandled exception is a bug, and a block is osu!track's decision about the whole gateway.
    assert critical == {
        "GatewayAbsent": [("gateway_upstream_state", "")],
        "GatewayBlockedByUpstream": [("gateway_upstream_pauses_total", 'reason="block"')],
        "GatewayFailures": [("gateway_requests_total", 'outcome="failed"')],
    }


async def test_counters_of_alerts_exist_before_the_first_event(gateway):
    text = (await gateway.http.get("/metrics")).text
    selected = [
        selector
        for rule in ALERTS.values()
        for selector in re.findall(r"(gateway_\w+_total)(?:\{(.*?)\})?", rule["expr"])
    ]
    assert selected
    for metric, selectors in selected:
        samples = [line for line in text.splitlines() if re.match(rf"{metric}[{{ ]", line)]
        for label, values in re.findall(r'(\w+)=~?"([^"]*)"', selectors):
            for value in values.split("|"):
                assert [line for line in samples if f'{label}="{value}"' in line], f"{metric} has no {label} {value}"
        assert samples, metric


async def test_first_429_increases_a_known_count(gateway):
    name = 'gateway_upstream_requests_total{endpoint="/stats_history",outcome="UPSTREAM_BUSY"}'
    before = (await gateway.http.get("/metrics")).text
    gateway.sandbox.faults = (Fault(kind="status", status=429),)
    await gateway.send('{ user(id: "2") { stats { latest { pp } } } }')
    assert f"{name} 0.0" in before
    assert f"{name} 1.0" in (await gateway.http.get("/metrics")).text


def test_used_up_budget_needs_several_waiting_clients():
    [(metric, clients)] = re.findall(r"avg_over_time\((\w+)\[10m\]\) >= (\d+)", ALERTS["GatewayBudgetUsedUp"]["expr"])
    assert metric == "gateway_upstream_waiting_clients"
    assert int(clients) >= 3


@pytest.mark.parametrize("variable, value", variables())
def test_variable_is_a_setting_with_a_valid_value(variable, value):
    name = variable.removeprefix("GATEWAY_").lower()
    assert variable.startswith("GATEWAY_")
    # Replicas need a Redis.
    values = {"redis_url": "redis://redis"} | ({name: value} if value else {})
    assert name in Settings(_env_file=None, **values).model_dump()


def test_gateways_are_alike_and_replicas_is_their_number():
    gateways = [service for name, service in COMPOSE["services"].items() if name.startswith("gateway-")]
    assert gateways[0] == gateways[1] | {"networks": gateways[0]["networks"]}
    assert gateways[0]["environment"]["GATEWAY_REPLICAS"] == str(len(gateways))
    assert KUBERNETES["ConfigMap"]["data"]["GATEWAY_REPLICAS"] == str(DEPLOYMENT["replicas"])


def test_only_the_proxy_is_trusted_and_published():
    network = COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"]
    assert COMPOSE["services"]["gateway-1"]["environment"]["GATEWAY_TRUSTED_PROXIES"] == network
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["proxy"]


def test_ports_are_equal_in_all_files():
    assert set(re.findall(r"server gateway-\d:(\d+)", NGINX)) == {PORT}
    assert COMPOSE["services"]["proxy"]["ports"] == [f"8000:{nginx('listen')}"]
    assert CONTAINER["ports"] == [{"name": "http", "containerPort": int(PORT)}]
    assert KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"] == "http"
    assert POD["metadata"]["annotations"]["prometheus.io/port"] == PORT
    assert KUBERNETES["NetworkPolicy"]["spec"]["ingress"] == [{"ports": [{"port": int(PORT)}]}]


def test_probed_and_scraped_paths_exist():
    routes = paths(create_app(Settings(_env_file=None)))
    probes = {CONTAINER[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert probes == {"/healthz", "/readyz"}
    assert probes | {POD["metadata"]["annotations"]["prometheus.io/path"]} <= routes
    assert COMPOSE["services"]["proxy"]["healthcheck"]["test"][-1].endswith("/healthz")


def is_forwarded(route, rule):
    """Whether the rule of the documented Ingress has this route."""
    path = rule["path"]
    return route == path or (rule["pathType"] == "Prefix" and route.startswith(f"{path}/"))


@pytest.fixture
def ingress():
    [block] = re.findall(r"^```yaml\n(.*?)^```", OPERATIONS, re.MULTILINE | re.DOTALL)
    return yaml.safe_load(block)


def test_documented_ingress_follows_the_shipped_proxy(ingress):
    annotations = {name.partition("/")[2]: value for name, value in ingress["metadata"]["annotations"].items()}
    shipped = {
        "proxy-body-size": "client_max_body_size",
        "client-body-buffer-size": "client_body_buffer_size",
        "proxy-read-timeout": "proxy_read_timeout",
        "proxy-next-upstream": "proxy_next_upstream",
        "proxy-max-temp-file-size": "proxy_max_temp_file_size",
        "limit-connections": "limit_conn clients",
    }
    assert {shipped[name]: value for name, value in annotations.items()} == {
        name: re.findall(rf"^ *{name} (\w+?)s?;", NGINX, re.MULTILINE)[0] for name in shipped.values()
    }


def test_documented_ingress_forwards_all_but_private_paths(ingress):
    [rule] = ingress["spec"]["rules"]
    rules = rule["http"]["paths"]
    routes = paths(create_app(Settings(_env_file=None, security_contact="mailto:me@example.org")))
    # An Ingress distinguishes upper case, which links do not have.
    links = {route for route in routes if re.sub("{.*?}", "", route).islower() or route == "/"}
    missing = {route for route in links if not any(is_forwarded(route, rule) for rule in rules)}
    assert missing == {"/metrics", "/readyz"}
    [service] = {rule["backend"]["service"]["name"] for rule in rules}
    assert service == KUBERNETES["Service"]["metadata"]["name"]


def test_documented_idle_timeouts_fit_the_settings():
    rows = re.findall(r"^\| .* \| (\d+) s \| .*?`KEEPALIVE_S=(\d+)`", OPERATIONS, re.MULTILINE)
    assert len(rows) >= 4
    assert [row for row in rows if int(row[0]) >= Settings(_env_file=None, keepalive_s=row[1]).keepalive_s] == []
    assert float(rows[0][1]) == Settings(_env_file=None).keepalive_s


def test_service_is_dual_stack():
    assert KUBERNETES["Service"]["spec"]["ipFamilyPolicy"] == "PreferDualStack"
    assert "GATEWAY_HOST=::" in (ROOT / "Dockerfile").read_text()


def test_network_policy_permits_the_default_upstreams():
    ports = {rule["port"] for part in KUBERNETES["NetworkPolicy"]["spec"]["egress"] for rule in part["ports"]}
    assert Settings(_env_file=None).upstream_url.startswith("https://")
    assert ports == {53, 443, 6379, 4318}
    assert "the ports 443, 6379 and 4318" in OPERATIONS


@pytest.mark.parametrize("variable, value", sorted(set(re.findall(r"GATEWAY_([A-Z_]+)=([^\s`]+)", OPERATIONS))))
def test_documented_value_is_valid(variable, value):
    name = variable.lower()
    value = certifi.where() if name == "upstream_ca" else value
    assert name == "query_token" or Settings(_env_file=None, **{name: value}).model_dump()[name] is not None


@pytest.mark.parametrize(
    "image", sorted({CONTAINER["image"], *(part["image"] for part in COMPOSE["services"].values())})
)
def test_image_is_pinned(image):
    name, _, tag = image.partition(":")
    assert re.match(r"\d+\.\d+", tag)
    assert name != "osutrack-gateway" or tag == VERSION


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_container_has_minimal_privileges(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_pod_has_minimal_privileges():
    assert POD["spec"]["securityContext"]["runAsNonRoot"] is True
    assert POD["spec"]["automountServiceAccountToken"] is False
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_grace_period_covers_the_shutdown():
    settings = Settings(_env_file=None)
    # An update is sent within the time of an operation, or never.
    ends_s = max(SHUTDOWN_S, settings.operation_timeout_s + settings.update_timeout_s)
    before_s = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])
    assert POD["spec"]["terminationGracePeriodSeconds"] > before_s + ends_s
    assert int(COMPOSE["services"]["gateway-1"]["stop_grace_period"].removesuffix("s")) > ends_s


def test_gateways_have_fixed_addresses_of_the_subnet():
    subnet = ip_network(COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"])
    addresses = {
        COMPOSE["services"][name]["networks"]["default"]["ipv4_address"] for name in ("gateway-1", "gateway-2")
    }
    assert len(addresses) == 2
    assert all(ip_address(address) in subnet for address in addresses)


def test_limits_of_the_proxy_match_the_gateway():
    settings = Settings(_env_file=None)
    assert nginx("proxy_read_timeout") > settings.update_timeout_s
    assert nginx("keepalive_timeout") < settings.keepalive_s
    assert nginx("client_max_body_size") == settings.max_body_bytes
    assert f"larger than {settings.max_body_bytes} bytes" in NGINX
    assert nginx("client_body_timeout") == settings.body_timeout_s
    assert nginx("client_header_timeout") == settings.header_timeout_s


def test_proxy_accepts_smaller_headers_than_the_gateway():
    [(count, size)] = re.findall(r"large_client_header_buffers (\d+) (\d+)k;", NGINX)
    assert nginx("client_header_buffer_size") + int(count) * int(size) * 2**10 < MAX_HEADER_BYTES


def test_proxy_neither_drops_gateways_nor_repeats_updates():
    assert re.findall(r"server gateway-\d:\d+ (.*);", NGINX) == ["max_fails=0"] * 2
    assert re.findall(r"proxy_next_upstream (.*);", NGINX) == ["error"]


def test_proxy_stores_no_files():
    assert nginx("client_body_buffer_size") >= nginx("client_max_body_size")
    assert nginx("proxy_max_temp_file_size") == 0


def test_memory_of_the_proxy_is_limited():
    [(count, size)] = re.findall(r"proxy_buffers (\d+) (\d+)k;", NGINX)
    per_request = nginx("client_body_buffer_size") + int(count) * int(size) * 2**10 + MAX_HEADER_BYTES
    limit = int(COMPOSE["services"]["proxy"]["mem_limit"].removesuffix("m")) * 2**20
    # Ten addresses at their limit, and 50 MB for the program.
    assert 10 * nginx("limit_conn clients") * per_request + 50 * 2**20 < limit


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_container_has_bounded_memory(service):
    assert re.fullmatch(r"\d+m", service["mem_limit"])
    assert [folder for folder in service["tmpfs"] if folder != "/data" and ":size=" not in folder] == []


def test_memory_limit_is_twice_the_caches():
    settings = Settings(_env_file=None)
    caches = (settings.cache_max_bytes + settings.response_cache_max_bytes) / 2**20
    for limit in (
        CONTAINER["resources"]["limits"]["memory"].removesuffix("Mi"),
        COMPOSE["services"]["gateway-1"]["mem_limit"].removesuffix("m"),
    ):
        assert int(limit) > caches * 2


@pytest.mark.parametrize("kind", ["Service", "Deployment", "PodDisruptionBudget", "NetworkPolicy"])
def test_manifests_select_the_same_pods(kind):
    spec = KUBERNETES[kind]["spec"]
    chosen = spec.get("podSelector") or spec["selector"]
    assert chosen.get("matchLabels", chosen) == POD["metadata"]["labels"]


def test_pod_gets_no_service_links():
    assert POD["spec"]["enableServiceLinks"] is False


def test_manifests_contain_no_secrets():
    secret = {entry["name"]: entry["valueFrom"]["secretKeyRef"]["name"] for entry in CONTAINER["env"]}
    assert secret.keys() == {"GATEWAY_REDIS_URL", "GATEWAY_UPDATE_TOKENS", "GATEWAY_PURGE_TOKEN"}
    assert "Secret" not in KUBERNETES
    assert not secret.keys() & KUBERNETES["ConfigMap"]["data"].keys()


def test_workflow_runs_the_ci_script():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["test"]["steps"][-1] == {"run": "bash .ci/run"}
