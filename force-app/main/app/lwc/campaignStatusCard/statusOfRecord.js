import { valueOf } from 'c/graphqlRecords';

/** States from the one that needs eyes first to the ones that are over; and which actions each allows. */
const STATES = [
  { name: 'Active', actions: ['stop'] },
  { name: 'Paused', actions: ['undo', 'resume', 'stop'] },
  { name: 'Replied', actions: ['undo', 'resume'] },
  { name: 'Bounced', actions: ['undo', 'resume'] },
  { name: 'Stopped', actions: ['resume'] },
  { name: 'Finished', actions: [] },
];

const rank = (name) => {
  const at = STATES.findIndex((state) => state.name === name);
  return at < 0 ? STATES.length : at;
};

function sequenceOf(record) {
  const { Id, Name } = record.SalesSequence__r ?? {};
  return { id: Id, name: valueOf(Name) ?? 'Sequence' };
}

/**
 * One person in one sequence, made from its record.
 * @param {object} record CampaignStatus__c as GraphQL gives it; fields that the user may not see are missing
 * @returns {object} what the card shows, and which of undo, resume and stop its state allows
 */
export function statusOfRecord(record) {
  const state = valueOf(record.Status__c);
  const haltedBy = valueOf(record.HaltedByTaskId__c);
  const actions = STATES.find(({ name }) => name === state)?.actions ?? [];
  return {
    id: record.Id,
    state,
    sequence: sequenceOf(record),
    step: valueOf(record.CurrentStep__c),
    nextStepAt: valueOf(record.NextStepAt__c),
    resumeAt: valueOf(record.ResumeAt__c),
    haltedAt: valueOf(record.HaltedAt__c),
    haltReason: valueOf(record.HaltReason__c),
    haltedBy,
    actions: actions.filter((action) => action !== 'undo' || haltedBy !== undefined),
  };
}

/**
 * @param {object[]} statuses as statusOfRecord makes them, newest enrolment first
 * @returns {object[]} the active ones first, then what is halted, then what is over; the newest first among equals
 */
export function byState(statuses) {
  return statuses.toSorted((a, b) => rank(a.state) - rank(b.state));
}
