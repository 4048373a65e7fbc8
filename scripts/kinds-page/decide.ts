import { parseHeaderBlock } from '../../connector/src/mail/header-block.ts';
import type { HeaderBlock } from '../../connector/src/mail/header-field.ts';
import { kindOf, type KindDecision, type KindEvidence } from '../../connector/src/mail/kind.ts';
import { KIND_RULES } from '../../connector/src/mail/kind-rules.ts';
import { readSignals } from '../../connector/src/mail/signals.ts';
import { AUTOMATIC_ROWS } from './automatic-rows.ts';
import type { Example, KindRow } from './kind-row.ts';
import { OTHER_ROWS, UNANSWERING_ROWS } from './other-rows.ts';
import { PEOPLE_ROWS } from './people-rows.ts';
import { REPORT_ROWS } from './report-rows.ts';

/** What the connector makes of an example, and by which of its rules; the rules come in the order of decision. */
export interface Decision extends KindDecision {
  /** Position in `KIND_RULES`; behind the last for what no rule applies to. */
  readonly rule: number;
}

export interface DecidedRow extends KindRow {
  readonly decisions: readonly Decision[];
  /** Whether the messages of the row answer a tracked mail. */
  readonly answers: boolean;
}

/** All rows of the page in the order in which the connector decides, those that answer a tracked mail first. */
export function decideRows(): DecidedRow[] {
  return [
    ...inOrder([...OTHER_ROWS, ...REPORT_ROWS, ...AUTOMATIC_ROWS, ...PEOPLE_ROWS], true),
    ...inOrder(UNANSWERING_ROWS, false),
  ];
}

function inOrder(rows: readonly KindRow[], answers: boolean): DecidedRow[] {
  return rows
    .map((row) => ({ ...row, answers, decisions: row.examples.map((example) => decide(example, answers)) }))
    .toSorted((a, b) => (a.decisions[0]?.rule ?? 0) - (b.decisions[0]?.rule ?? 0));
}

/** As the connector decides once it knows whether the message leads to a tracked mail. */
function decide({ header, report }: Example, answersTrackedMail: boolean): Decision {
  const block: HeaderBlock = parseHeaderBlock(Buffer.from(header));
  const evidence: KindEvidence = { answersTrackedMail, ...(report && { report }) };
  const signals = readSignals(block, evidence);
  const rule = KIND_RULES.findIndex(({ find }) => find(signals) !== undefined);
  return { ...kindOf(block, evidence), rule: rule === -1 ? KIND_RULES.length : rule };
}

/** What is wrong with the rows: an example that is decided otherwise, or a rule of the connector that no row shows. */
export function faultsOf(rows: readonly DecidedRow[]): string[] {
  const shown = new Set(rows.flatMap(({ decisions }) => decisions.map(({ rule }) => rule)));
  return [
    ...rows.flatMap(({ arrives, kind, decisions }) =>
      decisions
        .filter((decision) => decision.kind !== kind)
        .map((decision) => `"${arrives}": an example is ${decision.kind} and not ${kind} (${decision.signal})`),
    ),
    ...KIND_RULES.flatMap(({ kind }, rule) =>
      shown.has(rule) ? [] : [`no row shows rule ${rule + 1} of connector/src/mail/kind-rules.ts, which finds ${kind}`],
    ),
  ];
}
