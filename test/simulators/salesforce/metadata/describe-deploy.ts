import { writeDateTime } from '../data/date-time.ts';
import type { Org } from '../org.ts';
import type { Component } from './component.ts';
import type { DeployOptions } from './deploys.ts';
import { FOLDER_SUFFIX } from './read-folder.ts';
import type { DeployOutcome } from './run-deploy.ts';

interface FinishedDeploy {
  readonly org: Org;
  readonly userId: string;
  readonly id: string;
  readonly options: DeployOptions;
  readonly outcome: DeployOutcome;
}

/** What callers of the two APIs read; the other members are for the clients. */
export interface DeployResult {
  readonly id: string;
  readonly success: boolean;
  readonly status: 'Succeeded' | 'Failed';
  readonly details: object;
  readonly [member: string]: unknown;
}

/** The DeployResult of a finished deploy (Metadata API Developer Guide, "DeployResult"). */
export function describeDeploy({ org, userId, id, options, outcome }: FinishedDeploy): DeployResult {
  const { components, success } = outcome;
  const now = writeDateTime(org.now());
  const failed = components.filter(({ problems }) => problems.length > 0);
  const deployed = components.filter(({ problems }) => problems.length === 0);
  return {
    checkOnly: options.checkOnly,
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
          fileName: each.fileName ?? component.fileName,
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
    runTestsEnabled: !['', 'NoTestRun'].includes(options.testLevel),
    startDate: now,
    status: success ? 'Succeeded' : 'Failed',
    success,
  };
}

/** A folder is named by a type of its own here, `ReportFolder`, though package.xml names it as a `Report`. */
function describe({ type, fullName, fileName, created }: Component, createdDate: string): object {
  const componentType = type !== '' && fileName.endsWith(FOLDER_SUFFIX) ? `${type}Folder` : type;
  return { changed: true, componentType, created, createdDate, deleted: false, fileName, fullName };
}
