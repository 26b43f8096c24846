"""One collège as large as a batch, each of its guardians with a provisional password that opens, and the batches themselves."""

from peers.sealing import Sealing

from . import portal_store

ACADEMY = portal_store.ACADEMY
CLASS_SIZE = 28
READY = (
    "update preau.account a set state = 'distribue', origin = 'etablissement', password = 'provisional', email = null,"
    " email_confirmed_at = null, activated_at = null, notified_at = now(), notification_expires_at = now() + interval '3 months'"
    " where a.academy = %(academy)s and a.profile = 'responsable' and a.id <= %(guardians)s",
    "update preau.person p set civilite = case when p.aaf_id %% 2 = 0 then 'Mme' else 'M.' end, mail = 'personne' || p.aaf_id || '@example.org',"
    " adresse = '$' || case when p.aaf_id %% 3 = 0 then 'BATIMENT ' || chr((65 + p.aaf_id %% 8)::int) else '' end || '$'"
    " || p.aaf_id %% 180 + 1 || ' RUE DES LILAS$', code_postal = lpad((11000 + p.aaf_id %% 90)::text, 5, '0'), ville = 'VILLE ' || p.aaf_id %% 90,"
    " pays = 'FRANCE' where p.academy = %(academy)s and p.profile = 'responsable' and p.account_id <= %(guardians)s",
    # classes of a collège that has as many as it needs
    "update preau.enrolment e set class = 6 - n.number / %(class_size)s %% 4 || lpad((n.number / %(class_size)s / 4)::text, 3, '0')"
    "  from (select pupil_id, row_number() over (order by pupil_id) - 1 as number from preau.enrolment"
    "         where uai = %(uai)s) n where e.uai = %(uai)s and e.pupil_id = n.pupil_id",
)


class College:
    """The academy's first school; `guardians` accounts, numbered from 1."""

    def __init__(self, site, guardians, tell):
        self.site, self.guardians, self.database = site, guardians, site.psql()
        portal_store.fill(self.database, 1, tell, guardians=guardians, pupils=guardians * 5 // 8)
        self.uai = portal_store.first_school(self.database)
        self.head = self.database.execute(
            "insert into preau.administrator (login, name, role, hash) values ('mesure', 'Mesure', 'directeur', 'x') returning id").fetchone()[0]
        tell("store: addresses, classes")
        self.database.execute("set session_replication_role = replica")  # rows as they would have become, not one by one
        for statement in READY:
            self.database.execute(statement, {"academy": ACADEMY, "guardians": guardians, "uai": self.uai, "class_size": CLASS_SIZE})
        self.database.execute("reset session_replication_role")
        tell("store: passwords")
        self._seal()
        self.database.execute("vacuum (freeze, analyze)")

    def _seal(self):
        sealing = Sealing(self.site.folder / "keys")
        numbers = list(range(1, self.guardians + 1))
        sealed = [sealing.seal(f"credential:{ACADEMY}:{number}", b"k7pr-wz4t-9hbn") for number in numbers]
        self.database.execute(
            "update preau.credential c set sealed = w.sealed, hash = null from unnest(%s::bigint[], %s::bytea[]) as w(id, sealed)"
            " where (c.academy, c.account_id) = (%s, w.id)", (numbers, sealed, ACADEMY))

    def owe(self, channel, count):
        """A batch of so many, as CreateBatch leaves it; its number."""
        return self.database.execute(
            "with made as (insert into preau.batch (academy, uai, request_id, administrator_id, channel, reset, total, profiles)"
            f" values ({ACADEMY}, %s, gen_random_uuid(), %s, %s, false, %s, '{{responsable}}') returning id), owed as ("
            " insert into preau.delivery (academy, batch_academy, batch_id, account_id, kind, channel, recipient)"
            " select a.academy, a.academy, made.id, a.id, 'notification', %s, case %s when 'mail' then 'personne' || a.id || '@example.org' end"
            f" from made, preau.account a where a.academy = {ACADEMY} and a.profile = 'responsable' and a.id <= %s)"
            " select id from made", (self.uai, self.head, channel, count, channel, channel, count)).fetchone()[0]

    def left(self, batch):
        """(how many of it still wait, how many did not end as sent)"""
        return self.database.execute(
            "select count(*) filter (where state in ('waiting', 'taken')), count(*) filter (where state in ('failed', 'cancelled'))"
            " from preau.delivery where batch_academy = %s and batch_id = %s", (ACADEMY, batch)).fetchone()

    def steps(self, batch):
        """[(when, how many so far)]: each moment at which some of it were recorded as sent, in seconds from the first."""
        return [(float(when), int(so_far)) for when, so_far in self.database.execute(
            "select extract(epoch from done_at - min(done_at) over ()), sum(count(*)) over (order by done_at)"
            " from preau.delivery where batch_academy = %s and batch_id = %s group by done_at order by done_at", (ACADEMY, batch))]

    def parts(self, batch):
        """[pages] of its documents."""
        return [pages for pages, in self.database.execute(
            "select pages from preau.document where academy = %s and batch_id = %s order by part", (ACADEMY, batch))]
