-- A guardian opens an account without the school (guide 1.1, second scheme): names and mobile as the school knows them, a code by
-- SMS, the birth date of each child, a password.

-- What somebody began. Kept before anybody is looked for, so that the answer is one for all; who it is about is found by
-- registration_record, at the moment when it is asked. No code is in it: that is made from a key and the number.
create table preau.registration (
    id         bigint generated always as identity primary key,
    request_id uuid not null unique, -- a double click begins once
    match_name text not null check (octet_length(match_name) between 1 and 258), -- name and first name as matched: name.h
    mobile     text not null check (mobile ~ '^\+[0-9]{7,15}$'), -- E.164
    state      text not null default 'waiting' check (state in ('waiting', 'sent', 'nobody', 'flooded', 'failed', 'proven', 'confirmed')),
    attempts   smallint not null default 0, -- to send the code
    tries      smallint not null default 0, -- of codes that were typed
    due_at     timestamptz not null default now(),
    asked_at   timestamptz not null default now(),
    confirmed_at timestamptz, -- a password that is newer ends it
    expires_at timestamptz not null,
    academy    smallint, -- the account, once the children were named
    account_id bigint,
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade,
    constraint registration_confirmed_has_account check ((state = 'confirmed') = (account_id is not null))
);
create index registration_to_send on preau.registration (due_at) where state = 'waiting';
create index registration_by_mobile on preau.registration (mobile, asked_at);
create index registration_by_moment on preau.registration (asked_at);
create index registration_by_expiry on preau.registration (expires_at);
create index registration_by_account on preau.registration (academy, account_id) where account_id is not null;

-- Whoever is looked for by mobile is one of a few who share it.
create index person_by_mobile on preau.person (mobile) where mobile is not null and profile = 'responsable' and departed_at is null;

-- The records that a registration is about: guardians of this name, first name and mobile, of every school, degree and academy.
-- Names written apart or together, with or without hyphens, are the same (search_name differs from match_name by its blanks). A record that an
-- operator took out of an account is not joined again: its person opens the account by the school.
create view preau.registration_record as
select r.id as registration, p.academy, p.degree, p.aaf_id, p.account_academy, p.account_id
  from preau.registration r
 cross join lateral (
        select q.* from preau.person q
         where q.mobile = r.mobile and q.profile = 'responsable' and q.departed_at is null
           and replace(q.search_name, ' ', '') = r.match_name
           and not exists (select from preau.account_merge u
                            where (u.academy, u.degree, u.aaf_id) = (q.academy, q.degree, q.aaf_id) and u.undone_at is not null)
        offset 0) p -- by the mobile, and never the other way round
  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) and a.closed_at is null;

alter table preau.account_merge
    drop constraint account_merge_evidence_check,
    add constraint account_merge_evidence_check check (evidence in ('same_contact', 'same_ine', 'same_mobile'));

-- The children were named: the accounts that a registration is about become one, the one that came furthest, else the oldest. An account
-- that was opened is never taken away: one of several such stays as it is. Each record that moved is kept, to be undone. The one way in
-- which linkd may close an account or give a record to another. Null when it is too late. What somebody else holds, an import above
-- all, is not waited for (55P03, busy): two who wait for each other would end the import.
create function preau.registration_join(registration bigint, lifetime interval) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    kept preau.account;
    joined bigint;
begin
    -- who gives identifiers, and who attaches records (common/store/import_*.sql)
    if not pg_try_advisory_xact_lock(1347568982) or not pg_try_advisory_xact_lock(1347568983) then
        raise exception 'an import is at work' using errcode = '55P03';
    end if;
    perform from preau.registration r
      where r.id = registration_join.registration and r.state = 'proven' and r.expires_at > now()
        for no key update;
    if not found then
        return null;
    end if;
    perform from preau.account a
      where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                   where m.registration = registration_join.registration)
      order by a.academy, a.id
        for no key update;
    select a.* into kept
      from preau.account a
     where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                  where m.registration = registration_join.registration)
     order by a.state desc, a.activated_at nulls last, a.academy, a.id
     limit 1;
    if not found then
        return null;
    end if;
    with others as (
        select a.academy, a.id
          from preau.account a
         where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                      where m.registration = registration_join.registration)
           and (a.academy, a.id) <> (kept.academy, kept.id) and a.state <> 'active' and a.closed_at is null
    ), moved as (
        update preau.person p set account_academy = kept.academy, account_id = kept.id, changed_at = now()
          from others o
         where (p.account_academy, p.account_id) = (o.academy, o.id)
     returning p.academy, p.degree, p.aaf_id, o.academy as from_academy, o.id as from_account
    ), noted as (
        insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence)
        select m.academy, m.degree, m.aaf_id, m.from_academy, m.from_account, kept.academy, kept.id, 'same_mobile' from moved m
    ), closed as (
        update preau.account a set closed_at = now() from others o where (a.academy, a.id) = (o.academy, o.id)
     returning a.academy, a.id
    ), ended as (
        delete from preau.session s using closed c where (s.academy, s.account_id) = (c.academy, c.id)
    ), told as (
        insert into preau.account_event (academy, account_id, action, actor)
        select c.academy, c.id, 'joined_to_other', 'person' from closed c
    )
    select count(*) into joined from closed;
    if joined > 0 then
        insert into preau.account_event (academy, account_id, action, actor)
        values (kept.academy, kept.id, 'accounts_joined', 'person');
        update preau.account a set detached_at = null where (a.academy, a.id) = (kept.academy, kept.id) and a.detached_at is not null;
    end if;
    update preau.registration r
       set state = 'confirmed', expires_at = now() + lifetime, confirmed_at = now(), academy = kept.academy, account_id = kept.id
     where r.id = registration_join.registration;
    return registration_join.registration;
end $$;
revoke execute on function preau.registration_join from public;
grant execute on function preau.registration_join to preau_link;

grant select, insert, update, delete on preau.registration to preau_link;
grant select on preau.registration_record to preau_link;
