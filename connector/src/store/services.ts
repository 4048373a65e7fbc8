import type { Database, Sql } from './database.ts';
import { mailboxNumber } from './mailbox-number.ts';
import { storableInstant } from './storable.ts';
import type { Service, ServiceBeat, ServiceStart } from './store.ts';

/**
 * An embedded database has one process, so that a service which stands there already is one that was killed, and so is
 * whoever has the turn to write.
 */
export async function registerService(database: Database, service: ServiceStart): Promise<void> {
  await database.transaction(async (tx) => {
    if (database.engine === 'pglite') {
      await tx.query('delete from service');
      await tx.query('update delivery_turn set holder = null, held_until = null');
    }
    await tx.query(
      `insert into service (id, host, pid, version, started_at, beat_at) values ($1::uuid, $2, $3, $4, $5, $5)`,
      [service.id, service.host, service.pid, service.version, storableInstant(service.startedAt)],
    );
  });
}

export async function beatService(database: Database, id: string, at: Date): Promise<ServiceBeat | undefined> {
  const rows = await database.query<{ id: string; beats: number; watched: number; mailboxes: number }>(
    `with beaten as (update service set beats = beats + 1, beat_at = $2 where id = $1::uuid returning id, beats)
     select s.id::text, coalesce((select b.beats from beaten b where b.id = s.id), s.beats) as beats, (select count(*)::integer from mailbox_watch w where w.service_id = s.id) as watched,
       (select count(*)::integer from mailbox) as mailboxes
     from service s where exists (select from beaten)`,
    [id, storableInstant(at)],
  );
  if (rows.length === 0) return undefined;
  const services = rows.map(({ mailboxes: _all, ...service }) => service);
  return { services, mailboxes: rows[0]!.mailboxes };
}

/** Does nothing when the service has given a sign of life since it was seen at this count. */
export async function forgetService(sql: Sql, { id, beats }: { id: string; beats: number }): Promise<boolean> {
  const gone = await sql.query(
    `with gone as (delete from service where id = $1::uuid and beats = $2 returning id::text),
       freed as (update delivery_turn set holder = null, held_until = null where holder in (select id from gone))
     select id from gone`,
    [id, beats],
  );
  return gone.length > 0;
}

/** A call that it gave up waiting for must not keep the others from writing. */
export async function endService(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `with gone as (delete from service where id = $1::uuid)
     update delivery_turn set holder = null, held_until = null where holder = ($1::uuid)::text`,
    [id],
  );
}

export async function readServices(sql: Sql): Promise<Service[]> {
  const rows = await sql.query<{
    readonly id: string;
    readonly host: string;
    readonly pid: number;
    readonly version: string;
    readonly started_at: Date;
    readonly beat_at: Date;
    readonly watched: number;
  }>(
    `select id::text, host, pid, version, started_at, beat_at,
       (select count(*)::integer from mailbox_watch w where w.service_id = s.id) as watched
     from service s order by started_at, id`,
  );
  return rows.map(({ started_at: startedAt, beat_at: beatAt, ...service }) => ({ ...service, startedAt, beatAt }));
}

/** Takes mailboxes that nobody watches, as long as the service itself is not taken for dead. */
export async function watchMailboxes(sql: Sql, id: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ mailbox_id: string }>(
    `insert into mailbox_watch (mailbox_id, service_id)
     select m.id, s.id from service s cross join mailbox m
     where s.id = $1::uuid and not exists (select from mailbox_watch w where w.mailbox_id = m.id)
     order by m.id limit $2 on conflict do nothing returning mailbox_id::text`,
    [id, limit],
  );
  return rows.map((row) => row.mailbox_id);
}

export async function unwatchMailboxes(sql: Sql, id: string, mailboxIds: readonly string[]): Promise<void> {
  await sql.query('delete from mailbox_watch where service_id = $1::uuid and mailbox_id = any($2::integer[])', [
    id,
    mailboxIds.map((mailboxId) => String(mailboxNumber(mailboxId))),
  ]);
}

export async function readWatched(sql: Sql, id: string): Promise<string[]> {
  const rows = await sql.query<{ mailbox_id: string }>(
    'select mailbox_id::text from mailbox_watch where service_id = $1::uuid order by mailbox_id',
    [id],
  );
  return rows.map((row) => row.mailbox_id);
}
