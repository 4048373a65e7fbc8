import { expect } from 'chai';

import { readingOrder, type ListedFolder } from '../../../../connector/src/mailbox/imap/reading-order.ts';

function folder(path: string, ...attributes: string[]): ListedFolder {
  return { path, name: path.split('/').at(-1)!, attributes: new Set(attributes), own: true };
}

const order = (folders: readonly ListedFolder[], labels = false): string[] =>
  readingOrder(folders, { labels }).map(({ path, kind }) => (kind === 'other' ? path : `${path} (${kind})`));

describe('readingOrder', () => {
  it('puts what was sent first, then the inbox, other folders by name, junk and trash', () => {
    const folders = [
      folder('Trash', '\\Trash'),
      folder('Zoo'),
      folder('Junk', '\\Junk'),
      folder('INBOX'),
      folder('Archive', '\\Archive'),
      folder('Sent', '\\Sent'),
    ];
    expect(order(folders)).to.deep.equal(['Sent (sent)', 'INBOX', 'Archive', 'Zoo', 'Junk (junk)', 'Trash']);
  });

  const leftOut: readonly (readonly [string, ListedFolder])[] = [
    ['drafts', folder('Drafts', '\\Drafts')],
    ['drafts in another case', folder('Entwürfe', '\\drafts')],
    ['a view of all messages', folder('Virtual/All', '\\All')],
    ['a view of flagged messages', folder('Starred', '\\Flagged')],
    ['a view of important messages', folder('Important', '\\Important')],
    ['a folder that only holds folders', folder('Clients', '\\Noselect', '\\HasChildren')],
    ['a folder that is gone but still subscribed', folder('Ghost', '\\NonExistent')],
    ['the folder of another user', { ...folder('Other Users/ann/INBOX'), own: false }],
    ['drafts that only their name shows', { ...folder('Brouillons'), guessedUse: '\\Drafts' }],
  ];
  for (const [what, listed] of leftOut) {
    it(`leaves out ${what}`, () => {
      expect(order([folder('INBOX'), listed])).to.deep.equal(['INBOX']);
    });
  }

  for (const name of ['Gesendete Objekte', 'Éléments envoyés', 'SENT ITEMS', 'INBOX/Sent Messages', '送信済み']) {
    it(`takes ${name} for a Sent folder where the server marks none`, () => {
      expect(order([folder('INBOX'), folder(name)])).to.deep.equal([`${name} (sent)`, 'INBOX']);
    });
  }

  it('takes a second folder for a Sent folder by its name, because several programs file what they send', () => {
    expect(order([folder('Sent', '\\Sent'), folder('Sent Items')])).to.deep.equal(['Sent (sent)', 'Sent Items (sent)']);
  });

  it('takes the word of the server above the name', () => {
    const folders = [folder('Sent', '\\Trash'), { ...folder('Mine', '\\Junk'), guessedUse: '\\Sent' }];
    expect(order(folders)).to.deep.equal(['Mine (junk)', 'Sent']);
  });

  it('does not take a folder of the user for a Sent folder because its name begins like one', () => {
    expect(order([folder('Sent to clients')])).to.deep.equal(['Sent to clients']);
  });

  it('reads all mail and not the labels, the inbox among them, where folders are labels', () => {
    const folders = [
      folder('INBOX'),
      folder('Clients'),
      folder('[Gmail]', '\\Noselect'),
      folder('[Gmail]/All Mail', '\\All'),
      folder('[Gmail]/Sent Mail', '\\Sent'),
      folder('[Gmail]/Drafts', '\\Drafts'),
      folder('[Gmail]/Spam', '\\Junk'),
      folder('[Gmail]/Trash', '\\Trash'),
      folder('[Gmail]/Starred', '\\Flagged'),
    ];
    expect(order(folders, true)).to.deep.equal([
      '[Gmail]/Sent Mail (sent)',
      '[Gmail]/All Mail',
      '[Gmail]/Spam (junk)',
      '[Gmail]/Trash',
    ]);
  });

  it('reads the labels where the archive is hidden', () => {
    expect(order([folder('INBOX'), folder('Clients')], true)).to.deep.equal(['INBOX', 'Clients']);
  });
});
