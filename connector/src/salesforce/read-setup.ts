import { foreignArray, foreignObject, foreignText, type ForeignObject } from './foreign-json.ts';
import { neededObjects } from './needed-fields.ts';
import { PACKAGE_FLOWS } from './package-names.ts';
import { queryPath, unreadable } from './query-rows.ts';
import type { ReadableOrg } from './read-org.ts';
import { recordId } from './record-id.ts';
import { SalesforceError } from './salesforce-error.ts';
import type { FieldSetup, ObjectSetup, OrgSetup } from './salesforce.ts';
import { assignmentQuery, flowQuery } from './soql.ts';

/** Who is logged in (Salesforce Help, "UserInfo Endpoint"). */
const USER_INFO = '/services/oauth2/userinfo';

/** Asks how the org is set up, as the user of the session sees it: one API call, after one for an unknown user. */
export async function readSetup(source: ReadableOrg): Promise<OrgSetup> {
  const { call, org, names } = source;
  const userId = (await source.session()).userId ?? (await askUserId(source));
  const base = `/services/data/v${org.apiVersion}`;
  const objects = neededObjects(names).map(({ object }) => object);
  const urls = [
    ...objects.map((object) => `${base}/sobjects/${object}/describe`),
    queryPath(flowQuery(PACKAGE_FLOWS, names), org),
    ...(userId === undefined ? [] : [queryPath(assignmentQuery(userId), org)]),
  ];
  const compositeRequest = urls.map((url, index) => ({ method: 'GET', url, referenceId: `part${index}` }));
  const body = { allOrNone: false, collateSubrequests: false, compositeRequest };
  const answer = await call({ method: 'POST', path: `${base}/composite`, body });
  const parts = foreignArray(answer.accepted && foreignObject(answer.body)?.['compositeResponse'])?.map(foreignObject);
  if (parts?.length !== urls.length) throw unreadable(org);
  const [flows, assignments] = parts.slice(objects.length);
  return {
    objects: new Map(objects.map((object, index) => [object, objectSetup(shown(parts[index]))])),
    flows: flowsOf(rowsOf(flows)),
    permissionSets: rowsOf(assignments)?.flatMap(
      (row) => foreignText(foreignObject(row['PermissionSet'])?.['Name']) ?? [],
    ),
  };
}

/** A token that was given tells no user, and one without the scope for it may not ask. */
async function askUserId({ call }: ReadableOrg): Promise<string | undefined> {
  try {
    const answer = await call({ method: 'GET', path: USER_INFO });
    return recordId(foreignText(answer.accepted ? foreignObject(answer.body)?.['user_id'] : undefined));
  } catch (error) {
    if (error instanceof SalesforceError && error.code === 'refused') return undefined;
    throw error;
  }
}

/** The body of a part that was not refused: what a user may not see is refused as if it were not there. */
function shown(part: ForeignObject | undefined): ForeignObject | undefined {
  const status = part?.['httpStatusCode'];
  return typeof status === 'number' && status < 400 ? foreignObject(part?.['body']) : undefined;
}

function rowsOf(part: ForeignObject | undefined): ForeignObject[] | undefined {
  return foreignArray(shown(part)?.['records'])
    ?.map(foreignObject)
    .filter((row) => row !== undefined);
}

function objectSetup(described: ForeignObject | undefined): ObjectSetup | undefined {
  const fields = foreignArray(described?.['fields']);
  if (described === undefined || fields === undefined) return undefined;
  return {
    isCreateable: described['createable'] === true,
    fields: new Map(
      fields.map((field) => [
        foreignText(foreignObject(field)?.['name']) ?? '',
        fieldSetup(foreignObject(field) ?? {}),
      ]),
    ),
  };
}

function fieldSetup(field: ForeignObject): FieldSetup {
  return {
    isCustom: field['custom'] === true,
    isWritable: field['createable'] === true || field['updateable'] === true,
    isExternalId: field['externalId'] === true,
    isUnique: field['unique'] === true,
    isCaseSensitive: field['caseSensitive'] === true,
  };
}

/** A flow has an active version or none; its latest version may be another one than that. */
function flowsOf(rows: readonly ForeignObject[] | undefined): ReadonlyMap<string, boolean> | undefined {
  if (rows === undefined) return undefined;
  const active = new Map(
    rows.map((row) => [foreignText(row['ApiName']), foreignText(row['ActiveVersionId']) !== undefined]),
  );
  return new Map(
    PACKAGE_FLOWS.map((name) => [name, [...active].some(([given, is]) => is && nameWithoutPrefix(given) === name)]),
  );
}

function nameWithoutPrefix(name: string | undefined): string | undefined {
  return name?.replace(/^.*?__/, '');
}
