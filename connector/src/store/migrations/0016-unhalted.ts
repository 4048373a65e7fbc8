/** Whether the sequence that a person answered went on when the person's statuses were read back. */
export const UNHALTED = `
alter table halt_latch add column unhalted boolean not null default false;
`;
