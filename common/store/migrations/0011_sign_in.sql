-- Signing in as an administrator: a second factor, sessions that can be listed and ended; and what the head of a school
-- gives to a member of staff, for a profile and a time.

alter table preau.administrator
    add column credential_at timestamptz not null default now(), -- password or second factor last replaced: sessions end with it
    add column password_is_provisional boolean not null default false, -- made by somebody else
    add column totp_sealed bytea, -- the secret of RFC 6238
    add column totp_since timestamptz,
    add column totp_step bigint not null default 0, -- the last one that was accepted: none counts twice
    add constraint administrator_totp_whole check ((totp_sealed is null) = (totp_since is null));

create table preau.administrator_recovery ( -- codes for who lost the second factor; their digests only
    administrator_id bigint not null references preau.administrator on delete cascade,
    digest           bytea  not null check (length(digest) = 32),
    used_at          timestamptz,
    primary key (administrator_id, digest)
);

delete from preau.session where administrator_id is not null; -- made before all this was asked
alter table preau.session
    drop constraint session_stage_check,
    add constraint session_stage_check check (stage in ('open', 'opening', 'new_password', 'code', 'enrolment')),
    add constraint session_stage_fits_whose_it_is check (case when administrator_id is null
        then stage in ('open', 'opening', 'new_password') else stage <> 'opening' end),
    add column number bigint generated always as identity, -- how it is named to people: the digest is shown to nobody
    add column address text, -- of an administrator's browser when it signed in
    add column browser text,
    add column totp_offered bytea; -- a secret that counts once a code of it was given
create index session_by_administrator on preau.session (administrator_id) where administrator_id is not null;

-- What an administrator has is of the operator or of the import; what was given by another administrator has a giver, one
-- school, perhaps one profile, and a time.
alter table preau.administrator_scope
    drop constraint administrator_scope_administrator_id_academy_uai_key,
    add column id bigint generated always as identity primary key,
    add column profile preau.profile, -- null: all
    add column from_at timestamptz,
    add column until_at timestamptz, -- the first instant after it
    add column giver_id bigint references preau.administrator on delete cascade,
    add column given_at timestamptz not null default now(),
    add constraint administrator_scope_once
        unique nulls not distinct (administrator_id, academy, uai, giver_id, profile, from_at, until_at),
    add constraint administrator_scope_given_whole check (case when giver_id is null
        then profile is null and from_at is null and until_at is null
        else uai is not null and from_at is not null and until_at is not null and from_at < until_at
             and giver_id <> administrator_id end);
create index administrator_scope_by_giver on preau.administrator_scope (giver_id) where giver_id is not null;
create index administrator_scope_by_school on preau.administrator_scope (academy, uai) where giver_id is not null;

-- Still the one place that says which school, now with the profiles of accounts there, one a row. What was given counts
-- in its time, and as long as the giver may give that school and has it by other than a gift.
create or replace view preau.administered_school as
select ad.id as administrator_id, s.academy, s.uai, p.profile
  from preau.administrator ad
  join preau.administrator_scope sc on sc.administrator_id = ad.id
  join preau.school s on sc.academy is null or (sc.academy = s.academy and (sc.uai is null or sc.uai = s.uai))
 cross join lateral unnest(case when sc.profile is null then array['responsable', 'eleve']::preau.profile[]
                                else array[sc.profile] end) as p(profile)
 where ad.disabled_at is null and ad.role <> 'integrateur'
   and (sc.giver_id is null
        or (sc.from_at <= now() and now() < sc.until_at
            and exists (select from preau.administrator g
                          join preau.administrator_scope own on own.administrator_id = g.id and own.giver_id is null
                         where g.id = sc.giver_id and g.disabled_at is null
                           and g.role in ('directeur', 'assistance', 'exploitant')
                           and (own.academy is null
                                or (own.academy = s.academy and (own.uai is null or own.uai = s.uai))))));
comment on view preau.administered_school is 'a school stands once for each scope that holds it and each profile';

-- Whose accounts a batch is about: who may not see one of these profiles does not see the batch.
alter table preau.batch add column profiles preau.profile[] not null default array['responsable', 'eleve']::preau.profile[]
    check (cardinality(profiles) > 0);
update preau.batch b set profiles = d.profiles
  from (select d.batch_academy, d.batch_id, array_agg(distinct a.profile) as profiles
          from preau.delivery d
          join preau.account a on (a.academy, a.id) = (d.academy, d.account_id)
         where d.batch_id is not null
         group by d.batch_academy, d.batch_id) d
 where (b.academy, b.id) = (d.batch_academy, d.batch_id);

grant select, insert, update, delete on preau.administrator_recovery to preau_link;
grant update (totp_offered) on preau.session to preau_link;
grant select on preau.administered_school to preau_link, preau_stats;
grant select (credential_at) on preau.administrator to preau_portal;
