import type { Connection } from 'jsforce';
import type { LocalOrg } from '../../test/simulators/salesforce/local-org.ts';

/** A Task that the connector wrote, in the words of the org. */
export interface TaskRow {
  readonly subject: string;
  readonly kind: string;
  readonly from: string;
  readonly trackedMessageId: string;
  readonly matchedBy: string;
  /** Task.Replier__c: who answered, seen from the recipients of the tracked mail. */
  readonly replier: string;
}

/** A CampaignStatus__c as it stands. */
export interface StatusRow {
  readonly person: string;
  readonly status: string;
  /** HaltReason__c; empty when nothing has halted it. */
  readonly reason: string;
}

type Name = { readonly Name: string } | null;

/** The Tasks of all replies, the oldest first. */
export async function readTasks(connection: Connection): Promise<TaskRow[]> {
  const { records } = await connection.query<{
    Subject: string;
    ReplyKind__c: string;
    ReplyFrom__c: string;
    TrackedEmail__r: { MessageKey__c: string } | null;
    MatchedBy__c: string;
    Replier__c: string;
  }>(
    'SELECT Subject, ReplyKind__c, ReplyFrom__c, TrackedEmail__r.MessageKey__c, MatchedBy__c, Replier__c FROM Task ' +
      'WHERE ReplyKey__c != null ORDER BY ReplyReceivedAt__c ASC, Id ASC',
  );
  return records.map((task) => ({
    subject: task.Subject,
    kind: task.ReplyKind__c,
    from: task.ReplyFrom__c,
    trackedMessageId: task.TrackedEmail__r?.MessageKey__c ?? '',
    matchedBy: task.MatchedBy__c,
    replier: task.Replier__c,
  }));
}

/** Where everybody in the sequence stands, in the order of their enrolment. */
export async function readStatuses(connection: Connection): Promise<StatusRow[]> {
  const { records } = await connection.query<{
    Status__c: string;
    HaltReason__c: string | null;
    Contact__r: Name;
    Lead__r: Name;
  }>('SELECT Status__c, HaltReason__c, Contact__r.Name, Lead__r.Name FROM CampaignStatus__c ORDER BY Name ASC');
  return records.map(({ Status__c: status, HaltReason__c, Contact__r, Lead__r }) => {
    return { person: (Contact__r ?? Lead__r)?.Name ?? '', status, reason: HaltReason__c ?? '' };
  });
}

/** The Message-IDs of all tracked mails. */
export async function readTrackedIds(connection: Connection): Promise<Set<string>> {
  const { records } = await connection.query<{ MessageKey__c: string }>('SELECT MessageKey__c FROM TrackedEmail__c');
  return new Set(records.map(({ MessageKey__c }) => MessageKey__c));
}

/** Calls of the data API that were made with one session; each counts against the org's daily limit. */
export function countApiCalls({ requests }: LocalOrg, accessToken: string): number {
  const own = requests.filter(({ headers }) => headers['authorization'] === `Bearer ${accessToken}`);
  return own.filter(({ path }) => /^\/services\/data\/v\d+\.\d+\//.test(path)).length;
}
