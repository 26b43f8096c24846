-- A guardian may have children in several academies: the account is then of one academy and the batch that notifies it
-- of another. A delivery stands with its account (the shard of all that is the person's) and names its batch in full.
alter table preau.delivery add column batch_academy smallint;
update preau.delivery set batch_academy = academy where batch_id is not null;
alter table preau.delivery
    drop constraint delivery_academy_batch_id_fkey,
    drop constraint delivery_academy_batch_id_account_id_key,
    add constraint delivery_of_batch foreign key (batch_academy, batch_id) references preau.batch (academy, id)
        on delete cascade,
    add constraint delivery_once_a_batch unique (batch_academy, batch_id, academy, account_id),
    add constraint delivery_batch_whole check ((batch_academy is null) = (batch_id is null));
