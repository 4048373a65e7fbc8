import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFlowMutants, EXPLANATIONS, flowNames, PAGE, readTallies } from '../../scripts/flow-mutants/page.ts';
import { ROOT } from './force-app.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

const FLOW = 'CampaignStatus_Scheduled_ResumePaused';
const FILE = `force-app/main/sequence/flows/${FLOW}.flow-meta.xml`;

describe('the page of changed flows', () => {
  let copy: ProjectCopy;

  beforeEach(() => {
    copy = copyProject();
  });

  afterEach(() => copy.remove());

  const problems = async (): Promise<string[]> => (await checkFlowMutants(copy.read())).map(({ problem }) => problem);

  it('has the figures of every flow as it is, and says why nothing notices what survives', async () => {
    expect(readTallies(ROOT).map(({ flow }) => flow)).to.have.members(flowNames(ROOT));
    expect(await problems()).to.deep.equal([]);
  });

  it('counts no more and no fewer changes than were noticed by something or by nothing', () => {
    for (const { flow, counts } of readTallies(ROOT)) {
      const [changes = 0, ...noticed] = counts;
      expect(
        noticed.reduce((sum, count) => sum + count),
        flow,
      ).to.equal(changes);
    }
  });

  it('is out of date once a flow is another one', async () => {
    copy.replace(FILE, '<interviewLabel>', '<interviewLabel>Changed ');
    expect(await problems()).to.deep.equal([
      `${FLOW} has changed since its figures: run "npm run mutate:flows -- ${FLOW} --record"`,
    ]);
  });

  it('leaves no survivor unexplained', async () => {
    copy.replace(EXPLANATIONS, `"flow": "${FLOW}"`, '"flow": "Task_Sub_DismissReply"');
    expect((await problems()).join('\n')).to.include(
      `nothing notices 3 changes of ${FLOW}: say why in ${EXPLANATIONS}`,
    );
  });

  it('explains nothing that is no change', async () => {
    const path = join(copy.root, EXPLANATIONS);
    const explanations = JSON.parse(readFileSync(path, 'utf8')) as unknown[];
    writeFileSync(path, JSON.stringify([...explanations, { flow: FLOW, change: 'x -> y', why: 'so' }]));
    expect(await problems()).to.deep.equal([`${FLOW} has no change "x -> y"`]);
  });

  it('is written from the figures and the explanations alone', async () => {
    copy.replace(PAGE, 'What nothing notices', 'What something notices');
    expect((await problems()).join('\n')).to.include(`is not what ${EXPLANATIONS} says`);
  });
});
