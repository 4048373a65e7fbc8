import { nameOf, PROSPECTS } from './cast.ts';
import type { Style } from './narrator.ts';
import type { StatusRow, TaskRow } from './read-outcome.ts';

/** What the story led to, as the org tells it. */
export interface Outcome {
  readonly tasks: readonly TaskRow[];
  readonly before: readonly StatusRow[];
  readonly after: readonly StatusRow[];
  /** Calls of the data API that the connector made. */
  readonly salesforceApiCalls: number;
}

/** The outcome as one line of JSON. */
export function outcomeJson({ tasks, before, after, salesforceApiCalls }: Outcome): string {
  return JSON.stringify({
    tasks: tasks.map(({ subject, kind, from, trackedMessageId, matchedBy }) => ({
      ...{ subject, kind, from, trackedMessageId, matchedBy },
    })),
    campaignStatuses: after.map(({ person, status }) => ({
      ...{ person, before: statusOf(person, before), after: status },
    })),
    salesforceApiCalls,
  });
}

/** The outcome as two tables of at most 98 columns. */
export function outcomeTables({ tasks, before, after, salesforceApiCalls }: Outcome, style: Style): string[] {
  const taskLines = tasks.flatMap(({ subject, kind, from, replier, matchedBy, trackedMessageId }) => [
    `  ${columns([cut(subject, 36), 38], [kind, 12], [cut(from, 28), 30])}${replier}`,
    style('dim', `    answers ${cut(trackedMessageId, 50)}, by ${matchedBy}`),
  ]);
  const statusLines = after.map(({ person, status, reason }) => {
    const was = statusOf(person, before);
    const now = columns([status, 10]);
    const why = reason === '' ? (unmoved(person) ?? '') : reason;
    return `  ${columns([person, 18], [was, 8])}-> ${was === status ? now : style('green', now)}${cut(why, 56)}`;
  });
  return [
    '',
    style('bold', 'Tasks'),
    style('dim', `  ${columns(['Subject', 38], ['Kind', 12], ['From', 30])}Who answered`),
    ...taskLines,
    '',
    style('bold', 'CampaignStatus__c'),
    style('dim', `  ${columns(['Person', 18], ['Before', 11], ['After', 10])}Why`),
    ...statusLines,
    '',
    `The connector made ${salesforceApiCalls} calls to the Salesforce API.`,
  ];
}

function columns(...cells: readonly (readonly [text: string, width: number])[]): string {
  return cells.map(([text, width]) => text.padEnd(width)).join('');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3)}...`;
}

function statusOf(person: string, rows: readonly StatusRow[]): string {
  return rows.find((row) => row.person === person)?.status ?? '';
}

function unmoved(person: string): string | undefined {
  return Object.values(PROSPECTS).find((prospect) => nameOf(prospect) === person)?.unmoved;
}
