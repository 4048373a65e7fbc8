import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExplainRequest, Explanation, Facade, Replay, ReplayRequest } from '../../../connector/src/facade.ts';
import { explanation } from './answers.ts';
import { runCommand } from './run-command.ts';

const HEADER = 'From: grace@prospect.example\r\nIn-Reply-To: <step-1.7@acme.example>\r\n';

describe('explaining and replaying', () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'explain-'));
    file = join(folder, 'reply.eml');
    writeFileSync(file, HEADER);
  });
  after(() => rmSync(folder, { recursive: true }));

  function explaining(explained: Explanation) {
    const requests: ExplainRequest[] = [];
    const facade: Partial<Facade> = {
      explain: (request) => {
        requests.push(request);
        return Promise.resolve(explained);
      },
    };
    return { facade, requests };
  }

  describe('reply explain', () => {
    it('gives the verdict, what the message cites and answers, and what became of it', async () => {
      const { facade, requests } = explaining(explanation());
      const { output } = await runCommand(['explain', '--message-id', '<x@y>', '-m', 'ada@acme.example'], { facade });
      expect(requests).to.deep.equal([{ messageId: '<x@y>', mailbox: 'ada@acme.example' }]);
      expect(output).to.match(/^A person answered a tracked mail/);
      expect(output)
        .to.match(/Because: +No field says that a machine wrote it\./)
        .and.match(/In-Reply-To .* step-1\.7@acme\.example .* Tracked mail/)
        .and.match(/References .* earlier\.1@prospect\.example .* Unknown/)
        .and.include('To: grace@prospect.example (003000000000001AAA)')
        .and.include('What It Did')
        .and.match(/Task: +Written: 00T000000000001AAA/);
    });

    it('explains a message that answers nothing', async () => {
      const nothing = explanation({
        ...{ source: 'headers', cites: [], answers: [], replies: [], matchedAt: null },
        verdict: 'It cites no other message, so it answers no tracked mail.',
      });
      const { facade, requests } = explaining(nothing);
      const { output } = await runCommand(['explain', file], { facade });
      expect(requests).to.deep.equal([{ headers: HEADER }]);
      expect(output).to.include('It cites no other message.').and.not.include('It Answers').and.not.include('Did');
    });

    it('tells a tracked mail, a waiting message and a task that was refused', async () => {
      const [reply] = explanation().replies;
      const task = { state: 'dead', recordId: null, reason: 'REQUIRED_FIELD_MISSING: Region__c' } as const;
      const [tracked] = explanation().answers;
      const { facade } = explaining(explanation({ waiting: true, tracked: tracked!, replies: [{ ...reply!, task }] }));
      const { output } = await runCommand(['explain', file], { facade });
      expect(output)
        .to.include('It Is Tracked')
        .and.match(/Waiting: +It waits/);
      expect(output).to.include('Refused: REQUIRED_FIELD_MISSING: Region__c');
    });

    it('shows header text without its control characters', async () => {
      const { facade } = explaining(explanation({ subject: 'a\u001b[31mb', verdict: 'It is "\u001b]8;;x\u0007".' }));
      const { output } = await runCommand(['explain', file], { facade });
      expect(output).to.not.match(/[^\P{Cc}\n]/u);
    });

    for (const [why, line, words, exitCode] of [
      ['nothing is given', [], '--message-id', 2],
      ['both a file and an id are given', ['x.eml', '--message-id', '<x@y>'], "can't be used together", 2],
      ['the file does not exist', ['/nowhere/x.eml'], 'there is no such file', 66],
      ['the file is a folder', ['/'], "it's a folder", 66],
    ] as const) {
      it(`refuses when ${why}`, async () => {
        const ran = await runCommand(['explain', ...line]);
        expect(ran.exitCode).to.equal(exitCode);
        expect(ran.errorOutput).to.include(words);
        expect(ran.opened).to.have.length(0);
      });
    }

    it('refuses a file that is empty', async () => {
      const empty = join(folder, 'empty.eml');
      writeFileSync(empty, '\n');
      expect((await runCommand(['explain', empty])).errorOutput).to.include('empty.eml is empty');
    });

    it('reads no more of a large message than its beginning', async () => {
      const large = join(folder, 'large.eml');
      writeFileSync(large, HEADER.padEnd(5_000_000, 'x'));
      const { facade, requests } = explaining(explanation());
      await runCommand(['explain', large], { facade });
      expect(requests[0])
        .to.have.property('headers')
        .with.length(512 * 1024);
    });
  });

  describe('reply replay', () => {
    function replaying(replay: Partial<Replay>) {
      const requests: ReplayRequest[] = [];
      const facade: Partial<Facade> = {
        replay: (request) => {
          requests.push(request);
          const dry = { committed: false, explanation: explanation(), newReplies: 1, delivery: null };
          return Promise.resolve({ ...dry, ...replay });
        },
      };
      return { facade, requests };
    }

    it('writes nothing unless it is told to', async () => {
      const { facade, requests } = replaying({});
      const { output, opened } = await runCommand(['replay', file], { facade });
      expect(requests).to.deep.equal([{ message: HEADER }]);
      expect(opened[0]).to.include({ needsSalesforce: false });
      expect(output).to.include('dry run').and.include('--commit');
    });

    it('writes with --commit and says how much', async () => {
      const delivery = { delivered: 1, retried: 0, dead: 0, failure: null };
      const { facade, requests } = replaying({ committed: true, delivery });
      const line = ['replay', file, '--commit', '--mailbox', 'ada@acme.example'];
      const { output, opened, exitCode } = await runCommand(line, { facade });
      expect(requests).to.deep.equal([{ message: HEADER, mailbox: 'ada@acme.example', commit: true }]);
      expect(opened[0]).to.include({ needsSalesforce: true });
      expect(output).to.include('stored: 1').and.include('written into Salesforce: 1');
      expect(exitCode).to.equal(0);
    });

    it('says that a message which led to its reply before leads to nothing new', async () => {
      const { facade } = replaying({ committed: true, newReplies: 0 });
      expect((await runCommand(['replay', file, '--commit'], { facade })).output).to.include('Nothing new');
    });

    it('fails when what was stored could not be written', async () => {
      const failure = { message: 'The org cannot be reached.', actions: ['Try again.'] };
      const { facade } = replaying({ committed: true, delivery: { delivered: 0, retried: 1, dead: 0, failure } });
      const { exitCode, errorOutput } = await runCommand(['replay', file, '--commit'], { facade });
      expect(exitCode).to.equal(1);
      expect(errorOutput).to.include(failure.message).and.include('Try again.');
    });

    it('refuses when no message is given', async () => {
      expect((await runCommand(['replay'])).exitCode).to.equal(2);
    });
  });
});
