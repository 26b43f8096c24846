-- Figures of classes, levels, cities, academies and the nation, beside those of each school (guide 7).

-- Of `accounts`, those that no school before this one in the same commune has: what the schools of a commune add up to counts an
-- account once. 0: all of them stand elsewhere in the commune too; so say the days before the latest, of which communes are not asked:
-- their rows are not written anew.
alter table preau.statistics add column city_accounts integer not null default 0;
update preau.statistics st set city_accounts = st.accounts
  from preau.school sc
 where st.academy = sc.academy and st.uai = sc.uai and st.day = (select max(day) from preau.statistics_day);
alter table preau.statistics alter column city_accounts drop default,
    add constraint statistics_city_within check (city_accounts between 0 and accounts);

-- Of the last snapshot only: some 15 cells a class and profile are ten times what a school has, and nobody follows a class, which
-- lives one school year, over the days. Beside the history of schools a year of it would be hundreds of gigabytes for a nation.
create table preau.statistics_class (
    academy  smallint not null,
    uai      text     not null,
    niveau   text     not null,
    class    text     not null,
    profile  preau.profile not null,
    state    preau.account_state not null,
    origin   preau.account_origin not null,
    accounts integer  not null check (accounts > 0),
    level_accounts integer not null, -- of them, those that no class before this one at the level and school has
    primary key (academy, uai, niveau, class, profile, state, origin),
    constraint statistics_class_level_within check (level_accounts between 0 and accounts)
);

-- Each account once in an academy, wherever it is attached there, and once in the nation (academy 0), in which the academies do
-- therefore not quite add up. Every day is kept: a few hundred rows.
create table preau.statistics_area (
    day      date     not null references preau.statistics_day on delete cascade,
    academy  smallint not null check (academy >= 0),
    profile  preau.profile not null,
    state    preau.account_state not null,
    origin   preau.account_origin not null,
    accounts integer  not null check (accounts > 0),
    primary key (academy, day, profile, state, origin)
);

-- Whose figures as a whole an administrator may see: those who follow an academy's deliveries, and the operator the nation
-- (academy 0) with all academies. What was given by others is a school's, never wider.
create view preau.observed_area as
select distinct ad.id as administrator_id, coalesce(sc.academy, 0::smallint) as academy
  from preau.administrator ad
  join preau.administrator_scope sc on sc.administrator_id = ad.id
 where ad.disabled_at is null and ad.role in ('integrateur', 'assistance', 'exploitant')
   and sc.giver_id is null and sc.uai is null;

grant select, insert, update, delete on preau.statistics_class, preau.statistics_area to preau_stats;
grant select on preau.observed_area to preau_stats, preau_portal;
