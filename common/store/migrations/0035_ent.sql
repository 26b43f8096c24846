-- The transition (guide 1.1, second degree): who is signed in at an ENT or at ATEN opens the account by it. What is under way there is in
-- provider_sign_in, under the peer's name.

-- Who a peer vouched for, until the password is chosen: for one browser, for a short while. No key and no name of the peer's is kept.
create table preau.ent_opening (
    id         bigint generated always as identity primary key,
    browser    bytea    not null check (length(browser) = 32), -- a digest of its random
    peer       text     not null,
    academy    smallint not null,
    account_id bigint   not null,
    vouched_at timestamptz not null default now(), -- a password that is newer ends it
    expires_at timestamptz not null,
    foreign key (academy, account_id) references preau.account (academy, id) on delete cascade
);
create index ent_opening_by_expiry on preau.ent_opening (expires_at);
create index ent_opening_by_account on preau.ent_opening (academy, account_id);

-- Answers of peers that were taken: none counts twice.
create table preau.ent_answer (
    digest     bytea primary key check (length(digest) = 32), -- of the peer's name and the answer's own
    expires_at timestamptz not null
);
create index ent_answer_by_expiry on preau.ent_answer (expires_at);

grant select, insert, delete on preau.ent_opening, preau.ent_answer to preau_link;
