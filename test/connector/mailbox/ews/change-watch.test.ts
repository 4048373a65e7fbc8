import { expect } from 'chai';

import { createConnectionSlots } from '../../../../connector/src/mailbox/connection-slots.ts';
import type { EwsOptions } from '../../../../connector/src/mailbox/ews/ews-options.ts';
import type { Mailbox } from '../../../../connector/src/mailbox/mailbox.ts';
import { mail } from '../../../contract/sample-mail.ts';
import { until } from '../../../servers/poll.ts';
import { serverBusy } from '../../../simulators/ews/ews-error.ts';
import {
  startEwsSimulator,
  type EwsSimulator,
  type EwsSimulatorOptions,
} from '../../../simulators/ews/ews-simulator.ts';
import { BASIC, openRepMailbox, PASSWORD, REP } from './ews-harness.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
/** Longer than any test: what is found was told by the server. */
const NEVER = 3_600_000;

describe('waiting for change in an Exchange mailbox', () => {
  let simulator: EwsSimulator;
  let mailbox: Mailbox;
  let end: AbortController;

  async function start(server: EwsSimulatorOptions = {}, options: Partial<EwsOptions> = {}): Promise<void> {
    simulator = await startEwsSimulator(server);
    simulator.mailbox(REP, { password: PASSWORD });
    mailbox = openRepMailbox(simulator, options);
    await readToEnd(mailbox);
  }

  beforeEach(() => {
    end = new AbortController();
  });

  afterEach(async () => {
    end.abort();
    await mailbox.close();
    await simulator.close();
    expect(simulator.violations).to.deep.equal([]);
  });

  async function readToEnd(read: Mailbox): Promise<void> {
    let page = await read.changesSince(await read.openingCursor(LONG_AGO), 500);
    while (!page.caughtUp) page = await read.changesSince(page.cursor, 500);
  }
  const deliver = (id: string, folder = 'inbox', isDraft = false): string =>
    simulator.deliver(REP, mail({ id }), { folder, isDraft }).id;
  const streaming = (): Promise<unknown> => until('the server', () => Promise.resolve(simulator.openStreams === 1));
  const asked = (operation: string): number => simulator.requests.filter((one) => one.operation === operation).length;

  for (const prefixes of ['s', 'soap', 'default'] as const) {
    it(`is ended by a stream of events, whatever prefix its envelopes have (${prefixes}) and however it is cut`, async () => {
      await start({ prefixes, chunkBytes: 11, heartbeatMs: 10 });
      const waiting = mailbox.waitForChange(end.signal);
      await streaming();
      deliver('<tells@x>', simulator.addFolder(REP, 'Überall', 'inbox'));
      await waiting;
      expect(end.signal.aborted).to.equal(false);
    });
  }

  it('takes an event that comes late, without a watermark, with several in one envelope', async () => {
    await start({ watermarks: false, eventDelayMs: 50 });
    const waiting = mailbox.waitForChange(end.signal);
    await streaming();
    for (const id of ['<1@x>', '<2@x>']) deliver(id);
    await waiting;
  });

  it('goes on when the server ends the connection in order, with the same subscription', async () => {
    await start({ minuteMs: 1, heartbeatMs: 5 });
    const waiting = mailbox.waitForChange(end.signal);
    await until('the server', () => Promise.resolve(asked('GetStreamingEvents') > 2));
    deliver('<1@x>');
    await waiting;
    expect(asked('Subscribe')).to.equal(1);
  });

  it('is not ended by an event of what was read already, of a draft folder or of a read mark', async () => {
    await start({ minuteMs: 1, heartbeatMs: 5 });
    const waiting = mailbox.waitForChange(end.signal);
    await streaming();
    const id = deliver('<1@x>');
    await waiting;
    await readToEnd(mailbox);
    const again = mailbox.waitForChange(end.signal);
    const streams = asked('GetStreamingEvents');
    simulator.state(REP).setRead(id, true);
    deliver('<draft@x>', 'drafts', true);
    await until('the server', () => Promise.resolve(asked('GetStreamingEvents') > streams + 2));
    deliver('<2@x>');
    await again;
    expect((await mailbox.changesSince(await mailbox.openingCursor(LONG_AGO), 500)).messages).to.have.length(2);
  });

  it('begins anew, and looks into the mailbox, when the server has forgotten its subscription', async () => {
    await start();
    const first = mailbox.waitForChange(end.signal);
    await streaming();
    deliver('<1@x>');
    await first;
    await readToEnd(mailbox);
    simulator.forgetSubscriptions();
    deliver('<2@x>');
    await mailbox.waitForChange(end.signal);
    await readToEnd(mailbox);
    const again = mailbox.waitForChange(end.signal);
    await until('a new subscription', () => Promise.resolve(asked('Subscribe') === 2));
    deliver('<3@x>');
    await again;
  });

  it('fails, so that it is begun again, when the stream breaks or falls silent', async () => {
    await start({}, { timeouts: { silenceMs: 100 } });
    const broken = mailbox.waitForChange(end.signal);
    broken.catch(() => undefined);
    await streaming();
    simulator.breakStreams();
    for (const waiting of [broken, mailbox.waitForChange(end.signal)]) {
      const error: unknown = await waiting.catch((reason: unknown) => reason);
      expect(error).to.include({ name: 'MailboxError', code: 'retry' });
    }
  });

  it('hands on how long a busy server wants to be left alone', async () => {
    await start();
    simulator.failNext({ kind: 'error', error: serverBusy(5000) }, { operation: 'GetStreamingEvents' });
    const error: unknown = await mailbox.waitForChange(end.signal).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'retry', retryAfterMs: 5000 });
  });

  for (const [name, server] of [
    ['has no streams', { streaming: false }],
    ['has neither streams nor watermarks', { streaming: false, watermarks: false }],
    ['has no subscriptions at all', { streaming: false, pull: false }],
    ['keeps no further connection', { connections: 0 }],
  ] as const) {
    it(`is ended by a look when the server ${name}`, async () => {
      await start(server, { timeouts: { pollMs: 20 } });
      const waiting = mailbox.waitForChange(end.signal);
      await until('the server', () => Promise.resolve(asked('Subscribe') > 0));
      deliver('<1@x>');
      await waiting;
    });
  }

  describe('tells whether a stream is there, and asks the server for nothing while there is none,', () => {
    let told: boolean[];
    const listening = (listens: boolean): void => void told.push(listens);
    beforeEach(() => {
      told = [];
    });

    it('at each sign of life', async () => {
      await start({ heartbeatMs: 5 });
      const waiting = mailbox.waitForChange(end.signal, listening);
      await until('signs of life', () => Promise.resolve(told.length > 3));
      expect(new Set(told)).to.deep.equal(new Set([true]));
      deliver('<1@x>');
      await waiting;
    });

    it('when the stream breaks', async () => {
      await start();
      const waiting = mailbox.waitForChange(end.signal, listening).catch(() => undefined);
      await streaming();
      simulator.breakStreams();
      await waiting;
      expect(told.at(-1)).to.equal(false);
    });

    for (const [name, server] of [
      ['has no streams', { streaming: false }],
      ['keeps no further connection', { connections: 0 }],
    ] as const) {
      it(`when the server ${name}`, async () => {
        await start(server);
        const waiting = mailbox.waitForChange(end.signal, listening);
        await until('the refusal', () => Promise.resolve(told.length > 0));
        const before = asked('SyncFolderItems');
        deliver('<1@x>');
        end.abort();
        await waiting;
        expect([new Set(told), asked('SyncFolderItems') - before]).to.deep.equal([new Set([false]), 0]);
      });
    }
  });

  it('gives its connection back at once when it is aborted', async () => {
    await start();
    const waiting = mailbox.waitForChange(end.signal);
    await streaming();
    end.abort();
    await waiting;
    await until('the server', () => Promise.resolve(simulator.openStreams === 0));
  });

  it('gives its subscription back when the mailbox is closed', async () => {
    await start();
    const waiting = mailbox.waitForChange(end.signal);
    await streaming();
    await mailbox.close();
    await waiting;
    expect(simulator.subscriptions).to.equal(0);
  });

  it('shares the hanging connections of a server among all mailboxes, and those that have none look by themselves', async () => {
    await start({}, { timeouts: { pollMs: 50 } });
    const slots = createConnectionSlots({ open: 2, turnMs: NEVER });
    const others = Array.from({ length: 5 }, (_, index) => `rep${index}@example.test`);
    const account = { user: 'svc', password: 'p', address: 'svc@example.test', impersonates: others };
    simulator.account(account);
    const opened = others.map((address) => {
      simulator.mailbox(address);
      const credential = () => Promise.resolve({ ...BASIC, user: 'svc', password: 'p' });
      return openRepMailbox(simulator, { address, impersonate: true, credential, slots, timeouts: { pollMs: 50 } });
    });
    for (const other of opened) await readToEnd(other);
    const waiting = opened.map((other) => other.waitForChange(end.signal));
    await until('the server', () => Promise.resolve(simulator.openStreams === 2));
    for (const address of others) simulator.deliver(address, mail({ id: `<to-${address}>` }));
    await Promise.all(waiting);
    await Promise.all(opened.map((other) => other.close()));
  });
});
