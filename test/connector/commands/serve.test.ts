import { expect } from 'chai';
import process from 'node:process';
import { ActionableError } from '../../../connector/src/errors.ts';
import { stopSignal } from '../../../connector/src/commands/stop-signal.ts';
import { runCommand } from './run-command.ts';

describe('reply serve', () => {
  it('runs the service until it is asked to stop, and ends with success', async () => {
    const stopping = new AbortController();
    const { exitCode, errorOutput, output } = await runCommand(['serve', '--json'], {
      stopSignal: stopping.signal,
      variables: { SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:1' },
      runService: (options, signal) => {
        expect(options.variables).to.include({ SALESFORCE_INSTANCE_URL: 'http://127.0.0.1:1' });
        expect(options).to.not.have.property('salesforce');
        const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        stopping.abort('SIGTERM');
        return stopped;
      },
    });
    expect(exitCode).to.equal(0);
    expect(JSON.parse(output)).to.have.nested.property('result.signal', 'SIGTERM');
    expect(errorOutput).to.equal('');
  });

  it('tells why the service cannot start', async () => {
    const wrong = new ActionableError('No Salesforce org is named.', ['Add --target-org.'], { exitCode: 78 });
    const { exitCode, errorOutput } = await runCommand(['serve'], {
      stopSignal: new AbortController().signal,
      runService: () => Promise.reject(wrong),
    });
    expect(exitCode).to.equal(78);
    expect(errorOutput).to.include('No Salesforce org is named.').and.include('Add --target-org.');
  });

  it('stops at the first signal instead of breaking off', () => {
    const before = process.listeners('SIGTERM');
    const breakOff = (): void => {
      throw new Error('The work was broken off');
    };
    process.on('SIGTERM', breakOff);
    const others = (['SIGINT', 'SIGHUP', 'SIGBREAK'] as const).map((name) => [name, process.listeners(name)] as const);
    try {
      const signal = stopSignal();
      process.emit('SIGTERM', 'SIGTERM');
      expect(signal.aborted).to.equal(true);
      expect(signal.reason).to.equal('SIGTERM');
    } finally {
      for (const [name, listeners] of [['SIGTERM', before] as const, ...others]) {
        process.removeAllListeners(name);
        for (const listener of listeners) process.on(name, listener);
      }
    }
  });
});
