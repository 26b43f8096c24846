-- What a head may do about a batch that is under way: cancel what has not left, take up again what did not arrive.
alter table preau.delivery
    add column may_have_left boolean not null default false, -- a try ended without a word: the mail may be with its reader
    add column unwanted      boolean not null default false; -- cancelled while it was out of our hands: its try decides

-- Is all of it still in the house? A sheet is, until the document that holds it is stored; a mail is while nobody has it in
-- hand and every try before was answered.
create function preau.delivery_is_here(channel text, state text, may_have_left boolean) returns boolean
    language sql immutable parallel safe
    return channel = 'sheet' or (state = 'waiting' and not may_have_left);
revoke execute on function preau.delivery_is_here from public;
grant execute on function preau.delivery_is_here to preau_notify;
