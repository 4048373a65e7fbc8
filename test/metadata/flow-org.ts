import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition, FlowHost, FlowQuery, ObjectSchema, RowOutcome } from '../simulators/salesforce/flow-host.ts';
import { holdsTogether } from '../simulators/salesforce/flow-logic.ts';
import { runAfterSaveFlows, runBeforeSaveFlows } from '../simulators/salesforce/flow-run.ts';
import { parseFlow, type Flow } from '../simulators/salesforce/flow.ts';
import type { FieldValue, SaveError, SObjectRecord } from '../simulators/salesforce/record.ts';
import { childrenOf, fieldsOf, fileNamed, ROOT, textOf } from './force-app.ts';

/** The clock of the org. */
export const NOW = '2026-11-24T12:00:00.000Z';

/** Campaign statuses, the two flows that act on them, and nothing else of an org. */
export interface FlowOrg {
  readonly statuses: Map<string, SObjectRecord>;
  readonly problems: SObjectRecord[];
  readonly used: { queries: number; statements: number };
  /** Saves Tasks as one batch; the result names the rows that a flow refused. */
  saveTasks(tasks: readonly SObjectRecord[]): Map<number, SaveError>;
  /** Creates a status and gives it as stored. */
  createStatus(row: SObjectRecord): SObjectRecord;
  /** Saves changes to one status, as a user or other software does. */
  saveStatus(id: string, changes: SObjectRecord): void;
  /** Makes every write of statuses fail, as a validation rule of the customer does. */
  refuseStatuses(error: SaveError): void;
}

const TYPES: Readonly<Record<string, string>> = {
  Text: 'string',
  LongTextArea: 'textarea',
  Picklist: 'picklist',
  DateTime: 'datetime',
  Number: 'double',
  Lookup: 'reference',
  Checkbox: 'boolean',
};

function schemaField(name: string, type: string): ObjectSchema['fields'][number] {
  const common = { length: 255, scale: 0, nillable: true, referenceTo: [], picklistValues: [], formula: undefined };
  return { ...common, name, label: name, type, relationshipName: null };
}

function schemaOf(object: string, source: string, standard: readonly string[]): ObjectSchema {
  const own = fieldsOf(source).map(({ name, root }) =>
    schemaField(name.split('.')[1]!, TYPES[textOf(root, 'type') ?? ''] ?? 'string'),
  );
  const fields = [...standard.map((name) => schemaField(name, 'reference')), ...own];
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  return { name: object, label: object, keyPrefix: '', fields, field: (name) => byName.get(name.toLowerCase()) };
}

const SCHEMAS = new Map([
  ['Task', schemaOf('Task', 'Activity', ['Id', 'WhoId'])],
  ['CampaignStatus__c', schemaOf('CampaignStatus__c', 'CampaignStatus__c', ['Id'])],
  ['ReplyProblem__c', schemaOf('ReplyProblem__c', 'ReplyProblem__c', ['Id'])],
  ['ReplyTrackingSetting__mdt', schemaOf('ReplyTrackingSetting__mdt', 'ReplyTrackingSetting__mdt', ['Id'])],
]);

/** The settings as the package ships them. */
function shippedSettings(): SObjectRecord {
  const values = childrenOf(fileNamed('CustomMetadata', 'ReplyTrackingSetting.Default').root, 'values');
  const entries = values.map((value): [string, FieldValue] => {
    const text = textOf(value, 'value') ?? '';
    const literal = { true: true, false: false }[text] ?? (/^[\d.]+$/.test(text) ? Number(text) : text);
    return [textOf(value, 'field') ?? '', literal];
  });
  return Object.assign(Object.create(null) as SObjectRecord, Object.fromEntries(entries));
}

const parsedFlows = new Map<string, Flow>();

/** A flow as its file is at the moment. */
function readFlow(name: string): Flow {
  const xml = readFileSync(join(ROOT, fileNamed('Flow', name).path), 'utf8');
  const known = parsedFlows.get(xml);
  if (known !== undefined) return known;
  const parsed = parseFlow(xml, name);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ problem }) => problem).join('\n'));
  parsedFlows.set(xml, parsed.flow);
  return parsed.flow;
}

/** A record with the null prototype that records of the org have; fields that are not given are empty. */
export function record(object: string, fields: Readonly<Record<string, FieldValue>>): SObjectRecord {
  const empty = SCHEMAS.get(object)!.fields.map(({ name }) => [name, null] as const);
  return Object.assign(Object.create(null) as SObjectRecord, Object.fromEntries(empty), fields);
}

const instant = (value: unknown): number => Date.parse(String(value));

/** The comparisons of SOQL that the flow uses: an empty value equals an empty value, and is never less or greater. */
function holds({ field, operator, value }: Condition, row: SObjectRecord): boolean {
  const stored = row[field] ?? null;
  switch (operator) {
    case 'EqualTo':
      return stored === value;
    case 'IsNull':
      return (stored === null) === value;
    case 'In':
      return Array.isArray(value) && value.includes(stored);
    case 'LessThanOrEqualTo':
      return stored !== null && instant(stored) <= instant(value);
    case 'GreaterThan':
      return stored !== null && instant(stored) > instant(value);
    default:
      throw new Error(`the org of this suite has no operator ${operator}`);
  }
}

/** An org with these statuses; each needs an Id. Settings that are not given are those of the package. */
export function createFlowOrg(
  initial: readonly SObjectRecord[],
  settings: Readonly<Record<string, FieldValue>> = {},
): FlowOrg {
  const statuses = new Map(initial.map((row) => [String(row.Id), row]));
  const problems: SObjectRecord[] = [];
  const used = { queries: 0, statements: 0 };
  const applyReply = readFlow('Task_AfterSave_ApplyReply');
  const stampHalt = readFlow('CampaignStatus_BeforeSave_StampHalt');
  let refusal: SaveError | undefined;

  const find = ({ conditions, logic }: FlowQuery): SObjectRecord[] =>
    [...statuses.values()].filter((row) =>
      holdsTogether(logic, conditions.length, (index) => holds(conditions[index]!, row)),
    );

  function saveRow(changes: SObjectRecord): RowOutcome {
    const prior = statuses.get(String(changes.Id))!;
    const next = Object.assign(Object.create(null) as SObjectRecord, prior, changes);
    const [error] = runBeforeSaveFlows([stampHalt], [{ record: next, prior }], host).values();
    if (error ?? refusal) return { errors: [(error ?? refusal)!] };
    statuses.set(String(next.Id), next);
    return { id: String(next.Id) };
  }

  const host: FlowHost = {
    schema: (name) => SCHEMAS.get(name),
    find: (query) => host.findMany([query])[0]!,
    findMany(queries) {
      used.queries += 1;
      return queries.map(find);
    },
    read: () => undefined,
    savepoint() {
      const kept = new Map(statuses);
      return () => kept.forEach((row, id) => statuses.set(id, row));
    },
    hasPermission: () => false,
    insert(_object, records) {
      used.statements += 1;
      problems.push(...records);
      return records.map((_, index) => ({ id: `a0P00000000000${index}AAA` }));
    },
    update(_object, records) {
      used.statements += 1;
      return records.map(saveRow);
    },
    delete: () => {
      throw new Error('no flow deletes anything');
    },
    flow: () => undefined,
    customMetadata: () => ({ ...shippedSettings(), ...settings }),
    notify: () => undefined,
    now: () => new Date(NOW),
    userId: '005000000000001AAA',
  };

  function createStatus(row: SObjectRecord): SObjectRecord {
    const [error] = runBeforeSaveFlows([stampHalt], [{ record: row, prior: undefined }], host).values();
    if (error) throw new Error(error.message);
    statuses.set(String(row.Id), row);
    return row;
  }

  return {
    statuses,
    problems,
    createStatus,
    used,
    saveTasks: (tasks) =>
      runAfterSaveFlows(
        [applyReply],
        tasks.map((task) => ({ record: task, prior: undefined })),
        host,
      ),
    saveStatus: (id, changes) => void saveRow(Object.assign(Object.create(null) as SObjectRecord, changes, { Id: id })),
    refuseStatuses: (error) => void (refusal = error),
  };
}
