import type { Flow } from './flow-elements.ts';
import type { FlowHost, TriggerRecord } from './flow-host.ts';
import type { SaveError } from './record.ts';

/**
 * Runs before-save flows, one after the other, over at most 200 records; they change the records in place.
 * `flows` come from `flowsFor`. The result holds an error for each record, by its place in the batch, whose interview
 * failed; such a row must not be saved.
 */
export function runBeforeSaveFlows(
  _flows: readonly Flow[],
  _batch: readonly TriggerRecord[],
  _host: FlowHost,
): Map<number, SaveError> {
  throw new Error('not written yet');
}

/**
 * Runs after-save flows over at most 200 saved records, which carry their Id. When the result holds an error, the
 * caller takes the whole batch back to its state before the save, refuses those rows and saves the others anew, as
 * the platform does: the work of the failed interviews must not stay.
 */
export function runAfterSaveFlows(
  _flows: readonly Flow[],
  _batch: readonly TriggerRecord[],
  _host: FlowHost,
): Map<number, SaveError> {
  throw new Error('not written yet');
}
