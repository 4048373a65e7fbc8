import { XMLParser } from 'fast-xml-parser';

import { openConnections } from '../../connector/src/http/open-request.ts';
import { authenticate } from '../../connector/src/mailbox/ews/authenticate.ts';
import { openEwsMailbox } from '../../connector/src/mailbox/ews/ews-mailbox.ts';
import type { EwsCredential } from '../../connector/src/mailbox/ews/ews-options.ts';
import type { Ability, MailboxHarness, Place } from '../contract/mailbox-harness.ts';

/** An Exchange server and a mailbox on it that holds nothing of worth: every test empties it. */
export interface LiveExchange {
  readonly url: string;
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly authentication: 'basic' | 'ntlm';
}

/** Folders of the test's own; the archive of mail programs has no distinguished id in the schema of Exchange 2013. */
const MADE = { filed: 'Reply Tracking Test', archive: 'Reply Tracking Archive' } as const;
const DISTINGUISHED = { inbox: 'inbox', sent: 'sentitems', junk: 'junkemail', trash: 'deleteditems' } as const;
/** What the harness can do beyond what every one can. */
export const LIVE_EXCHANGE_ABILITIES = ['archive', 'move'] as const satisfies readonly Ability[];

const HEADER =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" ' +
  'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">' +
  '<s:Header><t:RequestServerVersion Version="Exchange2013"/></s:Header><s:Body>';
/** PidTagMessageDeliveryTime and PidTagMessageFlags ([MS-OXPROPS]), which nothing but an import may set. */
const DELIVERY_TIME = '<t:ExtendedFieldURI PropertyTag="0x0E06" PropertyType="SystemTime"/>';
const FLAGS = '<t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/>';
const READ = 1;

type Tree = Record<string, unknown>;
const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: false, attributeNamePrefix: '@' });

/** One operation, written out: what a test does in the mailbox goes around the adapter and its client library. */
async function call(live: LiveExchange, credential: EwsCredential, body: string): Promise<Tree> {
  const limits = { allowedHosts: [new URL(live.url).host], maxBytes: 5_000_000, deadlineMs: 30_000, connections: 1 };
  const connections = openConnections(limits);
  try {
    const text = `${HEADER}${body}</s:Body></s:Envelope>`;
    const headers = { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': String(Buffer.byteLength(text)) };
    const send = authenticate(connections, () => Promise.resolve(credential));
    const answer = await send({ method: 'POST', url: live.url, headers, body: text });
    const xml = await answer.text();
    if (answer.status !== 200 || xml.includes('ResponseClass="Error"')) throw new Error(`${answer.status}: ${xml}`);
    return parser.parse(xml) as Tree;
  } finally {
    connections.close();
  }
}

/** The first element of a name, however deep. */
function first(tree: unknown, name: string): Tree | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  for (const [key, value] of Object.entries(tree)) {
    if (key === name) return (Array.isArray(value) ? value[0] : value) as Tree;
    const below = first(value, name);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** A mailbox on a real server, emptied before each test. */
export async function openLiveExchange(live: LiveExchange): Promise<MailboxHarness> {
  const credential: EwsCredential = { kind: live.authentication, user: live.user, password: live.password };
  const ask = (body: string): Promise<Tree> => call(live, credential, body);
  let used = credential;
  const made = { filed: await folderNamed(MADE.filed, ask), archive: await folderNamed(MADE.archive, ask) };
  const folderOf = (place: Place): string =>
    place === 'filed' || place === 'archive'
      ? `<t:FolderId Id="${made[place]}"/>`
      : `<t:DistinguishedFolderId Id="${DISTINGUISHED[place]}"/>`;
  for (const place of ['inbox', 'sent', 'filed', 'archive', 'junk', 'trash'] as const)
    await empty(ask, folderOf(place));

  return {
    openMailbox: ({ excluded } = {}) =>
      openEwsMailbox({
        ...{ address: live.address, url: live.url, credential: () => Promise.resolve(used) },
        ...(excluded && {
          excludedFolders: [excluded === 'filed' || excluded === 'archive' ? MADE[excluded] : DISTINGUISHED[excluded]],
        }),
      }),
    store: async ({ raw, place = 'inbox', receivedAt = new Date(), read = false }) => {
      const created = await ask(
        `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>${folderOf(place)}</m:SavedItemFolderId>` +
          `<m:Items><t:Message><t:MimeContent CharacterSet="UTF-8">${Buffer.from(raw).toString('base64')}</t:MimeContent>` +
          `<t:ExtendedProperty>${DELIVERY_TIME}<t:Value>${receivedAt.toISOString()}</t:Value></t:ExtendedProperty>` +
          `<t:ExtendedProperty>${FLAGS}<t:Value>${read ? READ : 0}</t:Value></t:ExtendedProperty>` +
          `<t:IsRead>${read}</t:IsRead></t:Message></m:Items></m:CreateItem>`,
      );
      return String(first(created, 'ItemId')?.['@Id']);
    },
    remove: async (handle) => {
      const item = `<m:ItemIds><t:ItemId Id="${handle}"/></m:ItemIds>`;
      await ask(`<m:DeleteItem DeleteType="HardDelete">${item}</m:DeleteItem>`);
    },
    move: async (handle, place) => {
      const to = `<m:ToFolderId>${folderOf(place)}</m:ToFolderId>`;
      const item = `<m:ItemIds><t:ItemId Id="${handle}"/></m:ItemIds>`;
      return String(first(await ask(`<m:MoveItem>${to}${item}</m:MoveItem>`), 'ItemId')?.['@Id']);
    },
    isRead: async (handle) => {
      const shape =
        '<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>' +
        '<t:FieldURI FieldURI="message:IsRead"/></t:AdditionalProperties></m:ItemShape>';
      const item = `<m:ItemIds><t:ItemId Id="${handle}"/></m:ItemIds>`;
      return String(first(await ask(`<m:GetItem>${shape}${item}</m:GetItem>`), 'Message')?.['IsRead']) === 'true';
    },
    /** A server cannot be made to forget: it is shown places that it never gave. */
    forget: (cursor) => {
      if (cursor.provider !== 'ews') throw new Error('not a cursor of Exchange');
      const places = cursor.folders as Record<string, { syncState?: string }>;
      for (const place of Object.values(places)) place.syncState = 'bm9uc2Vuc2U=';
      return Promise.resolve();
    },
    revoke: () => {
      used = { ...credential, password: `${live.password}-no-longer` };
      return Promise.resolve();
    },
    ...{ forgottenPlace: 'rereads', readsReports: false },
    stop: () => Promise.resolve(),
  };
}

type Ask = (body: string) => Promise<Tree>;

async function empty(ask: Ask, folder: string): Promise<void> {
  await ask(
    `<m:EmptyFolder DeleteType="HardDelete" DeleteSubFolders="false"><m:FolderIds>${folder}</m:FolderIds></m:EmptyFolder>`,
  );
}

/** A folder of the test's own below the inbox; made at the first use. */
async function folderNamed(name: string, ask: Ask): Promise<string> {
  const found = await ask(
    '<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:Restriction>' +
      '<t:IsEqualTo><t:FieldURI FieldURI="folder:DisplayName"/><t:FieldURIOrConstant>' +
      `<t:Constant Value="${name}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>` +
      '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindFolder>',
  );
  const known = first(found, 'FolderId')?.['@Id'];
  if (typeof known === 'string') return known;
  const made = await ask(
    '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderId><m:Folders><t:Folder>' +
      `<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>${name}</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`,
  );
  return String(first(made, 'FolderId')?.['@Id']);
}
