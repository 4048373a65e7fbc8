import { expect } from 'chai';
import fc from 'fast-check';
import { EventEmitter } from 'node:events';

import { createLogger, safeLine, turnLevelBySignal } from '../../connector/src/logger.ts';

describe('the log', () => {
  const logged = (log: (logger: ReturnType<typeof createLogger>) => void, level = 'trace'): string[] => {
    const lines: string[] = [];
    log(createLogger(level, { write: (line) => void lines.push(line) }));
    return lines;
  };
  const fieldsOf = (lines: readonly string[]): Record<string, unknown> =>
    JSON.parse(lines[0]!) as Record<string, unknown>;

  it('cuts addresses to their first character, wherever they stand', () => {
    const lines = logged((logger) =>
      logger.info(
        { mailbox: 'rep@seller.example', deep: [{ reason: 'no <mary.o-k+x@buyer.example>.' }] },
        'to bob@x.example',
      ),
    );
    expect(fieldsOf(lines)).to.deep.include({
      ...{ mailbox: 'r…@seller.example', deep: [{ reason: 'no <m…@buyer.example>.' }], msg: 'to b…@x.example' },
    });
  });

  it('cuts the password out of the URL of a database', () => {
    expect(safeLine('{"reason":"postgres://me:secret@db.example/x"}')).to.equal(
      '{"reason":"postgres://me:s…@db.example/x"}',
    );
  });

  it('removes what could carry a credential', () => {
    const secrets = {
      password: 'canary-1',
      refreshToken: 'canary-2',
      accessToken: 'canary-3',
      authorization: 'canary-4',
    };
    const lines = logged((logger) =>
      logger.error({ ...secrets, request: { ...secrets, credential: 'canary-5' } }, 'x'),
    );
    expect(lines.join('')).to.not.contain('canary');
  });

  it('keeps one event on one line and shows a terminal nothing to obey', () => {
    const hostile = 'a\r\n{"level":60}\u001b[2J\u009b31m\u202e\u2028\u0000';
    const lines = logged((logger) => logger.info({ reason: hostile }, hostile));
    expect(lines).to.have.lengthOf(1);
    // eslint-disable-next-line no-control-regex -- none of these may be there
    expect(lines[0]!.trimEnd()).to.not.match(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    expect(fieldsOf(lines)).to.include({ reason: hostile });
  });

  it('stays the JSON of what was logged, but for addresses, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('@')),
        (text) => {
          expect(fieldsOf(logged((logger) => logger.info({ text }, 'x')))).to.include({ text: text.toWellFormed() });
        },
      ),
    );
  });

  it('takes a line of nothing but signs in one pass', () => {
    expect(safeLine('a'.repeat(100_000))).to.have.lengthOf(100_000);
    expect(safeLine('@'.repeat(100_000))).to.have.lengthOf(100_000);
  });

  it('shows more from one signal to the next', () => {
    const signals = new EventEmitter();
    const lines = logged((logger) => {
      const stop = turnLevelBySignal(logger, signals as unknown as NodeJS.Process);
      logger.debug('hidden');
      signals.emit('SIGUSR2');
      logger.debug('shown');
      signals.emit('SIGUSR2');
      logger.debug('hidden again');
      stop();
      expect(signals.listenerCount('SIGUSR2')).to.equal(0);
    }, 'info');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).to.deep.equal([
      ...['The level of the log has been changed.', 'shown', 'The level of the log has been changed.'],
    ]);
  });
});
