import { expect } from 'chai';

import { parseHeaderBlock } from '../../../connector/src/mail/header-block.ts';
import type { MailboxMessage } from '../../../connector/src/mailbox/mailbox.ts';
import type { Reply } from '../../../connector/src/match/reply.ts';
import { conservationDifference } from '../../../connector/src/store/conservation.ts';
import { resolveWaiting } from '../../../connector/src/sync/resolve-waiting.ts';
import type { StoreCounts } from '../../../connector/src/store/store.ts';
import { headerBlock, sentText } from './header-text.ts';
import { newWorld, type SyncWorld } from './sync-world.ts';

const SENT = 'sent-1@seller.example';
const FROM = 'From: Stranger <stranger@x.example>\r\n';
const ANSWERS = `In-Reply-To: <${SENT}>\r\n`;

/** Just under the 1 MB that is read of a header block. */
const manyIds = Array.from({ length: 100_000 }, (_, number) => `<${number.toString(36)}@x>`).join(' ');
const BREAK_OUT = [
  `x' OR Id != '@x.example`,
  `x') ; drop table mailbox; --@x.example`,
  `x\\' UNION SELECT@x.example`,
  `x" , $1 , :bind @x.example`,
];

interface Hostile {
  readonly name: string;
  readonly raw: string | Buffer;
  /** The replies it is; none unless it says which. */
  readonly replies?: readonly Partial<Reply>[];
  /** 1 when it waits for a mail that it cites. */
  readonly waiting?: 0 | 1;
}

const MESSAGES: readonly Hostile[] = [
  { name: 'an empty header block', raw: '' },
  { name: 'a header block of line ends', raw: '\r\n\r\n\r\n' },
  {
    name: 'a header block of 1 MB in one field',
    raw: `${ANSWERS}${FROM}X-Long: ${'a'.repeat(1_048_576)}\r\n`,
    replies: [{}],
  },
  {
    name: 'a header block of 1 MB in folds',
    raw: `${ANSWERS}${FROM}Subject: ${'a\r\n '.repeat(260_000)}\r\n`,
    replies: [{ from: 'stranger@x.example' }],
  },
  { name: 'a header block of 1 MB in fields', raw: `${ANSWERS}${FROM}${'X: y\r\n'.repeat(170_000)}`, replies: [{}] },
  { name: 'an answer without Message-ID', raw: `${ANSWERS}${FROM}`, replies: [{ from: 'stranger@x.example' }] },
  { name: 'a message without any id', raw: FROM },
  { name: 'an answer of nobody', raw: `${ANSWERS}Message-ID: <nobody@x>\r\n`, replies: [{ from: '' }] },
  { name: 'a hundred thousand unknown ids', raw: `${FROM}References: ${manyIds}\r\n`, waiting: 1 },
  {
    name: 'a hundred thousand ids and then ours',
    raw: `${FROM}References: ${manyIds} <${SENT}>\r\n`,
    replies: [{ matchedBy: 'References' }],
  },
  { name: 'a hundred thousand ids as its own', raw: `${ANSWERS}${FROM}Message-ID: ${manyIds}\r\n`, replies: [{}] },
  {
    name: 'NUL and 8-bit bytes everywhere',
    raw: Buffer.from(
      `${ANSWERS}Message-ID: <n\0\xff@x>\r\nFrom: \0\xe9 <s\xff@x.example>\r\nSubject: a\0b \xff\xfe\r\n`,
      'latin1',
    ),
    replies: [{ subject: 'a b \xff\xfe' }],
  },
  {
    name: 'names of the prototype as field names',
    raw: `${ANSWERS}${FROM}__proto__: x\r\nconstructor: y\r\nhasOwnProperty: z\r\ntoString: 1\r\n`,
    replies: [{ from: 'stranger@x.example' }],
  },
  { name: 'names of the prototype as ids', raw: `${FROM}In-Reply-To: <__proto__> <constructor>\r\n`, waiting: 1 },
  {
    name: 'an id of its own that breaks out of a query',
    raw: `${ANSWERS}${FROM}Message-ID: <${BREAK_OUT[0]}>\r\n`,
    replies: [{ messageKey: SENT }],
  },
  ...BREAK_OUT.map((id) => ({
    name: `the cited id ${id}`,
    raw: `${FROM}In-Reply-To: <${id}>\r\n`,
    waiting: 1 as const,
  })),
];

describe('a hostile message', () => {
  let world: SyncWorld;
  beforeEach(async () => {
    world = await newWorld();
    await world.register(SENT);
  });
  afterEach(async () => expect(conservationDifference(await world.store.counts())).to.equal(0));

  const deliver = (raw: string | Buffer, folder: MailboxMessage['folder'] = 'other'): string =>
    world.mailbox.deliver({ fields: parseHeaderBlock(Buffer.from(raw as string, 'latin1')), folder });
  const counts = (): Promise<StoreCounts> => world.store.counts();

  for (const { name, raw, replies = [], waiting = 0 } of MESSAGES) {
    it(`comes to a defined end and lets the next one be found: ${name}`, async () => {
      const undecided: unknown[] = [];
      deliver(raw);
      world.mailbox.deliver({ fields: headerBlock({ id: 'next@buyer.example', inReplyTo: SENT }) });
      const onUndecided = ({ fault }: { fault: unknown }): unknown => undecided.push(fault);
      const summary = await world.sync({ onUndecided });
      expect(undecided).to.deep.equal([]);
      expect(summary).to.deep.equal({ messages: 2, newReplies: replies.length + 1, more: false });
      expect(await counts()).to.include({ seen: 2, waiting, outboxPending: replies.length + 1 });
      const found = (await world.replies()).filter(({ from }) => from !== 'lead@buyer.example');
      expect(found).to.have.lengthOf(replies.length);
      replies.forEach((reply, place) => expect(found[place]).to.deep.include(reply));
    });
  }

  for (const id of BREAK_OUT) {
    it(`can be a sent mail of ours, whose answer is found: ${id}`, async () => {
      await world.enrol();
      world.mailbox.deliver({ fields: headerBlock(sentText(id)), folder: 'sent' });
      world.mailbox.deliver({ fields: headerBlock({ id: 'a@buyer.example', inReplyTo: id }) });
      expect(await world.sync()).to.deep.equal({ messages: 2, newReplies: 1, more: false });
      const [mail, task] = await world.outbox();
      expect([mail?.type, task?.type]).to.deep.equal(['TrackedEmail', 'Task']);
      expect((await world.replies())[0]?.messageKey).to.equal(mail?.key);
    });
  }

  it('is found when a mail is registered late under an id that breaks out of a query', async () => {
    BREAK_OUT.forEach((inReplyTo, place) =>
      world.mailbox.deliver({ fields: headerBlock({ id: `to-${place}@buyer.example`, inReplyTo }) }),
    );
    await world.sync();
    for (const id of BREAK_OUT) await world.register(id.replaceAll(' ', ''));
    expect(await resolveWaiting(world.options)).to.equal(BREAK_OUT.length);
    expect(await world.store.mailboxes()).to.have.lengthOf(1);
  });

  it('that is one of five hundred with the same id, each citing all our mails, is one reply', async () => {
    const ids = Array.from({ length: 60 }, (_, number) => `sent-${number}@seller.example`);
    for (const id of ids) await world.register(id);
    const fields = headerBlock({ id: 'same@x.example', references: ids });
    for (let count = 0; count < 500; count += 1) world.mailbox.deliver({ fields });
    expect(await world.sync()).to.deep.equal({ messages: 500, newReplies: 1, more: false });
  });
});
