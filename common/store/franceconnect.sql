-- FranceConnect's identities: whose account one is, and what stands against linking it.

-- :query franceconnect_find
-- The account that an identity is linked to. One that was closed counts no more: its person begins as who is new.
-- :role link
-- $1 issuer text
-- $2 subject text
select f.academy, f.account_id, a.state = 'active' as is_active, c.changed_at as credential_at
  from preau.franceconnect_identity f
  join preau.account a on (a.academy, a.id) = (f.academy, f.account_id) and a.closed_at is null
  join preau.credential c on (c.academy, c.account_id) = (f.academy, f.account_id)
 where f.issuer = $1 and f.subject = $2;

-- :query franceconnect_standing
-- How an identity and an account stand to each other. is_linked: to each other; is_taken: the identity to another account that is not
-- closed; has_other: the account to another identity. linked_at: of the identity.
-- :role link
-- $1 issuer text
-- $2 subject text
-- $3 academy smallint
-- $4 account_id bigint
select coalesce((i.academy, i.account_id) = ($3, $4), false) as is_linked,
       coalesce((i.academy, i.account_id) <> ($3, $4), false) as is_taken,
       i.linked_at,
       exists (select from preau.franceconnect_identity o
                where o.academy = $3 and o.account_id = $4 and (o.issuer, o.subject) <> ($1, $2)) as has_other
  from (select 1) one
  left join (
        select f.academy, f.account_id, f.linked_at
          from preau.franceconnect_identity f
          join preau.account a on (a.academy, a.id) = (f.academy, f.account_id) and a.closed_at is null
         where f.issuer = $1 and f.subject = $2) i on true;

-- :query franceconnect_unlink
-- The person unlinks it: told by mail and remembered, all sessions of the account ended, and the registrations that FranceConnect
-- vouched for, which would link it again. No row: nothing was linked, or the password that was given is no longer the
-- account's.
-- :role link
-- $1 academy smallint
-- $2 account_id bigint
-- $3 credential_at timestamptz
-- $4 remembered text
with gone as (
    delete from preau.franceconnect_identity f
     using preau.credential c
     where f.academy = $1 and f.account_id = $2 and c.academy = $1 and c.account_id = $2 and c.changed_at = $3
 returning f.academy, f.account_id
), ended as (
    delete from preau.session s using gone g where (s.academy, s.account_id) = (g.academy, g.account_id)
), over as (
    update preau.registration r set expires_at = now()
      from gone g
     where (r.academy, r.account_id) = (g.academy, g.account_id) and r.subject is not null and r.expires_at > now()
), mail as (
    insert into preau.delivery (academy, account_id, kind, channel, recipient, message_id)
    select g.academy, g.account_id, 'franceconnect_unlinked', 'mail', t.address,
           substring(current_setting('application_name') from '[0-9a-f]{32}$')
      from gone g cross join lateral preau.account_addresses(g.academy, g.account_id) t(address)
), remembered as (
    insert into preau.account_event (academy, account_id, action, actor)
    select academy, account_id, $4, 'person' from gone
)
select 1 as unlinked from gone;
