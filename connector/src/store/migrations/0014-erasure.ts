/** Of people who were erased only keyed hashes stay, so that nothing that is read again brings them back. */
export const ERASURE = `
create table erased_person (
  -- Of an address or of the id of a Contact or Lead.
  digest uuid primary key,
  at timestamptz not null
);
create index outbox_person on outbox (person_id) where person_id is not null;
`;
