-- What a name is looked for by: small letters and figures only, words apart by one space, so that accents, case, hyphens and
-- apostrophes do not matter; "st" and "ste" are written out, as half of the schools and towns of that name are.
create function preau.search_key(value text) returns text
    language sql immutable strict parallel safe
    return btrim(regexp_replace(regexp_replace(lower(replace(replace(replace(replace(
        regexp_replace(normalize(value, nfkd), '[\u0300-\u036f]', '', 'g'),
        U&'\0153', 'oe'), U&'\0152', 'oe'), U&'\00e6', 'ae'), U&'\00c6', 'ae')), '[^a-z0-9]+', ' ', 'g'), '\mst(e?)\M', 'saint\1', 'g'));
revoke execute on function preau.search_key from public;
grant execute on function preau.search_key to preau_portal, preau_import; -- who writes a school computes its key

alter table preau.school add column search text not null
    generated always as (preau.search_key(city || ' ' || name || ' ' || kind || ' ' || uai)) stored;

grant select (last_sign_in_at) on preau.credential to preau_portal;

-- A date that linkd refused is told to the school that alone can correct it. A few of millions of events are: the home page
-- of a school asks for them by account.
create index account_event_birth_date on preau.account_event (academy, account_id, at) where action = 'birth_date_refused';
