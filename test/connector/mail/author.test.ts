import { expect } from 'chai';
import { authorOf } from '../../../connector/src/mail/author.ts';
import type { HeaderBlock } from '../../../connector/src/mail/header-field.ts';

describe('authorOf', () => {
  const cases: [title: string, block: HeaderBlock, address: string | undefined][] = [
    [
      'the sender in From',
      [
        ['From', 'Ann <ann@x.org>'],
        ['Reply-To', 'desk@x.org'],
      ],
      'ann@x.org',
    ],
    [
      'the author behind a From that Mailman has rewritten',
      [
        ['From', 'Ann via Users <users@lists.org>'],
        ['List-Post', '<mailto:users@lists.org>'],
        ['Reply-To', 'users@lists.org, Ann <ann@x.org>'],
      ],
      'ann@x.org',
    ],
    [
      'the author behind a From that Google Groups has rewritten',
      [
        ['From', "'Ann' via Team <team@x.org>"],
        ['X-Original-From', 'Ann <ann@y.org>'],
      ],
      'ann@y.org',
    ],
    [
      'the list, when nothing else is named',
      [
        ['From', 'users@lists.org'],
        ['List-Post', 'NO'],
        ['List-Post', '<mailto:Users@lists.org?subject=x>'],
      ],
      'users@lists.org',
    ],
    [
      'the author behind a list whose first List-Post forbids posts',
      [
        ['From', 'Ann via Users <users@lists.org>'],
        ['List-Post', 'NO (news only)'],
        ['List-Post', '<mailto:users@lists.org>'],
        ['Reply-To', 'Ann <ann@x.org>'],
      ],
      'ann@x.org',
    ],
    [
      'the author behind a list that names its archive before its address',
      [
        ['From', 'Ann via Users <users@lists.org>'],
        ['List-Post', '<https://lists.org/users/post>, <mailto: Users@Lists.org >'],
        ['Reply-To', 'users@lists.org'],
        ['Reply-To', 'Ann <ann@x.org>'],
      ],
      'ann@x.org',
    ],
    ['Sender, when From is missing', [['Sender', 'ann@x.org']], 'ann@x.org'],
    ['nobody, when nobody is named', [['Subject', 'x']], undefined],
  ];
  for (const [title, block, address] of cases) {
    it(`is ${title}`, () => {
      expect(authorOf(block)?.address).to.equal(address);
    });
  }
});
