import type { Database } from '../../connector/src/store/database.ts';
import { openStore } from '../../connector/src/store/postgres-store.ts';
import type { Digest, Store } from '../../connector/src/store/store.ts';
import { reasonAgainst } from '../../test/servers/require-server.ts';
import { scaled, type Measured, type Skipped, type Surroundings } from './benchmark.ts';
import { createRandom } from './random.ts';
import { median, rounded } from './statistics.ts';
import { engineOf, openPostgresql } from './stores.ts';

const FEW = 200_000;
const MANY = 10_000_000;
/** A mail leads by its own id, by its thread and by the ids of its answers. */
const IDS_A_MAIL = 4;
const IDS_A_LOOKUP = 500;
const LOOKUPS = 200;

/** A store with so many ids, filled by SQL alone: through the product the first load takes most of a minute a million. */
interface FilledStore {
  readonly store: Store;
  readonly database: Database;
  readonly ids: number;
}

/** The p50 of a look-up of 500 ids among ten million tracked ids beside that among 200,000. */
export async function measureLookup(surroundings: Surroundings): Promise<Measured | Skipped> {
  const missing = reasonAgainst('postgresql');
  if (missing !== undefined) return { skipped: missing };
  const few = await fill(surroundings, scaled(FEW, surroundings, 1000));
  const many = await fill(surroundings, scaled(MANY, surroundings, 2000));
  surroundings.progress('looking up');
  const times = { few: [] as number[], many: [] as number[] };
  const lookups = scaled(LOOKUPS, surroundings, 5);
  // In turns, so that whatever else the machine does meets both; the first look-up of each opens a connection.
  for (let round = 0; round <= lookups; round += 1) {
    const [before, after] = [await lookUp(few, round), await lookUp(many, round)];
    if (round === 0) continue;
    times.few.push(before);
    times.many.push(after);
  }
  return measured(times, { few, many, sizes: await indexSizes(many) });
}

async function fill(surroundings: Surroundings, ids: number): Promise<FilledStore> {
  const { progress } = surroundings;
  const database = await openPostgresql(surroundings);
  const store = await openStore(database);
  const mails = Math.ceil(ids / IDS_A_MAIL);
  progress(`filling a database with ${ids} ids of ${mails} mails`);
  await database.transaction(async (tx) => {
    // What checks foreign keys row by row would take most of the time.
    await tx.execute('set local session_replication_role = replica');
    await tx.query(
      `insert into tracked_mail (message_key, message_id, subject, sent_at, owner_id, source, tracked_email_id, expires_at)
       select id, id, 'Our offer', $2, '005000000000001AAA', 'Sequence', 'a01' || lpad(number::text, 12, '0') || 'AAA', $3
       from (select number, ${MESSAGE_ID} as id from generate_series(1, $1::integer) as number) m`,
      [mails, new Date('2026-02-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z')],
    );
    await tx.query(
      `insert into tracked_recipient (mail_id, address, role, person_id)
       select number, 'lead' || number || '@buyer.example', 'To', '003' || lpad(number::text, 12, '0') || 'AAA'
       from generate_series(1, $1::integer) as number`,
      [mails],
    );
    await tx.query(
      `insert into known_id (digest, mail_id, role)
       select ${DIGEST}, (number - 1) / ${IDS_A_MAIL} + 1, 'own' from generate_series(1, $1::integer) as number`,
      [ids],
    );
  });
  await database.execute('vacuum analyze');
  return { store, database, ids };
}

/** 79 characters, random for the most part as those of the product. */
const MESSAGE_ID = `'CA' || md5(number::text) || md5((-number)::text) || '@mail.example'`;
/** Random as those of the product; one query has to find them again. */
const DIGEST = `md5('id ' || number)::uuid`;

async function lookUp({ store, database, ids }: FilledStore, round: number): Promise<number> {
  const random = createRandom(round + 1);
  const numbers = Array.from({ length: IDS_A_LOOKUP }, (_, place) =>
    place % 2 === 0 ? 1 + random.below(ids) : -1 - random.below(ids),
  );
  const rows = await database.query<{ digest: Digest }>(
    `select md5('id ' || number)::uuid::text as digest from unnest($1::integer[]) as number`,
    [numbers.map(String)],
  );
  const begun = performance.now();
  const found = await store.knownIds(rows.map(({ digest }) => digest));
  const took = performance.now() - begun;
  const wanted = new Set(numbers.filter((number) => number > 0)).size;
  if (found.size !== wanted) throw new Error(`Of ${wanted} known ids ${found.size} were found.`);
  return took;
}

interface Sizes {
  readonly digestKeyBytes: number;
  readonly textKeyBytes: number;
}

/** The key of the digests beside one of the ids themselves: both rebuilt, so that neither has more room to spare. */
async function indexSizes({ database, ids }: FilledStore): Promise<Sizes> {
  await database.execute('reindex index known_id_pkey');
  await database.query(
    `create table text_key as
     select ${MESSAGE_ID} as message_id, number::bigint as mail_id from generate_series(1, ${ids}) as number`,
  );
  await database.execute('alter table text_key add primary key (message_id, mail_id)');
  const [row] = await database.query<Sizes>(
    `select pg_relation_size('known_id_pkey')::float8 / ${ids} as "digestKeyBytes",
       pg_relation_size('text_key_pkey')::float8 / ${ids} as "textKeyBytes"`,
  );
  return row!;
}

async function measured(
  times: { few: readonly number[]; many: readonly number[] },
  { few, many, sizes }: { few: FilledStore; many: FilledStore; sizes: Sizes },
): Promise<Measured> {
  const [before, after] = [median(times.few), median(times.many)];
  const bytes = { digestKey: rounded(sizes.digestKeyBytes), textKey: rounded(sizes.textKeyBytes) };
  return {
    ratio: rounded(after / before),
    words: `p50 ${rounded(after)} ms among ${many.ids} ids, ${rounded(before)} ms among ${few.ids}; ${bytes.digestKey} bytes of index an id, ${bytes.textKey} with the id as text (${rounded(bytes.digestKey / bytes.textKey)})`,
    detail: {
      what: 'one look-up of 500 ids by their digests, half of them known, tracked mails and recipients joined, as a page makes it; in turns on both databases of one server',
      engine: await engineOf(many.database),
      ids: { few: few.ids, many: many.ids },
      idsOfAMail: IDS_A_MAIL,
      lookups: times.many.length,
      p50Ms: { few: rounded(before), many: rounded(after) },
      indexBytesAnId: { ...bytes, ratio: rounded(bytes.digestKey / bytes.textKey) },
    },
  };
}
