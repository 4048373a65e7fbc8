import { createTestWireAdapter } from '@salesforce/wire-service-jest-util';

/** The text of a query, by which a test knows it; the platform parses it here. */
export const gql = (strings) => strings.join('');

/** The name of a query. */
export const operationOf = (query) => /\bquery\s+(\w+)/.exec(query ?? '')?.[1];

/** The wire adapter as the platform provides it: an answer has data or errors, and a function that asks again. */
export class graphql extends createTestWireAdapter() {
  /** Variables by the name of each query that was asked. */
  static asked = new Map();

  constructor(answer) {
    super(answer);
    answer({ data: undefined, errors: undefined });
  }

  update(config) {
    super.update(config);
    if (config.query) graphql.asked.set(operationOf(config.query), config.variables);
  }
}
