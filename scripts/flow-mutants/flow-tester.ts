import { Connection } from 'jsforce';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startLocalOrg } from '../../test/simulators/salesforce/local-org.ts';
import { deployForceApp } from '../deploy-force-app.ts';

/** How `deployForceApp` begins what an org refused; anything else, as a timeout, says nothing of the flow. */
const REFUSED = 'The org refused the deploy';

/** Says what the flow tests make of a changed flow. */
export interface FlowTester {
  /** `refused` when it cannot be deployed, `fails` when a flow test of that flow turns red. */
  test(flow: string, xml: string): Promise<'refused' | 'fails' | 'passes'>;
  close(): Promise<void>;
}

/** A tester with a local org of its own, into which each changed flow is deployed in turn. */
export async function createFlowTester(root: string): Promise<FlowTester> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-tester-'));
  cpSync(join(root, 'force-app/main'), join(folder, 'whole'), { recursive: true });
  const org = await startLocalOrg();
  const connection = new Connection({ instanceUrl: org.url, accessToken: org.accessToken, version: '67.0' });
  await deployForceApp(connection, join(folder, 'whole'));
  const tests = flowTestsOf(join(root, 'force-app/main/sequence/flowtests'));
  const flows = join(folder, 'whole/sequence/flows');
  const deployFlow = async (flow: string, xml: string): Promise<boolean> => {
    const single = mkdtempSync(join(folder, 'one-'));
    writeFileSync(join(single, `${flow}.flow-meta.xml`), xml);
    const attempt = async (): Promise<boolean> => {
      try {
        await deployForceApp(connection, single);
        return true;
      } catch (error) {
        if (String(error).includes(REFUSED)) return false;
        throw error;
      }
    };
    // While a suite ran, nothing kept the connection alive: the first request after it may find it closed.
    return attempt().catch(attempt);
  };
  return {
    async test(flow, xml) {
      if (!(await deployFlow(flow, xml))) return 'refused';
      const passes = (tests.get(flow) ?? []).every((name) => org.runFlowTest(name).length === 0);
      await deployFlow(flow, readFileSync(join(flows, `${flow}.flow-meta.xml`), 'utf8'));
      return passes ? 'passes' : 'fails';
    },
    async close() {
      await org.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The names of the flow tests by the flow that they test. */
function flowTestsOf(folder: string): Map<string, string[]> {
  const tests = new Map<string, string[]>();
  for (const file of readdirSync(folder)) {
    const flow = /<flowApiName>([^<]+)</.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
    tests.set(flow, [...(tests.get(flow) ?? []), basename(file, '.flowtest-meta.xml')]);
  }
  return tests;
}
