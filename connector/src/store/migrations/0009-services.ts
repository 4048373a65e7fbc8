/** Which service processes run on this database, and which of them watches which mailbox. */
export const SERVICES = `
create table service (
  id uuid primary key,
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz not null,
  -- Signs of life, counted: whoever sees the count stand still takes the process for dead, whatever the clocks say.
  beats integer not null default 0,
  beat_at timestamptz not null
);

-- The lease of a mailbox's connection. It goes with the service; see watch-mailboxes.ts.
create table mailbox_watch (
  mailbox_id integer primary key references mailbox on delete cascade,
  service_id uuid not null references service on delete cascade
);
create index mailbox_watch_service on mailbox_watch (service_id);
`;
