import type { CheckResult, ConnectorStatus } from '../facade.ts';
import { failure, listed, ok } from './check-result.ts';

/** What halts sequences in the org has done so to every sequence that a person answered: seen by its effect. */
export function checkHalts({ unhalted }: Pick<ConnectorStatus, 'unhalted'>): CheckResult {
  if (unhalted.length === 0) return ok('halts', 'No sequence goes on that a person has answered.');
  const found = `These CampaignStatus__c go on although a person has answered them: ${listed(unhalted)}.`;
  return failure('halts', found, [
    'Set their Status to Replied by hand, so that nobody is written to again who has answered.',
    'See in Setup > Flows that Task_AfterSave_ApplyReply is active; where it failed, Reply Problem of the Task says why.',
  ]);
}
