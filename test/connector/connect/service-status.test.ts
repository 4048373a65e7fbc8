import { expect } from 'chai';

import { serviceStatuses } from '../../../connector/src/connect/service-status.ts';
import { NOW } from '../../contract/store-samples.ts';

const seconds = (count: number): Date => new Date(NOW.getTime() + count * 1000);
const service = (beatAt: Date) => ({
  ...{ id: 'a', host: 'worker-1', pid: 42, version: '1.0.0', startedAt: NOW, beatAt, watched: 5 },
});

describe('the services on a database', () => {
  it('are those that gave a sign of life within a minute', () => {
    expect(serviceStatuses([service(seconds(0)), service(seconds(31))], seconds(61))).to.deep.equal([
      {
        ...{ host: 'worker-1', pid: 42, version: '1.0.0', startedAt: NOW.toISOString() },
        ...{ lastSeenAt: seconds(31).toISOString(), mailboxes: 5 },
      },
    ]);
  });

  it('are alive though the clock of their machine is ahead', () => {
    expect(serviceStatuses([service(seconds(50))], NOW)).to.have.lengthOf(1);
  });
});
