/** What makes the messages that were read add up: each of them is one of these and no other, at any moment. */
export const CONSERVATION = `
alter table mailbox
  -- Readings of a message that had matched or was waiting already.
  add column repeated_count bigint not null default 0,
  add column not_reply_count bigint not null default 0,
  -- Messages of excluded domains, of which nothing else is kept.
  add column excluded_count bigint not null default 0;

-- One row: what is counted apart from the mailboxes, for those that were disconnected and for what stopped waiting.
create table message_count (
  only_row boolean primary key default true check (only_row),
  seen_count bigint not null default 0,
  matched_count bigint not null default 0,
  repeated_count bigint not null default 0,
  not_reply_count bigint not null default 0,
  excluded_count bigint not null default 0,
  -- Messages that this program could not decide about until their time was over.
  dead_count bigint not null default 0
);

alter table waiting_message add column undecided boolean not null default false;

-- What was not counted until now was no reply.
update mailbox set not_reply_count = seen_count - matched_count;
insert into message_count (not_reply_count) select -count(*) from waiting_message;

create index outbox_dead on outbox (id) where state = 'dead';
`;
