"""Providers of SMS one after the other, and what they report: a Kannel and an HTTPS provider that do as the test says, and a real Kannel
behind them."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.parse

import pytest
import requests

from peers.portal import sign_in
from peers.registering import CODE, Families, begin, give, name_children
from peers.site import Site, configuration_text
from peers.sms_provider import SmsProvider

SECRET = "clef-d-essai-7Qk2"
BODY = '{"messages": [{"to": "%n", "raw": "%N", "text": "%t", "ref": "%i", "from": "%s", "rate": 100}], "key": "%k", "tell": "%r", "mine": "%j"}'
WORDS = {"report_accepted": ["sent"], "report_delivered": ["delivered", "0"], "report_undelivered": ["expired"], "report_refused": ["rejected"],
         "report_waiting": ["queued"]}


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    with SmsProvider(tmp_path_factory.mktemp("first")) as provider:
        yield provider


@pytest.fixture(scope="module")
def second(tmp_path_factory, first):
    with SmsProvider(tmp_path_factory.mktemp("second"), tls=True, port=first.port + 1) as provider:
        yield provider


@pytest.fixture(scope="module")
def here(tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("site")
    secret = folder / "secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    settings = {
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1"},
        "sms": {"timeout": "2s", "check_interval": "1s", "undelivered_max": "20", "attempts_address": "1000"},
        'sms_provider "premier"': {"url": first.url, "user": "preau", "secret_file": secret},
        'sms_provider "second"': {"kind": "https", "url": second.url + "?ref=%i", "body": BODY, "secret_file": secret, "ca_file": second.authority,
                                  "headers": ["Authorization: Bearer %k", "X-Sender: %s"], "answer": '"status": *"queued"',
                                  "report_status": "results.0.state", **WORDS},
    }
    site = Site(folder, settings=settings, with_kannel=True)
    settings["sms"]["reports_url"] = f"http://127.0.0.1:{site.ports['sms_reports']}/sms"  # where an operator's proxy leads to
    try:
        site.start_peers()
        for name in ("preau-linkd", "preau-portald"):
            site.launch(name)
        yield site
    finally:
        site.remove()


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(autouse=True)
def peers_are_well(here, first, second):
    """Each test begins with all of them up, and nothing held against one."""
    first.forget()
    second.forget()
    if check(here, "sms")["state"] != "ok":
        here.restart("preau-linkd")
    well(here)


def well(here):
    here.wait(lambda: check(here, "sms")["state"] == "ok", what="well again")


def check(here, name):
    return next(one for one in here.status("preau-linkd")["checks"] if one["name"] == name)


def count(here, name, **labels):
    text = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return here.metrics("preau-linkd").get(f"{name}{{{text}}}", 0)


def row(here, mobile):
    with here.psql() as database:
        names = ("id", "state", "delivery", "provider", "attempts", "messages")
        return dict(zip(names, database.execute(f"select {', '.join(names)} from preau.registration where mobile = %s order by id desc limit 1",
                                                (mobile,)).fetchone()))


def sent(here, mobile, seconds=20):
    here.wait(lambda: row(here, mobile)["state"] == "sent", seconds, what="sent")
    return row(here, mobile)


def report_url(asked, kind):
    return asked["headers"]["X-Kannel-DLR-Url"].replace("%d", str(kind))


# ------------------------------------------------------------------------------------------------------- the order


def test_the_first_takes_it_and_nobody_else_is_asked(here, families, first, second):
    who, _, _ = families.family()
    visitor = begin(here, who)
    here.wait(lambda: first.taken, what="asked")
    (asked,) = first.taken
    assert asked["headers"]["X-Kannel-To"] == who[2] and asked["headers"]["X-Kannel-Password"] == SECRET
    assert int(asked["headers"]["X-Kannel-DLR-Mask"]) == 27
    assert sent(here, who[2])["provider"] == "premier" and not second.asked and not here.sms.messages(who[2])
    give(visitor, CODE.search(asked["body"])[1])
    assert visitor.page.path == "/inscription/enfants"


@pytest.mark.parametrize("way", [(503, "Temporal failure, try again later.", 0), (403, "Authorization failed for sendsms", 0),
                                 (None, "", 0)], ids=["busy", "unknown", "dies"])
def test_another_takes_what_the_first_does_not(here, families, first, second, way):
    who, _, _ = families.family()
    first.answers(*way)
    visitor = begin(here, who)
    here.wait(lambda: second.taken, what="asked")
    (asked,) = second.taken
    said = json.loads(asked["body"])
    (message,) = said["messages"]
    assert said["key"] == SECRET and message["to"] == who[2] and message["raw"] == who[2][1:] and message["from"] == "Preau" and message["rate"] == 100
    assert asked["headers"]["Authorization"] == f"Bearer {SECRET}" and asked["headers"]["Content-Type"] == "application/json"
    state = sent(here, who[2])
    assert message["ref"] == f"preau-{state['id']}-1" and asked["path"] == f"/send?ref=preau-{state['id']}-1"
    assert (state["provider"], state["attempts"]) == ("second", 1)
    assert here.metrics("preau-linkd")['preau_certificate_end_timestamp_seconds{peer="sms/second"}'] > time.time()
    assert "premier" in check(here, "sms")["cause"] and check(here, "sms")["state"] == "degraded"
    give(visitor, CODE.search(message["text"])[1])
    assert visitor.page.path == "/inscription/enfants"


def test_one_that_refused_is_tried_again_with_a_message_now_and_then(here, families, first, second):
    def taken():
        begin(here, families.family()[0])
        return first.taken

    first.answers(503, "Temporal failure, try again later.")
    who, _, _ = families.family()
    begin(here, who)
    assert sent(here, who[2])["provider"] == "second"
    first.answers()
    here.wait(taken, what="tried again", seconds=60)
    well(here)


def test_a_number_that_the_first_refuses_goes_to_the_next_and_says_nothing_of_the_first(here, families, first, second):
    who, _, _ = families.family()
    first.answers(400, "Number(s) has/have been denied by white- and/or black-lists.")
    begin(here, who)
    assert sent(here, who[2])["provider"] == "second"
    assert check(here, "sms")["state"] == "ok"
    assert count(here, "preau_sms_provider_total", provider="premier", outcome="unfit") >= 1


def test_a_dead_first_is_not_waited_for_with_each_code(here, families, first, second):
    first.answers(202, delay=30)
    who, _, _ = families.family()
    begin(here, who)
    state = sent(here, who[2])
    assert (state["provider"], state["messages"]) == ("second", 2), "the first may have sent it: it counts"
    here.wait(lambda: check(here, "sms")["state"] == "ok", what="answering the probe")  # else whoever comes after that is the one let through
    asked = len(first.asked)
    others = [families.family()[0] for _ in range(3)]
    for other in others:
        begin(here, other)
    assert {sent(here, other[2])["provider"] for other in others} == {"second"}
    assert len(first.asked) <= asked + 2, "the probe, which it answers, lets one through for each thread, once"
    who, _, _ = families.family()
    asked = len(first.asked)
    begin(here, who)
    sent(here, who[2])
    assert len(first.asked) == asked, "and none after that"


def test_the_last_takes_what_no_other_does_and_reports_it(here, families, first, second):
    """A real Kannel, which follows the message to the operator and back."""
    first.stop()
    second.answers(200, "<html>Bienvenue sur le portail captif</html>")
    try:
        who, _, _ = families.family()
        visitor = begin(here, who)
        code = CODE.search(here.sms.wait(who[2])[0]["text"])[1]
        here.wait(lambda: row(here, who[2])["delivery"] == "delivered", what="reported")
        assert row(here, who[2])["provider"] == "kannel"
        assert count(here, "preau_sms_provider_total", provider="second", outcome="refused") >= 1
        assert count(here, "preau_sms_reports_total", outcome="delivered") >= 1
        assert "event=sms_report" in here.log("preau-linkd") and who[2] not in here.log("preau-linkd") and who[2][3:] not in here.log("preau-linkd")
        assert code not in here.log("preau-linkd")
        assert "2 of 3 SMS providers fail; SMS provider premier: Couldn't connect" in check(here, "sms")["cause"]
        give(visitor, code)
        name_children(visitor, "29/02/2012")
        assert visitor.page.path == "/inscription/mot-de-passe"
    finally:
        first.start()


def test_a_sign_in_waits_for_no_provider(here, families, first, second):
    """While all of them take the message and say nothing, and codes queue up for them."""
    _, anne, _ = families.family()
    anne.hand_out()
    people = [families.family()[0] for _ in range(4)]
    for provider in (first, second):
        provider.answers(None, delay=60)
    here.sms.smsbox.signal(signal.SIGSTOP)
    try:
        for who in people:
            assert begin(here, who).page.path == "/inscription/code"
        here.wait(lambda: first.asked and second.asked, what="waited for")
        begun = time.monotonic()
        assert sign_in(here, anne).page.path == "/ouverture"
        assert time.monotonic() - begun < 10
        assert [row(here, who[2])["state"] for who in people] == ["waiting"] * 4, "none of them got through meanwhile"
    finally:
        here.sms.smsbox.signal(signal.SIGCONT)
        first.forget()
        second.forget()
    for who in people:
        sent(here, who[2], seconds=60)


# --------------------------------------------------------------------------------------------------------- reports


@pytest.mark.parametrize("kinds, delivery", [((8, 1), "delivered"), ((1, 8), "delivered"), ((8, 2), "undelivered"), ((2, 8), "undelivered"),
                                             ((16,), "refused"), ((8,), "accepted"), ((4,), "sent"), ((2, 1), "delivered"),
                                             ((1, 2, 16), "delivered")])
def test_reports_come_in_either_order(here, families, first, kinds, delivery):
    who, _, _ = families.family()
    begin(here, who)
    sent(here, who[2])
    (asked,) = first.taken
    for kind in (*kinds, *kinds):  # and again
        assert requests.get(report_url(asked, kind), timeout=10).status_code == 200
    assert row(here, who[2])["delivery"] == delivery


def test_hostile_reports_change_nothing(here, families, first):
    who, _, _ = families.family()
    begin(here, who)
    before = sent(here, who[2])
    good = report_url(first.taken[0], "")
    base, token = good.split("/report/")
    token = token.rstrip("/")
    forged = count(here, "preau_sms_reports_total", outcome="forged")
    wrong = [f"{base}/report/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/1", f"{base}/report/{token[::-1]}/1", f"{base}/report//1", f"{base}/",
             f"{base}/status", f"{base}/report/{before['id']}/1", f"{base}/report/{'A' * 3000}/1", f"{base}/report/{urllib.parse.quote(chr(39))}/1"]
    assert {requests.get(one, timeout=10).status_code for one in wrong} <= {404, 414, 431, 400}
    assert count(here, "preau_sms_reports_total", outcome="forged") >= forged + 6
    for kind in ("%d", "", "0", "3", "64", "1;2", "-1", "1/1", "01", "１"):
        assert requests.get(good + kind, timeout=10).status_code in (400, 404), kind
    assert requests.post(good + "2", data=b"x" * 100_000, timeout=10).status_code in (400, 413)
    assert requests.delete(good + "2", timeout=10).status_code in (405, 501, 400)
    assert row(here, who[2]) == before and before["delivery"] == "sent"
    assert here.status("preau-linkd")["state"] in ("running", "ok")


def test_a_report_of_an_earlier_try_is_no_bad_news(here, families, first):
    """The first try's answer was lost, the second was taken."""
    who, _, _ = families.family()
    begin(here, who)
    sent(here, who[2])
    old = first.taken[0]
    with here.psql() as database:
        database.execute("update preau.registration set state = 'waiting', due_at = now() where mobile = %s", (who[2],))
    here.wait(lambda: len(first.taken) == 2, what="sent again")
    here.wait(lambda: row(here, who[2])["state"] == "sent", what="told")
    assert CODE.search(first.taken[1]["body"])[1] == CODE.search(old["body"])[1], "the same code: no harm in two"
    assert requests.get(report_url(old, 2), timeout=10).status_code == 200
    assert row(here, who[2])["delivery"] == "sent"
    assert requests.get(report_url(old, 1), timeout=10).status_code == 200
    assert row(here, who[2])["delivery"] == "delivered"


def test_a_report_ends_the_waiting_when_the_answer_was_lost(here, families, first):
    who, _, _ = families.family()
    begin(here, who)
    sent(here, who[2])
    with here.psql() as database:
        database.execute("update preau.registration set state = 'waiting', delivery = null, due_at = now() + interval '1 hour' where mobile = %s", (who[2],))
    assert requests.get(report_url(first.taken[0], 8), timeout=10).status_code == 200
    assert row(here, who[2])["state"] == "sent" and row(here, who[2])["delivery"] == "accepted"


def test_a_database_that_is_away_makes_the_gateway_come_again(here, families, first):
    who, _, _ = families.family()
    begin(here, who)
    sent(here, who[2])
    with here.psql() as database:
        database.execute("revoke update on preau.registration from preau_link")
    try:
        assert requests.get(report_url(first.taken[0], 1), timeout=20).status_code == 503
    finally:
        with here.psql() as database:
            database.execute("grant update on preau.registration to preau_link")
    assert requests.get(report_url(first.taken[0], 1), timeout=10).status_code == 200
    assert row(here, who[2])["delivery"] == "delivered"


def test_many_that_are_not_delivered_are_told(here, families, first):
    who, _, _ = families.family()
    begin(here, who)
    sent(here, who[2])
    with here.psql() as database:
        database.execute("update preau.registration set delivery = 'delivered' where delivery is not null")
        database.execute(
            "insert into preau.registration (request_id, match_name, mobile, expires_at, state, attempts, messages, provider, delivery)"
            " select gen_random_uuid(), 'perdu', '+33612349999', now() + interval '1 minute', 'sent', 1, 1, 'second', 'undelivered'"
            " from generate_series(1, 40)")
    here.wait(lambda: "40 of the " in check(here, "sms_delivery")["cause"], what="told")
    assert check(here, "sms_delivery")["state"] == "degraded" and "most by second" in check(here, "sms_delivery")["cause"]
    with pytest.raises(RuntimeError) as shown:  # it ends with 1: not all daemons run here
        here.ctl("status")
    assert "40 non remis" in str(shown.value) and "sms_delivery" in str(shown.value)
    with here.psql() as database:
        database.execute("delete from preau.registration where match_name = 'perdu'")
    here.wait(lambda: check(here, "sms_delivery")["state"] == "ok", what="over")


# --------------------------------------------------------------------------------- reports of a provider of kind https


def by_the_second(here, families, first, second):
    """A message that the HTTPS provider took: (mobile, what it was told)."""
    first.answers(503, "Temporal failure, try again later.")
    who, _, _ = families.family()
    begin(here, who)
    assert sent(here, who[2])["provider"] == "second"
    return who[2], json.loads(second.taken[-1]["body"])


def state_of(word):
    return {"results": [{"state": word}]}


def reported(here, outcome):
    return count(here, "preau_sms_reports_total", outcome=outcome)


@pytest.mark.parametrize("words, delivery", [(("sent", "delivered"), "delivered"), (("delivered", "sent"), "delivered"), (("expired",), "undelivered"),
                                             ((0,), "delivered"), (("rejected",), "refused"), (("queued",), "sent")])
def test_what_an_https_provider_reports_is_followed(here, families, first, second, words, delivery):
    mobile, said = by_the_second(here, families, first, second)
    assert said["tell"] == f"{here.settings['sms']['reports_url']}/second/{said['mine']}"
    before = reported(here, "malformed"), reported(here, "forged")
    for word in (*words, *words):  # and again
        assert second.report(said["tell"], "json", **state_of(word)).status_code == 200, word
    assert row(here, mobile)["delivery"] == delivery
    assert (reported(here, "malformed"), reported(here, "forged")) == before
    if delivery != "sent":
        assert reported(here, delivery) >= 1 and reported(here, "repeated") >= 1


def test_words_that_nobody_explained_are_counted_and_told(here, families, first, second):
    mobile, said = by_the_second(here, families, first, second)
    before = reported(here, "malformed")
    odd = (state_of("teleported"), state_of("Delivered"), state_of(None), state_of({"a": 1}), state_of("x" * 500), state_of(mobile), {"results": []}, {"state": "delivered"})
    assert {second.report(said["tell"], "json", **one).status_code for one in odd} == {400}
    garbage = (b"", b"{", b"[" * 4000, b'{"results": 1, "results": 2}', b"\xff\xfe", b"null", b"[]")
    for one in garbage:
        answer = requests.post(said["tell"], data=one, headers={"Content-Type": "application/json"}, timeout=20)
        assert answer.status_code == 400, one
    assert requests.get(said["tell"], timeout=20).status_code == 400
    assert reported(here, "malformed") == before + len(odd) + len(garbage) + 1
    assert requests.post(said["tell"], data=b"x" * 100_000, timeout=20).status_code in (400, 413)
    assert row(here, mobile)["delivery"] == "sent"
    log = here.log("preau-linkd")
    assert "event=sms_report_unread" in log and "word=teleported" in log and "field=results.0.state" in log and "x" * 60 not in log
    assert said["mine"] not in log and mobile not in log


def test_nobody_speaks_as_an_https_provider(here, families, first, second):
    mobile, said = by_the_second(here, families, first, second)
    base, mine = here.settings["sms"]["reports_url"], said["mine"]
    before = reported(here, "forged")
    wrong = [f"{base}/second/{mine[:-1]}{'A' if mine[-1] != 'A' else 'B'}", f"{base}/second/{mine[::-1]}", f"{base}/second/", f"{base}/second",
             f"{base}/second/{said['messages'][0]['ref']}", f"{base}/premier/{mine}", f"{base}/kannel/{mine}", f"{base}/nobody/{mine}",
             f"{base}/secondary/{mine}", f"{base}/", f"{base}/second/{'A' * 2000}"]
    assert {second.report(one, "json", **state_of("delivered")).status_code for one in wrong} == {404}
    assert reported(here, "forged") == before + len(wrong)
    assert row(here, mobile)["delivery"] == "sent"


@pytest.mark.parametrize("way", ["query", "form", "json"])
def test_all_reports_may_come_to_one_address(here, families, first, second, way):
    """The provider repeats what it was told of the message, for it has one address for all."""
    names = {"report_status": "state", "report_id": "ref"}
    described = here.settings['sms_provider "second"']
    kept = {**described}
    described.update(names)
    here.configure()
    here.restart("preau-linkd")
    try:
        mobile, said = by_the_second(here, families, first, second)
        address = here.settings["sms"]["reports_url"] + "/second"
        assert second.report(address, way, state="expired").status_code == 404, "of no message"
        assert second.report(address, way, state="expired", ref="preau-1-1").status_code == 404
        assert second.report(f"{address}/{said['mine']}", way, state="expired").status_code == 404, "it is known by the field alone"
        assert row(here, mobile)["delivery"] == "sent"
        assert second.report(address, way, state="expired", ref=said["mine"], price="0.05").status_code == 200
        assert row(here, mobile)["delivery"] == "undelivered"
    finally:
        described.clear()
        described.update(kept)
        here.configure()
        here.restart("preau-linkd")


def post_reports(address, reports):
    return requests.post(address, json=reports, timeout=20)


def test_several_reports_may_come_in_one_callback(here, families, first, second):
    """Each counts for itself: what one is keeps no other from being kept, and the answer says what they were."""
    described = here.settings['sms_provider "second"']
    kept = {**described}
    described.update({"report_status": "state", "report_id": "ref"})
    here.configure()
    here.restart("preau-linkd")
    address = here.settings["sms"]["reports_url"] + "/second"
    try:
        messages = [by_the_second(here, families, first, second) for _ in range(3)]
        (one, other, third), refs = (mobile for mobile, _ in messages), [said["mine"] for _, said in messages]
        others, garbage = {"ref": "of-another-customer", "state": "delivered"}, [17, None, [], {}, {"state": "delivered"}, {"ref": {}, "state": 0}]
        answer = post_reports(address, [{"ref": refs[0], "state": "sent"}, others, {"ref": refs[1], "state": "expired"}, {"ref": refs[0], "state": "delivered"}])
        assert (answer.status_code, answer.text) == (200, "Kept: 3, known: 0, not a type of report: 0, of no message of ours: 1.\n")
        assert row(here, one)["delivery"] == "delivered" and row(here, other)["delivery"] == "undelivered"

        before = reported(here, "malformed"), reported(here, "forged"), reported(here, "repeated")
        answer = post_reports(address, [{"ref": refs[0], "state": "delivered"}, {"ref": refs[1], "state": "teleported"}, *garbage, {"ref": refs[2], "state": 0}])
        assert (answer.status_code, answer.text) == (400, "Kept: 1, known: 1, not a type of report: 1, of no message of ours: 6.\n")
        assert row(here, third)["delivery"] == "delivered", "beside what is not to be read"
        assert (reported(here, "malformed"), reported(here, "forged"), reported(here, "repeated")) == (before[0] + 1, before[1] + 6, before[2] + 1)
        assert "word=teleported" in here.log("preau-linkd")

        assert post_reports(address, [others, *garbage]).status_code == 404 and post_reports(address, []).status_code == 404
        assert post_reports(address, [{"ref": refs[1], "state": "queued"}]).text == "Known.\n", "of one, the words of one"
        body = '[{"ref": "%s", "state": "delivered"}, {"ref": "%s", "state": "delivered"' % (refs[1], refs[1])
        assert requests.post(address, data=body, headers={"Content-Type": "application/json"}, timeout=20).status_code == 404, "cut: none of them"
        assert row(here, other)["delivery"] == "undelivered"
    finally:
        described.clear()
        described.update(kept)
        here.configure()
        here.restart("preau-linkd")


def test_callbacks_are_bounded_and_come_again_whole(here, families, first, second):
    mobile, said = by_the_second(here, families, first, second)
    assert post_reports(said["tell"], [state_of("queued")] * 101).status_code == 413
    assert post_reports(said["tell"], [state_of("delivered")] * 101).status_code == 413
    assert post_reports(said["tell"], [{**state_of("delivered"), "long": "x" * 66_000}]).status_code in (400, 413)
    assert row(here, mobile)["delivery"] == "sent", "none of too many is read"
    with here.psql() as database:
        database.execute("revoke update on preau.registration from preau_link")
    try:
        assert post_reports(said["tell"], [state_of("queued"), *[state_of("delivered")] * 99]).status_code == 503
    finally:
        with here.psql() as database:
            database.execute("grant update on preau.registration to preau_link")
    answer = post_reports(said["tell"], [state_of("queued"), *[state_of("delivered")] * 99])
    assert (answer.status_code, answer.text) == (200, "Kept: 1, known: 99, not a type of report: 0, of no message of ours: 0.\n")
    assert row(here, mobile)["delivery"] == "delivered"


# --------------------------------------------------------------------------------------------- what is configured


@pytest.mark.parametrize("changes, words", [
    ({"url": "http://example.org/x"}, "is no https address"),
    ({"body": '{"to": "%n", "text": "%t", "x": "%z"}'}, "%z"),
    ({"body": '{"to": "%n", "text": "%t"'}, "no JSON"),
    ({"body": '{"to": "%n"}'}, "lacks the text"),
    ({"body": ""}, "is to be given"),
    ({"answer": "("}, "answer"),
    ({"accepted": ["500"]}, "accepted"),
    ({"headers": ["Authorization %k"]}, "headers"),
    ({"headers": ["X-Text: %t"]}, "headers"),
    ({"secret_file": "/nowhere/at/all"}, "secret_file"),
    ({"report_status": ""}, "report_status"),
    ({"report_id": "ref", "body": '{"to": "%n", "text": "%t", "tell": "%r"}'}, "report_id"),
    ({"body": '{"to": "%n", "text": "%t", "mine": "%j"}'}, "report_id"),
    ({"report_delivered": []}, "report_delivered"),
    ({"report_refused": ["rejected", "sent"]}, "the word sent stands twice"),
])
def test_what_is_configured_wrong_is_said_at_the_start(here, tmp_path, changes, words):
    extra = tmp_path / "extra.conf"
    extra.write_text(configuration_text({'sms_provider "second"': changes}))
    done = subprocess.run([here.program("preau-linkd"), "--config", here.config, "--config", extra], capture_output=True, text=True,
                          timeout=30, env={**os.environ, "PREAU_STATUS_LINK": "127.0.0.1:0"})
    assert done.returncode != 0 and words in done.stderr and 'sms_provider "second"' in done.stderr.replace('\\"', '"'), done.stderr
    assert SECRET not in done.stderr


def test_no_secret_is_on_a_command_line_or_in_the_log(here):
    command = pathlib.Path(f"/proc/{here.daemons['preau-linkd'].pid}/cmdline").read_text()
    assert "preau-linkd" in command and SECRET not in command and SECRET not in here.log("preau-linkd")
