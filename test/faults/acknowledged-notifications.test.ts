import { expect } from 'chai';

import { killUnderNotifications } from '../../scripts/kills/kill-under-notifications.ts';
import { connectNotifiedMailboxes } from '../../scripts/kills/notified-mailboxes.ts';
import { requireServer } from '../servers/require-server.ts';

describe('Notifications that were acknowledged', function () {
  this.timeout(120_000);

  it('are worked off although the service is killed as it acknowledges them', async function () {
    requireServer(this, 'postgresql');
    const mailboxes = await connectNotifiedMailboxes(16);
    try {
      const counts = await killUnderNotifications(mailboxes, { perSecond: 200, kills: 1 });
      expect(counts).to.include({ kills: 1, lost: 0 });
      expect(counts.atStake).to.be.at.least(5);
      expect(mailboxes.violations()).to.deep.equal([]);
    } finally {
      await mailboxes.close();
    }
  });
});
