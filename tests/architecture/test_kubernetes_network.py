"""Who may speak with whom in a cluster, against who calls whom in the sources."""

import re

from peers.kubernetes import DAEMONS, ROOT, of, port, ports_of, settings

def edges_of_the_sources():
    """{(who calls, whom, its port's name)}: whose key of the bus a daemon opens a client or a subscriber by; preauctl's are all services."""
    owners = {words[0].upper(): component for component, words in DAEMONS.items()}
    found = set()
    for component in DAEMONS:
        text = "\n".join(file.read_text() for file in sorted((ROOT / "daemons" / component).glob("*.c")))
        for events, whom in re.findall(r"CONFIG_BUS_(EVENTS_)?(IMPORT|NOTIFY|LINK|STATISTICS)\b", text):
            if owners[whom] != component:
                found.add((component, owners[whom], "events" if events else "bus"))
    table = (ROOT / "daemons/ctl/house.c").read_text()
    found |= {("ctl", owners[whom], "bus") for whom in re.findall(r"CONFIG_BUS_(\w+)", table)}
    return found | {("ctl", owners[whom], "status") for whom in re.findall(r"CONFIG_STATUS_(\w+)", table)}


POLICIES = of("NetworkPolicy").values()


def rules(component, direction):
    """Of all policies that this component's pods are under."""
    labels = {"app.kubernetes.io/part-of": "preau", "app.kubernetes.io/component": component}
    return [rule for policy in POLICIES if direction.capitalize() in policy["spec"]["policyTypes"]
            and policy["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items() for rule in policy["spec"].get(direction, [])]


def allowed(direction, side, component, other, number):
    labels = {"app.kubernetes.io/part-of": "preau", "app.kubernetes.io/component": other}
    return any({"protocol": "TCP", "port": number} in rule["ports"] and any(set(peer) == {"podSelector"} and peer["podSelector"]["matchLabels"].items() <= labels.items()
               for peer in rule[side]) for rule in rules(component, direction))


COMPONENTS = [*DAEMONS, "ctl", "owner"]


def test_daemons_reach_one_another_as_the_sources_call_and_not_otherwise():
    """Both ends must let it: who calls out, and who is called."""
    every = [(one, other, name, number) for one in COMPONENTS for other in DAEMONS if one != other for name, number in ports_of(other).items()]
    out = {(one, other, name) for one, other, name, number in every if allowed("egress", "to", one, other, number)}
    into = {(one, other, name) for one, other, name, number in every if allowed("ingress", "from", other, one, number)}
    assert out == into == edges_of_the_sources()
    assert ("portal", "link", "bus") in out and ("import", "link", "bus") not in out


def outside(component, direction, side):
    """{(what is not a pod of ours, port)}"""
    found = set()
    for rule in rules(component, direction):
        for peer in rule[side]:
            if set(peer) != {"podSelector"}:
                where = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name") or peer["ipBlock"]["cidr"]
                found |= {(where, one["port"]) for one in rule["ports"]}
    return found


def test_a_pod_speaks_with_nobody_by_itself():
    assert {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}.items() <= of("NetworkPolicy")["preau"].items()
    assert all(rule.get("ports") and (rule.get("from") or rule.get("to")) for policy in POLICIES for direction in ("ingress", "egress")
               for rule in policy["spec"].get(direction, [])), "an empty list is everybody"


def test_strangers_are_those_that_a_daemon_needs():
    """The relay is notifyd's, other people's servers are linkd's; doctor tries them all."""
    base, world, relay = {("kube-system", 53), ("192.0.2.0/28", 5432)}, {("0.0.0.0/0", 443)}, {("192.0.2.25/32", port(settings("notify")["notify.smtp_url"]))}
    assert {one: outside(one, "egress", "to") - base for one in COMPONENTS} == {
        "import": set(), "notify": relay, "link": world, "stats": set(), "portal": set(), "ctl": relay | world, "owner": set()}
    assert all(base <= outside(one, "egress", "to") for one in COMPONENTS)
    assert {one: outside(one, "ingress", "from") for one in COMPONENTS} == {
        **{one: {("surveillance", ports_of(one)["status"])} for one in DAEMONS}, "ctl": set(), "owner": set(),
        "portal": {("surveillance", ports_of("portal")["status"]), ("mandataire", ports_of("portal")["http"])}}
