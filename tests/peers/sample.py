"""What `./dev run`, `stop` and `reset` do: a site with a sample academy, for people to try.

`python3 -m peers.sample run [-d] | supervise | stop | reset FOLDER BUILD`. The folder keeps everything, sign-ins included
(`sign-ins.json`); a second start takes the data up again.
"""

import argparse
import contextlib
import fcntl
import json
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import time
import unicodedata

from .franceconnect import FranceConnect
from .identity import IdentityProvider
from .process import Gone, Process
from .site import ROOT, STATUS_PORTS, Site

ACADEMY = 10
WANTED_PORTS = {"portal": 8080, "pages": 8081, **{name: 9101 + number for number, name in enumerate(STATUS_PORTS)}}
ENT = "essai"
KINDS = {"college": "college", "lycee": "lycee"}
LOOK_SECONDS = 1.0


class Progress:
    """A line for each step with the time it took."""

    def __init__(self):
        self.step, self.start = None, 0.0
        self.is_terminal = sys.stdout.isatty()

    def begin(self, step):
        self.end()
        self.step, self.start = step, time.monotonic()
        if self.is_terminal:
            print(f"         {step} …", end="", flush=True)

    def end(self, note=""):
        if self.step is None:
            return
        if self.is_terminal:
            print("\r\033[K", end="")
        print(f"{time.monotonic() - self.start:6.1f} s {self.step}{note}", flush=True)
        self.step = None


class Sample:
    def __init__(self, folder, build, outlives=False, tell=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site = Site(folder, build, WANTED_PORTS, outlives=outlives, durable=True, tell=tell)
        self.identity = IdentityProvider(self.folder / "identity", self.site.portal_url, {}, ents=(ENT,), outlives=outlives)
        self.site.settings.update(self.identity.sections("lyon", ACADEMY))
        self.site.settings.update(self.identity.ent_sections(ENT, ACADEMY, label="ENT de l’essai", key_pattern="AC-LYON[$]([0-9]+)"))
        self.franceconnect = FranceConnect(self.folder / "franceconnect", self.site.portal_url, outlives=outlives)
        self.site.settings.update(self.franceconnect.sections())
        self.supervisor = Process("supervisor", self.folder / "logs", outlives=True)
        self.note = self.folder / "sign-ins.json"

    # the sample academy

    def sign_ins(self):
        return json.loads(self.note.read_text()) if self.note.exists() else []

    def is_filled(self):
        return (self.folder / "sample-is-imported").exists()

    def fill(self, progress):
        """Each step may be done again: a first start that was interrupted is taken up by the next."""
        progress.begin("sample academy: files")
        aaf = self.folder / "aaf"
        truth = aaf / "truth.jsonl"
        aaf.mkdir(exist_ok=True)
        subprocess.run([ROOT / "tests/data/generate-aaf", "--preset", "sample", "--quiet", "--truth", truth, aaf], check=True)
        progress.begin("sample academy: import")
        self.site.import_archives(ACADEMY, sorted(aaf.glob("*.tgz")))
        progress.begin("sample academy: administrators")
        self._choose_sign_ins(truth)
        for one in self.sign_ins():
            self._add_administrator(one)
        progress.begin("sample academy: statistics")
        self.site.ctl("statistics", "compute")
        (self.folder / "sample-is-imported").touch()

    def _choose_sign_ins(self, truth):
        """Before anyone is added, so that no password is known to the site alone."""
        if self.note.exists():
            return
        rows = [json.loads(line) for line in truth.read_text().splitlines()]
        schools = [row for row in rows if row["type"] == "school" and row.get("head")]
        chosen = [{"login": login, "name": f"{school['head']['first']} {school['head']['name']}", "role": "directeur",
                   "scope": ["--school", school["uai"]], "school": school["uai"], "what": school["name"]}
                  for login, school in zip(logins(schools), schools)]
        # one whose school comes from AAF, as all of an academy's heads may
        chosen[-1] |= {"scope": ["--aaf", f"{ACADEMY}:{schools[-1]['head']['id']}"],
                       "what": f"{schools[-1]['name']} (d’après l’AAF)"}
        chosen.append({"login": "exploitant", "name": "Exploitation nationale", "role": "exploitant", "scope": ["--nation"],
                       "what": "toutes les académies"})
        for one in chosen:
            one["password"] = "-".join(secrets.token_hex(2) for _ in range(4))
        new = self.note.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(chosen, ensure_ascii=False, indent=1))
        new.replace(self.note)

    def _add_administrator(self, one):
        known = self.site.ctl("admin", "list", json_answer=True)["administrators"]
        if one["login"] in [other["login"] for other in known]:
            return
        file = self.folder / "password"
        file.touch(mode=0o600)
        file.write_text(one["password"] + "\n")
        try:
            self.site.ctl("admin", "add", one["login"], "--name", one["name"], "--role", one["role"], *one["scope"],
                          "--password-file", file)
        finally:
            file.unlink()

    # running

    def start(self, progress):
        self.site.start()
        if not self.is_filled():
            self.fill(progress)
        if self.identity.process.pid is None:
            progress.begin("portal of the academy, ENT")
            self.identity.people.update(self.people_of_the_portal() | self.people_of_the_ent())
            self.identity.start()
        if self.franceconnect.process.pid is None:
            progress.begin("FranceConnect's stand-in")
            self._fill_franceconnect()
            self.franceconnect.start()
        progress.end()

    def people_of_the_portal(self):
        """The heads once more, as the academy's own portal knows them."""
        return {one["login"]: {"name": one["name"], "preferred_username": one["login"],
                               "FrEduRneResp": [one.get("school", one["scope"][-1])]}
                for one in self.sign_ins() if one["role"] == "directeur"}

    def people_of_the_ent(self):
        """The last pupil of the second degree whose guardian the ENT may vouch for, and that guardian: the same at each start."""
        people = {}
        for role, (prenom, nom, number, *_) in self._known_to_the_ent().items():
            people[role] = {"name": f"{prenom} {nom} (ENT : {role})", "ENTPersonJointure": f"AC-LYON${number}"}
        return people

    def _known_to_the_ent(self):
        """{"eleve": (first name, name, AAF number, is not open yet), "responsable": …}"""
        with self.site.psql() as database:
            row = database.execute(
                "select c.prenom, c.nom, c.aaf_id, e.state = 'non_distribue', p.prenom, p.nom, p.aaf_id, a.state = 'non_distribue'"
                "  from preau.person c join preau.account e on (e.academy, e.id) = (c.account_academy, c.account_id)"
                "  join preau.guardianship g on (g.academy, g.degree, g.pupil_id) = (c.academy, c.degree, c.aaf_id)"
                "  join preau.person p on (p.academy, p.degree, p.aaf_id) = (g.academy, g.degree, g.guardian_id)"
                "  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)"
                " where c.academy = %s and c.degree = 2 and c.departed_at is null and p.departed_at is null"
                " order by c.aaf_id desc, p.aaf_id limit 1", (ACADEMY,)).fetchone()
        return {"eleve": row[:4], "responsable": row[4:]} if row else {}

    def _fill_franceconnect(self):
        """A few whom the academy knows, as RNIPP has them, and one whom nobody knows."""
        if self.franceconnect.people:
            return
        for number, (prenom, nom, *_) in enumerate(self.guardians(4)[1:]):
            self.franceconnect.person(f"parent{number + 1}", prenom.replace("-", " "), nom.upper(), given_name_array=[prenom])
        self.franceconnect.person("inconnu", "Camille", "INCONNUE")

    def guardian_of_franceconnect(self):
        """One of them who is not linked yet, with what is asked for; None when all are."""
        known = {(one["given_name_array"][0], one["family_name"]) for one in self.franceconnect.people.values()}
        found = [one for one in self.guardians(200) if (one[0], one[1].upper()) in known]
        return found[0] if found else None

    def guardians(self, count):
        """Who may open an account by SMS, with what is asked for."""
        with self.site.psql() as database:
            return database.execute(
                "select p.prenom, p.nom, p.mobile, string_agg(c.prenom || ' ' || to_char(c.birth_date, 'DD/MM/YYYY'), ', ' order by c.aaf_id)"
                "  from preau.person p join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)"
                "  join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (p.academy, p.degree, p.aaf_id)"
                "  join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)"
                " where p.profile = 'responsable' and p.mobile is not null and a.state = 'non_distribue' and p.departed_at is null"
                " group by p.academy, p.degree, p.aaf_id order by p.aaf_id limit %s", (count,)).fetchall()

    def guardians_with_two_accounts(self, count):
        """Of two schools that know another mobile each, so that no registration joins the two: (first name, name, mobile, children) of
        the one and (identifier, mobile, children with their school) of the other."""
        with self.site.psql() as database:
            return database.execute(
                "with known as ("
                "    select p.academy, p.degree, p.aaf_id, p.search_name, p.prenom, p.nom, p.mobile, a.login, a.id,"
                "           string_agg(c.prenom || ' ' || to_char(c.birth_date, 'DD/MM/YYYY'), ', ' order by c.aaf_id) as children,"
                "           min(s.name) as school, array_agg(c.aaf_id) as pupils"
                "      from preau.person p join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id)"
                "      join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (p.academy, p.degree, p.aaf_id)"
                "      join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)"
                "      join preau.enrolment e on (e.academy, e.degree, e.pupil_id) = (c.academy, c.degree, c.aaf_id)"
                "      join preau.school s on (s.academy, s.uai) = (e.academy, e.uai)"
                "     where p.profile = 'responsable' and p.mobile is not null and a.state = 'non_distribue' and p.departed_at is null"
                "     group by p.academy, p.degree, p.aaf_id, a.login, a.id)"
                " select o.prenom, o.nom, o.mobile, o.children, t.login, t.mobile, t.children, t.school"
                "   from known o join known t on t.search_name = o.search_name and t.id <> o.id and t.mobile <> o.mobile"
                "  where o.degree = 1 and t.degree = 2"
                "    and not exists (select from known k where k.search_name = o.search_name and k.id not in (o.id, t.id))"
                "  order by o.aaf_id limit %s", (count,)).fetchall()

    def tell_addresses(self):
        site = self.site
        print()
        if "preau-portald" in site.daemons:
            print(f"  Portal         {site.portal_url}/")
        print(f"  Mails sent     http://127.0.0.1:{site.ports['pages']}/")
        print(f"  SMS sent       http://127.0.0.1:{site.ports['pages']}/sms")
        for name in site.daemons:
            print(f"  {name:14} http://{site.status_address(name)}/status")
        print(f"\n  Sign-ins (also in {self.note})")
        for one in self.sign_ins():
            print(f"    {one['login']:12} {one['password']}   {one['name']}, {one['what']}")
        if known := self.guardians(1):
            prenom, nom, mobile, children = known[0]
            print(f"\n  By SMS         {site.portal_url}/inscription: {prenom} {nom}, {mobile}; children: {children}")
        if known := self.guardian_of_franceconnect():
            prenom, nom, mobile, children = known
            print(f"  FranceConnect  {site.portal_url}/connexion: a stand-in ({self.franceconnect.issuer}, whose certificate no browser\n"
                  f"                 knows); be {prenom} {nom}, {mobile}; children: {children}")
        self._tell_ent()
        self._tell_two_accounts()
        print("    exploitant sets up a second factor at the first sign-in: have an authenticator application at hand,\n"
              "    on a telephone or here (oathtool --totp -b KEY). ./dev ctl admin reset-totp exploitant begins anew.")
        print("    or, the heads, by the portal of the academy: a real OpenID Connect provider, without passwords, whose\n"
              f"    certificate ({self.identity.issuer}) no browser knows: it warns once")
        print("    ./dev ctl admin aaf-heads tells the heads whom AAF names and who follow nothing yet, admin add LOGIN --aaf\n"
              "    10:NUMBER opens an account for one of them")
        print("\n  ./dev ctl status      ./dev ctl --help      ./dev stop", flush=True)

    def _tell_ent(self):
        waiting = {role: f"{prenom} {nom}" for role, (prenom, nom, _, is_new) in self._known_to_the_ent().items() if is_new}
        if waiting:
            names = " or ".join(f"{name} ({role})" for role, name in waiting.items())
            print(f"  By an ENT      {self.site.portal_url}/ent: the same provider as the academy's portal; be {names}")

    def _tell_two_accounts(self):
        """Two paths from a desk: each begins by an account that is opened by SMS."""
        known = self.guardians_with_two_accounts(2)
        for path, way, one in zip(("Two accounts", "Missing child"), ("/guichet/autre-compte", "/guichet/enfant-manquant"), known):
            prenom, nom, mobile, children, login, other_mobile, other_children, school = one
            proof = f"{login}, once the head of {school} has notified it" if way.endswith("compte") else other_mobile
            print(f"  {path:14} {self.site.portal_url}/inscription: {prenom} {nom}, {mobile}; children: {children}; then\n"
                  f"                 {self.site.portal_url}{way}: {proof}; children: {other_children}")

    def supervise(self):
        """Starts again what died, as systemd does; ends by a signal only."""
        self.site.tell = lambda what: None
        while True:
            time.sleep(LOOK_SECONDS)
            for name, process in self.site.daemons.items():
                if process.pid is None:
                    print(f"{name} ended ({process.exit_code}): started again", flush=True)
                    with contextlib.suppress(Exception):
                        self.site.launch(name, ready=False)

    def stop(self):
        self.supervisor.stop()
        self.identity.stop()
        self.franceconnect.stop()
        self.site.stop()


def plain(text):
    return "".join(one for one in unicodedata.normalize("NFD", text.lower()) if one.isalnum() and one.isascii())


def logins(schools):
    """ecole1, ecole2, college, lycee."""
    count = {}
    for school in schools:
        word = KINDS.get(plain(school["kind"]), "ecole")
        count[word] = count.get(word, 0) + 1
        same = sum(1 for other in schools if KINDS.get(plain(other["kind"]), "ecole") == word)
        yield f"{word}{count[word]}" if same > 1 else word


@contextlib.contextmanager
def locked(folder):
    """One at a time starts, stops or forgets this site."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f"{folder.name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("dev: another ./dev run, stop or reset holds this site")
        yield


class Asked(BaseException):
    """A signal asked for the end."""


def on_signals(handler):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def end_at_once(*_):
    on_signals(signal.SIG_IGN)  # what stops the site is not to be stopped half-way
    raise Asked


def run_here(folder, build):
    with locked(folder):
        progress = Progress()
        sample = Sample(folder, build, tell=progress.begin)
        on_signals(end_at_once)
        try:
            sample.supervisor.stop()
            sample.start(progress)
            sample.tell_addresses()
            print("  Ctrl-C stops it.", flush=True)
            sample.supervise()
        except Asked:
            print()
        finally:
            on_signals(signal.SIG_IGN)
            progress.begin("stopping")
            sample.stop()
            progress.end()


def run_detached(folder, build):
    with locked(folder):
        progress = Progress()
        sample = Sample(folder, build, outlives=True, tell=progress.begin)
        on_signals(end_at_once)
        try:
            sample.start(progress)
        except BaseException:
            on_signals(signal.SIG_IGN)
            progress.end(": not done")
            sample.stop()
            raise
        if sample.supervisor.pid is None:
            sample.supervisor.start("/usr/bin/python3", "-m", "peers.sample", "supervise", folder, build)
        sample.tell_addresses()


def supervise(folder, build):
    on_signals(end_at_once)
    with contextlib.suppress(Asked):
        Sample(folder, build, outlives=True).supervise()


def stop(folder, build):
    with locked(folder):
        Sample(folder, build).stop()


def reset(folder, build):
    with locked(folder):
        sample = Sample(folder, build)
        sample.stop()
        sample.site.remove()
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(prog="./dev")
    parser.add_argument("verb", choices=("run", "supervise", "stop", "reset"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-d", "--detach", action="store_true", help="return once all is ready")
    given = parser.parse_args()
    verbs = {"run": run_detached if given.detach else run_here, "supervise": supervise, "stop": stop, "reset": reset}
    try:
        verbs[given.verb](given.folder.resolve(), given.build.resolve())
    except Asked:
        sys.exit(130)
    except (RuntimeError, TimeoutError, Gone) as failed:
        sys.exit(f"dev: {failed}\n(logs: {given.folder / 'logs'})")


if __name__ == "__main__":
    main()
