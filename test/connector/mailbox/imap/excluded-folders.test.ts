import { expect } from 'chai';

import { isExcluded } from '../../../../connector/src/mailbox/excluded-folder.ts';
import { excludesInbox, exclusionRemarks } from '../../../../connector/src/mailbox/imap/excluded-folders.ts';
import type { ListedFolder } from '../../../../connector/src/mailbox/imap/reading-order.ts';

const folder = (path: string, ...attributes: string[]): ListedFolder => ({
  path,
  name: path.split('/').at(-1)!,
  attributes: new Set(attributes),
  own: true,
});

const here = { labels: false, delimiter: '/' };

describe('isExcluded', () => {
  it('is true of the folder and of what lies below it, and of nothing that only begins alike', () => {
    const paths = ['Private', 'Private/Family', 'Privateer', 'Work/Private', 'private'];
    expect(paths.filter((path) => isExcluded(path, ['Private'], '/'))).to.deep.equal(['Private', 'Private/Family']);
  });

  it('compares names as they are read, however their letters are composed', () => {
    expect(isExcluded('Persönlich', ['Perso\u0308nlich'], '.')).to.equal(true);
  });
});

describe('excludesInbox', () => {
  it('knows the inbox in any case, and not what lies below it', () => {
    expect([['INBOX'], ['Inbox'], ['INBOX.Lists'], []].map(excludesInbox)).to.deep.equal([true, true, false, false]);
  });
});

describe('exclusionRemarks', () => {
  it('has nothing to say of a folder that is there', () => {
    expect(exclusionRemarks([folder('INBOX'), folder('Private')], ['Private'], here)).to.deep.equal([]);
  });

  it('names a folder that is not there, because it may be misspelt', () => {
    const remarks = exclusionRemarks([folder('INBOX'), folder('Private')], ['Privat'], here);
    expect(remarks).to.have.length(1);
    expect(remarks[0]).to.contain('"Privat"');
  });

  it('says what it means that a Sent folder is not read', () => {
    const remarks = exclusionRemarks([folder('INBOX'), folder('Sent', '\\Sent')], ['Sent'], here);
    expect(remarks).to.have.length(1);
    expect(remarks[0]).to.contain('"Sent"').and.to.contain('tracked');
  });

  it('says that an excluded label does not keep its mail from being read', () => {
    const folders = [folder('INBOX'), folder('All Mail', '\\All'), folder('Private')];
    expect(exclusionRemarks(folders, ['Private'], { labels: true, delimiter: '/' }).join(' ')).to.contain('label');
  });
});
