-- What the house lets go of after its time: accounts closed, then erased with all that is the person's; records of people
-- who left; old reports of imports. Each statement is a transaction of bounded size that begins with what is oldest. What
-- somebody else is at is left for the next time, so that a night's import never waits, nor waits in a circle.

-- :query retention_lock
-- One process at a time, until its session ends.
-- :role import
select pg_try_advisory_lock(1347568984) as taken;

-- :query retention_load_detached
-- Accounts that nothing has attached for so long, and that are open.
-- :role import
-- $1 before timestamptz
-- $2 limit bigint
select a.academy, a.id, a.version, a.profile::text, a.state::text, a.origin::text, a.password::text, a.login, a.email,
       a.email_confirmed_at, a.closed_at, a.notified_at, a.notification_expires_at, a.activated_at,
       exists (select from preau.person p
                where (p.account_academy, p.account_id) = (a.academy, a.id) and p.degree = 2) as in_second_degree
  from preau.account a
 where a.detached_at <= $1 and a.closed_at is null
 order by a.detached_at
 limit $2;

-- :query retention_close
-- What was decided for accounts that were loaded: those that are still the same are closed, their sessions ended where
-- that was decided, and it is remembered.
-- :role import
-- $1 at timestamptz
-- $2 action text
-- $3 academies smallint[]
-- $4 numbers bigint[]
-- $5 versions bigint[]
-- $6 states text[]
-- $7 origins text[]
-- $8 passwords text[]
-- $9 ends_sessions boolean[]
with same as materialized (
    select w.*
      from unnest($3, $4, $5, $6, $7, $8, $9) as w(academy, id, version, state, origin, password, ends_sessions)
      join preau.account a on (a.academy, a.id, a.version) = (w.academy, w.id, w.version)
       for update of a skip locked
), changed as (
    update preau.account a
       set state = s.state::preau.account_state, origin = s.origin::preau.account_origin,
           password = s.password::preau.password_kind, closed_at = $1
      from same s
     where (a.academy, a.id) = (s.academy, s.id)
 returning a.academy, a.id
), ended as (
    delete from preau.session e using same s where (e.academy, e.account_id) = (s.academy, s.id) and s.ends_sessions
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor) select academy, id, $2, 'import' from changed
)
select count(*) as closed from changed;

-- :query retention_erase_accounts
-- Accounts closed for so long, with all that is the person's: what hangs on the account goes with it, the records of AAF
-- that left too; those still delivered (a contact's) are no account's any more. The identifier stays, so that nobody else
-- is given it, and no longer says whose it was.
-- :role import
-- $1 before timestamptz
-- $2 limit bigint
with due as materialized (
    select a.academy, a.id, a.login
      from preau.account a
     where a.closed_at <= $1
     order by a.closed_at
     limit $2
       for update of a skip locked
), record as materialized (
    select p.academy, p.degree, p.aaf_id, p.departed_at, d.academy as account_academy, d.id as account_id
      from due d
      join preau.person p on (p.account_academy, p.account_id) = (d.academy, d.id)
       for update of p skip locked
), whole as materialized (
    select d.*
      from due d
     where (select count(*) from preau.person p where (p.account_academy, p.account_id) = (d.academy, d.id))
         = (select count(*) from record r where (r.account_academy, r.account_id) = (d.academy, d.id))
), gone as (
    delete from preau.person p
     using record r
      join whole w on (w.academy, w.id) = (r.account_academy, r.account_id)
     where (p.academy, p.degree, p.aaf_id) = (r.academy, r.degree, r.aaf_id) and r.departed_at is not null
 returning p.aaf_id
), freed as (
    update preau.person p
       set account_academy = null, account_id = null
      from record r
      join whole w on (w.academy, w.id) = (r.account_academy, r.account_id)
     where (p.academy, p.degree, p.aaf_id) = (r.academy, r.degree, r.aaf_id) and r.departed_at is null
), unnamed as (
    update preau.identifier i set degree = null, aaf_id = null from whole w where i.login = w.login
), erased as (
    delete from preau.account a using whole w where (a.academy, a.id) = (w.academy, w.id) returning a.id
)
select (select count(*) from erased) as accounts, (select count(*) from gone) as persons;

-- :query retention_erase_persons
-- Records of people who left so long ago, which no account needs: those without one (contacts, pupils of the first degree),
-- and those whose account lives on by another record.
-- :role import
-- $1 before timestamptz
-- $2 limit bigint
with due as materialized (
    select p.academy, p.degree, p.aaf_id
      from preau.person p
     where p.departed_at <= $1
       and (p.account_id is null
            or exists (select from preau.person other
                        where (other.account_academy, other.account_id) = (p.account_academy, p.account_id)
                          and other.departed_at is null))
     order by p.departed_at
     limit $2
       for update of p skip locked
), gone as (
    delete from preau.person p using due d
     where (p.academy, p.degree, p.aaf_id) = (d.academy, d.degree, d.aaf_id)
 returning p.aaf_id
)
select count(*) as persons from gone;

-- :query retention_erase_runs
-- Runs that began so long ago, with their reports; but for those that go on or wait, and the last integrated one of each
-- academy and degree, which the next is compared with.
-- :role import
-- $1 before timestamptz
-- $2 limit bigint
with due as materialized (
    select r.id
      from preau.import_run r
     where r.started_at <= $1 and r.state <> 'running' and (r.state <> 'held' or r.decision is not null)
       and (r.state <> 'applied'
            or exists (select from preau.import_run later
                        where (later.academy, later.degree, later.state) = (r.academy, r.degree, 'applied')
                          and later.id > r.id))
     order by r.id
     limit $2
       for update of r skip locked
), gone as (
    delete from preau.import_run r using due d where r.id = d.id returning r.id
)
select count(*) as runs from gone;
