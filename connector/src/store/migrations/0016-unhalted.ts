/**
 * Whether the sequence that a person answered went on when the person's statuses were read back, and what tells whether
 * it should have been halted. The statuses that are here do not say it: they are read once more.
 */
export const UNHALTED = `
alter table halt_latch add column unhalted boolean not null default false;
alter table enrolment
  add column enrolled_at timestamptz,
  add column undone_reply_key text;
delete from pull_position where source = 'CampaignStatus';
`;
