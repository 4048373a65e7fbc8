import { expect } from 'chai';

import type { Facade, PersonErasure, PersonExport } from '../../../connector/src/facade.ts';
import { runCommand } from './run-command.ts';

const PERSON = { addresses: ['mary@buyer.example'], ids: ['003000000000001AAA'] };
const SALESFORCE = [{ holds: 'Replies', soql: "SELECT Id FROM Task WHERE ReplyFrom__c IN ('mary@buyer.example')" }];
const HELD: PersonExport = {
  ...{ person: PERSON, erasedAt: null, salesforce: SALESFORCE },
  ...{ enrolments: [{}], mails: [{ subject: 'Our offer' }, {}], replies: [{}, {}, {}], halts: [], waiting: [] },
};
const ERASED: PersonErasure = {
  ...{ person: PERSON, enrolments: 1, mails: 2, recipients: 2, replies: 3, undelivered: 1, halts: 0, waiting: 0 },
  salesforce: SALESFORCE,
};

function holding() {
  const asked: string[] = [];
  const facade: Partial<Facade> = {
    exportPerson: ({ person }) => {
      asked.push(`export ${person}`);
      return Promise.resolve(HELD);
    },
    erasePerson: ({ person }) => {
      asked.push(`erase ${person}`);
      return Promise.resolve(ERASED);
    },
  };
  return { facade, asked };
}

describe('reply privacy export', () => {
  it('prints everything that is held as JSON', async () => {
    const { facade, asked } = holding();
    const { output } = await runCommand(['privacy', 'export', '--person', 'mary@buyer.example'], { facade });
    expect(JSON.parse(output)).to.deep.equal(HELD);
    expect(asked).to.deep.equal(['export mary@buyer.example']);
  });
});

describe('reply privacy erase', () => {
  const LINE = ['privacy', 'erase', '--person', 'mary@buyer.example'];

  it('shows whom it is about, asks, erases, and names what is left in Salesforce', async () => {
    const { facade, asked } = holding();
    const { output, errorOutput, questions } = await runCommand(LINE, { facade, answer: true });
    expect(output).to.include('mary@buyer.example, 003000000000001AAA: 2 tracked mails, 3 replies and 1 sequences');
    expect(questions).to.deep.equal(['Erase this person for good']);
    expect(asked).to.deep.equal(['export mary@buyer.example', 'erase mary@buyer.example']);
    expect(output).to.include(SALESFORCE[0]!.soql);
    expect(errorOutput).to.include('1 replies could not be written');
  });

  it('erases nothing when the answer is no', async () => {
    const { facade, asked } = holding();
    const { output } = await runCommand(LINE, { facade, answer: false });
    expect(output).to.include('Nothing is erased.');
    expect(asked).to.deep.equal(['export mary@buyer.example']);
  });

  it('refuses to go on where nobody can be asked, unless it is told not to ask', async () => {
    const { facade, asked } = holding();
    const unasked = await runCommand(LINE, { facade });
    expect(unasked.exitCode).to.equal(2);
    expect(unasked.errorOutput).to.include('--no-prompt');
    expect(asked).to.deep.equal([]);
    expect((await runCommand([...LINE, '--no-prompt'], { facade })).exitCode).to.equal(0);
    expect((await runCommand([...LINE, '--json'], { facade })).exitCode).to.equal(0);
    expect(asked).to.deep.equal(['erase mary@buyer.example', 'erase mary@buyer.example']);
  });
});
