import type { TargetOrg } from './find-org.ts';
import { runSf, SfError } from './sf.ts';

interface ComponentFailure {
  readonly fileName?: string;
  readonly fullName: string;
  readonly lineNumber?: number | string;
  readonly problem?: string;
}

interface DeployResult {
  readonly numberComponentsDeployed?: number;
  /** One failure may come without a list around it. */
  readonly details?: { readonly componentFailures?: ComponentFailure | readonly ComponentFailure[] };
}

/**
 * Deploys what the flags of `sf project deploy start` name; gives the number of components. Throws an error with a line
 * for each one that the org refused.
 */
export async function deploy({ alias }: TargetOrg, ...source: readonly string[]): Promise<number> {
  const command = ['project', 'deploy', 'start', ...source, '--target-org', alias, '--wait', '30'];
  try {
    const { numberComponentsDeployed = 0 } = await runSf<DeployResult>(...command);
    return numberComponentsDeployed;
  } catch (error) {
    throw error instanceof SfError ? describeRefusals(error) : error;
  }
}

function describeRefusals(error: SfError): Error {
  const { details } = (error.result ?? {}) as DeployResult;
  const refused = [details?.componentFailures ?? []].flat() as readonly ComponentFailure[];
  if (refused.length === 0) return error;
  const lines = refused.map(
    ({ fileName, fullName, lineNumber = '?', problem = '' }) => `${fileName ?? fullName}:${lineNumber} ${problem}`,
  );
  return new Error(['The org refuses:', ...lines].join('\n  '));
}
