import { expect } from 'chai';
import type { Connection } from 'jsforce';
import { openSequenceOrg, type Row, type SequenceOrg } from './sequence-org.ts';

const DRAFT = '5';
const SENT = '3';
const REFUSED = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No tracking here', fields: [] };

describe('EmailMessage - After Save - Track Outbound', () => {
  let stage: SequenceOrg;
  let rep: Connection;
  let repId: string;
  let mails = 0;

  before(async () => {
    stage = await openSequenceOrg();
    repId = await stage.addUser('rep', 'ReplyTrackingUser', 'ReplyTrackingConnector');
    rep = stage.connectionOf(repId);
  });

  after(() => stage.close());

  const message = (row: Row = {}): Row => {
    mails += 1;
    return {
      ...{ Subject: 'Offer', FromAddress: 'Rep@Seller.example', MessageDate: '2026-11-24T09:00:00.000Z' },
      ...{ Status: SENT, Incoming: false, MessageIdentifier: `<offer-${mails}@mail.seller.example>` },
      ...row,
    };
  };

  const keyOf = ({ MessageIdentifier }: Row): string => String(MessageIdentifier).replaceAll(/[<>]/g, '');

  const relate = (EmailMessageId: string, RelationType: string, RelationAddress: string | null, RelationId?: string) =>
    stage.create('EmailMessageRelation', {
      EmailMessageId,
      RelationType,
      RelationAddress,
      RelationId: RelationId ?? null,
    });

  /** Sends a mail as a rep does: a draft first, to which the platform relates people, and then sent. */
  async function send(row: Row, people: readonly (readonly [string, string | null, string?])[]): Promise<string> {
    const id = await stage.create('EmailMessage', { ...row, Status: DRAFT });
    for (const [type, address, person] of people) await relate(id, type, address, person);
    await stage.update('EmailMessage', id, { Status: SENT });
    return id;
  }

  const trackedFor = (row: Row): Promise<Row[]> =>
    stage.query(`SELECT Id, OwnerId, SenderAddress__c, SentAt__c, Source__c, Subject__c FROM TrackedEmail__c
      WHERE MessageKey__c = '${keyOf(row)}'`);

  const recipientsOf = (row: Row): Promise<Row[]> =>
    stage.query(`SELECT Address__c, Role__c, Contact__c, Lead__c FROM TrackedRecipient__c
      WHERE TrackedEmail__r.MessageKey__c = '${keyOf(row)}' ORDER BY Address__c`);

  it('tracks a mail by its Message-ID without brackets, for the user who wrote it', async () => {
    const row = message({ Subject: 'x'.repeat(300) });
    const id = await stage.create('EmailMessage', { ...row, Status: DRAFT }, rep);
    await stage.update('EmailMessage', id, { Status: SENT });
    const [tracked, ...others] = await trackedFor(row);
    expect(others).to.deep.equal([]);
    expect(tracked).to.include({
      ...{
        OwnerId: repId,
        SenderAddress__c: 'rep@seller.example',
        Source__c: 'Salesforce',
        Subject__c: 'x'.repeat(255),
      },
      SentAt__c: '2026-11-24T09:00:00.000+0000',
    });
  });

  it('tracks a mail that is logged as sent at once', async () => {
    const row = message();
    await stage.create('EmailMessage', row);
    expect(await trackedFor(row)).to.have.lengthOf(1);
  });

  it('tracks a mail by a Message-ID of one character', async () => {
    const row = message({ MessageIdentifier: '<m>' });
    await stage.create('EmailMessage', row);
    expect(await trackedFor(row)).to.have.lengthOf(1);
  });

  it('gives a recipient the Id of the relation for its key, so that it is written once', async () => {
    const row = message();
    const id = await stage.create('EmailMessage', { ...row, Status: DRAFT });
    const relationId = await relate(id, 'ToAddress', 'buyer@buyer.example');
    await stage.update('EmailMessage', id, { Status: SENT });
    const keys = await stage.query(`SELECT RecipientKey__c FROM TrackedRecipient__c
      WHERE TrackedEmail__r.MessageKey__c = '${keyOf(row)}'`);
    expect(keys).to.deep.equal([{ RecipientKey__c: relationId }]);
  });

  it('writes a recipient for each address in To and Cc, with the contact or the lead that it belongs to', async () => {
    const contactId = await stage.create('Contact', { LastName: 'Buyer' });
    const leadId = await stage.create('Lead', { LastName: 'Prospect', Company: 'Prospects' });
    const row = message();
    await send(row, [
      ['ToAddress', 'A.Buyer@Buyer.example', contactId],
      ['CcAddress', 'b@prospect.example', leadId],
      ['CcAddress', 'c@seller.example', repId],
      ['ToAddress', 'd@nobody.example'],
      ['BccAddress', 'e@hidden.example', contactId],
      ['FromAddress', 'rep@seller.example', repId],
      ['OtherAddress', 'f@other.example'],
      ['ToAddress', null, contactId],
    ]);
    expect(await recipientsOf(row)).to.deep.equal([
      { Address__c: 'a.buyer@buyer.example', Role__c: 'To', Contact__c: contactId, Lead__c: null },
      { Address__c: 'b@prospect.example', Role__c: 'Cc', Contact__c: null, Lead__c: leadId },
      { Address__c: 'c@seller.example', Role__c: 'Cc', Contact__c: null, Lead__c: null },
      { Address__c: 'd@nobody.example', Role__c: 'To', Contact__c: null, Lead__c: null },
    ]);
  });

  it('keeps what fits of an address that is too long', async () => {
    const row = message({ FromAddress: `${'x'.repeat(300)}@seller.example` });
    await send(row, [['ToAddress', `${'y'.repeat(300)}@buyer.example`]]);
    const [tracked] = await trackedFor(row);
    const [recipient] = await recipientsOf(row);
    expect(tracked).to.include({ SenderAddress__c: 'x'.repeat(255) });
    expect(recipient).to.include({ Address__c: 'y'.repeat(255) });
  });

  it('ignores mails that came in, drafts, and mails without a Message-ID', async () => {
    const ignored = [message({ Incoming: true }), message({ Status: DRAFT }), message({ Status: '1' })];
    for (const row of ignored) await stage.create('EmailMessage', row);
    const before = await stage.query('SELECT Id FROM TrackedEmail__c');
    await stage.create('EmailMessage', message({ MessageIdentifier: null }));
    await stage.create('EmailMessage', message({ MessageIdentifier: '<>' }));
    expect(await stage.query('SELECT Id FROM TrackedEmail__c')).to.deep.equal(before);
    for (const row of ignored) expect(await trackedFor(row)).to.deep.equal([]);
    expect(await stage.takeProblems()).to.deep.equal([]);
  });

  it('tells mails apart whose Message-IDs differ in case alone', async () => {
    const row = message({ MessageIdentifier: '<CASE@mail.seller.example>' });
    await stage.create('EmailMessage', row);
    await stage.create('EmailMessage', message({ MessageIdentifier: '<case@mail.seller.example>' }));
    const keys = await stage.query("SELECT MessageKey__c FROM TrackedEmail__c WHERE MessageKey__c LIKE '%case@%'");
    expect(keys).to.have.lengthOf(2);
  });

  it('leaves a mail alone that the connector tracks already', async () => {
    const row = message();
    const id = await stage.create('TrackedEmail__c', { MessageKey__c: keyOf(row), Source__c: 'Sent Folder' });
    await send(row, [['ToAddress', 'buyer@buyer.example']]);
    expect(await trackedFor(row)).to.have.lengthOf(1);
    expect(await stage.read('TrackedEmail__c', id)).to.include({ Source__c: 'Sent Folder' });
    expect(await recipientsOf(row)).to.deep.equal([]);
    expect(await stage.takeProblems()).to.deep.equal([]);
  });

  it('tracks once what is saved twice at the same moment, and takes that for no problem', async () => {
    const row = message();
    await stage.admin.sobject('EmailMessage').create([{ ...row }, { ...row }]);
    expect(await trackedFor(row)).to.have.lengthOf(1);
    expect(await stage.takeProblems()).to.deep.equal([]);
  });

  it('tells the admin of a Message-ID above 255 characters, and takes one of 255', async () => {
    const domain = '@mail.seller.example';
    const fits = message({ MessageIdentifier: `<${'x'.repeat(255 - domain.length)}${domain}>` });
    const tooLong = message({ MessageIdentifier: `<${'y'.repeat(256 - domain.length)}${domain}>` });
    await stage.create('EmailMessage', fits);
    expect(await trackedFor(fits)).to.have.lengthOf(1);
    const id = await stage.create('EmailMessage', tooLong);
    expect(await trackedFor(tooLong)).to.deep.equal([]);
    const [problem, ...others] = await stage.takeProblems();
    expect(others).to.deep.equal([]);
    expect(problem).to.include({ Source__c: 'EmailMessage_AfterSave_TrackOutbound', RecordId__c: id });
    expect(problem?.['Problem__c']).to.match(/^The Message-ID of this mail has 256 characters; .* Connect the mailbox/);
    expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
  });

  for (const object of ['TrackedEmail__c', 'TrackedRecipient__c']) {
    it(`keeps the mail and tells the admin when an org refuses a ${object}`, async () => {
      const allow = stage.org.refuseRows((row) => (row.object === object ? REFUSED : undefined));
      const id = await send(message(), [['ToAddress', 'buyer@buyer.example']]).finally(allow);
      expect(await stage.read('EmailMessage', id)).to.include({ Status: SENT });
      const [problem, ...others] = await stage.takeProblems();
      expect(others).to.deep.equal([]);
      expect(problem).to.include({ Source__c: 'EmailMessage_AfterSave_TrackOutbound', RecordId__c: id });
      expect(problem?.['Problem__c']).to.contain('No tracking here');
      expect(new Date(String(problem?.['OccurredAt__c']))).to.deep.equal(stage.now);
    });
  }

  it('lets an answer to a mail sent from Salesforce halt the sequence of its recipient', async () => {
    const contactId = await stage.create('Contact', { LastName: 'Buyer' });
    const statusId = await stage.create('CampaignStatus__c', { Contact__c: contactId });
    const row = message();
    await send(row, [['ToAddress', 'buyer@buyer.example', contactId]]);
    const [recipient] = await recipientsOf(row);
    const [tracked] = await trackedFor(row);
    await stage.create('Task', {
      ...{ Subject: 'Reply: Offer', WhoId: recipient!['Contact__c']!, TrackedEmail__c: tracked!['Id']! },
      ...{ ReplyKey__c: 'a'.repeat(64), ReplyKind__c: 'Human' },
    });
    expect(await stage.read('CampaignStatus__c', statusId)).to.include({ Status__c: 'Replied' });
  });

  it('tracks 200 mails of one save, with their recipients, within the limits of a transaction', async () => {
    const rows = Array.from({ length: 200 }, () => message());
    const drafts = await stage.admin.sobject('EmailMessage').create(rows.map((row) => ({ ...row, Status: DRAFT })));
    const ids = drafts.map(({ id }) => id!);
    const relations = ids.map((EmailMessageId, at) => ({
      ...{ EmailMessageId, RelationType: 'ToAddress', RelationAddress: `buyer-${at}@buyer.example` },
    }));
    await stage.admin.sobject('EmailMessageRelation').create(relations);
    const before = await stage.query('SELECT Id FROM TrackedRecipient__c');
    await stage.admin.sobject('EmailMessage').update(ids.map((Id) => ({ Id, Status: SENT })));
    const after = await stage.query('SELECT Id FROM TrackedRecipient__c');
    expect(after.length - before.length).to.equal(200);
    expect(await stage.takeProblems()).to.deep.equal([]);
    expect(stage.org.flowErrors).to.deep.equal([]);
  });
});
