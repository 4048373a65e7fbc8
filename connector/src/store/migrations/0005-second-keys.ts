/**
 * What finds a tracked mail besides its ids: the conversation that its Thread-Index names, the thread in which it stands
 * at the provider, and the addresses that it went to.
 */
export const SECOND_KEYS = `
alter table tracked_mail add column conversation text;

alter table known_id drop constraint known_id_role_check;
alter table known_id add constraint known_id_role_check
  check (role in ('own', 'rewritten', 'planted', 'alias', 'thread'));

create index tracked_recipient_address on tracked_recipient (address);
`;
