-- Whose accounts an import attached or detached (guide 1.1: who leaves, who comes back), in the transaction that changes
-- the records. It fills pg_temp.import_touched_account (academy smallint, id bigint) with the accounts that any changed,
-- departed or returning record, enrolment or guardianship may concern; an account may stand there more than once.

-- :query import_attach_table
-- The accounts to look at, gone with the transaction.
-- :role import
-- :plain
create temporary table import_touched_account (academy smallint not null, id bigint not null,
    is_reopened boolean not null default false) on commit drop;

-- :query import_attach_copy
-- Fills import_touched_account from the outside.
-- :role import
-- :plain
copy pg_temp.import_touched_account (academy, id) from stdin;

-- :query import_attach_analyze
-- So that the planner knows how many there are: a handful of a night, or all of an academy.
-- :role import
-- :plain
analyze pg_temp.import_touched_account;

-- :query import_attach_lock
-- Accounts that have a record in another academy than their own are looked at by one run at a time, in one order: two
-- runs that each took the other's record for an attachment would leave the account attached to nothing.
-- :role import
-- :plain
select count(*)
  from (select a.id
          from preau.account a
         where (a.academy, a.id) in (
                select p.account_academy, p.account_id
                  from pg_temp.import_touched_account t
                  join preau.person p on (p.account_academy, p.account_id) = (t.academy, t.id)
                 where p.academy <> p.account_academy)
         order by a.academy, a.id
           for no key update) locked;

-- :query import_attach_apply
-- The one place that says what attaches an account: a pupil of the second degree who is there; a guardian who is there and
-- has the legal care of a pupil who is there, in either degree. Who lost the last attachment is detached from now on. Who
-- has one is not, and is opened again as it was if it had been closed: the life cycle's reopening moves nothing else. The
-- rows are locked first, so that what is judged is what is changed.
-- :role import
-- :plain
with touched as materialized (
    select distinct academy, id from pg_temp.import_touched_account
), attached as materialized (
    select t.academy, t.id
      from touched t
      join preau.person p on (p.account_academy, p.account_id) = (t.academy, t.id)
     where p.profile = 'eleve' and p.departed_at is null
     union
    select t.academy, t.id
      from touched t
      join preau.person r on (r.account_academy, r.account_id) = (t.academy, t.id)
      join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
      join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
     where r.profile = 'responsable' and r.departed_at is null and c.departed_at is null
), different as materialized (
    select a.academy, a.id, w.id is not null as is_attached, a.closed_at is not null as is_closed
      from touched t
      join preau.account a on (a.academy, a.id) = (t.academy, t.id)
      left join attached w on (w.academy, w.id) = (t.academy, t.id)
     where (a.detached_at is null) <> (w.id is not null) or (w.id is not null and a.closed_at is not null)
     order by a.academy, a.id
       for no key update of a
), changed as (
    update preau.account a
       set detached_at = case when d.is_attached then null else coalesce(a.detached_at, now()) end,
           closed_at = case when d.is_attached then null else a.closed_at end
      from different d
     where (a.academy, a.id) = (d.academy, d.id)
), told as (
    update pg_temp.import_touched_account t
       set is_reopened = true
      from different d
     where d.is_attached and d.is_closed and (t.academy, t.id) = (d.academy, d.id)
)
insert into preau.account_event (academy, account_id, action, actor)
select academy, id, 'reopen', 'import' from different where is_attached and is_closed;
