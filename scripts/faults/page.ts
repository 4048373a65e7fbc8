import { FAULTS } from '../../test/faults/fault-list.ts';
import { isCase, NOT_SHOWN_YET, type FaultRow, type FaultWithoutCase } from '../../test/faults/fault-row.ts';

const HEAD = `# Faults

What can go wrong between a mailbox and Salesforce, what the connector then does, and the test that shows it. Each test
depends on a containment in the source: \`npm run faults\` switches each off in turn and wants its test red, and green
with it. The test runs against a stand-in unless its name says otherwise; no live account has been used.

This page is written by \`node scripts/document-faults.ts\` from test/faults. Do not edit it by hand.
`;

/** The whole page, in the format of Prettier. */
export function composePage(rows: readonly FaultRow[]): string {
  const ordered = rows.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other), 'en'));
  const cases = ordered.filter(isCase);
  const others = ordered.filter((row): row is FaultWithoutCase => !isCase(row));
  const open = others.filter(({ reason }) => reason === NOT_SHOWN_YET);
  const sum = `${cases.length} cases of ${new Set(cases.map(({ id }) => id)).size} faults.`;
  return [
    HEAD,
    open.length === 0 ? `${sum}\n` : `${sum} Not shown yet: ${open.map(nameOf).join(', ')}.\n`,
    ...cases.map(
      (row) =>
        `- **${nameOf(row)}** ${FAULTS[row.id]} ${row.expected} ` +
        `[Test](../../test/${row.test[0]}): _${markdown(row.test[1])}_\n`,
    ),
    ...(others.length > open.length ? ['\n## Without a case\n\n'] : []),
    ...others
      .filter((row) => !open.includes(row))
      .map((row) => `- **${nameOf(row)}** ${FAULTS[row.id]} ${row.reason}\n`),
  ].join('');
}

function nameOf({ id, of }: FaultRow): string {
  return of === undefined ? id : `${id}, ${of}:`;
}

function markdown(text: string): string {
  return text.replaceAll(/[\\`*_<>[\]]/g, '\\$&');
}
