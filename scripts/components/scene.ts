import type { Page } from 'puppeteer-core';

/** A field as GraphQL gives it. */
export interface Value {
  readonly value: string | number | boolean | null;
}

/** A record as GraphQL gives it. */
export type GraphqlRecord = Readonly<{ Id: string; [field: string]: unknown }>;

/** What the platform answers on a page. */
export interface Answers {
  /** By the name of a query: its records by object, its errors, or that it never answers. */
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly records?: Readonly<Record<string, readonly GraphqlRecord[]>>;
        readonly errors?: readonly object[];
        readonly pending?: boolean;
      }
    >
  >;
  /** Records of getRecord, by Id. */
  readonly records?: Readonly<Record<string, { readonly fields: Readonly<Record<string, Value>> }>>;
  /** What saving a record fails with. */
  readonly saveError?: object;
  /** Whether the user may edit nothing. */
  readonly isReadOnly?: boolean;
}

/** One component in one state. */
export interface Scene {
  /** Name of its picture. */
  readonly name: string;
  readonly component: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly answers: Answers;
  /** In pixels; a wide column of a record page when it is left out. */
  readonly width?: number;
  /** What is done on the page before it is drawn. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** A field with this value. */
export const value = (content: Value['value']): Value => ({ value: content });

/** A record with these fields. */
export function record(Id: string, fields: Readonly<Record<string, Value['value'] | object>>): GraphqlRecord {
  const read = Object.entries(fields).map(([name, content]): [string, object | null] => [
    name,
    typeof content === 'object' ? content : value(content),
  ]);
  return { Id, ...Object.fromEntries(read) };
}
