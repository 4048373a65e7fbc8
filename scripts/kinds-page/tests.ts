import type { TestName } from '../existing-tests.ts';

const TRANSITIONS = 'metadata/transitions.test.ts';
const SUITE = 'what a reply does to a campaign status';

/** The test of what the flow does with a kind. */
export function effectTest(effect: string, replyKind: string): TestName {
  const changes = `${SUITE} gives each status the one that the table of transitions names for ${replyKind}`;
  return [TRANSITIONS, effect === 'none' ? `${SUITE} changes nothing for ${replyKind}` : changes];
}
