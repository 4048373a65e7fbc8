/**
 * What waits costs one row for each message and one for each page, where it was one for each id that a message cites
 * and another for each id that the join had still to look at.
 */
export const FEWER_WAITING_ROWS = `
-- Without a pending list, which every look-up would read for each id that it looks up.
create index waiting_message_cites on waiting_message using gin (cites) with (fastupdate = off);
drop table waiting_reference;
-- The sweep, which is rare, reads the whole table; every message would have to be entered into the index.
drop index waiting_message_expiry;

-- Ids that became known or cited since the last join of the two, those of one statement in one row; see
-- waiting-messages.ts. Without a key on purpose: a transaction that found its ids here already, and left it at that,
-- could have them deleted before it commits.
create table fresh_digests (
  digests uuid[] not null
);
insert into fresh_digests (digests) select array_agg(digest) from fresh_digest having count(*) > 0;
drop table fresh_digest;
`;
