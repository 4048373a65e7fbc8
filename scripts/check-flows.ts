import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as FlowScanner from '@flow-scanner/lightning-flow-scanner-core';
import type { Finding, MetadataFile, Project } from './check-source.ts';

/** A finding of the flow scanner that stays, and why. */
interface Exception {
  readonly flow: string;
  readonly rule: string;
  /** The element the rule names, for example an element of the flow or an attribute's value. */
  readonly element: string;
  readonly reason: string;
}

/** Where the exceptions stand, below the project. */
const EXCEPTIONS = 'force-app/flow-scanner-exceptions.json';

const { parse, scan } = createRequire(import.meta.url)(
  '@flow-scanner/lightning-flow-scanner-core',
) as typeof FlowScanner;

interface Violation {
  readonly flow: string;
  readonly rule: string;
  readonly element: string;
  readonly line: number;
}

/** The flow scanner finds nothing in any flow that the list of exceptions does not explain, and no exception is left over. */
export async function checkFlows(project: Project): Promise<Finding[]> {
  const flows = project.files.filter(({ type }) => type === 'Flow');
  const exceptions = readExceptions(project.root);
  const violations = await scanFlows(project.root, flows);
  const unexplained = violations.filter((violation) => !exceptions.some((exception) => explains(exception, violation)));
  const leftOver = exceptions.filter((exception) => !violations.some((violation) => explains(exception, violation)));
  return [
    ...unexplained.map(({ flow, rule, element, line }) => ({
      path: flows.find(({ name }) => name === flow)?.path ?? flow,
      line,
      problem: `the flow scanner's rule ${rule} objects to ${element}; mend it or explain it in ${EXCEPTIONS}`,
    })),
    ...leftOver.map(({ flow, rule, element }) => ({
      path: EXCEPTIONS,
      line: 1,
      problem: `nothing is left to except from ${rule} for ${element} in ${flow}; delete the entry`,
    })),
    ...exceptions
      .filter(({ reason }) => reason.length < 30)
      .map(({ flow, rule }) => ({
        path: EXCEPTIONS,
        line: 1,
        problem: `${rule} in ${flow} needs a reason in a sentence`,
      })),
  ];
}

function readExceptions(root: string): readonly Exception[] {
  const file = join(root, EXCEPTIONS);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Exception[]) : [];
}

async function scanFlows(root: string, flows: readonly MetadataFile[]): Promise<Violation[]> {
  const parsed = await parse(flows.map(({ path }) => join(root, path)));
  const unread = parsed.filter(({ errorMessage }) => errorMessage !== undefined && errorMessage !== '');
  const read = parsed.filter((each) => !unread.includes(each));
  return [
    ...unread.map(({ uri, errorMessage }) => ({
      flow: flows.find(({ path }) => uri?.endsWith(path))?.name ?? String(uri),
      rule: 'Readable',
      element: String(errorMessage),
      line: 1,
    })),
    ...scan(read, { detailLevel: 'enriched' }).flatMap(violationsOf),
  ];
}

function violationsOf({ flow, ruleResults }: FlowScanner.ScanResult): Violation[] {
  const name = flow.name ?? '';
  return ruleResults.flatMap(({ ruleName, details, errorMessage }) => {
    if (errorMessage) return [{ flow: name, rule: ruleName, element: errorMessage, line: 1 }];
    return details.map((detail) => ({
      flow: name,
      rule: ruleName,
      element: detail.name,
      line: detail.lineNumber || 1,
    }));
  });
}

function explains(exception: Exception, violation: Violation): boolean {
  return (['flow', 'rule', 'element'] as const).every((key) => exception[key] === violation[key]);
}
