/** When a mailbox is looked into next, whatever its hints say, and how well its provider tells of changes. */
export const SWEEPS = `
-- Apart from mailbox, whose row each page locks. A mailbox without a row here is due.
create table mailbox_sweep (
  mailbox_id integer primary key references mailbox on delete cascade,
  due_at timestamptz,
  -- Until when the provider has promised to tell of changes (Gmail watch, Graph subscription), and when that is renewed.
  push_until timestamptz,
  renew_at timestamptz,
  -- News that the provider told of, in a row; the first that only a sweep finds ends the row.
  told integer not null default 0
);
create index mailbox_sweep_due on mailbox_sweep (due_at);
`;
