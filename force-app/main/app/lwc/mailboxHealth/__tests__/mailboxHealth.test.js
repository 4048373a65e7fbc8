import { HOSTILE, all, answer, clear, dataOf, press, record, show, unnamed, wordsOf } from 'test/page';
import MailboxHealth from 'c/mailboxHealth';

const NOW = Date.parse('2026-11-24T10:00:00.000Z');
const mailbox = (name, fields = {}) =>
  record(`a04-${name}`, {
    Address__c: `${name}@acme.example`,
    Provider__c: 'IMAP',
    State__c: 'Active',
    LagMinutes__c: 0,
    LastReadAt__c: '2026-11-24T09:59:40.000Z',
    DetectionP50__c: 3,
    DetectionP95__c: 180,
    ReportedAt__c: '2026-11-24T09:45:00.000Z',
    InTrouble__c: false,
    CreatedDate: '2026-10-01T08:00:00.000Z',
    ...fields,
  });

const card = (properties = {}) => show('c-mailbox-health', MailboxHealth, properties);

async function filled(mailboxes, properties) {
  const element = await card(properties);
  await answer('mailboxes', { data: dataOf({ ConnectedMailbox__c: mailboxes }) });
  return element;
}

describe('mailboxHealth', () => {
  beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW));
  afterEach(() => {
    clear();
    jest.restoreAllMocks();
  });

  it('says that it is reading until an answer is there', async () => {
    expect(wordsOf(await card())).toContain('Reading the mailboxes ...');
  });

  it('shows how current a mailbox is and how fast its replies are found', async () => {
    const element = await filled([mailbox('ada')]);
    for (const words of ['Being read', 'Up to date', 'Half within 3 s, 95 of 100 within 3 min']) {
      expect(wordsOf(element)).toContain(words);
    }
    expect(wordsOf(element)).toContain('The mailbox is read as it should be.');
  });

  it.each([
    [
      'a refused login',
      { State__c: 'Reconnect' },
      'Login refused',
      'sf reply mailbox connect --address ada@acme.example --replace',
    ],
    ['a silent connector', { ReportedAt__c: '2026-11-24T07:00:00.000Z' }, 'Connector silent', 'sf reply serve'],
    ['a mailbox that is behind', { LagMinutes__c: 95 }, '95 min behind', 'sf reply status'],
    ['one that is far behind', { LagMinutes__c: 600 }, '10 h behind', 'sf reply status'],
    [
      'a disconnected one',
      { State__c: 'Disconnected' },
      'Disconnected',
      'sf reply mailbox connect --address ada@acme.example',
    ],
    ['a trouble of another kind', { InTrouble__c: true }, 'Needs a look', 'sf reply mailbox list'],
  ])('says what to do about %s', async (_trouble, fields, words, command) => {
    const element = await filled([mailbox('ada', fields)]);
    expect(wordsOf(element)).toContain(words);
    expect(wordsOf(element)).toContain(command);
    expect(wordsOf(element)).toContain('1 of 1 needs attention.');
  });

  it('takes the creation of a mailbox that never reported for its last report', async () => {
    const fresh = { ReportedAt__c: null, CreatedDate: '2026-11-24T09:59:00.000Z', LastReadAt__c: null };
    const element = await filled([mailbox('ada', fresh)]);
    expect(wordsOf(element)).toContain('Being read');
    expect(wordsOf(element)).toContain('Never');
  });

  it('shows those in trouble first, the most urgent at the top', async () => {
    const element = await filled([
      mailbox('well'),
      mailbox('off', { State__c: 'Disconnected' }),
      mailbox('refused', { State__c: 'Reconnect' }),
    ]);
    expect(all(element, 'h3 c-record-link').map(wordsOf)).toEqual([
      'refused@acme.example',
      'off@acme.example',
      'well@acme.example',
    ]);
    expect(wordsOf(element)).toContain('2 of 3 need attention.');
  });

  it('leaves out those that are well where only trouble is wanted', async () => {
    const element = await filled([mailbox('well'), mailbox('off', { State__c: 'Disconnected' })], {
      troubleOnly: true,
    });
    expect(all(element, 'li')).toHaveLength(1);
    expect(wordsOf(element)).toContain('off@acme.example');
  });

  it('draws a hundred mailboxes at most and counts them all', async () => {
    const element = await filled(Array.from({ length: 130 }, (_none, at) => mailbox(`box${at}`)));
    expect(all(element, 'li')).toHaveLength(100);
    expect(wordsOf(element)).toContain('All 130 are read as they should be.');
    expect(wordsOf(element)).toContain('30 more');
  });

  it('says how the first mailbox is connected', async () => {
    expect(wordsOf(await filled([]))).toContain('sf reply mailbox connect --address');
  });

  it('shows the words of the platform after an error, and reads again when asked to', async () => {
    const element = await card();
    const refresh = jest.fn().mockResolvedValue();
    await answer('mailboxes', { errors: [{ message: 'The request limit is reached.' }], refresh });
    expect(wordsOf(element)).toContain('The request limit is reached.');
    await press(element, 'retry');
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('names the permission set to somebody without access', async () => {
    const element = await card();
    await answer('mailboxes', {
      errors: [{ message: "Field 'ConnectedMailbox__c' in type 'RecordQuery' is undefined" }],
    });
    expect(wordsOf(element)).toContain('Reply Tracking: Admin');
  });

  it('shows what a mail server said as text, and names its buttons for a screen reader', async () => {
    const element = await filled([mailbox('ada', { LastError__c: HOSTILE })]);
    expect(wordsOf(element)).toContain(HOSTILE);
    expect(all(element, 'img, b')).toEqual([]);
    expect(unnamed(element)).toEqual([]);
  });
});
