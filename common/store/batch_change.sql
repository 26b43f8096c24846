-- What a head changes of a batch that was made: what has not left is cancelled; what did not arrive is looked up, to be taken
-- up again (selection_retry).

-- :query batch_cancel
-- Cancels what has not left of a batch. What is out of our hands (preau.delivery_is_here) is only marked: its try decides, in
-- delivery_put_off. Locked in the order of all who lock several, and updated as it is then: a row which changes hands meanwhile
-- is the sender's or cancelled, never both. Kept with the memory of it and the entry of the audit trail, unless there was nothing
-- left or the request was answered before. No row when the administrator may not administer the school or all whom the batch is for.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 batch bigint
-- $5 reason text
-- $6 request uuid
-- $7 method text
-- $8 audited text
-- $9 trace text
-- $10 remembered text
with asked as (
    select b.academy, b.id, b.channel,
           exists (select from preau.request_answer r where r.request_id = $6 and r.method = $7) as is_repeat
      from preau.batch b
     where b.academy = $2 and b.id = $4 and b.uai = $3
       and b.profiles <@ array(select v.profile from preau.administered_school v
                                where v.administrator_id = $1 and (v.academy, v.uai) = (b.academy, b.uai))
), locked as (
    select d.academy, d.id
      from asked b
      join preau.delivery d on d.batch_academy = b.academy and d.batch_id = b.id
     where d.state in ('waiting', 'taken') and not d.unwanted and not b.is_repeat
     order by d.academy, d.id
       for no key update of d
), stopped as (
    update preau.delivery d
       set state = case when preau.delivery_is_here(d.channel, d.state, d.may_have_left) then 'cancelled' else d.state end,
           taken_until = case when not preau.delivery_is_here(d.channel, d.state, d.may_have_left) then d.taken_until end,
           done_at = case when preau.delivery_is_here(d.channel, d.state, d.may_have_left) then now() end,
           reason = case when preau.delivery_is_here(d.channel, d.state, d.may_have_left) then $5 else d.reason end,
           unwanted = not preau.delivery_is_here(d.channel, d.state, d.may_have_left)
      from locked l
     where d.academy = l.academy and d.id = l.id and d.state in ('waiting', 'taken') and not d.unwanted
 returning d.academy, d.account_id, d.state
), signed as (
    update preau.batch b set cancelled_by = $1
      from asked a
     where b.academy = a.academy and b.id = a.id and exists (select from stopped)
), remembered as (
    insert into preau.account_event (academy, account_id, action, administrator_id, actor, detail)
    select s.academy, s.account_id, $10, $1, 'administrator', jsonb_build_object('uai', $3, 'batch', $4)
      from stopped s
     where s.state = 'cancelled'
), answered as (
    insert into preau.request_answer (request_id, method, answer)
    select $6, $7, '' where exists (select from stopped)
)
select b.is_repeat, b.channel, (select count(*) from stopped) as stopped,
       (select count(*) from stopped s where s.state = 'cancelled') as cancelled,
       case when exists (select from stopped) then
           preau.audit_write($2, $1, null, $8, $3, null, null,
                             jsonb_build_object('batch', $4,
                                                'accounts', (select count(*) from stopped s where s.state = 'cancelled')),
                             $9) end as audited
  from asked b;

-- :query batch_rest
-- Whose of a batch ended in a state, with the batch's channel and what this request was answered before; one row without an
-- account when nobody's did. No row when the administrator may not administer the school or all whom the batch is for.
-- :role notify
-- $1 administrator bigint
-- $2 academy smallint
-- $3 uai text
-- $4 batch bigint
-- $5 state text
-- $6 request uuid
-- $7 method text
select b.channel, d.academy, d.account_id,
       case when row_number() over (order by d.academy, d.account_id) = 1 then
           (select r.answer from preau.request_answer r where r.request_id = $6 and r.method = $7) end as stored_answer
  from preau.batch b
  left join preau.delivery d on d.batch_academy = b.academy and d.batch_id = b.id and d.state = $5
 where b.academy = $2 and b.id = $4 and b.uai = $3
   and b.profiles <@ array(select v.profile from preau.administered_school v
                            where v.administrator_id = $1 and (v.academy, v.uai) = (b.academy, b.uai))
 order by d.academy, d.account_id;
