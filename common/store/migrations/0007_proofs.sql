-- A session is as good as the password that it was made with: when that is replaced, by whomever, the session is over,
-- also one that was being made meanwhile.
alter table preau.session add column credential_at timestamptz; -- credential.changed_at then; null: an administrator's
delete from preau.session where account_id is not null; -- made before this was known
grant select (academy, account_id, changed_at) on preau.credential to preau_portal;

-- Tries are counted before they are judged, so that many at once are not more than many in a row.
alter table preau.attempt
    add column delays integer not null default 0, -- how many there were: each is longer than the one before
    add column granted boolean not null default true; -- the last one asked for
