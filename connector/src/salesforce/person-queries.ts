import type { ApiNames } from './api-names.ts';
import { recordId } from './record-id.ts';
import { quoted } from './soql.ts';

/** Records of a person in Salesforce, and the query that finds them. */
export interface PersonQuery {
  readonly holds: string;
  readonly soql: string;
}

/**
 * Where Salesforce holds what the connector has written, or works with, of a person: for an admin, who alone may delete
 * there. Addresses are quoted and ids checked, for an operator has typed them.
 */
export function personQueries(
  names: ApiNames,
  person: { readonly addresses: readonly string[]; readonly ids: readonly string[] },
): PersonQuery[] {
  const { task, trackedRecipient, campaignStatus } = names;
  const addresses = person.addresses.map(quoted).join(', ');
  const ids = person.ids
    .filter((id) => recordId(id) !== undefined)
    .map(quoted)
    .join(', ');
  const where = (byAddress: string, byId: readonly string[]): string =>
    [
      ...(addresses === '' || byAddress === '' ? [] : [`${byAddress} IN (${addresses})`]),
      ...(ids === '' ? [] : byId.map((field) => `${field} IN (${ids})`)),
    ].join(' OR ');
  const found = [
    ['Replies', `SELECT Id FROM ${task.object} WHERE `, where(task.replyFrom, [task.who])],
    [
      'Tracked mails to the person',
      `SELECT Id, ${trackedRecipient.trackedEmailByKey}.Id FROM ${trackedRecipient.object} WHERE `,
      where(trackedRecipient.address, [trackedRecipient.contact, trackedRecipient.lead]),
    ],
    [
      'Sequences of the person',
      `SELECT Id FROM ${campaignStatus.object} WHERE `,
      where('', [campaignStatus.contact, campaignStatus.lead]),
    ],
    ['The person, as a Contact', 'SELECT Id FROM Contact WHERE ', where('Email', ['Id'])],
    ['The person, as a Lead', 'SELECT Id FROM Lead WHERE ', where('Email', ['Id'])],
  ] as const;
  return found.flatMap(([holds, select, condition]) => (condition === '' ? [] : [{ holds, soql: select + condition }]));
}
