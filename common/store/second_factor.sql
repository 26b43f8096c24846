-- How an administrator proves who it is: the password, the second factor (RFC 6238) and the codes for who lost it.
--
-- credential_at is when one of them was last replaced, and each change asks that it be still what was loaded: what was
-- proved by a password that is gone proves nothing. Whoever changes it ends all the sessions.

-- :query second_factor_take_step
-- Takes the step that a code belongs to, once and in order: of two that come with one code, one gets a row. sealed: the
-- same secret, under the newest key.
-- :role link
-- $1 id bigint
-- $2 step bigint
-- $3 credential_at timestamptz
-- $4 sealed bytea
update preau.administrator set totp_step = $2, totp_sealed = $4
 where id = $1 and totp_step < $2 and totp_sealed is not null and credential_at = $3 and disabled_at is null
returning id;

-- :query second_factor_take_recovery
-- Takes a recovery code, once.
-- :role link
-- $1 id bigint
-- $2 digest bytea
-- $3 credential_at timestamptz
update preau.administrator_recovery r set used_at = now()
  from preau.administrator a
 where r.administrator_id = $1 and r.digest = $2 and r.used_at is null
   and a.id = r.administrator_id and a.credential_at = $3 and a.disabled_at is null and a.totp_sealed is not null
returning a.id;

-- :query second_factor_offer
-- The secret that a session is shown, made the first time: another session is shown another one, so that nobody enrols
-- what somebody else has seen. (The table is the portal's.)
-- :role link portal
-- $1 session bytea
-- $2 id bigint
-- $3 sealed bytea
update preau.session set totp_offered = coalesce(totp_offered, $3)
 where digest = $1 and administrator_id = $2 and stage in ('open', 'enrolment')
returning totp_offered;

-- :query second_factor_offered
-- What a session was shown.
-- :role link
-- $1 session bytea
-- $2 id bigint
select totp_offered from preau.session
 where digest = $1 and administrator_id = $2 and stage in ('open', 'enrolment') and totp_offered is not null;

-- :query second_factor_enrol
-- The secret counts from now on, with new recovery codes; the step of the code that confirmed it is taken.
-- :role link
-- $1 id bigint
-- $2 session bytea
-- $3 sealed bytea
-- $4 step bigint
-- $5 credential_at timestamptz
-- $6 changed_at timestamptz
-- $7 recovery bytea[]
with changed as (
    update preau.administrator a set totp_sealed = $3, totp_since = $6, totp_step = $4, credential_at = $6
      from preau.session s
     where a.id = $1 and a.credential_at = $5 and a.disabled_at is null
       and s.digest = $2 and s.administrator_id = a.id and s.totp_offered = $3
 returning a.id
), forgotten as (
    delete from preau.administrator_recovery r using changed where r.administrator_id = changed.id
), codes as (
    insert into preau.administrator_recovery (administrator_id, digest)
    select changed.id, code from changed, unnest($7) as code
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select id from changed;

-- :query second_factor_remove
-- None any more. credential_at null: whatever was loaded, as the operator wants it.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 changed_at timestamptz
with changed as (
    update preau.administrator set totp_sealed = null, totp_since = null, credential_at = $3
     where id = $1 and ($2 is null or credential_at = $2)
 returning id
), forgotten as (
    delete from preau.administrator_recovery r using changed where r.administrator_id = changed.id
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select id from changed;

-- :query second_factor_renew_recovery
-- Other recovery codes in the place of those that there are.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 recovery bytea[]
with found as (
    select id from preau.administrator
     where id = $1 and credential_at = $2 and totp_sealed is not null and disabled_at is null
       for update
), forgotten as (
    delete from preau.administrator_recovery r using found where r.administrator_id = found.id
), codes as (
    insert into preau.administrator_recovery (administrator_id, digest)
    select found.id, code from found, unnest($3) as code
)
select id from found;

-- :query administrator_replace_password
-- Another password. credential_at null: whatever was loaded, as the operator wants it.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 changed_at timestamptz
-- $4 hash text
-- $5 is_provisional boolean
with changed as (
    update preau.administrator set hash = $4, password_is_provisional = $5, credential_at = $3
     where id = $1 and ($2 is null or credential_at = $2)
 returning id
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select id from changed;
