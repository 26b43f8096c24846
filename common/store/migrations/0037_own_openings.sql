-- Who opens an account without the school, by SMS, FranceConnect, an ENT or ATEN, is told so where the school would have notified: the identifier is
-- not only on a page that was closed, and a person whom a stranger passed for learns of it.
alter table preau.delivery
    drop constraint delivery_kind_check,
    add constraint delivery_kind_check
        check (kind in ('notification', 'activation', 'email_change', 'email_change_asked', 'email_changed',
                        'password_reset', 'password_changed', 'reminder', 'forgotten_identifier', 'forgotten_password',
                        'not_opened', 'guardian_reset', 'franceconnect_linked', 'franceconnect_unlinked',
                        'accounts_joined', 'accounts_separated', 'account_opened'));
grant execute on function preau.account_address to preau_link;

-- Two guardians of one pupil are two persons (docs/decisions/0027), also of one name and mobile: a father and a son, who are both named for
-- the youngest. A registration tells neither from the other by what it proves. As 0036 made it; the view by its name says of which records that holds.
create view preau.registration_match as
select r.id as registration, p.academy, p.degree, p.aaf_id, p.account_academy, p.account_id
  from preau.registration r
 cross join lateral (
        select q.* from preau.person q
         where q.mobile = r.mobile and q.profile = 'responsable' and q.departed_at is null
           and replace(q.search_name, ' ', '') = any (r.also_named || r.match_name)
           and not exists (select from preau.account_merge u
                            where (u.academy, u.degree, u.aaf_id) = (q.academy, q.degree, q.aaf_id) and u.undone_at is not null)
        offset 0) p -- by the mobile, and never the other way round
  join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) and a.closed_at is null
 where r.for_account is null
    or (a.academy, a.id) <> (r.for_academy, r.for_account) and a.state <> 'active'
   and not exists (select from preau.person o
                     join preau.guardianship g on (g.academy, g.degree, g.guardian_id) = (o.academy, o.degree, o.aaf_id)
                     join preau.guardianship h on (h.academy, h.degree, h.pupil_id) = (g.academy, g.degree, g.pupil_id)
                     join preau.person s on (s.academy, s.degree, s.aaf_id) = (h.academy, h.degree, h.guardian_id)
                    where (o.account_academy, o.account_id) = (r.for_academy, r.for_account)
                      and (s.account_academy, s.account_id) = (a.academy, a.id))
   and not exists (select from preau.account_pair(r.for_academy, r.for_account, a.academy, a.id) q where q.was_parted);

create or replace view preau.registration_record as
select m.registration, m.academy, m.degree, m.aaf_id, m.account_academy, m.account_id,
       exists (select from preau.registration_match n
                cross join lateral preau.account_pair(m.account_academy, m.account_id, n.account_academy, n.account_id) q
                where n.registration = m.registration and (n.account_academy, n.account_id) <> (m.account_academy, m.account_id)
                  and q.is_shared_child) as is_disputed
  from preau.registration_match m;

-- As 0036 made it; and nothing, while two of its accounts are of two guardians of one pupil.
create or replace function preau.registration_join(registration bigint, lifetime interval) returns bigint language plpgsql
    security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
declare
    reg  preau.registration;
    kept preau.account;
begin
    -- who gives identifiers, who attaches records, and who chose accounts for new ones that are not written yet (common/store/import*.sql)
    if not pg_try_advisory_xact_lock(1347568982) or not pg_try_advisory_xact_lock(1347568983) or not pg_try_advisory_xact_lock(1347568985) then
        raise exception 'an import is at work' using errcode = '55P03';
    end if;
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
