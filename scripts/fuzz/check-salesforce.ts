import { apiNames } from '../../connector/src/salesforce/api-names.ts';
import { readDuplicateValue } from '../../connector/src/salesforce/duplicate-value.ts';
import { foreignArray, foreignObject, foreignText } from '../../connector/src/salesforce/foreign-json.ts';
import { loginRefusal } from '../../connector/src/salesforce/login-refusal.ts';
import type { OrgAnswer, OrgCall } from '../../connector/src/salesforce/org-call.ts';
import { readIdentityUrl } from '../../connector/src/salesforce/org-identity.ts';
import { createReads } from '../../connector/src/salesforce/read-org.ts';
import { SalesforceError } from '../../connector/src/salesforce/salesforce-error.ts';
import type { Position, SalesforceWrite, SalesforceWriteResult } from '../../connector/src/salesforce/salesforce.ts';
import { writeRows } from '../../connector/src/salesforce/write-rows.ts';
import { sampleMail, sampleReply } from '../../test/contract/store-samples.ts';
import { demand } from './demand.ts';
import { answerText, jsonOf, readHttpText, statusOf } from './http-text.ts';

const NAMES = apiNames();
const ORG = { host: 'acme.my.salesforce.com', apiVersion: '67.0' };
const NOW = new Date('2026-03-03T09:00:00Z');
const API = '/services/data/v67.0/';
const NEXT = /^\/services\/data\/v\d{2,3}\.0\/query(?:All)?\/[A-Za-z0-9-]{1,100}$/;
const LAST: OrgAnswer = { accepted: true, body: { totalSize: 0, done: true, records: [] }, serverTime: NOW };
const REPLY = sampleReply('answer@buyer.example', 'sent@seller.example');
const MAIL = sampleMail('sent@seller.example');
const ROWS: readonly SalesforceWrite[] = [
  { type: 'Task', key: REPLY.replyKey, reply: REPLY },
  { type: 'TrackedEmail', key: MAIL.messageId, mail: MAIL },
];
const BEFORE: Position = { systemModstamp: '2026-02-01T00:00:00.000Z', id: '000000000000000' };

/** Sends an answer through everything that reads what Salesforce answers, as jsforce hands it out. */
export async function checkSalesforce(bytes: Uint8Array): Promise<void> {
  const text = readHttpText(bytes);
  const body = jsonOf(text);
  const first = answerOf(statusOf(text), body);
  const results = await unlessFault(
    writeRows(ROWS, { ...orgThat(first), closedStatus: () => Promise.resolve('Done') }),
  );
  if (results !== undefined) checkResults(results, text.body.toString('utf8'));
  const reads = createReads({ ...orgThat(first), session: () => Promise.reject(new Error('no session')) });
  const mails = await unlessFault(reads.trackedMailsSince(BEFORE));
  checkPosition(mails?.position);
  const enrolments = await unlessFault(createReads({ ...orgThat(first), session: noSession }).enrolmentsSince(BEFORE));
  checkPosition(enrolments?.position);
  const changes = await unlessFault(
    createReads({ ...orgThat(first), session: noSession }).changesSince({
      enrolments: undefined,
      trackedMails: undefined,
    }),
  );
  for (const { messageId } of [...(mails?.rows ?? []), ...(changes?.trackedMails.rows ?? [])]) {
    demand(messageId !== '', 'a tracked mail has a Message-ID');
  }
  checkLogin(body);
}

const noSession = (): Promise<never> => Promise.reject(new Error('no session'));

/** An org that gives an answer to the first call, and to all others an end of rows. */
function orgThat(first: OrgAnswer): { readonly call: OrgCall; readonly org: typeof ORG; readonly names: typeof NAMES } {
  let next = first;
  const call: OrgCall = ({ path }) => {
    demand(path.startsWith(API) || NEXT.test(path), 'nothing is asked but the data API');
    const answer = next;
    next = LAST;
    return Promise.resolve(answer);
  };
  return { call, org: ORG, names: NAMES };
}

function answerOf(status: number, body: unknown): OrgAnswer {
  if (status < 400) return { accepted: true, body: foreignObject(body) ?? foreignArray(body) ?? null, serverTime: NOW };
  const error = foreignObject(foreignArray(body)?.[0]);
  const [errorCode, message] = [foreignText(error?.['errorCode']), foreignText(error?.['message'])];
  return { accepted: false, errorCode: errorCode ?? `ERROR_HTTP_${status}`, message: message ?? '' };
}

async function unlessFault<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    checkError(error);
    return undefined;
  }
}

function checkError(error: SalesforceError): void {
  demand(['retry', 'refused'].includes(error.code) && (error.actions?.length ?? 0) > 0, 'an error says what to do');
  demand(error.message.length <= 1000, 'the words of an error are short');
}

function checkResults(results: readonly SalesforceWriteResult[], text: string): void {
  demand(results.map(({ key }) => key).join() === ROWS.map(({ key }) => key).join(), 'each row has a result');
  const isDone = (result: SalesforceWriteResult): boolean => result.outcome === 'written';
  demand(!results.some(isDone) || /"success"|DUPLICATE_VALUE/.test(text), 'nothing is taken as written unsaid');
  for (const result of results) if (result.outcome === 'refused') readDuplicateValue(result.message);
}

function checkPosition(position: Position | undefined): void {
  if (position === undefined) return;
  demand(/^[A-Za-z0-9]{15,18}$/.test(position.id), 'a pull goes on after the id of a record');
  demand(!Number.isNaN(Date.parse(position.systemModstamp)), 'a pull goes on after an instant');
}

function checkLogin(body: unknown): void {
  const answer = foreignObject(body) ?? {};
  const [error, description] = ['error', 'error_description'].map((name) => foreignText(answer[name]) ?? '');
  const login = { host: ORG.host, username: 'connector@acme.example', clockSkewMs: 120_000, now: NOW };
  checkError(loginRefusal({ error: error!, description: description! }, login));
  const identity = readIdentityUrl(foreignText(answer['id']) ?? '');
  demand(identity === undefined || /^00D\w{15}$/.test(identity.orgId), 'the id of an org is one');
}

const written = (id: string): object => ({ id, success: true, errors: [] });
const refused = (statusCode: string, message: string): object => ({
  success: false,
  errors: [{ statusCode, message, fields: [] }],
});
const MAIL_ROW = {
  attributes: { type: 'TrackedEmail__c' },
  ...{
    Id: 'a01Ws000001AbCdIAK',
    SystemModstamp: '2026-03-02T08:30:00.000+0000',
    CreatedDate: '2026-03-02T08:30:00.000+0000',
  },
  ...{
    [NAMES.trackedEmail.messageKey]: '<sent@seller.example>',
    [NAMES.trackedEmail.sentAt]: '2026-03-02T08:29:00.000+0000',
  },
  ...{
    [NAMES.trackedEmail.subject]: 'Our offer',
    [NAMES.trackedEmail.owner]: '005Ws000001AbCdIAK',
    [NAMES.trackedEmail.source]: 'Sequence',
  },
  [NAMES.trackedEmail.recipients]: {
    ...{ totalSize: 2, done: false, nextRecordsUrl: `${API}query/01gWs00000AbCdE-200` },
    records: [
      {
        [NAMES.trackedRecipient.address]: 'ann@lead.example.org',
        [NAMES.trackedRecipient.contact]: '003Ws000001AbCdIAK',
      },
    ],
  },
};
const STATUS_ROW = {
  ...{ Id: 'a02Ws000001AbCdIAK', SystemModstamp: '2026-03-02T08:30:00.000+0000' },
  ...{ [NAMES.campaignStatus.contact]: '003Ws000001AbCdIAK', [NAMES.campaignStatus.status]: 'Active' },
  ...{
    [NAMES.campaignStatus.contactRecord]: { Email: 'Ann@lead.example.org' },
    [NAMES.campaignStatus.owner]: '005Ws000001AbCdIAK',
  },
};

/** The inputs to begin with: answers to a write and to queries, alone and together, refusals, logins. */
export function salesforceSeeds(): string[] {
  const duplicate = refused(
    'DUPLICATE_VALUE',
    'duplicate value found: ReplyKey__c duplicates value on record with id: 00TWs000003Gq1x',
  );
  const converted = refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  const locked = [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access' }];
  const composite = (...bodies: readonly (readonly object[])[]): object => ({
    compositeResponse: bodies.map((body, place) => ({
      body,
      httpHeaders: {},
      httpStatusCode: 200,
      referenceId: `collection${place}`,
    })),
  });
  const answer = (...records: readonly object[]): object => ({ totalSize: records.length, done: true, records });
  const together = [
    answer(STATUS_ROW),
    answer(MAIL_ROW),
    answer({ ApiName: 'Completed' }),
    answer({ Id: '00DWs000001AbCdIAK', Name: 'Acme' }),
  ];
  const queries = together.map((body, place) => ({
    body,
    httpHeaders: {},
    httpStatusCode: 200,
    referenceId: `query${place}`,
  }));
  const faults = [
    'REQUEST_LIMIT_EXCEEDED',
    'SERVER_UNAVAILABLE',
    'INVALID_SESSION_ID',
    'INVALID_TYPE',
    'NOT_FOUND',
    'QUERY_TIMEOUT',
  ];
  return [
    answerText(
      200,
      composite([written('a01Ws000001AbCdIAK')], [written('a03Ws000001AbCdIAK')], [written('00TWs000003Gq1xMAB')]),
    ),
    answerText(200, composite([written('a01Ws000001AbCdIAK')], [duplicate], [duplicate])),
    answerText(200, composite([converted], [converted], [converted])),
    answerText(200, {
      compositeResponse: [0, 1, 2].map((place) => ({
        body: locked,
        httpStatusCode: 400,
        referenceId: `collection${place}`,
      })),
    }),
    answerText(200, { compositeResponse: queries }),
    answerText(200, answer(MAIL_ROW)),
    answerText(200, {
      ...answer(STATUS_ROW, STATUS_ROW),
      done: false,
      nextRecordsUrl: `${API}query/01gWs00000AbCdE-2000`,
    }),
    ...faults.map((errorCode) => answerText(400, [{ errorCode, message: 'x' }])),
    answerText(400, { error: 'invalid_grant', error_description: "user hasn't approved this consumer" }),
    answerText(200, {
      access_token: '00DWs000001AbCd!x',
      id: 'https://login.salesforce.com/id/00DWs000001AbCdIAK/005Ws000001AbCdIAK',
    }),
  ];
}
