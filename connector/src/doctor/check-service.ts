import type { CheckResult, ConnectorStatus } from '../facade.ts';
import { ok, warning } from './check-result.ts';

/** Somebody reads the mailboxes. */
export function checkService(
  { service, services }: Pick<ConnectorStatus, 'service' | 'services'>,
  mailboxes: number,
): CheckResult {
  if (service === null && mailboxes > 0) {
    return warning('service', 'No service runs, so that no mailbox is read.', [
      'Run it: sf reply serve. Or read all mailboxes once: sf reply sync.',
    ]);
  }
  if (service === null) return ok('service', 'No service runs, and no mailbox is connected.');
  const alive = Math.max(services.length, 1);
  return ok('service', `${alive === 1 ? 'A service is' : `${alive} services are`} alive, since ${service.startedAt}.`);
}
