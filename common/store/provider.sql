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
-- What ends the session at the provider too.
-- :role link
-- $1 token bytea
-- $2 provider text
-- $3 sealed bytea
-- $4 expires_at timestamptz
insert into preau.provider_session (token, provider, sealed, expires_at) values ($1, $2, $3, $4);

-- :query provider_session_take
-- The same, once.
-- :role link
-- $1 token bytea
-- $2 now timestamptz
delete from preau.provider_session where token = $1 returning provider, sealed, expires_at > $2 as is_fresh;

-- :query provider_erase_old
-- What nobody comes back for any more.
-- :role link
-- $1 now timestamptz
with sign_ins as (
    delete from preau.provider_sign_in where expires_at <= $1
)
delete from preau.provider_session where expires_at <= $1;

-- :query portal_sign_in
-- A person of a portal is here as the portal says now. No scope: nothing of what was told is known of the academy.
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
select administrator_id, is_disabled, scopes, has_second_factor, sees_more, credential_at
  from preau.portal_sign_in($1, $2, $3, $4, $5, $6, $7, $8::text::preau.administrator_role, $9, $10);
