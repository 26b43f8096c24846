-- The accounts of one guardian that were proved to be one person's become one (docs/decisions/0027): the one that stays has all the
-- records, the other is closed, and an operator can part them again.

-- A second account whose password was given from the desk of a first, until it is confirmed.
create table preau.account_join_proof (
    id         bigint generated always as identity primary key,
    request_id uuid not null unique, -- a double click proves once
    academy    smallint not null, -- who gave it: the account that stays
    account_id bigint   not null,
    other_academy smallint not null,
    other_account bigint   not null,
    other_credential_at timestamptz not null, -- a password that is newer ends it
    is_of_paper boolean not null, -- the password is one that was handed out: the birth dates of the children are asked besides
    expires_at timestamptz not null,
    used_at    timestamptz,
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade,
    foreign key (other_academy, other_account) references preau.account (academy, id) on delete cascade
);
create index account_join_proof_by_account on preau.account_join_proof (academy, account_id);
create index account_join_proof_by_other on preau.account_join_proof (other_academy, other_account);
create index account_join_proof_by_expiry on preau.account_join_proof (expires_at);
grant select, insert, update (request_id), delete on preau.account_join_proof to preau_link;

-- Two accounts that became one. No name is in it, so that it may outlast the accounts, as account_merge does.
create table preau.account_join (
    id           bigint generated always as identity primary key,
    from_academy smallint not null, -- the one that was closed
    from_account bigint   not null,
    into_academy smallint not null,
    into_account bigint   not null,
    evidence     text     not null check (evidence in ('same_mobile', 'password')),
    joined_at    timestamptz not null default now(),
    undone_at    timestamptz,
    undone_by    text,
    undone_reason text check (undone_reason in ('homonym', 'mistake', 'stranger', 'asked')),
    check ((undone_at is null) = (undone_by is null) and (undone_at is null) = (undone_reason is null))
);
create index account_join_by_from on preau.account_join (from_academy, from_account);
create index account_join_by_into on preau.account_join (into_academy, into_account);
grant select on preau.account_join to preau_link, preau_portal;
grant select (id, from_academy, from_account, undone_at) on preau.account_join to preau_notify; -- whom to tell that theirs was closed
grant select (id, from_academy, from_account, undone_at) on preau.account_join to preau_import; -- what one in force closed is not opened by a single record
grant select (login, academy, account_id) on preau.identifier to preau_link; -- whose joins an operator asks for, also of an account that was erased

alter table preau.account_merge
    add column join_id bigint references preau.account_join, -- the record moved with others, all of one account
    drop constraint account_merge_evidence_check,
    add constraint account_merge_evidence_check check (evidence in ('same_contact', 'same_ine', 'same_mobile', 'password'));
create index account_merge_by_join on preau.account_merge (join_id) where join_id is not null;
create index account_merge_by_from on preau.account_merge (from_academy, from_account) where from_account is not null;

-- Those of registrations by SMS that were joined before this version, and are whole: of some, records were parted one by one since, which opened the
-- account that they came from. These stay merges of single records.
insert into preau.account_join (from_academy, from_account, into_academy, into_account, evidence, joined_at)
select m.from_academy, m.from_account, m.into_academy, m.into_account, 'same_mobile', m.merged_at
  from preau.account_merge m
  join preau.account f on (f.academy, f.id) = (m.from_academy, m.from_account) and f.closed_at is not null
 where m.evidence = 'same_mobile'
 group by m.from_academy, m.from_account, m.into_academy, m.into_account, m.merged_at
having bool_and(m.undone_at is null);
update preau.account_merge m set join_id = j.id
  from preau.account_join j
 where m.evidence = 'same_mobile' and m.undone_at is null
   and (m.from_academy, m.from_account, m.into_academy, m.into_account, m.merged_at)
     = (j.from_academy, j.from_account, j.into_academy, j.into_account, j.joined_at);

alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened')) not valid; -- what is there was of the narrower one: it is not read again under the lock

-- Where the mails of an account go: the address of the person's own, else the one that the school knows and that is nobody else's.
create function preau.account_address(of_academy smallint, of_account bigint) returns text language sql stable
    set search_path = pg_catalog, pg_temp as $$
select preau.notification_address(a.email, a.email_confirmed_at, r.mail)
  from preau.account a
  left join lateral (
        select p.mail from preau.person p
         where (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null and p.mail is not null
           and not exists (select from preau.anothers_address v
                            where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id))
         order by p.degree desc, p.aaf_id limit 1) r on true
 where a.academy = of_academy and a.id = of_account
$$;
revoke execute on function preau.account_address from public;

-- Whom an account may be of, told at that moment: the address of the person's own, else each that a school knows of one of its records and that is
-- nobody else's. Two persons may have been taken for one (docs/decisions/0019): the one whose record it was learns of it too.
create function preau.account_addresses(of_academy smallint, of_account bigint) returns setof text language sql stable
    set search_path = pg_catalog, pg_temp as $$
select a.email
  from preau.account a
 where (a.academy, a.id) = (of_academy, of_account) and a.email is not null and a.email_confirmed_at is not null
 union all
select min(p.mail)
  from preau.account a
  join preau.person p on (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null and p.mail is not null
 where (a.academy, a.id) = (of_academy, of_account) and a.email_confirmed_at is null
   and not exists (select from preau.anothers_address v
                    where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id))
 group by lower(p.mail)
$$;
revoke execute on function preau.account_addresses from public;
grant execute on function preau.account_addresses to preau_link;

-- Is an account attached, as an import judges it (common/store/import_attach.sql)? Also by a child that the guardian disclaims: the school has not judged that.
create function preau.account_is_attached(of_academy smallint, of_account bigint) returns boolean language sql stable
    set search_path = pg_catalog, pg_temp as $$
select exists (select from preau.person p
                where (p.account_academy, p.account_id) = (of_academy, of_account) and p.profile = 'eleve' and p.departed_at is null)
    or exists (select from preau.person r
                 join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (r.academy, r.degree, r.aaf_id)
                 join preau.person c on (c.academy, c.degree, c.aaf_id) = (g.academy, g.degree, g.pupil_id)
                where (r.account_academy, r.account_id) = (of_academy, of_account) and r.profile = 'responsable'
                  and r.departed_at is null and c.departed_at is null)
$$;
revoke execute on function preau.account_is_attached from public;

-- Until the transaction ends, for whoever moves records from account to account: none gives identifiers, none attaches records, and none has chosen
-- accounts for new ones that are not written yet (common/store/import*.sql). What an import holds is not waited for (55P03, busy).
create function preau.require_no_import() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not pg_try_advisory_xact_lock(1347568982) or not pg_try_advisory_xact_lock(1347568983) or not pg_try_advisory_xact_lock(1347568985) then
        raise exception 'an import is at work' using errcode = '55P03';
    end if;
end $$;
revoke execute on function preau.require_no_import from public;

-- The one place where two accounts become one: for the two functions below, which know that they may, and hold the rows of both. The records move,
-- the other account is closed with what could still lead into it; FranceConnect's identity is not its any more, and does not come along: that the password
-- was given does not say that whom FranceConnect knows is who gave it, and would open the account that stays. Who it is links it there. And both
-- addresses are told of an account that was in use. The account that stays is written in any case, so that whoever read it before is stale.
create function preau.account_join_hold(gone_academy smallint, gone_account bigint, kept_academy smallint, kept_account bigint, evidence text)
    returns bigint language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    kept_address text := preau.account_address(kept_academy, kept_account);
    gone_address text := preau.account_address(gone_academy, gone_account);
    number       bigint;
begin
    delete from preau.franceconnect_identity f where (f.academy, f.account_id) = (gone_academy, gone_account);
    insert into preau.account_join (from_academy, from_account, into_academy, into_account, evidence)
    values (gone_academy, gone_account, kept_academy, kept_account, account_join_hold.evidence)
 returning id into number;
    with moved as (
        update preau.person p set account_academy = kept_academy, account_id = kept_account, changed_at = now()
         where (p.account_academy, p.account_id) = (gone_academy, gone_account)
     returning p.academy, p.degree, p.aaf_id
    )
    insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence, join_id)
    select m.academy, m.degree, m.aaf_id, gone_academy, gone_account, kept_academy, kept_account, account_join_hold.evidence, number
      from moved m;
    update preau.account a set closed_at = now() where (a.academy, a.id) = (gone_academy, gone_account);
    update preau.account a -- what came may be of who left as well: the time of grace goes on
       set detached_at = case when preau.account_is_attached(a.academy, a.id) then null else coalesce(a.detached_at, now()) end
     where (a.academy, a.id) = (kept_academy, kept_account);
    delete from preau.session s where (s.academy, s.account_id) = (gone_academy, gone_account);
    delete from preau.ent_opening e -- also of the one that stays: a peer vouched for what it had, in one academy
     where (e.academy, e.account_id) in ((gone_academy, gone_account), (kept_academy, kept_account));
    update preau.confirmation c set superseded_at = now()
     where (c.academy, c.account_id) = (gone_academy, gone_account) and c.used_at is null and c.superseded_at is null;
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select e.academy, e.id, e.action, 'person', jsonb_build_object('join', number) -- and no identifier, which would outlast what is parted, and who is erased
      from (values (gone_academy, gone_account, 'joined_to_other'), (kept_academy, kept_account, 'accounts_joined')) as e(academy, id, action);
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    -- each address with its own account: who has the other one never sees it as theirs
    select t.academy, t.id, 'accounts_joined', 'mail', t.address, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from (values (kept_academy, kept_account, kept_address),
                   (gone_academy, gone_account, case when lower(gone_address) is distinct from lower(kept_address) then gone_address end))
           as t(academy, id, address)
     where t.address is not null
       and not exists (select from preau.delivery d -- of a registration that joins several at once, one
                        where d.academy = t.academy and d.account_id = t.id and d.kind = 'accounts_joined' and d.created_at = now())
       and exists (select from preau.account a where (a.academy, a.id) = (kept_academy, kept_account) and a.state = 'active');
    return number;
end $$;
revoke execute on function preau.account_join_hold from public;

-- "A child is missing": asked for from the desk of an account in use, which keeps what is found: records of the person's own names with the
-- mobile that is given, whose code is sent there.
alter table preau.registration
    add column for_academy smallint,
    add column for_account bigint,
    add column for_credential_at timestamptz, -- a password that is newer ends it: who asked may not be who has the account
    add constraint registration_for_whole check ((for_academy is null) = (for_account is null) and (for_academy is null) = (for_credential_at is null)),
    add constraint registration_for_account foreign key (for_academy, for_account) references preau.account (academy, id) on delete cascade;
create index registration_by_for on preau.registration (for_academy, for_account) where for_account is not null;

-- How the records of two accounts stand to each other, for the rules (common/domain/joining.h). names_agree: name and first name of some record of each, as
-- records are matched. is_shared_child: AAF names two guardians of one pupil, one of each account. was_parted: these two; or a record of one from the
-- other, whatever accounts both are in by now.
create function preau.account_pair(own_academy smallint, own_account bigint, other_academy smallint, other_account bigint)
    returns table (names_agree boolean, is_shared_child boolean, was_parted boolean, has_identity boolean, has_other_identity boolean)
    language sql stable set search_path = pg_catalog, pg_temp as $$
with own as materialized (
    select r.academy, r.degree, r.aaf_id, replace(r.search_name, ' ', '') as name
      from preau.person r where (r.account_academy, r.account_id) = (own_academy, own_account)
), other as materialized (
    select r.academy, r.degree, r.aaf_id, replace(r.search_name, ' ', '') as name
      from preau.person r where (r.account_academy, r.account_id) = (other_academy, other_account)
), own_accounts as materialized ( -- with those that came along
    select own_academy as academy, own_account as id
     union
    select m.from_academy, m.from_account
      from own join preau.account_merge m on (m.academy, m.degree, m.aaf_id) = (own.academy, own.degree, own.aaf_id) and m.undone_at is null
), other_accounts as materialized (
    select other_academy as academy, other_account as id
     union
    select m.from_academy, m.from_account
      from other join preau.account_merge m on (m.academy, m.degree, m.aaf_id) = (other.academy, other.degree, other.aaf_id) and m.undone_at is null
)
select exists (select from own join other on other.name = own.name),
       exists (select from own
                 join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (own.academy, own.degree, own.aaf_id)
                 join preau.guardianship h on (h.academy, h.degree, h.pupil_id) = (g.academy, g.degree, g.pupil_id)
                 join other on (other.academy, other.degree, other.aaf_id) = (h.academy, h.degree, h.guardian_id)),
       exists (select from own
                 join preau.account_merge m on (m.academy, m.degree, m.aaf_id) = (own.academy, own.degree, own.aaf_id) and m.undone_at is not null
                 join other_accounts a on (a.academy, a.id) = (m.into_academy, m.into_account))
       or exists (select from other
                    join preau.account_merge m on (m.academy, m.degree, m.aaf_id) = (other.academy, other.degree, other.aaf_id) and m.undone_at is not null
                    join own_accounts a on (a.academy, a.id) = (m.into_academy, m.into_account))
       or exists (select from preau.account_join j
                   where j.undone_at is not null
                     and ((j.from_academy, j.from_account, j.into_academy, j.into_account) = (own_academy, own_account, other_academy, other_account)
                          or (j.from_academy, j.from_account, j.into_academy, j.into_account) = (other_academy, other_account, own_academy, own_account))),
       exists (select from preau.franceconnect_identity f where (f.academy, f.account_id) = (own_academy, own_account)),
       exists (select from preau.franceconnect_identity f where (f.academy, f.account_id) = (other_academy, other_account))
$$;
revoke execute on function preau.account_pair from public;
grant execute on function preau.account_pair to preau_link;

-- Everyone whom the names and the mobile of a registration may be of.
create view preau.registration_match as
select r.id as registration, r.for_academy, r.for_account, p.academy, p.degree, p.aaf_id, p.account_academy, p.account_id, a.state
  from preau.registration r
 cross join lateral (
        select q.* from preau.person q
         where q.mobile = r.mobile and q.profile = 'responsable' and q.departed_at is null
           and replace(q.search_name, ' ', '') = any (r.also_named || r.match_name)
        offset 0) p -- by the mobile, and never the other way round
  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) and a.closed_at is null;

-- As 0032 made it; of a desk neither what is there already, nor accounts in use, which are joined by their password, nor those
-- of who is the other guardian of a child of this one, nor what an operator parted from it. And is_disputed: two guardians of one pupil are two persons
-- (docs/decisions/0027), also of one name and mobile: a father and a son, who are both named for the youngest. So are two whom an operator parted. A
-- registration tells neither from the other by what it proves: asked of all whom it may be of, also of those whose records it would not take.
create or replace view preau.registration_record as
select m.registration, m.academy, m.degree, m.aaf_id, m.account_academy, m.account_id,
       exists (select from preau.registration_match n
                cross join lateral preau.account_pair(m.account_academy, m.account_id, n.account_academy, n.account_id) q
                where n.registration = m.registration and (n.account_academy, n.account_id) <> (m.account_academy, m.account_id)
                  and (q.is_shared_child or q.was_parted)) as is_disputed
  from preau.registration_match m
 where m.for_account is null
    or (m.account_academy, m.account_id) <> (m.for_academy, m.for_account) and m.state <> 'active'
   and not exists (select from preau.person o
                     join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (o.academy, o.degree, o.aaf_id)
                     join preau.guardianship h on (h.academy, h.degree, h.pupil_id) = (g.academy, g.degree, g.pupil_id)
                     join preau.person s on (s.academy, s.degree, s.aaf_id) = (h.academy, h.degree, h.guardian_id)
                    where (o.account_academy, o.account_id) = (m.for_academy, m.for_account)
                      and (s.account_academy, s.account_id) = (m.account_academy, m.account_id))
   and not exists (select from preau.account_pair(m.for_academy, m.for_account, m.account_academy, m.account_id) q where q.was_parted);

-- As 0026 made it, and what became of each account is account_join_hold's. From a desk its account is the one that stays, if it is in use. Nothing, while
-- it is disputed whose they are.
create or replace function preau.registration_join(registration bigint, lifetime interval) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    reg  preau.registration;
    kept preau.account;
begin
    perform preau.require_no_import();
    select r.* into reg
      from preau.registration r
     where r.id = registration_join.registration and r.state = 'proven' and r.expires_at > now()
       for no key update;
    if not found then
        return null;
    end if;
    perform from preau.account a
      where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                   where m.registration = registration_join.registration
                                  union all
                                  select reg.for_academy, reg.for_account)
      order by a.academy, a.id
        for no key update;
    perform from preau.registration_record m where m.registration = registration_join.registration and m.is_disputed;
    if found then
        return null;
    end if;
    select a.* into kept
      from preau.account a
     where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                  where m.registration = registration_join.registration)
     order by a.state desc, a.activated_at nulls last, a.academy, a.id
     limit 1;
    if found and reg.for_account is not null then
        select a.* into kept
          from preau.account a
          join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id) and c.changed_at = reg.for_credential_at
         where (a.academy, a.id) = (reg.for_academy, reg.for_account) and a.closed_at is null and a.state = 'active';
    end if;
    if not found then
        return null;
    end if;
    perform preau.account_join_hold(o.academy, o.id, kept.academy, kept.id, 'same_mobile')
       from (select a.academy, a.id
               from preau.account a
              where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                           where m.registration = registration_join.registration)
                and (a.academy, a.id) <> (kept.academy, kept.id) and a.state <> 'active' and a.closed_at is null
              order by a.academy, a.id offset 0) o;
    update preau.registration r
       set state = 'confirmed', expires_at = now() + lifetime, confirmed_at = now(), academy = kept.academy, account_id = kept.id
     where r.id = registration_join.registration;
    return registration_join.registration;
end $$;

-- A second account that was proved is joined to the one whose desk it was proved from. Stale (PR001) when either changed since the rules
-- were asked, or what they ask about records did: no import changes these while the locks are held; what an import holds is not waited for (55P03, busy). Null when the proof is over or used.
create function preau.account_join(proof bigint, kept_version bigint, gone_version bigint) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    p preau.account_join_proof;
begin
    perform preau.require_no_import();
    update preau.account_join_proof q set used_at = now()
     where q.id = proof and q.used_at is null and q.expires_at > now()
 returning q.* into p;
    if not found then
        return null;
    end if;
    perform from preau.account a
      where (a.academy, a.id) in ((p.academy, p.account_id), (p.other_academy, p.other_account))
      order by a.academy, a.id
        for no key update;
    perform preau.require_unchanged((select count(*) from preau.account a
                                      where (a.academy, a.id, a.version) in ((p.academy, p.account_id, kept_version),
                                                                             (p.other_academy, p.other_account, gone_version))
                                        and a.closed_at is null), 2);
    perform preau.require_unchanged((select count(*) from preau.credential c
                                      where (c.academy, c.account_id, c.changed_at) = (p.other_academy, p.other_account, p.other_credential_at)), 1);
    perform preau.require_unchanged((select count(*) from preau.account_pair(p.academy, p.account_id, p.other_academy, p.other_account) r
                                      where r.names_agree and not r.is_shared_child and not r.was_parted
                                        and not (r.has_identity and r.has_other_identity)), 1);
    return preau.account_join_hold(p.other_academy, p.other_account, p.academy, p.account_id, 'password');
end $$;
revoke execute on function preau.account_join from public;
grant execute on function preau.account_join to preau_link;

-- Undoes it: the account opens again as it was, with its password (or, after a stranger, with the sealed one that nobody was given), and the records that
-- came from it. Stale when it was undone before, when an account was erased, or when another
-- number of records is there than the rules were asked for. Nobody stays signed in on the account that kept
-- them. account_merge remembers that these records are not joined again by themselves.
create function preau.account_separate(number bigint, by text, reason text, records bigint, sealed bytea) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    j     preau.account_join;
    moved bigint;
begin
    perform preau.require_no_import();
    update preau.account_join q set undone_at = now(), undone_by = account_separate.by, undone_reason = account_separate.reason
     where q.id = number and q.undone_at is null
 returning q.* into j;
    perform preau.require_unchanged(case when found then 1 else 0 end, 1);
    perform preau.require_unchanged((select count(*)
                                       from (select from preau.account a
                                              where (a.academy, a.id) in ((j.from_academy, j.from_account), (j.into_academy, j.into_account))
                                              order by a.academy, a.id
                                                for no key update) locked), 2);
    with undone as (
        update preau.account_merge m set undone_at = now(), undone_by = account_separate.by
         where m.join_id = number and m.undone_at is null
     returning m.academy, m.degree, m.aaf_id
    ), back as (
        update preau.person p set account_academy = j.from_academy, account_id = j.from_account, changed_at = now()
          from undone u
         where (p.academy, p.degree, p.aaf_id) = (u.academy, u.degree, u.aaf_id)
           and (p.account_academy, p.account_id) = (j.into_academy, j.into_account)
     returning p.aaf_id
    )
    select count(*) into moved from back;
    perform preau.require_unchanged(moved, records);
    update preau.account a
       set closed_at = case when (a.academy, a.id) = (j.from_academy, j.from_account) then null else a.closed_at end,
           detached_at = case when preau.account_is_attached(a.academy, a.id) then null else coalesce(a.detached_at, now()) end
     where (a.academy, a.id) in ((j.from_academy, j.from_account), (j.into_academy, j.into_account));
    if account_separate.sealed is not null then
        update preau.credential c set sealed = account_separate.sealed, hash = null, changed_at = now()
         where (c.academy, c.account_id) = (j.from_academy, j.from_account);
        update preau.account a
           set password = 'provisional', -- and no address that the stranger may have given, to which a link to another password would go
               email = null, email_confirmed_at = null
         where (a.academy, a.id) = (j.from_academy, j.from_account);
        update preau.confirmation c set superseded_at = now()
         where (c.academy, c.account_id) = (j.from_academy, j.from_account) and c.used_at is null and c.superseded_at is null;
    end if;
    delete from preau.session s where (s.academy, s.account_id) = (j.into_academy, j.into_account);
    insert into preau.account_event (academy, account_id, action, actor, detail)
    select e.academy, e.id, e.action, 'operator', jsonb_build_object('join', number)
      from (values (j.from_academy, j.from_account, 'separated_from_other'), (j.into_academy, j.into_account, 'accounts_separated')) as e(academy, id, action);
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select t.academy, t.id, 'accounts_separated', 'mail', t.address, substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from (select a.academy, a.id, preau.account_address(a.academy, a.id) as address
              from preau.account a
             where (a.academy, a.id) in ((j.from_academy, j.from_account), (j.into_academy, j.into_account))
               and a.state <> 'non_distribue') t -- who was told that it was joined
     where t.address is not null;
end $$;
revoke execute on function preau.account_separate from public;
grant execute on function preau.account_separate to preau_link;
