/**
 * The first schema. Instants are `timestamptz` and arrive as parameters, ids of other people's mail are keyed hashes,
 * and whatever a stranger wrote is kept only in columns without an index or cut to the length of its Salesforce field.
 */
export const FIRST_TABLES = `
-- One row: what makes this installation's digests its own. Hex of 32 random bytes.
create table installation (
  only_row boolean primary key default true check (only_row),
  digest_key text not null
);

create table mailbox (
  id integer generated always as identity primary key,
  provider text not null,
  address text not null,
  owner_id text not null,
  cursor jsonb,
  cursor_version integer not null default 0,
  read_since timestamptz not null,
  caught_up_at timestamptz,
  state text not null default 'active' check (state in ('active', 'reconnect')),
  last_error text,
  -- Counted here, in the row that each page locks anyway, so that pages of two mailboxes never wait for each other.
  seen_count bigint not null default 0,
  matched_count bigint not null default 0
);
create unique index mailbox_address on mailbox (provider, lower(address));

create table tracked_mail (
  id bigint generated always as identity primary key,
  message_key text not null unique,
  message_id text not null,
  subject text,
  sent_at timestamptz not null,
  owner_id text not null,
  sender_address text,
  source text not null,
  tracked_email_id text,
  -- The mail, its recipients and every id that leads to it are forgotten together.
  expires_at timestamptz not null
);
create index tracked_mail_expiry on tracked_mail (expires_at);

create table tracked_recipient (
  mail_id bigint not null references tracked_mail on delete cascade,
  address text not null,
  role text not null check (role in ('To', 'Cc')),
  person_id text,
  campaign_status_id text,
  primary key (mail_id, address)
);

create table known_id (
  digest uuid not null,
  mail_id bigint not null references tracked_mail on delete cascade,
  role text not null check (role in ('own', 'rewritten', 'planted', 'alias')),
  primary key (digest, mail_id)
);
create index known_id_mail on known_id (mail_id);

-- Only for the count: a message that is read again is not counted again. Here and for waiting messages there are no
-- foreign keys: each row of a page would be checked by a query of its own, half of the page's time.
create table seen_message (
  mailbox_id integer not null,
  digest uuid not null,
  at timestamptz not null,
  primary key (mailbox_id, digest)
);
create index seen_message_at on seen_message using brin (at);

-- The first match fixes the reply keys, in whichever mailbox the message was.
create table matched_message (
  digest uuid primary key,
  at timestamptz not null
);

create table waiting_message (
  digest uuid primary key,
  mailbox_id integer not null,
  reference text not null,
  message_hash text not null,
  kind text not null,
  side text not null check (side in ('sent', 'internal', 'outside')),
  received_at timestamptz not null,
  expires_at timestamptz not null,
  cites uuid[] not null
);
create index waiting_message_expiry on waiting_message (expires_at);

-- One row for each id of waiting_message.cites: an array has no index by which the join could look.
create table waiting_reference (
  cited uuid not null,
  waiting uuid not null,
  primary key (cited, waiting)
);

-- Ids that became known or cited since the last join of the two; see resolved-messages.ts. Without a key on purpose:
-- a transaction that found its id here already, and left it at that, could have it deleted before it commits.
create table fresh_digest (
  digest uuid not null
);

create table outbox (
  id bigint generated always as identity primary key,
  type text not null check (type in ('TrackedEmail', 'Task')),
  key text not null,
  -- The reply of a Task until it is delivered; a TrackedEmail is read from its tracked_mail, as it stands by then.
  payload jsonb,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  not_before timestamptz,
  reason text,
  record_id text,
  created_at timestamptz not null,
  settled_at timestamptz,
  -- Delivered rows stay, so that a Task which a user deleted is not written again.
  unique (type, key)
);
create index outbox_pending on outbox ((type = 'Task'), id) where state = 'pending';

create table halt_latch (
  person_id text not null,
  reply_key text not null,
  at timestamptz not null,
  acknowledged_at timestamptz,
  primary key (person_id, reply_key)
);
create index halt_latch_reply on halt_latch (reply_key) where acknowledged_at is null;

create table enrolment (
  campaign_status_id text primary key,
  person_id text not null,
  address text not null,
  -- By it a sent mail that waits for its recipient is found.
  address_digest uuid not null,
  owner_id text not null,
  status text not null
);
create index enrolment_address on enrolment (address) where address <> '';
create index enrolment_address_digest on enrolment (address_digest) where status in ('Active', 'Paused');

create table pull_position (
  source text primary key check (source in ('TrackedEmail', 'CampaignStatus')),
  system_modstamp text not null,
  record_id text not null
);
`;
