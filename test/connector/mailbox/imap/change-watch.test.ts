import { expect } from 'chai';

import {
  createFolderWatch,
  type FolderWatch,
  type SeenFolders,
} from '../../../../connector/src/mailbox/imap/change-watch.ts';
import type { ImapConnection } from '../../../../connector/src/mailbox/imap/imap-connection.ts';
import type { FolderStatus } from '../../../../connector/src/mailbox/imap/uid-window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const [LOOK, IDLE] = [15 * SECOND, 28 * MINUTE];

describe('the wait for what comes into the folders of a mailbox', () => {
  let now: number;
  let looks: number[];
  let folders: Map<string, FolderStatus>;
  let watch: FolderWatch;
  let end: AbortController;
  let endAt: number;
  let open: FolderStatus | undefined;

  const holding = (messages: number): FolderStatus => ({ uidValidity: '7', uidNext: messages + 1, messages });
  const standing = (): SeenFolders => new Map(folders);

  beforeEach(() => {
    [now, looks, open, end] = [0, [], undefined, new AbortController()];
    folders = new Map(['INBOX', 'Clients', 'Sent'].map((path) => [path, holding(3)]));
    watch = createFolderWatch({ lookMs: LOOK, idleMs: IDLE, now: () => now });
    watch.wasRead(standing());
  });

  /** A connection over which nothing comes into the inbox; time passes while somebody waits in it. */
  const quiet = {
    labels: false,
    listFolders: () => {
      looks.push(now);
      const listed = [...folders].map(([path, status]) => ({
        path,
        name: path,
        attributes: new Set<string>(),
        status,
      }));
      return Promise.resolve(listed.map((folder) => ({ ...folder, own: true })));
    },
    opened: () => open,
    examine: (path) => Promise.resolve((open = folders.get(path))),
    waitForMessages: (_signal, milliseconds) => {
      now += Math.min(milliseconds, endAt - now);
      if (now >= endAt) end.abort();
      return Promise.resolve(false);
    },
  } satisfies Partial<ImapConnection>;

  async function waitFor(milliseconds: number): Promise<boolean> {
    [end, endAt] = [new AbortController(), now + milliseconds];
    return watch.waitUntilGrown(quiet as unknown as ImapConnection, end.signal);
  }

  const pauses = (): number[] => looks.slice(1).map((at, place) => at - looks[place]!);

  it('looks at the other folders ever less often while nothing comes into them, and never more than 28 minutes apart', async () => {
    expect(await waitFor(24 * HOUR)).to.equal(false);
    expect(pauses()[0]).to.equal(LOOK);
    const afterAnHour = pauses()[looks.findIndex((at) => at > HOUR)]!;
    expect(afterAnHour).to.be.within(7 * MINUTE, 10 * MINUTE);
    expect(pauses().slice(-20).map(Math.round)).to.deep.equal(Array(20).fill(IDLE));
  });

  it('looks often again once something has come into another folder', async () => {
    await waitFor(24 * HOUR);
    folders.set('Clients', holding(4));
    expect(await waitFor(HOUR)).to.equal(true);
    expect(await waitFor(HOUR), 'what has not been read is told again').to.equal(true);
    watch.wasRead(standing());
    looks = [];
    await waitFor(MINUTE);
    expect(pauses()[0]).to.equal(LOOK);
  });

  it('looks often again once a reading has found something in another folder that no look had seen', async () => {
    await waitFor(24 * HOUR);
    folders.set('Clients', holding(4));
    watch.wasRead(standing());
    looks = [];
    await waitFor(MINUTE);
    expect(pauses()[0]).to.equal(LOOK);
  });

  it('does not look more often for what comes into the inbox, of which the server tells', async () => {
    await waitFor(24 * HOUR);
    folders.set('INBOX', holding(4));
    watch.wasRead(standing());
    looks = [];
    await waitFor(HOUR);
    expect(looks).to.have.length(2);
  });

  it('takes a reading of all folders for a look', async () => {
    await waitFor(24 * HOUR);
    looks = [];
    for (let sweep = 0; sweep < 5; sweep += 1) {
      watch.wasRead(standing());
      await waitFor(27 * MINUTE);
    }
    expect(looks).to.deep.equal([]);
  });

  it('ends for a message that came between the reading and the opening of the inbox', async () => {
    await waitFor(MINUTE);
    watch.wasRead(standing());
    open = holding(4);
    expect(await waitFor(MINUTE)).to.equal(true);
  });

  it('ends at once while the folders have not been read to their end', async () => {
    watch.wasRead(undefined);
    expect(await waitFor(HOUR)).to.equal(true);
    expect(now).to.equal(0);
  });
});
