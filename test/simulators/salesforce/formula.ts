import type { FieldSchema, FlowHost, ObjectSchema } from './flow-host.ts';
import { FormulaProblem, type Expression } from './formula-parser.ts';
import { checkExpression, compileFormula, runExpression } from './formula-run.ts';
import {
  FormulaError,
  formulaTypeOf,
  fromFieldValue,
  toFieldValue,
  type FormulaType,
  type Scalar,
} from './formula-value.ts';
import type { FieldValue, SObjectRecord } from './record.ts';

export { FormulaError } from './formula-value.ts';

/** What a formula of an object (validation rule, formula field) sees. */
export interface FormulaContext {
  readonly object: ObjectSchema;
  readonly record: SObjectRecord;
  /** The record as stored before this save; absent on create. */
  readonly prior?: SObjectRecord | undefined;
  readonly host: FlowHost;
}

/** Finds the schema of an object; undefined when the org has no such object. */
export type SchemaOf = (objectName: string) => ObjectSchema | undefined;

const MAX_LOOKUPS = 10;
const LONGEST_FORMULA_TEXT = 255;

/**
 * The value of a formula for one record: fields by API name, fields of parents as `Parent__r.Field` (blank when the
 * lookup is empty), `$User.Id`, `$Permission.Name`. Throws a FormulaError when the platform would show `#Error!`.
 */
export function evaluateFormula(expression: string, context: FormulaContext): FieldValue {
  const { object, record, prior, host } = context;
  const value = runExpression(compileFormula(expression), {
    value: (path) => globalValue(path, host) ?? fieldValue(path, object, record, host),
    prior: (path) => (prior === undefined ? null : fieldValue(path, object, prior, host)),
    isNew: prior === undefined,
    now: host.now(),
  });
  return toFieldValue(value);
}

/** Why the platform would refuse to store this formula, in its words; undefined when it is sound. */
export function checkFormula(expression: string, object: ObjectSchema, schemaOf: SchemaOf): string | undefined {
  return problemOf(() => {
    checkExpression(compileFormula(expression), {
      ofRecord: true,
      typeOf(path, merge) {
        if (merge) throw new FormulaProblem(`Syntax error. Found '{!${path}}'`);
        return globalType(path) ?? fieldType(path, object, schemaOf);
      },
    });
    checkCircles(expression, object, schemaOf, []);
  });
}

/** Follows the formula fields that a formula reads; one that leads back to itself would never end. */
function checkCircles(expression: string, object: ObjectSchema, schemaOf: SchemaOf, open: readonly string[]): void {
  for (const path of referencesIn(compileFormula(expression))) {
    if (path.startsWith('$')) continue;
    const { owner, field } = findOwnedField(path, object, schemaOf);
    const name = `${owner.name}.${field.name}`;
    if (field.formula === undefined) continue;
    if (open.includes(name) || open.length >= MAX_LOOKUPS) {
      throw new FormulaProblem(`Field ${path} leads back to itself, or through more than ${MAX_LOOKUPS} formulas.`);
    }
    checkCircles(field.formula, owner, schemaOf, [...open, name]);
  }
}

function referencesIn(expression: Expression): string[] {
  if (expression.kind === 'reference') return [expression.path];
  return expression.kind === 'call' ? [...new Set(expression.args.flatMap(referencesIn))] : [];
}

/** The text of the FormulaProblem that an action throws. */
export function problemOf(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof FormulaProblem) return error.message;
    throw error;
  }
}

/** The type of `$User.Id` and `$Permission.Name`; undefined for a path that is no global variable. */
export function globalType(path: string): FormulaType | undefined {
  if (!path.startsWith('$')) return undefined;
  if (path === '$User.Id') return 'Text';
  if (/^\$Permission\.\w+$/.test(path)) return 'Boolean';
  throw new FormulaProblem(`Field ${path} does not exist. Check spelling.`);
}

/** The value of `$User.Id` and `$Permission.Name`; undefined for another path. */
export function globalValue(path: string, host: FlowHost): Scalar | undefined {
  if (path === '$User.Id') return host.userId;
  return path.startsWith('$Permission.') ? host.hasPermission(path.slice('$Permission.'.length)) : undefined;
}

/** The type of a field or of a parent's field. Throws a FormulaProblem when it does not exist or no formula reads it. */
export function fieldType(path: string, object: ObjectSchema, schemaOf: SchemaOf): FormulaType {
  const field = findField(path, object, schemaOf);
  const type = formulaTypeOf(field);
  if (type === undefined || isLongText(field)) {
    throw new FormulaProblem(`You cannot use the field ${path} of type ${field.type} in this type of formula.`);
  }
  return type;
}

/** Whether a field is a long text area, which neither formulas nor conditions of a query can use. */
export const isLongText = (field: FieldSchema): boolean =>
  field.type === 'textarea' && field.length > LONGEST_FORMULA_TEXT;

/** A field, or a parent's field as `Parent__r.Field`. Throws a FormulaProblem when it does not exist. */
export function findField(path: string, object: ObjectSchema, schemaOf: SchemaOf): FieldSchema {
  return findOwnedField(path, object, schemaOf).field;
}

function findOwnedField(
  path: string,
  object: ObjectSchema,
  schemaOf: SchemaOf,
): { owner: ObjectSchema; field: FieldSchema } {
  const steps = path.split('.');
  let owner = object;
  for (const step of steps.slice(0, -1)) owner = parentObject(step, owner, path, steps.length, schemaOf);
  const field = owner.field(steps.at(-1)!);
  if (field === undefined) throw new FormulaProblem(`Field ${path} does not exist. Check spelling.`);
  return { owner, field };
}

function parentObject(
  step: string,
  owner: ObjectSchema,
  path: string,
  steps: number,
  schemaOf: SchemaOf,
): ObjectSchema {
  const lookup = lookupNamed(step, owner);
  const target = lookup === undefined ? undefined : schemaOf(lookup.referenceTo[0]!);
  if (target === undefined || steps > MAX_LOOKUPS)
    throw new FormulaProblem(`Field ${path} does not exist. Check spelling.`);
  return target;
}

/** A lookup to one kind of object; a lookup to several (Who, What, Owner) has no fields in formulas here. */
function lookupNamed(step: string, owner: ObjectSchema): FieldSchema | undefined {
  return owner.fields.find(
    (field) => field.relationshipName?.toLowerCase() === step.toLowerCase() && field.referenceTo.length === 1,
  );
}

/** The value of a field or of a parent's field; null when a lookup on the way is empty. */
export function fieldValue(path: string, object: ObjectSchema, record: SObjectRecord, host: FlowHost): Scalar {
  const steps = path.split('.');
  const [step] = steps;
  if (steps.length === 1) return ownValue(step!, object, record, host);
  const lookup = lookupNamed(step!, object);
  const parentSchema = lookup === undefined ? undefined : host.schema(lookup.referenceTo[0]!);
  if (lookup === undefined || parentSchema === undefined) throw new FormulaError(`Field ${path} does not exist`);
  const id = record[lookup.name] ?? null;
  const parent = id === null ? undefined : host.read(parentSchema.name, String(id));
  return parent === undefined ? null : fieldValue(steps.slice(1).join('.'), parentSchema, parent, host);
}

function ownValue(name: string, object: ObjectSchema, record: SObjectRecord, host: FlowHost): Scalar {
  const field = object.field(name);
  if (field === undefined) throw new FormulaError(`Field ${name} does not exist`);
  const stored =
    field.formula === undefined ? record[field.name] : evaluateFormula(field.formula, { object, record, host });
  return fromFieldValue(stored ?? null, field);
}
