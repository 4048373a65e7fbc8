import { expect } from 'chai';
import { rm } from 'node:fs/promises';

import type { Database } from '../../../connector/src/store/database.ts';
import { migrate, MIGRATIONS } from '../../../connector/src/store/migrate.ts';
import { openPgliteDatabase } from '../../../connector/src/store/pglite-database.ts';
import { openPostgresDatabase } from '../../../connector/src/store/postgres-database.ts';
import { openStore } from '../../../connector/src/store/postgres-store.ts';
import { NOW, PERSON, REP, sampleRegistration } from '../../contract/store-samples.ts';
import { newDataFolder } from '../../fixtures/data-folder.ts';
import { startPostgresql } from '../../servers/postgresql.ts';
import { requireServer } from '../../servers/require-server.ts';
import { stopAfterTests } from '../../servers/server-process.ts';

const SENT = 'sent-1@seller.example';

/** What the first version of the program left behind in the middle of its work. */
const FIRST_DATA = `
insert into mailbox (provider, address, owner_id, cursor, cursor_version, read_since, caught_up_at, seen_count, matched_count)
  values ('imap', 'rep@seller.example', '${REP}', '{"uid": 7}', 3, '2026-02-01Z', '2026-03-01Z', 5, 1);
insert into tracked_mail (message_key, message_id, sent_at, owner_id, source, expires_at)
  values ('${SENT}', '${SENT}', '2026-02-20Z', '${REP}', 'Sequence', '2027-02-20Z');
insert into tracked_recipient (mail_id, address, role, person_id) values (1, 'lead@buyer.example', 'To', '${PERSON}');
insert into seen_message (mailbox_id, digest, at) select 1, md5(n::text)::uuid, '2026-03-01Z' from generate_series(1, 5) n;
insert into matched_message (digest, at) values (md5('1')::uuid, '2026-03-01Z');
insert into waiting_message (digest, mailbox_id, reference, message_hash, kind, side, received_at, expires_at, cites)
  values (md5('2')::uuid, 1, 'INBOX/2', 'hash', 'human', 'outside', '2026-03-01Z', '2026-04-01Z', array[md5('late')::uuid]);
insert into waiting_reference (cited, waiting) values (md5('late')::uuid, md5('2')::uuid);
insert into fresh_digest (digest) values (md5('late')::uuid);
insert into outbox (type, key, payload, created_at) values ('Task', 'pending', '{"replyKey": "pending", "kind": "human",
  "from": "a@b", "subject": "Re", "receivedAt": "2026-03-01T00:00:00Z", "matchedBy": "References",
  "replier": "Recipient", "messageKey": "${SENT}", "ownerId": "${REP}", "personId": "${PERSON}"}', '2026-03-01Z');
insert into outbox (type, key, state, record_id, created_at, settled_at)
  values ('Task', 'delivered', 'delivered', '00T000000000001AAA', '2026-03-01Z', '2026-03-01Z');
insert into halt_latch (person_id, reply_key, at) values ('${PERSON}', 'pending', '2026-03-01Z');
insert into halt_latch (person_id, reply_key, at, acknowledged_at) values ('other', 'delivered', '2026-03-01Z', '2026-03-01Z');
insert into enrolment (campaign_status_id, person_id, address, address_digest, owner_id, status)
  values ('a02', '${PERSON}', 'lead@buyer.example', md5('lead')::uuid, '${REP}', 'Active');
insert into pull_position (source, system_modstamp, record_id) values ('CampaignStatus', '2026-03-01T00:00:00Z', 'a02');
`;

describeUpgrade('PostgreSQL', async (context) => {
  requireServer(context, 'postgresql');
  return openPostgresDatabase(await (await startPostgresql()).createDatabase());
});
describeUpgrade('PGlite', async () => {
  const folder = await newDataFolder('upgrade-');
  stopAfterTests(() => rm(folder, { recursive: true }));
  return openPgliteDatabase(folder);
});

function describeUpgrade(engine: string, open: (context: Mocha.Context) => Promise<Database>): void {
  describe(`the upgrade of a running installation on ${engine} from the first schema`, () => {
    let database: Database;

    before(async function () {
      this.timeout(60_000);
      database = await open(this);
      await migrate(database, MIGRATIONS.slice(0, 1));
      await database.execute(FIRST_DATA);
    });
    after(() => database?.close());

    it('keeps every place, every reply, every latch and everything that waits, and goes on from there', async () => {
      const store = await openStore(database);
      expect(await store.mailbox('1')).to.deep.include({ cursor: { uid: 7 }, cursorVersion: 3, messagesRead: 5 });
      const [task] = await store.outboxDue(NOW, 9);
      expect(task).to.deep.include({ type: 'Task', key: 'pending' });
      expect(await store.taskStates(['delivered'])).to.have.lengthOf(1);
      expect([await store.isLatched(PERSON), await store.isLatched('other')]).to.deep.equal([true, false]);
      // When a person was halted was not asked for then: all statuses are read once more.
      expect(await store.pullPosition('CampaignStatus')).to.equal(undefined);
      expect(await store.enrolmentsByAddress(['lead@buyer.example'])).to.have.lengthOf(1);
      const { seen, matched, notReply, excluded, waiting, dead } = await store.counts();
      expect(seen).to.equal(5);
      expect(matched + notReply + excluded + waiting + dead).to.equal(seen);
    });

    it('lets a message that waited before be found by the registration of its mail after', async () => {
      const store = await openStore(database);
      const [late] = await database.query<{ digest: string }>("select md5('late')::uuid::text as digest");
      await store.register(
        [{ ...sampleRegistration(store, 'late@seller.example'), ids: [{ digest: late!.digest, role: 'own' }] }],
        NOW,
      );
      expect((await store.resolvedMessages(9)).map(({ reference }) => reference)).to.deep.equal(['INBOX/2']);
    });

    it('has nothing left to do when it is begun again', async () => {
      const before = await database.query('select * from schema_migration order by version');
      await migrate(database);
      expect(await database.query('select * from schema_migration order by version')).to.deep.equal(before);
      expect(before).to.have.lengthOf(MIGRATIONS.length);
    });

    it('numbers every step, names it, and knows no way back', () => {
      expect(MIGRATIONS.map(({ version }) => version)).to.deep.equal(MIGRATIONS.map((_, place) => place + 1));
      expect(new Set(MIGRATIONS.map(({ name }) => name)).size).to.equal(MIGRATIONS.length);
    });
  });
}
