/** What Salesforce is told of each mailbox, how long its replies took, and what names the page that a reply came from. */
export const MAILBOX_REPORTS = `
alter table mailbox
  -- When it was first read to its end: what arrives from then on is found as it comes.
  add column live_since timestamptz,
  -- What its ConnectedMailbox__c says since reported_at; not again before report_due_at after a refusal.
  add column reported jsonb,
  add column reported_at timestamptz,
  add column report_due_at timestamptz;
update mailbox set live_since = caught_up_at;

-- Mailboxes that are not connected any more and of which Salesforce does not know it yet.
create table disconnected_mailbox (
  provider text not null,
  address text not null,
  owner_id text not null,
  caught_up_at timestamptz,
  last_reply_at timestamptz,
  report_due_at timestamptz,
  primary key (provider, address)
);

-- How long each reply took from its receipt to its Task; a week of them.
create table detection (
  mailbox_id integer not null,
  at timestamptz not null,
  seconds real not null
);
create index detection_mailbox on detection (mailbox_id, at);

alter table outbox
  -- Names the page in the log that a reply was read from.
  add column trace text,
  -- Of a Task; it outlasts the payload, so that what concerns a person is found.
  add column person_id text;
update outbox set person_id = payload ->> 'personId' where payload is not null;
`;
