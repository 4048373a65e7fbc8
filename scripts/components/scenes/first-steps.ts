import { record, type Scene } from '../scene.ts';

const ONE = [record('a00000000000001AAA', {})];
const NONE = {
  ConnectedMailbox__c: [],
  SalesSequenceStep__c: [],
  CampaignStatus__c: [],
  TrackedEmail__c: [],
  Task: [],
};

const scene = (name: string, answer: Scene['answers']['operations'][string], more: Partial<Scene> = {}): Scene => ({
  name: `first-steps-${name}`,
  component: 'firstSteps',
  properties: {},
  answers: { operations: { firstRecords: answer } },
  ...more,
});

const BEGUN = { records: { ...NONE, ConnectedMailbox__c: ONE, SalesSequenceStep__c: ONE } };

export const FIRST_STEPS_SCENES: readonly Scene[] = [
  scene('wide', BEGUN),
  scene('narrow', { records: NONE }, { width: 400 }),
  scene('done', {
    records: {
      ConnectedMailbox__c: ONE,
      SalesSequenceStep__c: ONE,
      CampaignStatus__c: ONE,
      TrackedEmail__c: ONE,
      Task: ONE,
    },
  }),
  scene('no-access', { errors: [{ message: "Field 'ConnectedMailbox__c' in type 'RecordQuery' is undefined" }] }),
  scene('loading', { pending: true }),
  scene('error', { errors: [{ message: 'The request limit of the org is reached.' }] }),
];
