"""A site that is upgraded one daemon at a time: the daemons of the release before (deploy/PREVIOUS_RELEASE) work on the schema of this one, beside ours, on
one bus. They are built from the history of the tree, once for a revision."""

import collections
import os
import pathlib
import re

import pytest

from peers import previous
from peers.academy import APPLIED, archive_of, guardian, pupil, school
from peers.bus import Bus
from peers.copies import Copies
from peers.mail import text_of
from peers.people import Town, letters
from peers.portal import PASSWORD, add_head, sign_in_head
from peers.site import DAEMONS, Site
from peers.web import Visitor
from test_notify import MAIL, School
from test_notify_together import mails_sent

NOTIFYD, LINKD = "preau-notifyd", "preau-linkd"
ACADEMY, UAI = 10, "0695001L"
OURS = pathlib.Path(os.environ["PREAU_BUILD"]).resolve()
# who is of this release. Whoever asks is tried with whoever answers, of the other release: the portal and preauctl ask, all others answer.
MIXTURES = {"none": (), "the portal": ("preau-portald",), "all but the portal": tuple(set(DAEMONS) - {"preau-portald"}), "all": tuple(DAEMONS)}


@pytest.fixture(scope="module")
def before():
    return previous.release()


class Upgraded:
    """A site of the release before, with one family, whose schema is then ours."""

    def __init__(self, site, before, folder):
        self.site, self.before, self.folder = site, before, folder
        self.families, self.ours = [], ()

    def deliver(self):
        """Today's complete delivery, which brings one family more: its guardian's number."""
        number = 1000 + 10 * len(self.families)
        self.families.append(number)
        date = f"202509{10 + len(self.families)}"
        run, = self.site.import_archives(ACADEMY, [archive_of(self.folder / f"ENT2DVA.{ACADEMY}.{date}.Complet.tgz", {
            "EtabEducNat": [school(uai=UAI)],
            "Eleve": [pupil(one, [one + 1], sn=self.name(one)) for one in self.families],
            "PersRelEleve": [guardian(one + 1, [one], sn=self.name(one), mail=self.address(one)) for one in self.families]}, date=date)])["runs"]
        assert run["state"] == APPLIED, run
        return number

    @staticmethod
    def name(number):
        return "RELEVE" + letters(number).upper()

    @staticmethod
    def address(number):
        return f"releve{number}@example.org"

    def login(self, number):
        with self.site.psql() as database:
            return database.execute("select a.login from preau.person p join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)"
                                    " where (p.academy, p.aaf_id) = (%s, %s)", (ACADEMY, number)).fetchone()[0]

    def run(self, ours):
        """These daemons are of this release, all others of the one before."""
        for name in DAEMONS:
            if self.site.daemons[name].pid is None or (name in ours) != (name in self.ours):
                self.site.build = OURS if name in ours else self.before.build
                self.site.settings = {} if name in ours else self.before.settings
                self.site.configure()
                self.site.restart(name)
        self.site.build, self.site.settings, self.ours = OURS, {}, ours


@pytest.fixture(scope="module")
def here(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("upgraded")
    with Site.of(folder / "site", *DAEMONS, build=before.build, settings=before.settings) as site:
        upgraded = Upgraded(site, before, folder)
        upgraded.deliver()
        add_head(site, "chef.avant", (UAI,))
        upgraded.head = sign_in_head(site, "chef.avant")
        site.build = OURS
        assert site.ctl("migrate", json_answer=True)["applied"], "a release without a migration: nothing is shown here"
        yield upgraded


def test_the_daemons_of_before_go_on_and_are_told_apart(here):
    """Through the migration, and those that are started after it."""
    site = here.site
    for restarted in (False, True):
        for name in DAEMONS:
            if restarted:
                site.stop_daemon(name)
        here.run(())
        for name in DAEMONS:
            site.wait(lambda name=name: site.http_status(name, "/readyz") == 200, 30, f"{name} ready on the newer schema")
            assert site.status(name)["schema_version"] == here.before.schema
        assert here.head.get(f"/etablissements/{UAI}").status == 200
    said = site.run_ctl("doctor").stdout
    assert len(re.findall(rf"est encore de la version précédente \(schéma {here.before.schema}, ", said)) == len(DAEMONS), said


def link_in(mail):
    return re.search(r"https?://\S+/activation/\S+", text_of(mail))[0]


def notified(here, head, number):
    """By a head, through the portal: the guardian's provisional password, of the mail."""
    page = head.get(f"/etablissements/{UAI}/responsables?nom={here.name(number)}")
    page = head.submit(page.form(f"/etablissements/{UAI}/apercu"), action="mail", portee="tous")
    page = head.submit(page.form(f"/etablissements/{UAI}/envoi"))
    assert re.fullmatch(rf"/etablissements/{UAI}/envois/\d+", page.path), page.text
    mail, = here.site.mail.wait(here.address(number))
    return re.search(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b", text_of(mail))[0]


def opened(here, number, password):
    """The guardian's way from the letter to the desk."""
    visitor, login, own = Visitor(here.site.portal_url), here.login(number + 1), f"parent{number}@example.net"
    page = visitor.get("/connexion")
    page = visitor.submit(page.form("/connexion"), identifiant=login, mot_de_passe=password)
    dates = {name: "03/04/2012" for name, _ in page.form("/ouverture").fields if name.startswith("naissance")}
    page = visitor.submit(page.form("/ouverture"), {"nouveau": PASSWORD, "confirmation": PASSWORD, "courriel": own, **dates})
    assert own in page.text, page.text
    mail, = here.site.mail.wait(own)
    page = visitor.get(link_in(mail))
    visitor.submit(page.forms[-1])
    page = visitor.get("/connexion")
    page = visitor.submit(page.form("/connexion"), identifiant=login, mot_de_passe=PASSWORD)
    assert page.path == "/guichet" and here.name(number) in page.text.upper(), page.text
    return visitor


@pytest.mark.parametrize("ours", MIXTURES.values(), ids=MIXTURES)
def test_a_family_goes_its_whole_way_whoever_is_of_this_release(here, ours):
    """Imported, notified by a head who stayed signed in, opened, activated, at the desk; and counted at night."""
    here.run(ours)
    number = here.deliver()
    assert here.head.get(f"/etablissements/{UAI}").status == 200, "who was signed in is so still"
    family = opened(here, number, notified(here, here.head, number))
    sign_in_head(here.site, "chef.avant")
    here.site.ctl("statistics", "compute")
    assert here.head.get(f"/etablissements/{UAI}/statistiques").status == 200
    assert family.get("/guichet/compte").status == 200
    for name in DAEMONS:
        assert here.site.http_status(name, "/readyz") == 200
        assert here.site.status(name)["schema_version"] == here.before.schema or name in ours


def test_a_mail_that_the_notifyd_of_before_does_not_know_waits_for_ours(here):
    """Why docs/operators/mise-a-jour.md begins with notifyd: linkd owes such mails as soon as it is of this release."""
    here.run((LINKD,))
    number = here.deliver()
    opened(here, number, notified(here, here.head, number))
    owed = "select kind, attempts from preau.delivery where done_at is null and recipient = %s"
    with here.site.psql() as database:
        assert database.execute(owed, (here.address(number),)).fetchall() == [("account_opened", 0)]
    here.run((LINKD, NOTIFYD))
    assert len(here.site.mail.wait(here.address(number), 2)) == 2
    with here.site.psql() as database:
        assert database.execute(owed, (here.address(number),)).fetchall() == []


def test_a_notifyd_of_each_release_share_a_batch_and_each_mail_goes_once(here):
    here.run(tuple(DAEMONS))
    site, of_before = here.site, here.before
    own = {f"PREAU_NOTIFY_{key.upper()}": str(value) for key, value in of_before.settings["notify"].items()}
    with Copies(site, NOTIFYD, 1, program=of_before.build / "daemons/notify" / NOTIFYD, settings=own) as copies:
        one = School(site, Bus(site), Town(site))
        people = one.town.families(one.school, 300)
        sent = mails_sent(site, copies)
        batch = one.ended(one.notify(people, channel=MAIL).batch, 90)
        assert (batch.sent, batch.failed) == (300, 0)
        mails = collections.Counter(mail["X-Envelope-To"] for mail in site.mail.mails() if mail["X-Envelope-To"].startswith("famille"))
        assert mails == {person.mail: 1 for person in people}
        shares = [late - early for early, late in zip(sent, mails_sent(site, copies))]
        assert sum(shares) == 300 and min(shares) >= 15, "one did nearly nothing"
