-- Mails that left and came back: the report of a server of the recipient's. They did not arrive, like those that were
-- refused at once.
create or replace view preau.last_mail as
select distinct on (d.academy, d.account_id, d.recipient) d.academy, d.account_id, d.recipient, d.done_at, d.reason,
       d.state = 'failed' and d.reason in ('address_refused', 'message_refused', 'refused_for_now', 'returned_unknown',
           'returned_full', 'returned_unreached', 'returned_refused') as came_back
  from preau.delivery d
 where d.channel = 'mail' and d.state in ('sent', 'failed')
 order by d.academy, d.account_id, d.recipient, d.created_at desc, d.id desc;
