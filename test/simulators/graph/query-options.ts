import { accessDenied, badRequest, GraphError } from './graph-error.ts';
import type { Grant } from './directory.ts';
import { BEYOND_BASIC, BODY_PROPERTIES, isMessageProperty } from './message-resource.ts';

/** What a request for messages asks for. */
export interface MessageQuery {
  readonly select: readonly string[];
  readonly top: number | undefined;
  readonly count: boolean;
  /** `receivedDateTime ge` this instant, in milliseconds; `gt` is one more. */
  readonly from: number | undefined;
  /** `receivedDateTime lt` this instant. */
  readonly until: number | undefined;
  readonly newestFirst: boolean;
  readonly skip: number;
}

/** What a request asks for that a reader of header fields has no business with. */
export type RecordViolation = (violation: string) => void;

const LIST = ['$select', '$top', '$count', '$filter', '$orderby', '$skip'];
/** "message: delta", query parameters: no other option is documented. */
const DELTA = ['$select', '$top', '$expand', '$filter', '$orderby', 'changeType'];
const GET = ['$select', '$expand'];

/**
 * Checks the options of a request for messages against what is documented for it, and against the grant.
 *
 * @throws GraphError
 */
export function messageQuery(
  kind: 'list' | 'delta' | 'get',
  parameters: URLSearchParams,
  grant: Grant,
  violation: RecordViolation,
): MessageQuery {
  const known = { list: LIST, delta: DELTA, get: GET }[kind];
  for (const name of new Set(parameters.keys())) {
    if (known.includes(name)) continue;
    violation(`${kind} with ${name}`);
    throw badRequest(`Query option '${name}' is not allowed.`);
  }
  const select = selectOf(parameters, grant, violation);
  refuseExpand(parameters, grant, violation);
  const { from, until } = filterOf(kind, parameters.get('$filter'));
  return {
    ...{ select, from, until },
    top: wholeNumber(parameters, '$top', 1000),
    count: parameters.get('$count') === 'true',
    newestFirst: orderOf(parameters.get('$orderby')),
    skip: wholeNumber(parameters, '$skip', Number.MAX_SAFE_INTEGER) ?? 0,
  };
}

function selectOf(parameters: URLSearchParams, grant: Grant, violation: RecordViolation): string[] {
  const select = (parameters.get('$select') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (select.length === 0) violation('asks for every property, the body among them');
  for (const name of select) {
    if (!isMessageProperty(name)) {
      throw new GraphError(
        400,
        'RequestBroker--ParseUri',
        `Could not find a property named '${name}' on type 'microsoft.graph.message'.`,
      );
    }
    if (BODY_PROPERTIES.includes(name) || BEYOND_BASIC.includes(name)) violation(`selects ${name}`);
    if (BEYOND_BASIC.includes(name) && isBasic(grant)) throw accessDenied();
  }
  return select;
}

function refuseExpand(parameters: URLSearchParams, grant: Grant, violation: RecordViolation): void {
  const expand = parameters.get('$expand');
  if (expand === null) return;
  violation(`expands ${expand}`);
  if (isBasic(grant)) throw accessDenied();
  throw badRequest(`The Graph simulator does not expand ${expand}.`);
}

/** Whether a grant stops at basic properties. */
export function isBasic({ permissions }: Grant): boolean {
  return !['Mail.Read', 'Mail.ReadWrite'].some((permission) => permissions.has(permission));
}

const FILTER = /^receivedDateTime (ge|gt|lt|le) (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)$/i;

function filterOf(kind: string, filter: string | null): { from: number | undefined; until: number | undefined } {
  let from: number | undefined;
  let until: number | undefined;
  for (const term of filter === null ? [] : filter.split(' and ')) {
    const [, operator = '', value = ''] = FILTER.exec(term) ?? [];
    const time = Date.parse(value);
    if (Number.isNaN(time) || (kind === 'delta' && !['ge', 'gt'].includes(operator))) throw unsupportedFilter();
    if (operator === 'ge') from = time;
    if (operator === 'gt') from = time + 1000;
    if (operator === 'lt') until = time;
    if (operator === 'le') until = time + 1000;
  }
  return { from, until };
}

const unsupportedFilter = (): GraphError =>
  badRequest(
    "The '$filter' parameter value is not supported for 'Messages' resource; only a value of 'ReceivedDateTime ge value' is supported.",
  );

function orderOf(order: string | null): boolean {
  if (order === null) return false;
  if (/^receivedDateTime desc$/i.test(order)) return true;
  throw badRequest("The '$orderby' parameter value is not supported for 'Messages' resource.");
}

function wholeNumber(parameters: URLSearchParams, name: string, most: number): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= 0 && value <= most)) throw badRequest(`Invalid value '${text}' for ${name} query option found.`);
  return value;
}
