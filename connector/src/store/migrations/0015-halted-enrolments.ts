/**
 * When a person was halted tells which mails were sent while the person was in the sequence. The statuses that are here
 * do not say it: they are read once more.
 */
export const HALTED_ENROLMENTS = `
alter table enrolment add column halted_at timestamptz;
drop index enrolment_address_digest;
create index enrolment_address_digest on enrolment (address_digest)
  where (status in ('Active', 'Paused') or halted_at is not null);
delete from pull_position where source = 'CampaignStatus';
`;
