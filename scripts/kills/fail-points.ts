/**
 * Loaded before the service (`node --import`): sends it KILL_WITH without warning (SIGKILL, or SIGSTOP that pauses it) at
 * the place that KILL_AT names, the KILL_ON-th time that it comes by there with work in its hands. The product has no such places: they are put around the ports
 * where the use cases are put together, in the source as it is loaded.
 *
 * Tells on file descriptor 3, one line each: `working` when the first reply has been stored by this process, and the
 * name of the place when it kills or pauses.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import type { WorkParts } from '../../connector/src/work.ts';
import type { Mailbox } from '../../connector/src/mailbox/mailbox.ts';
import { changeSource } from './change-source.ts';
import { placesOf, type Method } from './places.ts';

const TOLD = 3;
/** A kill in the middle of a call comes at some moment of this time, or when the call ends. */
const DURING_MS = 8;

const { KILL_AT: place = '', KILL_ON: nth = '1', KILL_WITH: signal = 'SIGKILL' } = process.env;
let passed = 0;
let isStruck = false;
let isWorking = false;

changeSource(
  '/connector/src/work.ts',
  'export function composeWork(parts: WorkParts): ComposedWork {',
  `export function composeWork(given: WorkParts): ComposedWork { const parts = globalThis.withFailPoints(given);`,
);

/** Never comes back from a kill; comes back from a pause when it is over, and does not pause again. */
function strike(): void {
  if (isStruck) return;
  isStruck = true;
  writeSync(TOLD, `${place}\n`);
  process.kill(process.pid, signal);
  if (signal === 'SIGKILL') throw new Error('A killed process goes on.');
}

/** True at the KILL_ON-th time that this place is passed. */
function isTurn(here: string): boolean {
  return here === place && ++passed === Number(nth);
}

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

function guarded(method: Method, call: AnyMethod): AnyMethod {
  return async (...args) => {
    const inHand = method.hasWork(args);
    if (inHand && isTurn(`${method.name}:before`)) strike();
    if (inHand && isTurn(`${method.name}:during`)) setTimeout(strike, Math.random() * DURING_MS);
    const result = await call(...args);
    const done = inHand || method.brings?.(result) === true;
    if (done && method.isWork === true && !isWorking) {
      isWorking = true;
      writeSync(TOLD, 'working\n');
    }
    if (inHand && place === `${method.name}:during` && passed >= Number(nth)) strike();
    if (done && isTurn(`${method.name}:after`)) strike();
    return result;
  };
}

/** The same object, whose methods have places before, in and behind them. */
function withPlaces<T extends object>(port: T, methods: readonly Method[]): T {
  return new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as AnyMethod;
      const method = methods.find(({ member }) => member === property);
      return method === undefined ? call : guarded(method, call);
    },
  });
}

const mailboxesWithPlaces = new WeakMap<Mailbox, Mailbox>();

function withFailPoints(parts: WorkParts): WorkParts {
  const get = (id: string): Mailbox | undefined => {
    const mailbox = parts.mailboxes.get(id);
    if (mailbox === undefined) return undefined;
    const known = mailboxesWithPlaces.get(mailbox) ?? withPlaces(mailbox, placesOf('mailbox'));
    mailboxesWithPlaces.set(mailbox, known);
    return known;
  };
  return {
    ...parts,
    store: withPlaces(parts.store, placesOf('store')),
    salesforce: parts.salesforce && withPlaces(parts.salesforce, placesOf('salesforce')),
    mailboxes: {
      get rows() {
        return parts.mailboxes.rows;
      },
      get,
    },
  };
}

Object.assign(globalThis, { withFailPoints });
