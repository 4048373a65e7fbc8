/**
 * `npm run check [-- FOLDER]`: checks the Salesforce metadata of the project, or of a copy of it in FOLDER, without an
 * org. Prints one line a check and below it what is wrong, with file and line; exits 1 when anything is.
 */
import { join, resolve } from 'node:path';
import { checkConversion } from './check-conversion.ts';
import { checkFlows } from './check-flows.ts';
import { checkReferences } from './check-references.ts';
import { checkSchema } from './check-schema.ts';
import { readProject, type Finding, type Project } from './check-source.ts';
import { checkDictionary } from './document-force-app.ts';
import { checkFlowMutants } from './flow-mutants/page.ts';

interface Check {
  readonly title: string;
  readonly run: (project: Project) => Finding[] | Promise<Finding[]>;
}

const CHECKS: readonly Check[] = [
  { title: 'every element and value exists in the Metadata API', run: checkSchema },
  { title: 'the flow scanner has nothing unexplained', run: checkFlows },
  { title: 'the source converts into one deployable package', run: checkConversion },
  { title: 'everything that is named exists and is granted', run: checkReferences },
  { title: 'the data dictionary says what the metadata says', run: checkDictionary },
  { title: 'the flows are those whose changes were tried', run: checkFlowMutants },
];

const [folder] = process.argv.slice(2);
const project = readProject(folder === undefined ? join(import.meta.dirname, '..') : resolve(folder));
console.log(`${project.files.length} metadata files, API ${project.apiVersion}`);
for (const { title, run } of CHECKS) {
  const findings = await run(project);
  console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${title}`);
  for (const { path, line, problem } of findings) console.log(`     ${path}:${line} ${problem}`);
  if (findings.length > 0) process.exitCode = 1;
}
