/** What processes that write into one org share, and dead letters that a person has dropped. */
export const DELIVERY_TURN = `
-- At most one row: whose turn it is to write, and how the org took the last writes.
create table delivery_turn (
  only_row boolean primary key default true check (only_row),
  holder text,
  held_until timestamptz,
  -- Until when the writes so far have used up the pace at which there may be writes.
  used_until timestamptz,
  failures integer not null default 0,
  paused_until timestamptz
);

-- API calls made for writing, by the hour in which they were made.
create table api_call (
  hour timestamptz primary key,
  calls integer not null
);

-- Why a person gave a dead letter up; it stays dead.
alter table outbox add column dropped_reason text;
`;
