import { flowsFor, type Flow } from '../flow.ts';
import type {
  Condition,
  FieldSchema,
  FlowHost,
  FlowQuery,
  ObjectSchema,
  RowOutcome,
  TriggerRecord,
} from '../flow-host.ts';
import { holdsTogether } from '../flow-logic.ts';
import { runAfterSaveFlows, runBeforeSaveFlows } from '../flow-run.ts';
import type { FieldValue, SaveError, SObjectRecord } from '../record.ts';

const MAX_QUERIES = 100;
const MAX_STATEMENTS = 150;
const MAX_TRIES = 3;

/** What a transaction has used up. */
export interface Usage {
  queries: number;
  statements: number;
}

/** An org in memory for the tests of flows: rows in Maps, saved with flows, checked and taken back as on the platform. */
export interface MemoryOrg {
  readonly host: FlowHost;
  readonly usage: Usage;
  /** Refuses rows like a validation rule; undefined accepts. */
  rule: (object: string, record: SObjectRecord) => SaveError | undefined;
  /** One request of the data API: a transaction of its own. */
  insert(object: string, records: readonly Record<string, FieldValue>[]): readonly RowOutcome[];
  update(object: string, records: readonly Record<string, FieldValue>[]): readonly RowOutcome[];
  rows(object: string): SObjectRecord[];
}

/** Makes an org of these objects and flows. `now` is its clock. */
export function memoryOrg(
  objects: readonly ObjectSchema[],
  flows: readonly Flow[] = [],
  now = '2026-11-05T10:00:00.000Z',
  settings: Readonly<Record<string, FieldValue>> = {},
): MemoryOrg {
  const schemas = new Map(objects.map((object) => [object.name.toLowerCase(), object]));
  let tables = new Map<string, Map<string, SObjectRecord>>(objects.map(({ name }) => [name, new Map()]));
  const usage: Usage = { queries: 0, statements: 0 };
  let created = 0;

  const schema = (name: string): ObjectSchema => {
    const found = schemas.get(name.toLowerCase());
    if (found === undefined) throw new Error(`sObject type '${name}' is not supported.`);
    return found;
  };
  const table = (name: string): Map<string, SObjectRecord> => tables.get(schema(name).name)!;

  function savepoint(): () => void {
    const kept = structuredClone(tables);
    return () => void (tables = structuredClone(kept));
  }

  function use(limit: 'queries' | 'statements', most: number): void {
    usage[limit] += 1;
    if (usage[limit] > most) throw new Error(`System.LimitException: Too many ${limit}: ${most + 1}`);
  }

  function find(query: FlowQuery): SObjectRecord[] {
    const object = schema(query.object);
    const { sort } = query;
    const found = [...table(query.object).values()].filter((row) =>
      holdsTogether(query.logic, query.conditions.length, (index) => matches(object, row, query.conditions[index]!)),
    );
    if (sort !== undefined) {
      const by = fieldOf(object, sort.field);
      found.sort((one, other) => order(by, one[by.name] ?? null, other[by.name] ?? null) * (sort.descending ? -1 : 1));
    }
    return structuredClone(found.slice(0, query.limit));
  }

  /** Saves rows as one statement; refused rows are left out and the others saved anew, up to three times. */
  function save(name: string, records: readonly SObjectRecord[]): RowOutcome[] {
    const outcomes: (RowOutcome | undefined)[] = records.map(() => undefined);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const undo = savepoint();
      const open = records.map((_, index) => index).filter((index) => outcomes[index] === undefined);
      const saved = saveOnce(
        name,
        open.map((index) => records[index]!),
      );
      saved.errors.forEach((error, place) => (outcomes[open[place]!] = { errors: [error] }));
      if (saved.errors.size === 0) {
        open.forEach((index, place) => (outcomes[index] = { id: saved.ids[place]! }));
        return outcomes.map((outcome) => outcome!);
      }
      undo();
    }
    throw new Error('The rows were refused again and again');
  }

  function saveOnce(
    name: string,
    records: readonly SObjectRecord[],
  ): { ids: string[]; errors: Map<number, SaveError> } {
    const object = schema(name);
    const batch = records.map((record): TriggerRecord => {
      const prior = record['Id'] === undefined ? undefined : table(name).get(String(record['Id']));
      return { record: Object.assign(Object.create(null) as SObjectRecord, prior, record), prior };
    });
    const event = batch.every(({ prior }) => prior === undefined) ? 'create' : 'update';
    const errors = runBeforeSaveFlows(flowsFor(flows, object.name, 'RecordBeforeSave', event), batch, host);
    batch.forEach(({ record }, place) => {
      const error = refusal(object, record, event) ?? org.rule(object.name, record);
      if (error !== undefined) errors.set(place, error);
    });
    if (errors.size > 0) return { ids: [], errors };
    const ids = batch.map(({ record }) => store(object, record));
    const after = batch.map(({ record, prior }) => ({ record: { ...record }, prior }));
    return { ids, errors: runAfterSaveFlows(flowsFor(flows, object.name, 'RecordAfterSave', event), after, host) };
  }

  function store(object: ObjectSchema, record: SObjectRecord): string {
    record['Id'] ??= object.keyPrefix + String(++created).padStart(15, '0');
    table(object.name).set(String(record['Id']), { ...record });
    return String(record['Id']);
  }

  function refusal(object: ObjectSchema, record: SObjectRecord, event: 'create' | 'update'): SaveError | undefined {
    if (event === 'update' && !table(object.name).has(String(record['Id']))) {
      return { statusCode: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: ['Id'] };
    }
    for (const [name, value] of Object.entries(record)) {
      const error = invalid(object.field(name), name, value);
      if (error !== undefined) return error;
    }
    const missing = object.fields.find(({ name, nillable }) => !nillable && (record[name] ?? null) === null);
    return (
      missing && {
        statusCode: 'REQUIRED_FIELD_MISSING',
        message: `Required fields are missing: [${missing.name}]`,
        fields: [missing.name],
      }
    );
  }

  function request(name: string, records: readonly Record<string, FieldValue>[]): RowOutcome[] {
    Object.assign(usage, { queries: 0, statements: 0 });
    const undo = savepoint();
    try {
      return save(name, records);
    } catch (error) {
      undo();
      throw error;
    }
  }

  const host: FlowHost = {
    schema: (name) => schemas.get(name.toLowerCase()),
    find(query) {
      use('queries', MAX_QUERIES);
      return find(query);
    },
    findMany(queries) {
      use('queries', MAX_QUERIES);
      return queries.map(find);
    },
    read: (name, id) => structuredClone(table(name).get(id)),
    insert(name, records) {
      use('statements', MAX_STATEMENTS);
      if (records.some((record) => 'Id' in record)) throw new Error('cannot specify Id in an insert call');
      return save(name, records);
    },
    update(name, records) {
      use('statements', MAX_STATEMENTS);
      if (new Set(records.map((record) => record['Id'])).size < records.length) throw new Error('Duplicate id in list');
      return save(name, records);
    },
    delete(name, ids) {
      use('statements', MAX_STATEMENTS);
      return ids.map((id) =>
        table(name).delete(id)
          ? { id }
          : { errors: [{ statusCode: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] }] },
      );
    },
    savepoint,
    hasPermission: (name) => name === 'Granted',
    flow: (name) => flows.find(({ fullName }) => fullName.toLowerCase() === name.toLowerCase()),
    customMetadata: () => ({ ...settings }),
    notify: () => undefined,
    now: () => new Date(now),
    userId: '005000000000001AAA',
  };
  const org: MemoryOrg = {
    host,
    usage,
    rule: () => undefined,
    insert: request,
    update: request,
    rows: (name) => [...table(name).values()],
  };
  return org;
}

function fieldOf(object: ObjectSchema, name: string): FieldSchema {
  const found = object.field(name);
  if (found === undefined) throw new Error(`No such column '${name}' on entity '${object.name}'`);
  return found;
}

function invalid(field: FieldSchema | undefined, name: string, value: FieldValue): SaveError | undefined {
  const refuse = (statusCode: string, message: string): SaveError => ({ statusCode, message, fields: [name] });
  if (field === undefined) return refuse('INVALID_FIELD', `No such column '${name}'`);
  if (value === null) return undefined;
  if (field.type === 'picklist' && !field.picklistValues.includes(String(value))) {
    return refuse(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `bad value for restricted picklist field: ${String(value)}`,
    );
  }
  if (field.type === 'datetime' && !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(String(value)))
    return refuse('JSON_PARSER_ERROR', 'no datetime');
  if (['string', 'textarea'].includes(field.type) && String(value).length > field.length)
    return refuse('STRING_TOO_LONG', `${name}: data value too large`);
  return undefined;
}

function matches(object: ObjectSchema, row: SObjectRecord, { field: name, operator, value }: Condition): boolean {
  const field = fieldOf(object, name);
  const own = row[field.name] ?? null;
  const same = (other: FieldValue): boolean =>
    own === null || other === null ? own === other : order(field, own, other) === 0;
  if (Array.isArray(value)) {
    const among = value.some((each: FieldValue) => same(each));
    return operator === 'In' ? among : !among;
  }
  const wanted = value as FieldValue;
  if (operator === 'IsNull') return (own === null) === wanted;
  if (operator === 'EqualTo') return same(wanted);
  if (operator === 'NotEqualTo') return !same(wanted);
  if (own === null || wanted === null) return false;
  const difference = order(field, own, wanted);
  if (operator === 'GreaterThan') return difference > 0;
  if (operator === 'GreaterThanOrEqualTo') return difference >= 0;
  if (operator === 'LessThan') return difference < 0;
  if (operator === 'LessThanOrEqualTo') return difference <= 0;
  if (operator === 'StartsWith') return String(own).toLowerCase().startsWith(String(wanted).toLowerCase());
  throw new Error(`The memory org knows no operator ${operator}`);
}

function order(field: FieldSchema, one: FieldValue, other: FieldValue): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  if (field.type === 'datetime') return Date.parse(String(one)) - Date.parse(String(other));
  if (typeof one === 'number') return one - Number(other);
  return String(one).toLowerCase().localeCompare(String(other).toLowerCase(), 'en');
}
