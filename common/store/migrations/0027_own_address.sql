-- A mail goes to no address of another account. What a person confirmed she reads: it is hers. What a school wrote down may be
-- another's as well, of the same home or of a clerk's slip, and then nothing is sent there.

-- Asked of each record whose address may be taken. Of values that are looked for whole a hash is the smallest to keep while an
-- academy's records are written.
create index person_by_mail on preau.person using hash (lower(mail)) where mail is not null and departed_at is null;

-- The records whose address is another open account's too: confirmed by its person, or in a record that makes it. Records of one
-- profile and name are one person's, who has an account in each degree or academy.
create view preau.anothers_address as
select p.academy, p.degree, p.aaf_id
  from preau.person p
 where p.mail is not null
   and (exists (select from preau.person o
                  join preau.account a on (a.academy, a.id) = (o.account_academy, o.account_id) and a.closed_at is null
                 where lower(o.mail) = lower(p.mail) and o.mail is not null and o.departed_at is null
                   and (o.account_academy, o.account_id) <> (p.account_academy, p.account_id)
                   and (o.profile, o.search_name) <> (p.profile, p.search_name))
        or exists (select from preau.account a
                    where lower(a.email) = lower(p.mail) and a.email_confirmed_at is not null and a.closed_at is null
                      and (a.academy, a.id) <> (p.account_academy, p.account_id)
                      and not exists (select from preau.person same
                                       where same.account_academy = a.academy and same.account_id = a.id
                                         and same.departed_at is null
                                         and (same.profile, same.search_name) = (p.profile, p.search_name))));
comment on view preau.anothers_address is 'for one record, named by its key';
grant select on preau.anothers_address to preau_notify, preau_portal, preau_link;

-- Of an expression nothing is known before; and of an empty table nothing is to be known.
do $$
begin
    if exists (select from preau.person) then
        analyze preau.person;
    end if;
end $$;
