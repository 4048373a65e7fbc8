import { messageKey } from '../mail/message-id.ts';
import { readCounts } from './counts.ts';
import type { Database, Sql } from './database.ts';
import { dropDeadLetters, readDeadLetter, readDeadLetters, retryDeadLetters } from './dead-letters.ts';
import { endTurn, readTurn, takeTurn } from './delivery-turn.ts';
import { addressDigestOf, digestOf, installationKey } from './digest.ts';
import { readEnrolments, saveEnrolments } from './enrolments.ts';
import { enrolmentsWithout, erasedAmong, isErased, registrationsWithout } from './erased.ts';
import { expire } from './expire.ts';
import { readKnownIds } from './known-ids.ts';
import { readCredential, readSealedOtherwise, replaceCredential } from './credentials.ts';
import { connectMailbox, disconnectMailbox, readMailbox, readMailboxes, setMailboxState } from './mailboxes.ts';
import { readDueReports, settleReports } from './mailbox-reports.ts';
import { readMatchedBefore, readMessageFate, readTaskStates } from './message-fate.ts';
import { beginReadBack, endReadBack, isLatched, readUnhalted } from './latches.ts';
import { migrate } from './migrate.ts';
import { nextDue, readDue, recordDeliveries } from './outbox.ts';
import { commitPage } from './pages.ts';
import { pinOrg, readPinnedOrg } from './pinned-org.ts';
import { readPullPosition, savePullPosition } from './pull-positions.ts';
import {
  readPushSubscription,
  readPushSubscriptions,
  removePushSubscription,
  savePushSubscription,
} from './push-subscriptions.ts';
import { saveRegistrations } from './registrations.ts';
import {
  beatService,
  endService,
  forgetService,
  readServices,
  readWatched,
  registerService,
  unwatchMailboxes,
  watchMailboxes,
} from './services.ts';
import { rebindOrg } from './rebind-org.ts';
import type { Digest, Registration, Store } from './store.ts';
import { readDueSweeps, readPushHealth, recordNews, recordPush, scheduleSweeps } from './sweeps.ts';
import { readStaleTallies, settleTallies } from './tallies.ts';
import { readMailsTo } from './tracked-mails.ts';
import { openHashSeal } from './sealed-hash.ts';
import { readResolved, waitingFor } from './waiting-messages.ts';

/**
 * The store on a Postgres database, of either engine. Brings the schema up to date first. Rejects with a `StoreError`
 * when that cannot be done, and then leaves the database open.
 */
export async function openStore(database: Database): Promise<Store> {
  await migrate(database);
  const key = await installationKey(database);
  const seal = openHashSeal(key);
  const addressDigest = (address: string): Digest => addressDigestOf(key, address);
  const registerAll = async (tx: Sql, registrations: readonly Registration[], at: Date): Promise<void> => {
    const erased = await erasedAmong(tx, { registrations }, addressDigest);
    await saveRegistrations(tx, registrationsWithout(registrations, erased), at);
  };
  return {
    // By its key, so that a mail of which Salesforce knows only the digest of a long id is found by that id.
    digest: (messageId) => digestOf(key, messageKey(messageId)),
    addressDigest,
    installationId: digestOf(key, 'installation'),
    pinOrg: (org) => pinOrg(database, org),
    pinnedOrg: () => readPinnedOrg(database),
    rebindOrg: (org) => rebindOrg(database, org),
    connectMailbox: (mailbox) => connectMailbox(database, mailbox),
    disconnectMailbox: (id) => disconnectMailbox(database, id),
    credential: (mailboxId) => readCredential(database, mailboxId),
    mailboxesSealedOtherwise: (keyId) => readSealedOtherwise(database, keyId),
    replaceCredential: (mailboxId, before, after) => replaceCredential(database, mailboxId, before, after),
    mailboxes: () => readMailboxes(database),
    mailbox: (id) => readMailbox(database, id),
    pushSubscription: (mailboxId) => readPushSubscription(database, mailboxId),
    pushSubscriptions: (ids) => readPushSubscriptions(database, ids),
    savePushSubscription: (subscription) => savePushSubscription(database, subscription),
    removePushSubscription: (id) => removePushSubscription(database, id),
    setMailboxState: (id, state, lastError) => setMailboxState(database, id, state, lastError),
    registerService: (service) => registerService(database, service),
    beatService: (id, at) => beatService(database, id, at),
    forgetService: (seen) => forgetService(database, seen),
    endService: (id) => endService(database, id),
    services: () => readServices(database),
    watchMailboxes: (serviceId, limit) => watchMailboxes(database, serviceId, limit),
    unwatchMailboxes: (serviceId, mailboxIds) => unwatchMailboxes(database, serviceId, mailboxIds),
    watchedBy: (serviceId) => readWatched(database, serviceId),
    dueSweeps: (at, limit) => readDueSweeps(database, at, limit),
    scheduleSweeps: (sweeps) => scheduleSweeps(database, sweeps),
    recordPush: (mailboxId, until, renewAt) => recordPush(database, mailboxId, until, renewAt),
    pushHealth: () => readPushHealth(database),
    recordNews: (mailboxId, told) => recordNews(database, mailboxId, told),
    knownIds: (digests) => readKnownIds(database, digests),
    trackedMailsTo: (addresses, ownerId, since) => readMailsTo(database, addresses, ownerId, since),
    register: (registrations, at) => database.transaction((tx) => registerAll(tx, registrations, at)),
    commitPage: (page) => commitPage(database, page, { digest: addressDigest, seal }),
    resolvedMessages: (limit, except = []) => readResolved(database, limit, except, seal),
    expire: (at) => expire(database, at),
    enrolmentsByAddress: (addresses) => readEnrolments(database, addresses),
    saveEnrolments: (enrolments, position) =>
      database.transaction(async (tx) => {
        const erased = await erasedAmong(tx, { enrolments }, addressDigest);
        await saveEnrolments(tx, enrolmentsWithout(enrolments, erased), addressDigest);
        await savePullPosition(tx, 'CampaignStatus', position);
      }),
    saveTrackedMails: (registrations, position, at) =>
      database.transaction(async (tx) => {
        await registerAll(tx, registrations, at);
        await savePullPosition(tx, 'TrackedEmail', position);
      }),
    pullPosition: (source) => readPullPosition(database, source),
    outboxDue: (at, limit) => readDue(database, at, limit),
    recordDeliveries: (outcomes, at) => recordDeliveries(database, outcomes, at),
    deliveryTurn: (at) => readTurn(database, at),
    takeDeliveryTurn: (request) => takeTurn(database, request),
    endDeliveryTurn: (end) => endTurn(database, end),
    dueMailboxReports: (at, limit) => readDueReports(database, at, limit),
    settleMailboxReports: (outcomes, at) => settleReports(database, outcomes, at),
    deadLetters: (choice, limit) => readDeadLetters(database, choice, limit),
    deadLetter: (id) => readDeadLetter(database, id),
    retryDeadLetters: (choice, at) => retryDeadLetters(database, choice, at),
    dropDeadLetters: (choice, why) => dropDeadLetters(database, choice, why),
    nextOutboxDue: () => nextDue(database),
    staleTallies: (at, limit) => readStaleTallies(database, at, limit),
    settleTallies: (outcomes, at) => settleTallies(database, outcomes, at),
    beginReadBack: () => beginReadBack(database),
    endReadBack: (pull, at) => endReadBack(database, pull, at),
    unhalted: () => readUnhalted(database),
    isLatched: async (personId) =>
      (await isLatched(database, personId)) || (await isErased(database, personId, addressDigest)),
    messageFate: (digest) => readMessageFate(database, digest, seal),
    taskStates: (replyKeys) => readTaskStates(database, replyKeys),
    matchedBefore: (digests) => readMatchedBefore(database, digests),
    waitingFor: (digests) => waitingFor(database, digests, seal),
    counts: () => readCounts(database),
    close: () => database.close(),
  };
}
