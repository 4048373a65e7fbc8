/**
 * What operators need: how a mailbox is reached and its sealed credential, what a first read covers, where a matched
 * message lies, and the one org that the database belongs to.
 */
export const OPERATORS = `
alter table installation add column org_id text, add column org_name text;

alter table mailbox
  add column settings jsonb not null default '{}',
  -- About how many messages the first read covers.
  add column expected_messages integer,
  add column last_reply_at timestamptz,
  -- Counts up each time the mailbox is given new settings or a new credential, so that whoever has it open opens it anew.
  add column revision integer not null default 1;

create table credential (
  mailbox_id integer primary key references mailbox on delete cascade,
  -- The master key that it is sealed under.
  key_id text not null,
  sealed text not null
);

-- Where the message was when it was matched, so that its header can be read again to explain it.
alter table matched_message add column mailbox_id integer, add column reference text;
`;
