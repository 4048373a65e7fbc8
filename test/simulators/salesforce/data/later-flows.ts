import type { Flow } from '../flow.ts';
import type { TriggerRecord } from '../flow-host.ts';
import { enteringRecords, runAutolaunchedFlow, runFlowFrom, type AutolaunchedOutcome } from '../flow-run.ts';
import { readFlowTest, runFlowTest } from '../flow-test.ts';
import type { Scalar } from '../formula-value.ts';
import type { Org, RunningUser } from '../org.ts';
import type { SaveError } from '../record.ts';
import { findComponent, findObject } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { wholeRecord } from './formula-fields.ts';
import { beginTransaction, LimitError, type Transaction } from './transaction.ts';
import { createHost } from './transaction-host.ts';

const BATCH = 200;

/** Orders the paths after the commit of these flows, for the records that their starts let in as they are saved now. */
export function orderAfterCommit(
  transaction: Transaction,
  object: OrgObject,
  flows: readonly Flow[],
  saved: readonly TriggerRecord[],
): void {
  const { org, user } = transaction;
  for (const flow of flows) {
    const [path] = flow.start.scheduledPaths;
    if (path === undefined) continue;
    const entering = enteringRecords(flow, saved, createHost(transaction));
    const ids = entering.map(({ record }) => String(record['Id']));
    if (ids.length === 0) continue;
    org.database.afterCommit(() => runLater(org, user, object, flow, path.connector?.targetReference, ids));
  }
}

/** Runs a schedule-triggered flow as if its hour had come: one interview for each record that meets its conditions. */
export function runScheduledFlow(org: Org, user: RunningUser, name: string): void {
  const flow = org.metadata.flows.get(name.toLowerCase());
  const object = flow?.start.object === undefined ? undefined : findObject(org.metadata, flow.start.object);
  if (flow?.start.triggerType !== 'Scheduled' || object === undefined)
    throw new Error(`The org has no flow ${name} that runs by the clock`);
  const host = createHost(beginTransaction(org, { ...user, system: true }));
  const rows = org.database.rows(object.name).filter((row) => row['IsDeleted'] !== true);
  const whole = rows.map((row) => ({ record: wholeRecord(object, row, host), prior: undefined }));
  const ids = enteringRecords(flow, whole, host).map(({ record }) => String(record['Id']));
  for (let start = 0; start < ids.length; start += BATCH) {
    runLater(org, user, object, flow, flow.start.connector?.targetReference, ids.slice(start, start + BATCH));
  }
}

/** Runs an autolaunched flow in a transaction of its own; what it wrote stays only when it did not fail. */
export function runFlow(
  org: Org,
  user: RunningUser,
  name: string,
  inputs: Readonly<Record<string, Scalar>>,
): AutolaunchedOutcome {
  const flow = org.metadata.flows.get(name.toLowerCase());
  if (flow === undefined || flow.start.triggerType !== undefined || flow.processType !== 'AutoLaunchedFlow')
    throw new Error(`The org has no autolaunched flow ${name}`);
  return org.database.transaction(() => {
    const undo = org.database.savepoint();
    const outcome = runAutolaunchedFlow(flow, inputs, createHost(beginTransaction(org, { ...user, system: true })));
    if ('error' in outcome) undo();
    return outcome;
  });
}

/** Runs a deployed flow test; gives the messages of what did not hold. Nothing that it writes stays. */
export function runDeployedFlowTest(org: Org, user: RunningUser, name: string): string[] {
  const component = findComponent(org.metadata, 'FlowTest', name);
  if (component?.content === undefined) throw new Error(`The org has no flow test ${name}`);
  const { test } = readFlowTest(component.content);
  const flow = org.metadata.flows.get(test.flowApiName.toLowerCase())!;
  return org.database.transaction(() =>
    runFlowTest(test, flow, createHost(beginTransaction(org, { ...user, system: true }))),
  );
}

/** A transaction of its own, with the records as they are by now. One interview that fails takes all of it back. */
function runLater(
  org: Org,
  user: RunningUser,
  object: OrgObject,
  flow: Flow,
  element: string | undefined,
  ids: readonly string[],
): void {
  org.database.transaction(() => {
    const undo = org.database.savepoint();
    const host = createHost(beginTransaction(org, { ...user, system: true }));
    const rows = ids.map((id) => org.database.get(object.name, id)).filter((row) => row?.['IsDeleted'] === false);
    const records = rows.map((row) => ({ record: wholeRecord(object, row!, host), prior: undefined }));
    const errors = orLimit(() => runFlowFrom(flow, element, records, host));
    if (errors.length > 0) undo();
    org.flowErrors.push(...errors.map(({ message }) => `${flow.fullName}: ${message}`));
  });
}

function orLimit(work: () => SaveError[]): SaveError[] {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return [{ statusCode: 'LIMIT_EXCEEDED', message: error.message, fields: [] }];
  }
}
