import { ApiError, notSimulated } from '../api-error.ts';
import type { Org } from '../org.ts';
import { recordId } from '../record-id.ts';
import { describeDeploy, type DeployResult } from './describe-deploy.ts';
import { checkMayUseMetadata } from './may-use-metadata.ts';
import { runDeploy } from './run-deploy.ts';

/** What a deploy may ask for (Metadata API Developer Guide, "DeployOptions"). */
export interface DeployOptions {
  readonly checkOnly: boolean;
  readonly rollbackOnError: boolean;
  readonly singlePackage: boolean;
  /** Empty when the caller says nothing of tests. */
  readonly testLevel: string;
}

/** The deploys of one org: each is done at once, and its result can be asked for as long as the org runs. */
export interface Deploys {
  /** Returns the id of the deploy. */
  start(userId: string, zip: Uint8Array, options: DeployOptions): string;
  /** Deploys what was validated before (Metadata API Developer Guide, "deployRecentValidation()"). */
  startValidated(userId: string, validationId: string): string;
  result(id: string): DeployResult;
}

/** No Apex is deployed here, so that every level runs nothing and passes. */
const TEST_LEVELS = ['', 'NoTestRun', 'RunLocalTests', 'RunAllTestsInOrg', 'RunRelevantTests'];
const UNTESTED = ['', 'NoTestRun'];
const TEN_DAYS = 10 * 24 * 60 * 60 * 1000;

interface FinishedDeploy {
  readonly zip: Uint8Array;
  readonly options: DeployOptions;
  readonly at: number;
  readonly result: DeployResult;
}

/** Makes the deploys of an org. */
export function createDeploys(org: Org): Deploys {
  const finished = new Map<string, FinishedDeploy>();
  const find = (id: string): FinishedDeploy => {
    const found = finished.get(id.slice(0, 15));
    if (found !== undefined) return found;
    throw new ApiError(404, 'INVALID_CROSS_REFERENCE_KEY', `INVALID_CROSS_REFERENCE_KEY: no deploy has the id ${id}`);
  };
  const start = (userId: string, zip: Uint8Array, options: DeployOptions): string => {
    checkMayUseMetadata(org, userId);
    if (!options.rollbackOnError) throw notSimulated('a deploy without rollbackOnError');
    if (!TEST_LEVELS.includes(options.testLevel)) throw notSimulated(`the test level ${options.testLevel}`);
    const id = recordId('0Af', finished.size + 1);
    const outcome = runDeploy(org, zip, options);
    const result = describeDeploy({ org, userId, id, options, outcome });
    finished.set(id.slice(0, 15), { zip, options, at: org.now().getTime(), result });
    return id;
  };
  return {
    start,
    startValidated(userId, validationId) {
      const { zip, options, at, result } = find(validationId);
      const usable = options.checkOnly && result.success && !UNTESTED.includes(options.testLevel);
      if (!usable || org.now().getTime() - at > TEN_DAYS) {
        const message = `The validation ${validationId} cannot be deployed: it has to be a successful one of the last ten days that ran tests`;
        throw new ApiError(400, 'INVALID_ID_FIELD', `INVALID_ID_FIELD: ${message}`);
      }
      return start(userId, zip, { ...options, checkOnly: false });
    },
    result: (id) => find(id).result,
  };
}
