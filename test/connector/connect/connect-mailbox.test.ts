import { expect } from 'chai';

import {
  checkMailbox,
  connectMailbox,
  disconnectMailbox,
  type Connecting,
} from '../../../connector/src/connect/connect-mailbox.ts';
import { ActionableError } from '../../../connector/src/errors.ts';
import type { ConnectRequest, FacadeEvent, Told } from '../../../connector/src/facade.ts';
import { MailboxError } from '../../../connector/src/mailbox/mailbox-error.ts';
import { daysLater, NOW, REP, samplePage } from '../../contract/store-samples.ts';
import { headerBlock } from '../sync/header-text.ts';
import { memoryMailbox, type MemoryMailbox } from '../sync/memory-mailbox.ts';
import { newWorld, type SyncWorld } from '../sync/sync-world.ts';

const ADDRESS = 'new.rep@seller.example';
const SECRET = 'correct horse battery staple';

const request = (changes: Partial<ConnectRequest> = {}): ConnectRequest => ({
  settings: { provider: 'imap', address: ADDRESS, host: 'imap.seller.example', port: 993, secure: true },
  credential: { kind: 'password', password: SECRET },
  ...changes,
});
const untold: Told = () => undefined;

async function refusal(work: Promise<unknown>): Promise<ActionableError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ActionableError);
  expect((error as ActionableError).actions).not.to.be.empty;
  expect(`${(error as ActionableError).message} ${(error as ActionableError).actions.join(' ')}`).not.to.contain(
    SECRET,
  );
  return error as ActionableError;
}

describe('connecting a mailbox', () => {
  let world: SyncWorld;
  let mailbox: MemoryMailbox;
  let connecting: Connecting;

  beforeEach(async () => {
    world = await newWorld();
    mailbox = memoryMailbox();
    connecting = {
      store: world.store,
      salesforce: {
        usersByEmail: ([address]) => Promise.resolve(new Map(address === ADDRESS ? [[address, REP]] : [])),
      },
      open: () => mailbox,
      seal: (credential, row, save) => save({ keyId: 'key', sealed: `${credential.kind} of ${row.address}` }),
      now: () => NOW,
    };
  });

  const arrive = (days: number, folder: 'other' | 'sent' = 'other'): string =>
    mailbox.deliver({
      fields: headerBlock({ id: `${days}-${folder}@x` }),
      folder,
      receivedAt: daysLater(days),
    });
  const connected = async () => (await world.store.mailboxes()).find(({ address }) => address === ADDRESS);

  it('says before anything is stored whose mailbox it is and what a first read of 14 days covers', async () => {
    for (const days of [-20, -10, -1]) arrive(days);
    arrive(-2, 'sent');
    const check = await checkMailbox(request(), connecting, untold);
    expect(check).to.deep.include({
      ...{ provider: 'imap', address: ADDRESS, owner: { id: REP, name: null }, headerRead: true },
      ...{ since: daysLater(-14).toISOString(), messages: 3 },
    });
    expect(check.folders).to.deep.include({ name: 'sent', kind: 'sent', messages: 1 });
    expect(await connected()).to.equal(undefined);
  });

  it('reads from the day that is named', async () => {
    for (const days of [-20, -10, -1]) arrive(days);
    const since = daysLater(-30).toISOString();
    expect(await checkMailbox(request({ since }), connecting, untold)).to.include({ since, messages: 3 });
  });

  it('does not know the number of messages as a whole when one folder cannot be counted', async () => {
    mailbox.survey = () =>
      Promise.resolve({
        folders: [
          { name: 'INBOX', kind: 'other' as const, messages: 3 },
          { name: 'All', kind: 'other' as const, messages: undefined },
        ],
      });
    const check = await checkMailbox(request(), connecting, untold);
    expect(check.messages).to.equal(null);
    expect(check.folders.map(({ messages }) => messages)).to.deep.equal([3, null]);
  });

  it('connects a mailbox that holds nothing yet', async () => {
    expect(await checkMailbox(request(), connecting, untold)).to.include({ headerRead: false, messages: 0 });
  });

  it('stores settings, sealed credential and what is expected, and never the credential itself', async () => {
    arrive(-1);
    const events: FacadeEvent[] = [];
    const result = await connectMailbox(request(), connecting, (event) => events.push(event));
    expect(result).to.include({ replaced: false, messages: 1 });
    const row = await connected();
    expect(row).to.deep.include({ ownerId: REP, readSince: daysLater(-14), expectedMessages: 1, state: 'active' });
    expect(row?.settings).to.deep.equal(request().settings);
    expect(await world.store.credential(row!.id)).to.deep.equal({ keyId: 'key', sealed: `password of ${ADDRESS}` });
    expect(JSON.stringify([row, result, events])).not.to.contain(SECRET);
    expect(events).not.to.be.empty;
  });

  it('takes the owner that is named without asking Salesforce', async () => {
    const ownerId = '005000000000009AAA';
    await connectMailbox(request({ ownerId }), { ...connecting, salesforce: undefined }, untold);
    expect(await connected()).to.include({ ownerId });
  });

  it('refuses a mailbox that is connected already, and says how to replace it', async () => {
    await connectMailbox(request(), connecting, untold);
    const error = await refusal(connectMailbox(request(), connecting, untold));
    expect(error.message).to.equal(`${ADDRESS} is connected already (imap).`);
    expect(error.actions.join(' ')).to.contain('--replace');
  });

  it('replaces the credential of a connected mailbox and keeps its place', async () => {
    await connectMailbox(request(), connecting, untold);
    const result = await connectMailbox(request({ replace: true }), connecting, untold);
    expect(result.replaced).to.equal(true);
    expect(await connected()).to.include({ revision: 2 });
  });

  describe('that has moved to another provider', () => {
    const gmail = { provider: 'gmail', address: ADDRESS } as const;

    it('takes its place, from 30 days before it was last read to its end', async () => {
      await connectMailbox(request({ since: daysLater(-100).toISOString() }), connecting, untold);
      const { id, cursorVersion } = (await connected())!;
      const cursor = { expectedVersion: cursorVersion, next: {}, caughtUp: true };
      await world.store.commitPage(samplePage(id, { cursor, at: daysLater(-1) }));
      const moved = await connectMailbox(request({ settings: gmail, replace: true }), connecting, untold);
      expect(moved).to.include({ replaced: true, movedFrom: 'imap', since: daysLater(-31).toISOString() });
      expect(await connected()).to.deep.include({
        id,
        provider: 'gmail',
        readSince: daysLater(-31),
        cursor: undefined,
      });
    });

    it('is read from its own beginning when it was never read to its end', async () => {
      await connectMailbox(request({ since: daysLater(-5).toISOString() }), connecting, untold);
      const moved = await connectMailbox(request({ settings: gmail, replace: true }), connecting, untold);
      expect(moved.since).to.equal(daysLater(-5).toISOString());
    });

    it('stays beside the other where nobody says that it replaces it', async () => {
      await connectMailbox(request(), connecting, untold);
      const beside = await connectMailbox(request({ settings: gmail }), connecting, untold);
      expect(beside.movedFrom).to.equal(null);
      const all = (await world.store.mailboxes()).filter(({ address }) => address === ADDRESS);
      expect(all).to.have.length(2);
    });
  });

  it('connects a mailbox again whose credential was refused, without being told to replace it', async () => {
    await connectMailbox(request(), connecting, untold);
    await world.store.setMailboxState((await connected())!.id, 'reconnect', 'The password was refused.');
    await connectMailbox(request(), connecting, untold);
    expect(await connected()).to.include({ state: 'active', lastError: undefined });
  });

  for (const code of ['retry', 'reconnect'] as const) {
    it(`stores nothing of a mailbox that cannot be read (${code}), and says why`, async () => {
      mailbox.failure = new MailboxError(code, 'imap.seller.example:993 refused it.');
      const error = await refusal(connectMailbox(request(), connecting, untold));
      expect(error.message).to.equal('imap.seller.example:993 refused it.');
      expect(await connected()).to.equal(undefined);
    });
  }

  it('cannot tell the rep without Salesforce, and says how to name the rep', async () => {
    const error = await refusal(checkMailbox(request(), { ...connecting, salesforce: undefined }, untold));
    expect(error.actions.join(' ')).to.contain('--target-org').and.to.contain('--owner');
  });

  it('refuses an address that no single active user has', async () => {
    const settings = { ...request().settings, address: 'nobody@seller.example' };
    const error = await refusal(checkMailbox(request({ settings }), connecting, untold));
    expect(error.message).to.contain('No single active Salesforce user').and.to.contain('nobody@seller.example');
  });

  it('refuses a day that has not come yet, and shows what the clock says', async () => {
    const error = await refusal(checkMailbox(request({ since: daysLater(1).toISOString() }), connecting, untold));
    expect(error.actions.join(' ')).to.contain(NOW.toISOString());
  });

  it('disconnects by address, however it is spelt', async () => {
    await connectMailbox(request(), connecting, untold);
    const gone = await disconnectMailbox({ address: ADDRESS.toUpperCase() }, connecting);
    expect(gone).to.deep.equal({ provider: 'imap', address: ADDRESS, forgotten: 0 });
    expect(await connected()).to.equal(undefined);
  });

  it('names the connected mailboxes when another is to be disconnected', async () => {
    const error = await refusal(disconnectMailbox({ address: 'other@seller.example' }, connecting));
    expect(error.actions.join(' ')).to.contain('rep@seller.example');
  });

  it('asks for the provider when an address is connected through two', async () => {
    await connectMailbox(request(), connecting, untold);
    const gmail = { provider: 'gmail', address: ADDRESS } as const;
    await connectMailbox(
      request({ settings: gmail, credential: { kind: 'accessToken', accessToken: SECRET } }),
      connecting,
      untold,
    );
    expect((await refusal(disconnectMailbox({ address: ADDRESS }, connecting))).message).to.contain('imap, gmail');
    expect(await disconnectMailbox({ address: ADDRESS, provider: 'gmail' }, connecting)).to.include({
      provider: 'gmail',
    });
  });
});
