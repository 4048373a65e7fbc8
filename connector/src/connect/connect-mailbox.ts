import { ActionableError } from '../errors.ts';
import type {
  ConnectedMailbox,
  ConnectRequest,
  DisconnectedMailbox,
  MailboxCheck,
  MailboxCredential,
  MailboxName,
  ProviderName,
  SurveyedFolder,
  Told,
} from '../facade.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Salesforce } from '../salesforce/salesforce.ts';
import type { MailboxRow, SealedCredential, Store } from '../store/store.ts';
import { mailboxFailure } from './mailbox-failure.ts';
import type { OpenMailbox } from './open-mailboxes.ts';

/** How far back a first read goes when nobody says. */
const DEFAULT_DAYS = 14;
const DAY_MS = 86_400_000;
/** How far back a mailbox is read again that has moved: as long as a message waits for the mail that it cites. */
const MOVED_OVERLAP_DAYS = 30;

/** What connecting works with. */
export interface Connecting {
  readonly store: Pick<Store, 'mailboxes' | 'connectMailbox' | 'disconnectMailbox'>;
  /** Undefined when this process has no way into Salesforce. */
  readonly salesforce: Pick<Salesforce, 'usersByEmail'> | undefined;
  readonly open: OpenMailbox;
  /** Seals a credential and has it saved before the key that it is sealed under can change. */
  readonly seal: <T>(
    credential: MailboxCredential,
    row: { provider: string; address: string },
    save: (sealed: SealedCredential) => Promise<T>,
  ) => Promise<T>;
  readonly now: () => Date;
}

/**
 * Finds out whose mailbox it is, logs in, counts what a first read would cover and reads one header. Stores nothing.
 *
 * @throws ActionableError when the mailbox is connected already, its rep cannot be told, or it cannot be read.
 */
export async function checkMailbox(request: ConnectRequest, connecting: Connecting, told: Told): Promise<MailboxCheck> {
  const { settings, credential } = request;
  const rows = await rowsOf(settings.address, connecting);
  refuseConnected(rows, request);
  const since = sinceOf(request, rows, connecting.now());
  const ownerId = request.ownerId ?? (await ownerOf(settings.address, connecting));
  told({ type: 'step', text: `Logging in to the mailbox of ${settings.address}` });
  const mailbox = await connecting.open(settings, () => Promise.resolve(credential));
  try {
    const { folders } = await mailbox.survey(since);
    told({ type: 'step', text: 'Reading one header' });
    const headerRead = await readOneHeader(mailbox, since);
    const surveyed = folders.map(({ name, kind, messages }) => ({ name, kind, messages: messages ?? null }));
    return {
      provider: settings.provider,
      address: settings.address,
      owner: { id: ownerId, name: null },
      since: since.toISOString(),
      folders: surveyed,
      messages: messagesOf(surveyed),
      scopes: (await mailbox.grantedScopes?.()) ?? null,
      headerRead,
    };
  } catch (error) {
    throw mailboxFailure(error);
  } finally {
    await mailbox.close();
  }
}

/** Checks the mailbox, seals its credential and stores both in one transaction. `beingRead` is left to the caller. */
export async function connectMailbox(
  request: ConnectRequest,
  connecting: Connecting,
  told: Told,
): Promise<Omit<ConnectedMailbox, 'beingRead'>> {
  const check = await checkMailbox(request, connecting, told);
  const { settings, credential } = request;
  const { provider, address } = settings;
  const rows = await rowsOf(address, connecting);
  const before = rows.find((row) => row.provider === provider);
  const moved = movingRow(rows, request);
  await connecting.seal(credential, { provider, address }, (sealed) =>
    connecting.store.connectMailbox({
      ...{ provider, address, settings, credential: sealed },
      ownerId: check.owner.id,
      readSince: new Date(check.since),
      ...(moved && { movedFrom: moved.id }),
      ...(check.messages !== null && { expectedMessages: check.messages }),
    }),
  );
  const movedFrom = (moved?.provider ?? null) as ProviderName | null;
  return { ...check, replaced: before !== undefined || moved !== undefined, movedFrom };
}

/** @throws ActionableError when no such mailbox is connected, or several are. */
export async function disconnectMailbox(
  { address, provider }: MailboxName,
  connecting: Pick<Connecting, 'store'>,
): Promise<DisconnectedMailbox> {
  const rows = (await rowsOf(address, connecting)).filter((row) => provider === undefined || row.provider === provider);
  if (rows.length === 0) throw unknownMailbox(address, await connecting.store.mailboxes());
  if (rows.length > 1) throw severalMailboxes(address, rows);
  const [row] = rows;
  const forgotten = await connecting.store.disconnectMailbox(row!.id);
  return { provider: row!.provider as ProviderName, address: row!.address, forgotten };
}

/** The error of an address that no connected mailbox has. */
export function unknownMailbox(address: string, connected: readonly Pick<MailboxRow, 'address'>[]): ActionableError {
  const known = connected.map((row) => row.address).join(', ');
  return new ActionableError(`No mailbox of ${address} is connected.`, [
    known === '' ? 'Connect one: sf reply mailbox connect --help' : `Connected are: ${known}.`,
  ]);
}

function severalMailboxes(address: string, rows: readonly MailboxRow[]): ActionableError {
  const providers = rows.map(({ provider }) => provider).join(', ');
  return new ActionableError(`${address} is connected through several providers: ${providers}.`, [
    'Name one of them with --provider.',
  ]);
}

async function rowsOf(address: string, { store }: Pick<Connecting, 'store'>): Promise<MailboxRow[]> {
  return (await store.mailboxes()).filter((row) => row.address.toLowerCase() === address.toLowerCase());
}

/** A mailbox that has to be connected again is one of which nobody need say so. */
function refuseConnected(
  rows: readonly MailboxRow[],
  { settings: { provider, address }, replace }: ConnectRequest,
): void {
  const row = rows.find((candidate) => candidate.provider === provider);
  if (row === undefined || row.state === 'reconnect' || replace === true) return;
  throw new ActionableError(`${address} is connected already (${provider}).`, [
    'Use --replace to give it these settings and this credential; it is read on from where it stands.',
    'To begin anew, disconnect it first: sf reply mailbox disconnect.',
  ]);
}

/**
 * The mailbox that is to be replaced by one of the same address at another provider.
 *
 * @throws ActionableError when there are several of them
 */
function movingRow(rows: readonly MailboxRow[], { settings, replace }: ConnectRequest): MailboxRow | undefined {
  if (replace !== true || rows.some(({ provider }) => provider === settings.provider)) return undefined;
  if (rows.length > 1) throw severalMailboxes(settings.address, rows);
  return rows[0];
}

function sinceOf(request: ConnectRequest, rows: readonly MailboxRow[], now: Date): Date {
  const { since } = request;
  if (since === undefined) {
    const moved = movingRow(rows, request);
    return moved === undefined ? new Date(now.getTime() - DEFAULT_DAYS * DAY_MS) : sinceMoved(moved);
  }
  const instant = new Date(since);
  if (instant <= now) return instant;
  throw new ActionableError(`A mailbox cannot be read from ${since} on, which has not come yet.`, [
    `Name an earlier day; the clock of this machine says ${now.toISOString()}.`,
  ]);
}

/** Everything that was read since is recognised; what was not, and what waits, is read where it lies now. */
function sinceMoved({ readSince, caughtUpAt }: MailboxRow): Date {
  if (caughtUpAt === undefined) return readSince;
  return new Date(Math.max(readSince.getTime(), caughtUpAt.getTime() - MOVED_OVERLAP_DAYS * DAY_MS));
}

async function ownerOf(address: string, { salesforce }: Connecting): Promise<string> {
  if (salesforce === undefined) {
    throw new ActionableError(`Nobody has said which Salesforce user ${address} belongs to.`, [
      'Name the org, with --target-org or by the SALESFORCE_ variables, and its user with this address is taken.',
      'Or name the user: --owner 005...',
    ]);
  }
  const owner = (await salesforce.usersByEmail([address])).get(address.toLowerCase());
  if (owner !== undefined) return owner;
  throw new ActionableError(`No single active Salesforce user has the e-mail address ${address}.`, [
    'Name the user whose mailbox it is: --owner 005...',
  ]);
}

async function readOneHeader(mailbox: Mailbox, since: Date): Promise<boolean> {
  const page = await mailbox.changesSince(await mailbox.openingCursor(since), 1);
  return page.messages.length > 0;
}

/** Null as soon as one folder cannot be counted: a part of the number would be taken for the whole. */
function messagesOf(folders: readonly SurveyedFolder[]): number | null {
  const counts = folders.flatMap(({ messages }) => messages ?? []);
  return counts.length < folders.length ? null : counts.reduce((sum, count) => sum + count, 0);
}
