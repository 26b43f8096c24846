-- Who gets which account. First in a short transaction that gives identifiers, under a lock that all academies share;
-- then, with the rest of the run, the accounts themselves. The statements follow one another in this order
-- (import_apply.c).

-- :query import_accounts_baseless
-- Persons who did not change, have no account and are legal guardians now: their identifier's base is to be made.
-- :role import
-- :plain
copy (
    select k.aaf_id, k.prenom, k.nom
      from pg_temp.import_legal l
     cross join pg_temp.import_now now
      join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, l.guardian_id)
     where k.account_id is null and k.profile = 'responsable'
       and not exists (select from pg_temp.import_guardian g where g.aaf_id = l.guardian_id)
     order by k.aaf_id
) to stdout;

-- :query import_accounts_bases
-- Their bases.
-- :role import
-- :plain
create temporary table import_base (aaf_id bigint not null, base text not null);

-- :query import_copy_bases
-- Fills import_base.
-- :role import
-- :plain
copy pg_temp.import_base from stdin;

-- :query import_accounts_wanted
-- Who needs an account: legal guardians, and pupils of the second degree, who have none yet. may_match: nobody undid a
-- merge of this record.
-- :role import
-- :plain
create temporary table import_wanted as
with every as (
    select g.aaf_id, 'responsable'::preau.profile as profile, g.base, g.match_key, null::text as ine,
           null::date as birth_date
      from pg_temp.import_guardian g
     where exists (select from pg_temp.import_legal l where l.guardian_id = g.aaf_id)
    union all
    select k.aaf_id, 'responsable', b.base, k.match_key, null, null
      from pg_temp.import_base b
     cross join pg_temp.import_now now
      join preau.person k on (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, b.aaf_id)
    union all
    select p.aaf_id, 'eleve', p.base, null, p.ine, p.birth_date
      from pg_temp.import_pupil p, pg_temp.import_now now
     where now.degree = 2
)
select w.*, null::bigint as leader, null::smallint as account_academy, null::bigint as account_id, null::text as evidence,
       not exists (select from preau.account_merge m
                    where (m.academy, m.degree, m.aaf_id) = (now.academy, now.degree, w.aaf_id)
                      and m.undone_at is not null) as may_match
  from every w, pg_temp.import_now now
 where not exists (select from preau.person k
                    where (k.academy, k.degree, k.aaf_id) = (now.academy, now.degree, w.aaf_id)
                      and k.account_id is not null);

-- :query import_accounts_wanted_analyze
-- The same of who needs one.
-- :role import
-- :plain
analyze pg_temp.import_wanted;

-- :query import_accounts_lock
-- One run at a time gives identifiers, until it commits.
-- :role import
-- :plain
select pg_advisory_xact_lock(1347568982);

-- :query import_accounts_match_contact
-- A guardian whose name, first name, mail and mobile are those of a record that has an account is that person
-- (docs/decisions): the account that is furthest open, of several.
-- :role import
-- :plain
update pg_temp.import_wanted w
   set account_academy = o.account_academy, account_id = o.account_id, evidence = 'same_contact'
  from (select w.aaf_id, o.account_academy, o.account_id
          from pg_temp.import_wanted w
         cross join lateral (
               select k.account_academy, k.account_id
                 from preau.person k
                 join preau.account a on (a.academy, a.id) = (k.account_academy, k.account_id)
                where k.match_key = w.match_key and k.profile = 'responsable'
                   and not exists (select from preau.account_merge m
                                    where (m.academy, m.degree, m.aaf_id) = (k.academy, k.degree, k.aaf_id)
                                      and m.undone_at is not null)
                order by a.closed_at nulls first, a.activated_at nulls last, a.academy, a.id
                limit 1) o
         where w.profile = 'responsable' and w.may_match and w.match_key is not null) o
 where w.aaf_id = o.aaf_id;

-- :query import_accounts_match_ine
-- A pupil whose INE and birth date are those of a record that has an account is that pupil, in whatever academy.
-- :role import
-- :plain
update pg_temp.import_wanted w
   set account_academy = o.account_academy, account_id = o.account_id, evidence = 'same_ine'
  from (select w.aaf_id, o.account_academy, o.account_id
          from pg_temp.import_wanted w
         cross join lateral (
               select k.account_academy, k.account_id
                 from preau.person k
                 join preau.account a on (a.academy, a.id) = (k.account_academy, k.account_id)
                where k.ine = w.ine and k.birth_date = w.birth_date and k.profile = 'eleve'
                   and not exists (select from preau.account_merge m
                                    where (m.academy, m.degree, m.aaf_id) = (k.academy, k.degree, k.aaf_id)
                                      and m.undone_at is not null)
                order by a.closed_at nulls first, a.activated_at nulls last, a.academy, a.id
                limit 1) o
         where w.profile = 'eleve' and w.may_match and w.ine is not null) o
 where w.aaf_id = o.aaf_id;

-- :query import_accounts_ine_conflict
-- A pupil whose INE is another pupil's, born on another day, is told and gets an account of their own. Both are looked at
-- again next time, until one of them is corrected: what the store holds of who was staged, or left, is no longer so.
-- :role import
-- :plain
with asking as materialized (
    select p.aaf_id, p.ine, p.birth_date, p.file, p.line from pg_temp.import_pupil p where p.ine is not null
), known as materialized (
    select a.aaf_id, case when (k.academy, k.degree) = (now.academy, now.degree) then k.aaf_id end as other
      from asking a
     cross join pg_temp.import_now now
      join preau.person k on k.ine = a.ine
     where k.profile = 'eleve' and k.birth_date <> a.birth_date and k.departed_at is null
       and ((k.academy, k.degree) <> (now.academy, now.degree)
            or not (exists (select from pg_temp.import_pupil s where s.aaf_id = k.aaf_id)
                    or exists (select from pg_temp.import_absent b where b.profile = 'eleve' and b.aaf_id = k.aaf_id)))
), conflict as materialized (
    select a.*
      from asking a
     where a.aaf_id in (select aaf_id from known)
        or a.ine in (select ine from asking group by ine having min(birth_date) <> max(birth_date))
), again as (
    insert into pg_temp.import_unsettled
    select 'eleve'::preau.profile, aaf_id from conflict
    union
    select 'eleve', other from known where other is not null
), counted as (
    insert into pg_temp.import_counter select 'Eleve', 'reported', count(*) from conflict
)
insert into pg_temp.import_problem (file, line, category, aaf_id, attribute, code)
select file, line, 'Eleve', aaf_id::text, 'ENTEleveINE', 'ine_conflict' from conflict;

-- :query import_accounts_leaders
-- Of the records of one person in this delivery, the first gets the account and the others share it.
-- :role import
-- :plain
update pg_temp.import_wanted w
   set leader = f.leader, evidence = f.evidence
  from (select aaf_id, first_value(aaf_id) over same as leader,
               case profile when 'eleve' then 'same_ine' else 'same_contact' end as evidence
          from pg_temp.import_wanted
         where account_id is null and may_match
           and (match_key is not null or (ine is not null and birth_date is not null))
        window same as (partition by profile, match_key, ine, birth_date order by aaf_id)) f
 where w.aaf_id = f.aaf_id and f.leader <> w.aaf_id;

-- :query import_accounts_new
-- The accounts to make. Those whose identifier was given in a run that died get that one.
-- :role import
-- :plain
create temporary table import_account as
select w.aaf_id, w.profile, w.base, r.login, r.account_id as id, r.account_id is not null as was_given
  from pg_temp.import_wanted w
  left join (select i.aaf_id, i.login, i.account_id
               from pg_temp.import_now now
               join preau.import_reservation v on (v.academy, v.degree) = (now.academy, now.degree)
               join preau.identifier i on i.academy = v.academy and i.degree = v.degree
                                      and i.account_id between v.first_account and v.last_account) r
    on r.aaf_id = w.aaf_id
 where w.account_id is null and w.leader is null;

-- :query import_accounts_new_analyze
-- The same of the accounts to make.
-- :role import
-- :plain
analyze pg_temp.import_account;

-- :query import_accounts_number
-- Those who share a base take the numbers that follow the last one given, in order of their own: that of the files says
-- nothing.
-- :role import
-- :plain
with taken as (
    select b.base,
           (select coalesce(nullif(substr(i.login, length(b.base) + 1), '')::integer, 0)
              from preau.identifier i
             where rtrim(i.login, '0123456789') = b.base
             order by length(i.login) desc, i.login desc
             limit 1) as number
      from (select distinct base from pg_temp.import_account where not was_given) b
), numbered as (
    select w.aaf_id, w.base,
           coalesce(t.number + 1, 0) + row_number() over (partition by w.base order by w.aaf_id) - 1 as number
      from pg_temp.import_account w
      join taken t using (base)
     where not w.was_given
), given as (
    select aaf_id, base || case number when 0 then '' else number::text end as login, nextval('preau.account_number') as id
      from (select * from numbered order by aaf_id) o
)
update pg_temp.import_account w set login = g.login, id = g.id from given g where g.aaf_id = w.aaf_id;

-- :query import_accounts_give
-- The identifiers are given.
-- :role import
-- :plain
with identified as (
    insert into preau.identifier (login, academy, account_id, degree, aaf_id)
    select w.login, now.academy, w.id, now.degree, w.aaf_id
      from pg_temp.import_account w, pg_temp.import_now now
     where not w.was_given
     order by w.aaf_id
    returning account_id
)
insert into preau.import_reservation (academy, degree, first_account, last_account)
select now.academy, now.degree, r.first, r.last
  from (select min(account_id) as first, max(account_id) as last from identified) r, pg_temp.import_now now
 where r.first is not null;

-- :query import_accounts_pretend
-- For a check, nobody is made to wait and no number is used up that another run may give: it is all undone.
-- :role import
-- :plain
update pg_temp.import_account w
   set id = g.id, login = 'essai.' || g.id
  from (select aaf_id, nextval('preau.account_number') as id from pg_temp.import_account where not was_given) g
 where g.aaf_id = w.aaf_id;

-- :query import_accounts_make
-- The accounts, with the first line of their history.
-- :role import
-- :plain
with created as (
    insert into preau.account (academy, id, profile, login)
    select now.academy, w.id, w.profile, w.login from pg_temp.import_account w, pg_temp.import_now now order by w.aaf_id
    returning academy, id
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, id, 'created', 'import' from created
)
insert into pg_temp.import_counter select 'account', 'added', count(*) from created;

-- :query import_accounts_made
-- No identifier waits for its account any more.
-- :role import
-- :plain
delete from preau.import_reservation r using pg_temp.import_now now where (r.academy, r.degree) = (now.academy, now.degree);

-- :query import_accounts_numbers
-- The accounts that need a provisional password.
-- :role import
-- :plain
copy (select id from pg_temp.import_account order by aaf_id) to stdout;

-- :query import_copy_credentials
-- Sealed provisional passwords.
-- :role import
-- :plain
copy preau.credential (academy, account_id, sealed) from stdin;

-- :query import_accounts_settle
-- Every record that needed an account, with the one that it gets.
-- :role import
-- :plain
create temporary table import_settled as
select w.aaf_id, w.profile, coalesce(w.account_academy, now.academy) as account_academy,
       coalesce(w.account_id, a.id) as account_id,
       case when w.account_id is not null or w.leader is not null then w.evidence end as evidence
  from pg_temp.import_wanted w
 cross join pg_temp.import_now now
  left join pg_temp.import_account a on a.aaf_id = coalesce(w.leader, w.aaf_id);

-- :query import_accounts_settle_analyze
-- The same of these.
-- :role import
-- :plain
analyze pg_temp.import_settled;

-- :query import_accounts_remember_merges
-- Which of them got the account of another record.
-- :role import
-- :plain
with merged as (
    insert into preau.account_merge (academy, degree, aaf_id, into_academy, into_account, evidence, run_id)
    select now.academy, now.degree, s.aaf_id, s.account_academy, s.account_id, s.evidence, now.run
      from pg_temp.import_settled s, pg_temp.import_now now
     where s.evidence is not null
    returning evidence
)
insert into pg_temp.import_counter
select case evidence when 'same_ine' then 'Eleve' else 'PersRelEleve' end, 'merged', count(*) from merged group by evidence;
