-- The reminder that a head may ask for, ahead of the end of provisional passwords: who asked, what each is told, and when the
-- last night was seen through. The mail itself is a row of delivery.sql.

-- :query reminder_choose
-- What an administrator of one of these roles wants from now on; days 0: no reminder. With the entry of the audit trail, if that
-- is another wish than before. No row: nobody who may be reminded.
-- :role notify
-- $1 administrator bigint
-- $2 days smallint
-- $3 roles text[]
-- $4 request uuid
-- $5 method text
-- $6 audited_asked text
-- $7 audited_declined text
-- $8 trace text
with asked as (
    select a.id, exists (select from preau.request_answer r where r.request_id = $4 and r.method = $5) as is_repeat
      from preau.administrator a
     where a.id = $1 and a.disabled_at is null and a.role::text = any ($3)
), kept as (
    insert into preau.reminder_choice as c (administrator_id, days_ahead)
    select asked.id, $2 from asked where $2 > 0 and not asked.is_repeat
    on conflict (administrator_id) do update set days_ahead = excluded.days_ahead, chosen_at = now()
     where c.days_ahead <> excluded.days_ahead
 returning 1
), dropped as (
    delete from preau.reminder_choice c using asked where c.administrator_id = asked.id and $2 = 0 and not asked.is_repeat
 returning 1
), answered as (
    insert into preau.request_answer (request_id, method, answer) select $4, $5, '' from asked where not asked.is_repeat
)
select a.id, exists (select from kept) or exists (select from dropped) as is_changed,
       case when exists (select from kept) or exists (select from dropped) then
           preau.audit_write(null, $1, null, case when $2 > 0 then $6 else $7 end, null, null, null,
                             jsonb_build_object('days', nullif($2, 0)), $8) end as audited
  from asked a;

-- :query reminder_load
-- What an administrator wants, and what became of the last reminder; one row, with nulls for what there is not.
-- :role portal
-- $1 administrator bigint
select c.days_ahead, d.created_at as last_at, d.state as last_state
  from (select $1::bigint as id) own
  left join preau.reminder_choice c on c.administrator_id = own.id
  left join lateral (
        select m.created_at, m.state from preau.delivery m
         where m.administrator_id = own.id
         order by m.created_at desc
         limit 1) d on true;

-- :query reminder_owe
-- Looks after the next so many administrators who want to be reminded, by number, and owes a mail to each who has an address
-- and accounts with a provisional password, handed out and not replaced, that ends within the days wanted and of which nothing
-- was said before. What is told is remembered by the same statement, by day of expiry: of two who do this at once, or of one who does it again, only one owes
-- the mail. last: the number to go on from, null when nobody is left. An account counts in the first of its classes.
-- :role notify
-- $1 after bigint
-- $2 limit bigint
-- $3 roles text[]
-- $4 now timestamptz
-- $5 today date
-- $6 zone text
with chosen as materialized (
    select c.administrator_id, c.days_ahead
      from preau.reminder_choice c
     where c.administrator_id > $1
     order by c.administrator_id
     limit $2
), reached as materialized (
    select c.administrator_id, c.days_ahead, a.mail
      from chosen c
      join preau.administrator a on a.id = c.administrator_id
     where a.mail <> '' and a.disabled_at is null and a.role::text = any ($3)
), schools as materialized (
    select distinct r.administrator_id, r.days_ahead, s.academy, s.uai, v.profile
      from reached r
      join preau.administrator_scope sc on sc.administrator_id = r.administrator_id
      join preau.school s on (s.academy, s.uai) = (sc.academy, sc.uai) and s.departed_at is null
     cross join lateral (
           select w.profile from preau.administered_school w
            where w.administrator_id = r.administrator_id and w.academy = s.academy and w.uai = s.uai) v
), due as materialized (
    select s.administrator_id, s.academy, s.uai, s.profile, min(m.class) as class,
           (a.notification_expires_at at time zone $6)::date as day
      from schools s
      join preau.school_member m on m.academy = s.academy and m.uai = s.uai and m.profile = s.profile
      join preau.account a on (a.academy, a.id) = (m.account_academy, m.account_id)
     where a.closed_at is null and a.state <> 'non_distribue' and a.password = 'provisional'
       and a.notification_expires_at > $4 and (a.notification_expires_at at time zone $6)::date <= $5 + s.days_ahead
     group by s.administrator_id, s.academy, s.uai, s.profile, a.academy, a.id, day
), told as (
    insert into preau.reminder_told (administrator_id, academy, uai, profile, day)
    select distinct administrator_id, academy, uai, profile, day from due
    on conflict do nothing
 returning *
), counted as (
    select d.administrator_id, d.academy, d.uai, d.profile, coalesce(d.class, '') as class, count(*) as accounts,
           min(d.day) as first_day, max(d.day) as last_day
      from due d
      join told t using (administrator_id, academy, uai, profile, day)
     group by d.administrator_id, d.academy, d.uai, d.profile, d.class
), owed as (
    insert into preau.delivery (academy, administrator_id, kind, channel, recipient)
    select min(c.academy), r.administrator_id, 'reminder', 'mail', r.mail
      from counted c
      join reached r using (administrator_id)
     group by r.administrator_id, r.mail
 returning academy, id, administrator_id
), said as (
    insert into preau.reminder_line (academy, delivery_id, place, school_academy, uai, profile, class, accounts, first_day, last_day)
    select o.academy, o.id,
           row_number() over (partition by o.id order by c.academy, c.uai, c.profile, c.class = '', c.class collate "C"),
           c.academy, c.uai, c.profile, c.class, c.accounts, c.first_day, c.last_day
      from counted c
      join owed o using (administrator_id)
)
select (select max(administrator_id) from chosen) as last, (select count(*) from owed) as owed;

-- :query reminder_night_load
-- When the last night was seen through; no row: none was. A night that is still to come was seen through by a clock that was wrong.
-- :role notify
-- $1 today date
select finished_at from preau.reminder_night where day <= $1 order by day desc limit 1;

-- :query reminder_night_end
-- Remembers that a night was seen through, and forgets what no longer serves: what was told of days that are over, nights and
-- reminders of before.
-- :role notify
-- $1 day date
-- $2 finished_at timestamptz
-- $3 before timestamptz
with ended as (
    insert into preau.reminder_night (day, finished_at) values ($1, $2)
    on conflict (day) do update set finished_at = excluded.finished_at
), forgotten as (
    delete from preau.reminder_told where day < $1
), over as (
    delete from preau.reminder_night where finished_at < $3
)
select preau.reminder_erase($3) as erased;
