import type { ApiNames } from './api-names.ts';

/** What the connector needs of one object of the org. */
export interface NeededObject {
  readonly object: string;
  readonly fields: readonly string[];
  /** True when the connector makes records of it, so that it has to be able to write each field. */
  readonly isWritten: boolean;
}

/**
 * Every field of the table of API names, by object. A relationship to a parent stands for the lookup field behind it,
 * and one to children for no field.
 */
export function neededObjects(names: ApiNames): NeededObject[] {
  const { task, trackedEmail, trackedRecipient, connectedMailbox, campaignStatus } = names;
  const { recipients: _children, ...ofTrackedEmail } = trackedEmail;
  return [
    { ...fieldsOf(task), isWritten: true },
    { ...fieldsOf(ofTrackedEmail), isWritten: true },
    { ...fieldsOf(trackedRecipient), isWritten: true },
    { ...fieldsOf(connectedMailbox), isWritten: true },
    { ...fieldsOf(campaignStatus), isWritten: false },
  ];
}

function fieldsOf({ object, ...fields }: { readonly object: string } & Readonly<Record<string, string>>) {
  const names = Object.values(fields).map((name) => name.replace(/__r$/, '__c'));
  return { object, fields: [...new Set(names)] };
}
