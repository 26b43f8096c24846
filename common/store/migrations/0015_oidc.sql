-- Administrators who sign in by the OpenID Connect portal of their academy.

-- Who they are there. A local login holds no colon and has a password; theirs is "portal:login" and has none.
create table preau.administrator_identity (
    administrator_id bigint primary key references preau.administrator on delete cascade,
    issuer           text not null,
    subject          text not null,
    portal           text not null,
    created_at       timestamptz not null default now(),
    unique (issuer, subject)
);
alter table preau.administrator alter column hash drop not null;
alter table preau.administrator add constraint administrator_is_local_or_of_a_portal
    check ((hash is null) = (position(':' in login) > 0));

-- What the portal told is replaced at each sign-in; what an operator gave, or a head delegates, is not.
alter table preau.administrator_scope add column by_portal boolean not null default false;

-- A sign-in that is under way: the person is at the provider. Both digests are of what only the browser has.
create table preau.provider_sign_in (
    state      bytea primary key check (length(state) = 32),
    browser    bytea not null check (length(browser) = 32),
    provider   text not null,
    sealed     bytea not null, -- nonce, and verifier of PKCE
    expires_at timestamptz not null
);
create index provider_sign_in_by_expiry on preau.provider_sign_in (expires_at);

-- What ends a person's session at the provider too, by a digest of what only the browser has.
create table preau.provider_session (
    token      bytea primary key check (length(token) = 32),
    provider   text not null,
    sealed     bytea not null, -- the ID token
    expires_at timestamptz not null
);
create index provider_session_by_expiry on preau.provider_session (expires_at);

-- A person of a portal is here as the portal says now: name, role, and of the schools told those of the portal's academy
-- that are known. One who has none left keeps an identity and no scope; one who never had any is not made.
create function preau.portal_sign_in(
    told_portal text, told_issuer text, told_subject text, told_academy smallint, told_login text, told_name text,
    told_mail text, told_role preau.administrator_role, told_schools text[], whole_academy boolean)
    returns table (administrator_id bigint, is_disabled boolean, scopes bigint, has_second_factor boolean,
                   sees_more boolean, credential_at timestamptz) -- sees_more: than single schools, whoever gave it
    language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    known   bigint;
    blocked boolean := false;
    schools text[];
    login_  text := told_login;
begin
    -- one at a time and portal: two first sign-ins of one person are one person
    perform pg_advisory_xact_lock(hashtextextended('preau.portal:' || told_portal, 0));
    select i.administrator_id, a.disabled_at is not null into known, blocked
      from preau.administrator_identity i join preau.administrator a on a.id = i.administrator_id
     where (i.issuer, i.subject) = (told_issuer, told_subject);
    select array_agg(s.uai) into schools
      from preau.school s
     where s.academy = told_academy and s.uai = any (told_schools) and s.departed_at is null;
    scopes := case when whole_academy then 1 else coalesce(cardinality(schools), 0) end;
    if known is null and scopes = 0 or blocked then
        return query select coalesce(known, 0), coalesce(blocked, false), scopes, false, false, null::timestamptz;
        return;
    end if;
    -- a login may pass to another person of the academy; who had it first keeps it
    if exists (select from preau.administrator a where a.login = told_login and a.id is distinct from known) then
        login_ := left(told_login, 55) || '#' || left(md5(told_issuer || ' ' || told_subject), 8);
    end if;
    if known is null then
        insert into preau.administrator (login, name, mail, role) values (login_, told_name, told_mail, told_role)
            returning id into known;
        insert into preau.administrator_identity (administrator_id, issuer, subject, portal)
            values (known, told_issuer, told_subject, told_portal);
    else
        update preau.administrator a set login = login_, name = told_name, mail = told_mail, role = told_role
         where a.id = known;
    end if;
    delete from preau.administrator_scope sc
     where sc.administrator_id = known and sc.by_portal
       and (sc.academy is distinct from told_academy or (sc.uai is null) <> whole_academy
            or (sc.uai is not null and sc.uai <> all (coalesce(schools, '{}'))));
    insert into preau.administrator_scope (administrator_id, academy, uai, by_portal)
    select known, told_academy, s.uai, true
      from unnest(case when whole_academy then array[null::text] else schools end) s(uai)
    on conflict do nothing;
    update preau.administrator a set last_sign_in_at = now() where a.id = known and scopes > 0;
    return query
    select known, false, scopes, a.totp_since is not null,
           exists (select from preau.administrator_scope sc where sc.administrator_id = known and sc.uai is null),
           a.credential_at
      from preau.administrator a where a.id = known;
end $$;
revoke execute on function preau.portal_sign_in from public;
grant execute on function preau.portal_sign_in to preau_link;

grant select, insert on preau.administrator_identity to preau_link;
grant select, insert, delete on preau.provider_sign_in, preau.provider_session to preau_link;
