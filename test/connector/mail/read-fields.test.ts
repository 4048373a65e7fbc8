import { expect } from 'chai';

import { authorOf } from '../../../connector/src/mail/author.ts';
import { failedRecipient } from '../../../connector/src/mail/failed-recipient.ts';
import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';
import { derivedMessageId, ownMessageIds } from '../../../connector/src/mail/own-message-ids.ts';
import { READ_FIELDS } from '../../../connector/src/mail/read-fields.ts';
import { citedIds } from '../../../connector/src/match/cited-ids.ts';

const WANTED = new Set(READ_FIELDS.map((name) => name.toLowerCase()));

/** What a mailbox returns that is asked for these fields alone. */
const shown = (block: HeaderBlock): HeaderBlock => block.filter(([name]) => WANTED.has(name.toLowerCase()));

const ANSWER: HeaderBlock = [
  ['Received', 'from mx.example by mail.example'],
  ['Message-ID', '<new@example.org>'],
  ['X-Microsoft-Original-Message-ID', '<old@example.org>'],
  ['X-Google-Original-Message-ID', '<older@example.org>'],
  ['In-Reply-To', '<parent@example.com>'],
  ['References', '<root@example.com> <parent@example.com>'],
  ['X-MS-Exchange-Parent-Message-Id', '<exchange@example.com>'],
  ['Auto-Submitted', 'auto-replied'],
  ['X-Failed-Recipients', 'lena@lead.example.org'],
  ['From', 'Sales <sales@lists.example.org>'],
  ['Sender', 'owner@lists.example.org'],
  ['Reply-To', 'Lena <lena@lead.example.org>'],
  ['X-Original-From', 'Lena <lena@lead.example.org>'],
  ['List-Post', '<mailto:sales@lists.example.org>'],
  ['To', 'ida@rep.example.com'],
  ['Cc', 'otto@rep.example.com'],
  ['Date', 'Tue, 3 Mar 2026 10:00:00 +0100'],
  ['Subject', 'Re: Spring offer'],
];

const READERS: [title: string, read: (block: HeaderBlock) => unknown][] = [
  ['what a message answers', (block) => citedIds(block)],
  ['the ids of a message', ownMessageIds],
  ['the stand-in for a missing id', derivedMessageId],
  ['the author', authorOf],
  ['the failed recipient', (block) => failedRecipient(block)],
];

describe('the fields that a mailbox is asked for', () => {
  it('are names of header fields, each once', () => {
    for (const name of READ_FIELDS) expect(name).to.match(/^[A-Za-z-]+$/);
    expect(WANTED.size).to.equal(READ_FIELDS.length);
  });

  it('hold nothing of what stands in the body', () => {
    expect(READ_FIELDS.filter((name) => /^(?:content-(?!type|class)|body)/i.test(name))).to.deep.equal([]);
  });

  for (const [title, read] of READERS) {
    it(`are enough to read ${title}`, () => {
      const alone = (name: string) => ANSWER.filter(([fieldName]) => fieldName !== name);
      for (const name of ['', 'X-Original-From', 'From', 'Message-ID', 'In-Reply-To']) {
        expect(read(shown(alone(name)))).to.deep.equal(read(alone(name)));
      }
    });
  }
});
