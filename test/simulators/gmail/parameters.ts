import { badRequest, type GoogleError } from './google-error.ts';

/** How often a query parameter may stand, and which values it takes. */
export interface ParameterRule {
  readonly repeated?: boolean;
  readonly pattern?: RegExp;
}

export type ParameterRules = Readonly<Record<string, ParameterRule>>;

/** Query parameters by name, each with its values in order. */
export type Parameters = ReadonlyMap<string, readonly string[]>;

/** Standard parameters that the official client may send; `access_token` is left out: a token belongs in a header. */
const STANDARD: ParameterRules = { alt: { pattern: /^json$/ }, fields: {}, prettyPrint: { pattern: /^(true|false)$/ } };

export const BOOLEAN = { pattern: /^(true|false)$/ };
export const WHOLE_NUMBER = { pattern: /^\d{1,10}$/ };

/** @throws GoogleError 400 for a parameter that the method does not have, a repeated one, or a wrong value */
export function checkedParameters(query: URLSearchParams, rules: ParameterRules): Parameters {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of query) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : Object.hasOwn(STANDARD, name) ? STANDARD[name] : undefined;
    if (rule === undefined) throw unknownParameter(name);
    if (rule.pattern !== undefined && !rule.pattern.test(value)) throw badRequest(`Invalid value at '${name}'`);
    const values = parameters.get(name) ?? [];
    if (values.length > 0 && rule.repeated !== true) throw badRequest(`Parameter '${name}' stands more than once`);
    parameters.set(name, [...values, value]);
  }
  return parameters;
}

export function single(parameters: Parameters, name: string): string | undefined {
  return parameters.get(name)?.[0];
}

/** `maxResults`: default 100, at most 500 whatever is asked for. */
export function pageSize(parameters: Parameters): number {
  const asked = Number(single(parameters, 'maxResults') ?? 100);
  return Math.min(asked === 0 ? 100 : asked, 500);
}

function unknownParameter(name: string): GoogleError {
  return badRequest(
    `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
  );
}
