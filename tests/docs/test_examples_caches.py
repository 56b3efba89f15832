"""The programs of `examples/client-caches.md`: each client's cache stays consistent and merges pages."""

import re
import shutil

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

from tests.support.binaries import requires_binary
from tests.support.example_pages import blocks
from tests.support.http_servers import serve_gateway
from tests.support.npm_projects import DOCUMENTED_ADDRESS, create_project, replace_in_file, run
from tests.support.processes import ROOT

PAGE = (ROOT / "examples/client-caches.md").read_text()
# The new time beside the old pp.
TORN = re.sub(r"^\S+ (.*)\n(\S+) .*\n(?s:.*)", r"\2 \1", blocks(PAGE, "text")[0])
SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
TYPES = [kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")]
OBJECTS = [kind for kind in TYPES if isinstance(kind, GraphQLObjectType)]
LISTS = {
    (kind.name, name): field.args.keys() - {"first", "after"}
    for kind in OBJECTS
    for name, field in kind.fields.items()
    if "after" in field.args
}
# A fragment of Relay for a list.
CONNECTION = """graphql`
  fragment lists_LIST on TYPE
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" }) {
    LIST(ARGUMENTS first: $count, after: $cursor) @connection(key: "lists_LIST") {
      edges { cursor node { pp } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
`;"""
REQUIRED = {"hiscoresByUsername": 'username: "ameo"'}
needs_npm = requires_binary("npm", "the clients are packages for Node.js")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("caches")
    create_project(PAGE, folder)
    (folder / "src/generated").mkdir()
    return folder


@pytest.fixture
def project(installed, tmp_path):
    """A copy of the project, to be changed."""
    shutil.copytree(installed, tmp_path / "copy", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "copy/node_modules").symlink_to(installed / "node_modules")
    return tmp_path / "copy"


def output(project, client):
    """The output of a client's program, without warnings, with a gateway of its own."""
    if client == "relay":
        run(project, "npm", "run", "--silent", "relay")
    with serve_gateway() as gateway:
        replace_in_file(project / "src/shared.mjs", DOCUMENTED_ADDRESS, gateway.url)
        return run(project, "node", f"src/{client}.mjs")


def without_snapshot_id(schema):
    """The schema as before `Snapshot.id`."""
    return re.sub(r'(^type Snapshot \{\n)  """.*?"""\n  id: ID!\n', r"\1", schema, flags=re.MULTILINE | re.DOTALL)


@needs_npm
@pytest.mark.parametrize("client", ["apollo", "urql", "relay"])
def test_client_prints_the_documented_output(project, client):
    done = output(project, client)
    assert (done.stdout, done.stderr) == (blocks(PAGE, "text")[0], "")


@needs_npm
def test_urql_tears_snapshots_without_id(project):
    replace_in_file(project / "src/shared.mjs", "latest { id at", "latest { at")
    assert TORN in output(project, "urql").stdout


@needs_npm
def test_relay_tears_snapshots_without_id(project):
    schema = (ROOT / "schema.graphql").read_text()
    (project / "schema.graphql").write_text(without_snapshot_id(schema))
    assert TORN in output(project, "relay").stdout


@needs_npm
def test_relay_accepts_connections_on_every_list(project):
    texts = [
        CONNECTION.replace("LIST", name).replace("TYPE", kind).replace("ARGUMENTS", REQUIRED.get(name, ""))
        for kind, name in LISTS
    ]
    (project / "src/lists.js").write_text("\n".join(['import { graphql } from "relay-runtime";', *texts]))
    run(project, "npm", "run", "--silent", "relay")
    assert len(list(project.glob("src/generated/lists_*.graphql.js"))) == len(LISTS) == 3


def test_urql_has_keys_for_types_without_id():
    roots = {SCHEMA.query_type, SCHEMA.mutation_type}
    missing = [kind.name for kind in OBJECTS if kind not in roots and "id" not in kind.fields]
    assert re.findall(r"^    (\w+): embedded,$", PAGE, re.MULTILINE) == sorted(missing)


def test_ids_identify_documented_objects():
    """An `id` of a part, such as a failure with the ID of its player, would merge the parts of different fields."""
    [sentence] = re.findall(r"The IDs of ([^.]*) are made for that", PAGE)
    identified = {kind.name for kind in OBJECTS if "id" in kind.fields}
    assert identified == {"UserNotFound", *re.findall(r"`(\w+)`", sentence)}


def test_apollo_knows_every_interface():
    documented = dict(re.findall(r'^    (\w+): \[("\w+", .*)\],$', PAGE, re.MULTILINE))
    assert {name: set(re.findall(r"\w+", types)) for name, types in documented.items()} == {
        kind.name: {possible.name for possible in SCHEMA.get_possible_types(kind)}
        for kind in TYPES
        if isinstance(kind, GraphQLInterfaceType)
    }


def test_paging_is_configured_for_every_list():
    apollo = re.findall(r"(\w+): relayStylePagination\(\[(.*?)\]\)", PAGE)
    assert {name: set(re.findall(r"\w+", keys)) for name, keys in apollo} == {
        name: keys for (_, name), keys in LISTS.items()
    }
    assert set(re.findall(r"(\w+): relayPagination\(\)", PAGE)) == {name for _, name in LISTS}
