-- Who opens an account without the school, by SMS, FranceConnect, an ENT or ATEN, is told so where the school would have notified: the identifier is
-- not only on a page that was closed, and a person whom a stranger passed for learns of it.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened')) not valid; -- what is there was of the narrower one: it is not read again under the lock

-- Whom an account may be of, told at that moment: the address of the person's own, else each that a school knows of one of its records and that is
-- nobody else's. Two persons may have been taken for one (docs/decisions/0019): the one whose record it was learns of it too.
create function preau.account_addresses(of_academy smallint, of_account bigint) returns setof text language sql stable
    set search_path = pg_catalog, pg_temp as $$
select a.email
  from preau.account a
 where (a.academy, a.id) = (of_academy, of_account) and a.email is not null and a.email_confirmed_at is not null
 union all
select min(p.mail)
  from preau.account a
  join preau.person p on (p.account_academy, p.account_id) = (a.academy, a.id) and p.departed_at is null and p.mail is not null
 where (a.academy, a.id) = (of_academy, of_account) and a.email_confirmed_at is null
   and not exists (select from preau.anothers_address v
                    where (v.academy, v.degree, v.aaf_id) = (p.academy, p.degree, p.aaf_id))
 group by lower(p.mail)
$$;
revoke execute on function preau.account_addresses from public;
grant execute on function preau.account_addresses to preau_link;

-- Everyone whom the names and the mobile of a registration may be of.
create view preau.registration_match as
select r.id as registration, r.for_academy, r.for_account, p.academy, p.degree, p.aaf_id, p.account_academy, p.account_id, a.state
  from preau.registration r
 cross join lateral (
        select q.* from preau.person q
         where q.mobile = r.mobile and q.profile = 'responsable' and q.departed_at is null
           and replace(q.search_name, ' ', '') = any (r.also_named || r.match_name)
        offset 0) p -- by the mobile, and never the other way round
  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) and a.closed_at is null;

-- As 0036 made it, and is_disputed. Two guardians of one pupil are two persons (docs/decisions/0027), also of one name and mobile: a father and a son, who
-- are both named for the youngest. So are two whom an operator parted. A registration tells neither from the other by what it proves: asked of all
-- whom it may be of, also of those whose records it would not take.
create or replace view preau.registration_record as
select m.registration, m.academy, m.degree, m.aaf_id, m.account_academy, m.account_id,
       exists (select from preau.registration_match n
                cross join lateral preau.account_pair(m.account_academy, m.account_id, n.account_academy, n.account_id) q
                where n.registration = m.registration and (n.account_academy, n.account_id) <> (m.account_academy, m.account_id)
                  and (q.is_shared_child or q.was_parted)) as is_disputed
  from preau.registration_match m
 where m.for_account is null
    or (m.account_academy, m.account_id) <> (m.for_academy, m.for_account) and m.state <> 'active'
   and not exists (select from preau.person o
                     join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (o.academy, o.degree, o.aaf_id)
                     join preau.guardianship h on (h.academy, h.degree, h.pupil_id) = (g.academy, g.degree, g.pupil_id)
                     join preau.person s on (s.academy, s.degree, s.aaf_id) = (h.academy, h.degree, h.guardian_id)
                    where (o.account_academy, o.account_id) = (m.for_academy, m.for_account)
                      and (s.account_academy, s.account_id) = (m.account_academy, m.account_id))
   and not exists (select from preau.account_pair(m.for_academy, m.for_account, m.account_academy, m.account_id) q where q.was_parted);

-- As 0036 made it; and nothing, while it is disputed whose they are.
create or replace function preau.registration_join(registration bigint, lifetime interval) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    reg  preau.registration;
    kept preau.account;
begin
    perform preau.require_no_import();
    select r.* into reg
      from preau.registration r
     where r.id = registration_join.registration and r.state = 'proven' and r.expires_at > now()
       for no key update;
    if not found then
        return null;
    end if;
    perform from preau.account a
      where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                   where m.registration = registration_join.registration
                                  union all
                                  select reg.for_academy, reg.for_account)
      order by a.academy, a.id
        for no key update;
    perform from preau.registration_record m where m.registration = registration_join.registration and m.is_disputed;
    if found then
        return null;
    end if;
    select a.* into kept
      from preau.account a
     where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                  where m.registration = registration_join.registration)
     order by a.state desc, a.activated_at nulls last, a.academy, a.id
     limit 1;
    if found and reg.for_account is not null then
        select a.* into kept
          from preau.account a
          join preau.credential c on (c.academy, c.account_id) = (a.academy, a.id) and c.changed_at = reg.for_credential_at
         where (a.academy, a.id) = (reg.for_academy, reg.for_account) and a.closed_at is null and a.state = 'active';
    end if;
    if not found then
        return null;
    end if;
    perform preau.account_join_hold(o.academy, o.id, kept.academy, kept.id, 'same_mobile')
       from (select a.academy, a.id
               from preau.account a
              where (a.academy, a.id) in (select m.account_academy, m.account_id from preau.registration_record m
                                           where m.registration = registration_join.registration)
                and (a.academy, a.id) <> (kept.academy, kept.id) and a.state <> 'active' and a.closed_at is null
              order by a.academy, a.id offset 0) o;
    update preau.registration r
       set state = 'confirmed', expires_at = now() + lifetime, confirmed_at = now(), academy = kept.academy, account_id = kept.id
     where r.id = registration_join.registration;
    return registration_join.registration;
end $$;
