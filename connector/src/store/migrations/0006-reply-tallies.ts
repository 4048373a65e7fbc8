/** What the numbers on a tracked mail are counted from: the Tasks of its replies that Salesforce has. */
export const REPLY_TALLIES = `
alter table outbox
  -- Of a Task; they outlast its payload.
  add column mail_key text,
  -- The message that the reply was read from, which may count for several people.
  add column answer uuid,
  add column kind text,
  -- Whether a person outside wrote it.
  add column by_person boolean,
  add column received_at timestamptz;
create index outbox_mail on outbox (mail_key) where mail_key is not null;

-- Tracked mails whose numbers in Salesforce are out of date. marks counts up with every new Task, so that one which
-- arrives while the numbers are being written is not forgotten.
create table stale_tally (
  mail_id bigint primary key references tracked_mail on delete cascade,
  marks integer not null default 1,
  due_at timestamptz not null
);
`;
