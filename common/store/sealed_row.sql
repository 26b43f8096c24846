-- What is sealed, by the number of the key in bytes 2 to 5 (crypto/seal.h): what a rotation of the sealing key has to count, and to seal
-- anew. preauctl asks it as the owner of the schema; the roles are of the daemons that may read and write the same.

-- :query sealed_count
-- How many rows each key sealed, of what linkd reads: provisional passwords, second factors, and what passes within hours (secrets on
-- offer, sign-ins under way, ID tokens).
-- :role link
-- :scans
select s.kind, get_byte(s.sealed, 1)::bigint << 24 | get_byte(s.sealed, 2) << 16 | get_byte(s.sealed, 3) << 8 | get_byte(s.sealed, 4) as key,
       count(*) as rows
  from (select 'password' as kind, c.sealed from preau.credential c
         union all select 'second_factor', a.totp_sealed from preau.administrator a
         union all select 'passing', w.totp_offered from preau.session w
         union all select 'passing', p.sealed from preau.provider_sign_in p
         union all select 'passing', p.sealed from preau.provider_session p) as s
 where length(s.sealed) > 4
 group by 1, 2;

-- :query sealed_document_count
-- The same of sheets, which go when their batch expires.
-- :role notify
-- :scans
select get_byte(d.sealed, 1)::bigint << 24 | get_byte(d.sealed, 2) << 16 | get_byte(d.sealed, 3) << 8 | get_byte(d.sealed, 4) as key,
       count(*) as rows
  from preau.document d
 where length(d.sealed) > 4
 group by 1;

-- :query sealed_passwords
-- The next provisional passwords, in order of account, that another key sealed than the one whose number is given.
-- :role link notify
-- $1 academy smallint
-- $2 account bigint
-- $3 key bytea
-- $4 limit bigint
select c.academy, c.account_id as id, c.sealed
  from preau.credential c
 where (c.academy, c.account_id) > ($1, $2) and c.sealed is not null and substring(c.sealed from 2 for 4) <> $3
 order by c.academy, c.account_id
 limit $4;

-- :query sealed_second_factors
-- The same of administrators' second factors.
-- :role link
-- $1 administrator bigint
-- $2 key bytea
-- $3 limit bigint
select 0 as academy, a.id, a.totp_sealed as sealed
  from preau.administrator a
 where a.id > $1 and a.totp_sealed is not null and substring(a.totp_sealed from 2 for 4) <> $2
 order by a.id
 limit $3;

-- :query sealed_password_replace
-- Puts them back, sealed anew; of one that was replaced meanwhile, nothing. The password is the same: whoever is signed in stays so.
-- :role link notify
-- $1 academy smallint[]
-- $2 account bigint[]
-- $3 old bytea[]
-- $4 new bytea[]
update preau.credential c set sealed = w.new
  from unnest($1, $2, $3, $4) as w (academy, id, old, new)
 where c.academy = w.academy and c.account_id = w.id and c.sealed = w.old;

-- :query sealed_second_factor_replace
-- The same of second factors.
-- :role link
-- $1 administrator bigint[]
-- $2 old bytea[]
-- $3 new bytea[]
update preau.administrator a set totp_sealed = w.new
  from unnest($1, $2, $3) as w (id, old, new)
 where a.id = w.id and a.totp_sealed = w.old;
