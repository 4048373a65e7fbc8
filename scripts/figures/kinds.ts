import { join } from 'node:path';
import { evaluate, percent, readRows, type CorpusRow, type Evaluated } from './corpus.ts';

interface KindsRow extends CorpusRow {
  readonly label: string;
  readonly via_list?: boolean;
}

/** How well kinds were told apart. Counts of rows; a template is a row written after documentation. */
export interface KindFigures {
  readonly humanReplies: number;
  /** People's answers that were called automatic, a report or anything of the kind. */
  readonly humanRepliesCalledMachine: number;
  readonly reports: number;
  /** Bounces and delays that were called a delivery report, in per cent. */
  readonly reportsFound: number;
  readonly reportsCalledHuman: number;
  readonly automaticReplies: number;
  readonly automaticRepliesFound: number;
  readonly automaticTemplates: number;
  readonly automaticTemplatesFound: number;
}

const FILE = 'kinds.jsonl.gz';
const REPORTS = ['bounce', 'delay', 'delivery_ok'];
const PEOPLE = ['human', 'forward'];

export function measureKinds(folder: string): KindFigures {
  const rows = readRows<KindsRow>(folder, FILE);
  const evaluated: ReadonlyMap<string, Evaluated> = evaluate(join(folder, FILE));
  const kindOf = ({ id }: KindsRow): string => evaluated.get(id)?.kind ?? '';
  const isTemplate = ({ id }: KindsRow): boolean => id.startsWith('tpl:');
  const real = rows.filter((row) => !isTemplate(row));
  const human = real.filter(({ label }) => label === 'human_reply');
  const reports = real.filter(({ label }) => label === 'bounce' || label === 'delay');
  const automatic = real.filter(({ label }) => label === 'auto_reply');
  const templates = rows.filter((row) => isTemplate(row) && row.label === 'auto_reply');
  return {
    humanReplies: human.length,
    humanRepliesCalledMachine: human.filter((row) => ![...PEOPLE, 'list_bulk'].includes(kindOf(row))).length,
    reports: reports.length,
    reportsFound: percent(reports.filter((row) => REPORTS.includes(kindOf(row))).length, reports.length),
    reportsCalledHuman: reports.filter((row) => PEOPLE.includes(kindOf(row))).length,
    automaticReplies: automatic.length,
    automaticRepliesFound: automatic.filter((row) => kindOf(row) === 'auto_reply').length,
    automaticTemplates: templates.length,
    automaticTemplatesFound: templates.filter((row) => kindOf(row) === 'auto_reply').length,
  };
}
