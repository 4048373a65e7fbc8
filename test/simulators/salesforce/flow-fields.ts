import type { FlowRecordLookup } from './flow-elements.ts';
import type { FlowHost } from './flow-host.ts';
import type { FlowProgram } from './flow-program.ts';

/** What the database sets by itself; a flow that updates a record it has read does not send these back. */
const SYSTEM_FIELDS = new Set(
  ['Id', 'CreatedDate', 'CreatedById', 'LastModifiedDate', 'LastModifiedById', 'SystemModstamp', 'IsDeleted'].map(
    (name) => name.toLowerCase(),
  ),
);

const used = new WeakMap<FlowProgram, ReadonlySet<string>>();

/**
 * The fields that a Get Records element keeps, besides Id: the chosen ones, or else those that the flow names
 * anywhere, because the platform fetches no others.
 */
export function keptFields(program: FlowProgram, lookup: FlowRecordLookup, host: FlowHost): string[] {
  const schema = host.schema(lookup.object);
  const chosen = lookup.queriedFields.map((name) => name.toLowerCase());
  const wanted = chosen.length > 0 ? new Set(chosen) : namesUsed(program);
  const assigned = new Set(lookup.outputAssignments.map(({ field }) => field.toLowerCase()));
  return (schema?.fields ?? [])
    .map(({ name }) => name)
    .filter((name) => name === 'Id' || wanted.has(name.toLowerCase()) || assigned.has(name.toLowerCase()));
}

/** The fields of a held record that an update of it sends. */
export function sentFields(object: string, names: readonly string[], host: FlowHost): string[] {
  const schema = host.schema(object);
  return names.filter((name) => !SYSTEM_FIELDS.has(name.toLowerCase()) && schema?.field(name)?.formula === undefined);
}

/** Every name after a dot in the flow, in references, formulas and templates, in lower case. */
function namesUsed(program: FlowProgram): ReadonlySet<string> {
  const known = used.get(program);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part === 'string') for (const [, name] of part.matchAll(/\.(\w+)/g)) names.add(name!.toLowerCase());
    else if (part !== null && typeof part === 'object') Object.values(part).forEach(visit);
  };
  visit(program.flow);
  used.set(program, names);
  return names;
}
