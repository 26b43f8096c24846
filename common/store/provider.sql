-- Sign-ins through OpenID Connect providers: what is under way, what ends a session there, who a portal's person is here.

-- :query provider_sign_in_begin
-- A sign-in of a browser that goes to a provider.
-- :role link
-- $1 state bytea
-- $2 browser bytea
-- $3 provider text
-- $4 sealed bytea
-- $5 expires_at timestamptz
insert into preau.provider_sign_in (state, browser, provider, sealed, expires_at) values ($1, $2, $3, $4, $5);

-- :query provider_sign_in_take
-- The sign-in that comes back with this state to the browser that began it, once.
-- :role link
-- $1 state bytea
-- $2 browser bytea
-- $3 provider text
-- $4 now timestamptz
delete from preau.provider_sign_in
 where state = $1 and browser = $2 and provider = $3
returning provider, sealed, expires_at > $4 as is_fresh;

-- :query provider_session_keep
-- What ends the session at the provider too; of a browser that signed in there again, the later one.
-- :role link
-- $1 token bytea
-- $2 provider text
-- $3 sealed bytea
-- $4 expires_at timestamptz
-- $5 administrator bigint
insert into preau.provider_session (token, provider, sealed, expires_at, administrator_id) values ($1, $2, $3, $4, $5)
on conflict (token) do update set provider = excluded.provider, sealed = excluded.sealed, expires_at = excluded.expires_at,
                                  administrator_id = excluded.administrator_id;

-- :query provider_session_take
-- The same, once, with the entry of the audit trail.
-- :role link
-- $1 token bytea
-- $2 now timestamptz
-- $3 audited text
-- $4 trace text
with taken as (
    delete from preau.provider_session
     where token = $1
 returning provider, sealed, expires_at > $2 as is_fresh, administrator_id
)
select t.provider, t.sealed, t.is_fresh,
       case when t.is_fresh and t.administrator_id is not null then
           preau.audit_write(null, t.administrator_id, null, $3, null, null, null, jsonb_build_object('portal', t.provider), $4)
       end as audited
  from taken t;

-- :query provider_erase_old
-- What nobody comes back for any more.
-- :role link
-- $1 now timestamptz
with sign_ins as (
    delete from preau.provider_sign_in where expires_at <= $1
)
delete from preau.provider_session where expires_at <= $1;

-- :query portal_sign_in
-- A person of a portal is here as the portal says now; if that changed what it has here, with the entry of the audit trail.
-- No scope: nothing of what was told is known of the academy.
-- :role link
-- :changes
-- $1 portal text
-- $2 issuer text
-- $3 subject text
-- $4 academy smallint
-- $5 login text
-- $6 name text
-- $7 mail text
-- $8 role text
-- $9 schools text[]
-- $10 whole_academy boolean
-- $11 audited text
-- $12 trace text
select s.administrator_id, s.is_disabled, s.scopes, s.has_second_factor, s.sees_more, s.credential_at,
       case when s.added + s.removed > 0 then
           preau.audit_write($4, s.administrator_id, null, $11, null, null, null,
                             jsonb_build_object('portal', $1, 'role', $8, 'new_account', nullif(s.is_new, false),
                                                'added', nullif(s.added, 0), 'removed', nullif(s.removed, 0)), $12) end as audited
  from preau.portal_sign_in($1, $2, $3, $4, $5, $6, $7, $8::text::preau.administrator_role, $9, $10) s;

-- :query portal_sign_in_refused
-- The entry of the audit trail of a sign-in by a portal that is refused here, if the person is known.
-- :role link
-- :changes
-- $1 issuer text
-- $2 subject text
-- $3 academy smallint
-- $4 portal text
-- $5 reason text
-- $6 audited text
-- $7 trace text
select preau.audit_write($3, i.administrator_id, null, $6, null, null, null,
                         jsonb_build_object('portal', $4, 'reason', $5), $7) as audited
  from preau.administrator_identity i
 where (i.issuer, i.subject) = ($1, $2);
