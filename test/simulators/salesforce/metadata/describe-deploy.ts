import { writeDateTime } from '../data/date-time.ts';
import type { Org } from '../org.ts';
import type { Component } from './component.ts';
import type { DeployOutcome } from './run-deploy.ts';

interface FinishedDeploy {
  readonly org: Org;
  readonly userId: string;
  readonly id: string;
  readonly checkOnly: boolean;
  readonly outcome: DeployOutcome;
}

/** The DeployResult of a finished deploy (Metadata API Developer Guide, "DeployResult"). */
export function describeDeploy({ org, userId, id, checkOnly, outcome }: FinishedDeploy): object {
  const { components, success } = outcome;
  const now = writeDateTime(org.now());
  const failed = components.filter(({ problems }) => problems.length > 0);
  const deployed = components.filter(({ problems }) => problems.length === 0);
  return {
    checkOnly,
    completedDate: now,
    createdBy: userId.slice(0, 15),
    createdByName: org.database.get('User', userId)?.['Name'],
    createdDate: now,
    details: {
      componentFailures: failed.flatMap((component) =>
        component.problems.map((each) => ({
          ...describe(component, now),
          changed: false,
          created: false,
          ...each,
          problemType: 'Error',
          success: false,
        })),
      ),
      componentSuccesses: deployed.map((component) => ({ ...describe(component, now), success: true })),
      runTestResult: { numFailures: 0, numTestsRun: 0, totalTime: '0.0' },
    },
    done: true,
    id,
    ignoreWarnings: false,
    lastModifiedDate: now,
    numberComponentErrors: failed.length,
    numberComponentsDeployed: success ? deployed.length : 0,
    numberComponentsTotal: components.length,
    numberTestErrors: 0,
    numberTestsCompleted: 0,
    numberTestsTotal: 0,
    rollbackOnError: true,
    runTestsEnabled: false,
    startDate: now,
    status: success ? 'Succeeded' : 'Failed',
    success,
  };
}

function describe({ type, fullName, fileName, created }: Component, createdDate: string): object {
  return { changed: true, componentType: type, created, createdDate, deleted: false, fileName, fullName };
}
