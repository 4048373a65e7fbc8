import process from 'node:process';

import { describeMailboxContract } from '../contract/mailbox-contract.ts';
import { LIVE_EXCHANGE_ABILITIES, openLiveExchange } from './exchange-harness.ts';

const PREFIX = 'REPLY_TRACKING_TEST_EWS';
const variable = (name: string): string | undefined => process.env[`${PREFIX}_${name}`];
const [url, address, password] = ['URL', 'ADDRESS', 'PASSWORD'].map(variable);

if (url === undefined || address === undefined || password === undefined) {
  describe('Exchange', () => {
    it(`keeps the contract of a mailbox: not tried, because ${PREFIX}_URL, _ADDRESS and _PASSWORD name no server`);
  });
} else {
  const authentication = variable('AUTHENTICATION') === 'basic' ? 'basic' : 'ntlm';
  const live = { url, address, password, user: variable('USER') ?? address, authentication } as const;
  describeMailboxContract(
    `Exchange at ${new URL(url).host}`,
    (context) => {
      context.timeout(120_000);
      return openLiveExchange(live);
    },
    LIVE_EXCHANGE_ABILITIES,
  );
}
