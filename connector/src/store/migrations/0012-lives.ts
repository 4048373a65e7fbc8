/** When a latch may let go of its person, and what finds rows that have had their time. */
export const LIVES = `
alter table halt_latch
  -- The pull that is to read the person's statuses back, and when one that began after the acknowledgement had ended.
  add column read_back_by bigint,
  add column read_back_at timestamptz;
create sequence latch_read_back;
-- Until now a latch let go with the acknowledgement.
update halt_latch set read_back_at = acknowledged_at where acknowledged_at is not null;

-- Rows lie in the order of their time, so that an index of ranges of pages is enough.
create index matched_message_at on matched_message using brin (at);
create index outbox_settled_at on outbox using brin (settled_at);
`;
