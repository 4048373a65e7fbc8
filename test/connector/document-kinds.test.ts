import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { decideRows, faultsOf } from '../../scripts/kinds-page/decide.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/document-kinds.ts');

function check(): Promise<{ readonly code: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, '--check'], (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

describe('the page of reply kinds', () => {
  const rows = decideRows();

  for (const { arrives, kind, decisions } of rows) {
    it(`shows what is decided when: ${arrives}`, () => {
      expect(decisions).to.not.be.empty;
      for (const decision of decisions) expect(decision).to.include({ kind });
    });
  }

  it('shows every rule of the connector', () => {
    expect(faultsOf(rows)).to.deep.equal([]);
  });

  it('names a rule that no row shows, and an example that is decided otherwise', () => {
    const [first, ...others] = rows;
    expect(faultsOf(others).join()).to.match(/^no row shows rule 1 of .* which finds challenge/);
    expect(faultsOf([{ ...first!, kind: 'human' }, ...others])[0]).to.match(/an example is challenge and not human/);
  });

  it('is what the rules, the flow and the tests say now', async () => {
    expect(await check()).to.deep.equal({ code: 0, stderr: '' });
  });
});
