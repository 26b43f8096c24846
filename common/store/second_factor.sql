-- How an administrator proves who it is: the password, the second factor (RFC 6238) and the codes for who lost it.
--
-- credential_at is when one of them was last replaced, and each change asks that it be still what was loaded: what was
-- proved by a password that is gone proves nothing. Whoever changes it ends all the sessions. Each change has its entry of the
-- audit trail; author 0 is the operator.

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
-- $4 audited text
-- $5 trace text
with taken as (
    update preau.administrator_recovery r set used_at = now()
      from preau.administrator a
     where r.administrator_id = $1 and r.digest = $2 and r.used_at is null
       and a.id = r.administrator_id and a.credential_at = $3 and a.disabled_at is null and a.totp_sealed is not null
 returning a.id
)
select t.id, preau.audit_write(null, t.id, null, $4, null, null, null,
                               jsonb_build_object('left', (select count(*) from preau.administrator_recovery r
                                                            where r.administrator_id = t.id and r.used_at is null
                                                              and r.digest <> $2)), $5) as audited
  from taken t;

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
-- The secret counts from now on, with new recovery codes; the step of the code that confirmed it is taken. Where the sign-in
-- waited for that, it is complete with it.
-- :role link
-- $1 id bigint
-- $2 session bytea
-- $3 sealed bytea
-- $4 step bigint
-- $5 credential_at timestamptz
-- $6 changed_at timestamptz
-- $7 recovery bytea[]
-- $8 audited text
-- $9 audited_sign_in text
-- $10 trace text
with changed as (
    update preau.administrator a
       set totp_sealed = $3, totp_since = $6, totp_step = $4, credential_at = $6,
           last_sign_in_at = case when s.stage = 'enrolment' then now() else a.last_sign_in_at end
      from preau.session s
     where a.id = $1 and a.credential_at = $5 and a.disabled_at is null
       and s.digest = $2 and s.administrator_id = a.id and s.totp_offered = $3
 returning a.id, s.stage
), forgotten as (
    delete from preau.administrator_recovery r using changed where r.administrator_id = changed.id
), codes as (
    insert into preau.administrator_recovery (administrator_id, digest)
    select changed.id, code from changed, unnest($7) as code
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select id, preau.audit_write(null, id, null, $8, null, null, null, '{}', $10) as audited,
       case when stage = 'enrolment' then
           preau.audit_write(null, id, null, $9, null, null, null, '{}', $10) end as audited_sign_in
  from changed;

-- :query second_factor_remove
-- None any more. credential_at null: whatever was loaded, as the operator wants it.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 changed_at timestamptz
-- $4 author bigint
-- $5 by text
-- $6 audited text
-- $7 trace text
with changed as (
    update preau.administrator set totp_sealed = null, totp_since = null, credential_at = $3
     where id = $1 and ($2 is null or credential_at = $2)
 returning id
), forgotten as (
    delete from preau.administrator_recovery r using changed where r.administrator_id = changed.id
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select c.id, preau.audit_write(coalesce(p.chain, 0), $4, $5, $6, p.uai, null, null,
                               jsonb_build_object('administrator', case when $4 = 0 then c.id end), $7) as audited
  from changed c
  left join preau.audit_place p on p.administrator_id = c.id;

-- :query second_factor_renew_recovery
-- Other recovery codes in the place of those that there are.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 recovery bytea[]
-- $4 audited text
-- $5 trace text
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
select id, preau.audit_write(null, id, null, $4, null, null, null, '{}', $5) as audited from found;

-- :query administrator_rehashed
-- The same password at today's cost: sessions stay, since nothing was replaced.
-- :role link
-- $1 id bigint
-- $2 before text
-- $3 hash text
update preau.administrator set hash = $3 where id = $1 and hash = $2;

-- :query administrator_replace_password
-- Another password. credential_at null: whatever was loaded, as the operator wants it.
-- :role link
-- $1 id bigint
-- $2 credential_at timestamptz
-- $3 changed_at timestamptz
-- $4 hash text
-- $5 is_provisional boolean
-- $6 author bigint
-- $7 by text
-- $8 audited text
-- $9 trace text
with changed as (
    update preau.administrator set hash = $4, password_is_provisional = $5, credential_at = $3
     where id = $1 and ($2 is null or credential_at = $2)
 returning id
), ended as (
    delete from preau.session s using changed where s.administrator_id = changed.id
)
select c.id, preau.audit_write(coalesce(p.chain, 0), $6, $7, $8, p.uai, null, null,
                               jsonb_build_object('administrator', case when $6 = 0 then c.id end), $9) as audited
  from changed c
  left join preau.audit_place p on p.administrator_id = c.id;
