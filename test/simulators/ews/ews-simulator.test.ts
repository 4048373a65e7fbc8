import { expect } from 'chai';
import {
  BasePropertySet,
  BodyType,
  ConnectingIdType,
  EmailMessageSchema,
  EventType,
  ExchangeService,
  ExchangeVersion,
  Folder,
  FolderId,
  FolderSchema,
  ImpersonatedUserId,
  ItemId,
  ItemSchema,
  ItemView,
  Mailbox,
  PropertySet,
  ServiceError,
  StreamingSubscriptionConnection,
  SyncFolderItemsScope,
  Uri,
  WebCredentials,
  WellKnownFolderName,
  type PropertyDefinitionBase,
} from 'ews-javascript-api';

import { serverBusy } from './ews-error.ts';
import { startEwsSimulator, type EwsSimulator } from './ews-simulator.ts';

const REP = 'rep@example.test';
const HEADER = 'Message-ID: <1@x>\r\nReferences: <0@x>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: Lead <lead@x>';

describe('the EWS simulator, asked by the official client', () => {
  let simulator: EwsSimulator;

  beforeEach(async () => {
    simulator = await startEwsSimulator({ prefixes: 'default', heartbeatMs: 50 });
    simulator.mailbox(REP, { password: 'secret' });
  });

  afterEach(() => simulator.close());

  function service(user = REP, password = 'secret'): ExchangeService {
    const made = new ExchangeService(ExchangeVersion.Exchange2013);
    made.Url = new Uri(simulator.url);
    made.Credentials = new WebCredentials(user, password);
    return made;
  }
  const shape = (...properties: PropertyDefinitionBase[]): PropertySet =>
    new PropertySet(BasePropertySet.IdOnly, properties);
  const deliver = (id: string): string => simulator.deliver(REP, `Message-ID: ${id}\r\n\r\nThe body.`).id;
  const syncInbox = (state: string | null, most = 512, wanted = shape(ItemSchema.Subject)) =>
    service().SyncFolderItems(
      new FolderId(WellKnownFolderName.Inbox),
      wanted,
      [],
      most,
      SyncFolderItemsScope.NormalItems,
      state as string,
    );

  /** What the client would not send. */
  async function refusedSync(properties: string, most: number, named = ''): Promise<string> {
    const [soap, types] = [
      'http://schemas.xmlsoap.org/soap/envelope/',
      'http://schemas.microsoft.com/exchange/services/2006/types',
    ];
    const additional = properties === '' ? '' : `<t:AdditionalProperties>${properties}</t:AdditionalProperties>`;
    const answer = await fetch(simulator.url, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', authorization: `Basic ${btoa(`${REP}:secret`)}` },
      body:
        `<s:Envelope xmlns:s="${soap}" xmlns:t="${types}"><s:Header><t:RequestServerVersion Version="Exchange2013"/>` +
        `</s:Header><s:Body><m:SyncFolderItems xmlns:m="${types.replace('types', 'messages')}"><m:ItemShape>` +
        `<t:BaseShape>IdOnly</t:BaseShape>${additional}</m:ItemShape><m:SyncFolderId>` +
        `<t:DistinguishedFolderId Id="inbox">${named}</t:DistinguishedFolderId></m:SyncFolderId><m:MaxChangesReturned>${most}</m:MaxChangesReturned>` +
        `</m:SyncFolderItems></s:Body></s:Envelope>`,
    });
    return answer.text();
  }

  async function failure(attempt: Promise<unknown>): Promise<{ message: string; code: string | undefined }> {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason as { message: string; ErrorCode?: ServiceError; ResponseCode?: ServiceError },
    );
    if (error === undefined) throw new Error('it did not fail');
    const code = error.ErrorCode ?? error.ResponseCode;
    return { message: error.message, code: code === undefined ? undefined : ServiceError[code] };
  }

  it('shows the folders, by the names that their owner knows, and what became of them since', async () => {
    const wanted = shape(FolderSchema.DisplayName, FolderSchema.FolderClass);
    const root = new FolderId(WellKnownFolderName.MsgFolderRoot);
    const first = await service().SyncFolderHierarchy(root, wanted, null as unknown as string);
    const names = first.GetEnumerator().map(({ Folder: { DisplayName } }) => DisplayName);
    expect(names).to.include.members(['Posteingang', 'Gesendete Elemente', 'Kalender']).and.not.include('Root');
    simulator.addFolder(REP, 'Kunden');
    const next = await service().SyncFolderHierarchy(root, wanted, first.SyncState);
    expect(next.GetEnumerator().map(({ Folder: { DisplayName } }) => DisplayName)).to.deep.equal(['Kunden']);
  });

  it('gives what changed in a folder since a state, in pages', async () => {
    for (let number = 0; number < 5; number += 1) deliver(`<${number}@x>`);
    const first = await syncInbox(null, 3);
    expect([first.Count, first.MoreChangesAvailable]).to.deep.equal([3, true]);
    const second = await syncInbox(first.SyncState, 3);
    expect([second.Count, second.MoreChangesAvailable]).to.deep.equal([2, false]);
    expect((await syncInbox(second.SyncState)).Count).to.equal(0);
  });

  it('never gives more than 512 changes, and refuses who asks for more', async () => {
    for (let number = 0; number < 513; number += 1) deliver(`<${number}@x>`);
    expect((await syncInbox(null, 512)).Count).to.equal(512);
    expect(await refusedSync('', 513)).to.contain('ErrorSchemaValidation');
  });

  it('tells a change of the read mark, a deletion and a move from something new', async () => {
    const [read, gone, moved] = ['<r@x>', '<g@x>', '<m@x>'].map(deliver);
    const { SyncState } = await syncInbox(null);
    const state = simulator.state(REP);
    state.setRead(read!, true);
    state.remove(gone!);
    state.move(moved!, state.folderOf('deleteditems')!.id);
    const changes = (await syncInbox(SyncState)).GetEnumerator();
    expect(changes.map(({ ChangeType }) => ChangeType)).to.have.members([3, 2, 2]);
  });

  it('refuses header fields in a synchronization, and cuts its long texts', async () => {
    simulator.deliver(REP, `Subject: ${'s'.repeat(400)}\r\n\r\n`);
    const wanted = '<t:FieldURI FieldURI="item:InternetMessageHeaders"/>';
    expect(await refusedSync(wanted, 10)).to.contain('ErrorInvalidPropertyRequest');
    expect((await syncInbox(null)).GetEnumerator()[0]!.Item.Subject).to.have.length(255);
  });

  it('gives header fields of an item as they were written, and its properties decoded', async () => {
    const { id } = simulator.deliver(REP, `${HEADER}\r\n\r\nThe body.`);
    const wanted = shape(ItemSchema.InternetMessageHeaders, ItemSchema.Subject, EmailMessageSchema.References);
    const [answer] = (await service().BindToItems([new ItemId(id)], wanted)).Responses;
    const headers = answer!.Item.InternetMessageHeaders.GetEnumerator().map(({ Name, Value }) => [Name, Value]);
    expect(headers[2]).to.deep.equal(['Subject', '=?utf-8?q?Gr=C3=BC=C3=9Fe?=']);
    expect(answer!.Item.Subject).to.equal('Grüße');
    expect(simulator.violations).to.deep.equal([]);
  });

  it('answers for each item by itself, also for those that are gone', async () => {
    const id = deliver('<1@x>');
    const gone = deliver('<2@x>');
    simulator.state(REP).remove(gone);
    const { Responses } = await service().BindToItems([new ItemId(gone), new ItemId(id)], shape());
    expect(Responses.map(({ ErrorCode }) => ServiceError[ErrorCode])).to.deep.equal(['ErrorItemNotFound', 'NoError']);
  });

  it('counts the items of a folder', async () => {
    deliver('<1@x>');
    deliver('<2@x>');
    const view = new ItemView(1);
    view.PropertySet = shape();
    expect((await service().FindItems(WellKnownFolderName.Inbox, view)).TotalCount).to.equal(2);
  });

  it('records who asks for a body, for the whole message or for attachments', async () => {
    const id = deliver('<1@x>');
    const all = new PropertySet(BasePropertySet.FirstClassProperties);
    all.RequestedBodyType = BodyType.Text;
    for (const wanted of [all, shape(ItemSchema.Body), shape(ItemSchema.Attachments), shape(ItemSchema.MimeContent)]) {
      await service()
        .BindToItems([new ItemId(id)], wanted)
        .catch(() => undefined);
    }
    expect(simulator.violations).to.have.length(4);
  });

  it('records who changes something', async () => {
    const folder = new Folder(service());
    folder.DisplayName = 'Mine';
    await failure(folder.Save(WellKnownFolderName.Inbox));
    expect(simulator.violations).to.deep.equal(['CreateFolder changes a mailbox']);
  });

  it('refuses a state of another folder, and every state once the mailbox was restored', async () => {
    const { SyncState } = await syncInbox(null);
    const other = new FolderId(WellKnownFolderName.SentItems);
    const asked = service().SyncFolderItems(other, shape(), [], 10, SyncFolderItemsScope.NormalItems, SyncState);
    expect((await failure(asked)).code).to.equal('ErrorInvalidSyncStateData');
    simulator.state(REP).invalidateSyncStates();
    expect((await failure(syncInbox(SyncState))).code).to.equal('ErrorInvalidSyncStateData');
  });

  it('says that a folder is gone', async () => {
    const id = simulator.addFolder(REP, 'Kunden');
    simulator.state(REP).removeFolder(id);
    const asked = service().SyncFolderItems(new FolderId(id), shape(), [], 10, SyncFolderItemsScope.NormalItems, '');
    expect((await failure(asked)).code).to.equal('ErrorSyncFolderNotFound');
  });

  it('lets an account in by its password, and act for a mailbox that it may impersonate', async () => {
    const bind = (asked: ExchangeService) => Folder.Bind(asked, WellKnownFolderName.Inbox, shape());
    expect((await failure(bind(service(REP, 'wrong')))).message).to.match(/401/);
    simulator.account({ user: 'svc', password: 'pass', address: 'svc@example.test', impersonates: [REP] });
    const acting = (address: string): ExchangeService => {
      const made = service('svc', 'pass');
      made.ImpersonatedUserId = new ImpersonatedUserId(ConnectingIdType.SmtpAddress, address);
      return made;
    };
    await bind(acting(REP));
    expect((await failure(bind(acting('boss@example.test')))).message).to.match(/permission to impersonate/);
  });

  describe('asked for the folder of a mailbox that is named', () => {
    const BOSS = 'boss@example.test';
    const own = () => Folder.Bind(service(), WellKnownFolderName.Inbox, shape());
    const named = (address: string) =>
      Folder.Bind(service(), new FolderId(WellKnownFolderName.Inbox, new Mailbox(address)), shape());

    it('gives that of the caller, however its address is written', async () => {
      expect((await named('Rep@Example.test')).Id.UniqueId).to.equal((await own()).Id.UniqueId);
    });

    it('knows an alias where the server takes one, and else asks for the primary address', async () => {
      for (const aliases of [true, false]) {
        await simulator.close();
        simulator = await startEwsSimulator({ aliases });
        simulator.mailbox(REP, { password: 'secret' }, ['alias@example.test']);
        const asked = named('alias@example.test');
        if (aliases) expect((await asked).Id.UniqueId).to.equal((await own()).Id.UniqueId);
        else expect((await failure(asked)).message).to.match(/primary SMTP address/);
      }
    });

    it("finds none in another's mailbox, and no mailbox where there is none", async () => {
      simulator.mailbox(BOSS);
      expect((await failure(named(BOSS))).code).to.equal('ErrorFolderNotFound');
      expect((await failure(named('nobody@example.test'))).message).to.match(/no mailbox associated/);
    });

    it("gives a delegate the folder of another's mailbox, and never by impersonation", async () => {
      simulator.mailbox(BOSS);
      simulator.account({ user: 'pa', password: 'p', address: REP, impersonates: [REP], delegateOf: [BOSS] });
      const theirs = new FolderId(WellKnownFolderName.Inbox, new Mailbox(BOSS));
      const folder = await Folder.Bind(service('pa', 'p'), theirs, shape());
      expect(folder.Id.UniqueId).to.equal(simulator.state(BOSS).folderOf('inbox')!.id);
      const acting = service('pa', 'p');
      acting.ImpersonatedUserId = new ImpersonatedUserId(ConnectingIdType.SmtpAddress, REP);
      expect((await failure(Folder.Bind(acting, theirs, shape()))).code).to.equal('ErrorFolderNotFound');
    });

    it('refuses what the schema does not know, and a mailbox that is named in any other call', async () => {
      const other = '<t:Mailbox><t:EmailAddress>rep@example.test</t:EmailAddress></t:Mailbox>';
      expect(await refusedSync('', 10, other)).to.contain('GetFolder alone');
      const mailbox = new Mailbox(REP, 'EX');
      const asked = Folder.Bind(service(), new FolderId(WellKnownFolderName.Inbox, mailbox), shape());
      expect((await failure(asked)).message).to.match(/schema/);
    });
  });

  it('streams what happens, and signs of life in between', async () => {
    const asked = service();
    const subscription = await asked.SubscribeToStreamingNotificationsOnAllFolders(EventType.NewMail);
    const connection = new StreamingSubscriptionConnection(asked, 1);
    connection.AddSubscription(subscription);
    const { promise: told, resolve: tell } = Promise.withResolvers<number>();
    connection.OnNotificationEvent.push((_, { Events }) => tell(Events.length));
    const open = connection.Open();
    open.catch(() => undefined);
    deliver('<1@x>');
    expect(await told).to.equal(1);
    connection.Close();
  });

  it('throttles with the time to wait', async () => {
    simulator.failNext({ kind: 'error', error: serverBusy(1500) });
    expect((await failure(syncInbox(null))).message).to.match(/cannot service this request right now/);
  });
});
