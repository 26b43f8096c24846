-- Figures of levels in an academy, summed with the snapshot (guide 7): the page of the nation would add up a million cells of classes at
-- each click.

-- Of the last snapshot only, as those of classes. An account counts once for each school that it has a pupil of the level in.
create table preau.statistics_level (
    academy  smallint not null,
    niveau   text     not null,
    profile  preau.profile not null,
    state    preau.account_state not null,
    origin   preau.account_origin not null,
    accounts integer  not null check (accounts > 0),
    primary key (academy, niveau, profile, state, origin)
);
insert into preau.statistics_level (academy, niveau, profile, state, origin, accounts)
select academy, niveau, profile, state, origin, sum(level_accounts)
  from preau.statistics_class
 group by academy, niveau, profile, state, origin
having sum(level_accounts) > 0;

grant select, insert, update, delete on preau.statistics_level to preau_stats;
