-- What the deeds need that write their entries of the audit trail since: where an administrator is at home, the portal's own
-- deeds, who signs out of an academy's portal, and what the sign-in by one changed.

-- The chain and the school of what is done to an administrator by another: the academy and the school of the scope, where
-- there is one only. Who has no scope has no row.
create view preau.audit_place as
select s.administrator_id,
       case when count(distinct s.academy) = 1 and count(*) = count(s.academy) then min(s.academy) else 0 end::integer as chain,
       case when count(*) = 1 then min(s.uai) end as uai
  from preau.administrator_scope s
 group by s.administrator_id;
grant select on preau.audit_place to preau_link;

-- The portal faces the web: of its own accord it writes only that an administrator's sessions ended, never in the name of the
-- operator.
create function preau.audit_write_session(administrator bigint, action text, detail jsonb, trace text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if administrator is null or administrator <= 0
       or coalesce(action, '') not in ('signed_out', 'sessions_ended') then
        raise insufficient_privilege using message = 'not an entry that the portal writes';
    end if;
    perform preau.audit_write(null, administrator, null, action, null, null, null, detail, trace);
end $$;
revoke execute on function preau.audit_write_session from public;
grant execute on function preau.audit_write_session to preau_portal;

-- A snapshot that the operator asks for.
grant execute on function preau.audit_write to preau_stats;

-- Whose session there it is; none of those that began before this version.
alter table preau.provider_session add column administrator_id bigint references preau.administrator on delete cascade;
create index provider_session_by_administrator on preau.provider_session (administrator_id);

-- As 0015 made it, and it tells what it changed: whether the person is new here, how many scopes came and went. When the
-- person last signed in is remembered by the one who lets in, with the entry of the audit trail.
drop function preau.portal_sign_in;
create function preau.portal_sign_in(
    told_portal text, told_issuer text, told_subject text, told_academy smallint, told_login text, told_name text,
    told_mail text, told_role preau.administrator_role, told_schools text[], whole_academy boolean)
    returns table (administrator_id bigint, is_disabled boolean, scopes bigint, has_second_factor boolean,
                   sees_more boolean, -- than single schools, whoever gave it
                   credential_at timestamptz, is_new boolean, added bigint, removed bigint)
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
    is_new := known is null;
    if is_new and scopes = 0 or blocked then
        return query
        select coalesce(known, 0), coalesce(blocked, false), scopes, false, false, null::timestamptz, false, 0::bigint, 0::bigint;
        return;
    end if;
    -- a login may pass to another person of the academy; who had it first keeps it
    if exists (select from preau.administrator a where a.login = told_login and a.id is distinct from known) then
        login_ := left(told_login, 55) || '#' || left(md5(told_issuer || ' ' || told_subject), 8);
    end if;
    if is_new then
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
    get diagnostics removed = row_count;
    insert into preau.administrator_scope (administrator_id, academy, uai, by_portal)
    select known, told_academy, s.uai, true
      from unnest(case when whole_academy then array[null::text] else schools end) s(uai)
    on conflict do nothing;
    get diagnostics added = row_count;
    return query
    select known, false, scopes, a.totp_since is not null,
           exists (select from preau.administrator_scope sc where sc.administrator_id = known and sc.uai is null),
           a.credential_at, is_new, added, removed
      from preau.administrator a where a.id = known;
end $$;
revoke execute on function preau.portal_sign_in from public;
grant execute on function preau.portal_sign_in to preau_link;
