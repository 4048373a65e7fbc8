import { throttled } from './graph-error.ts';

const WINDOW_MS = 600_000;

/**
 * Requests of one application to one mailbox within ten minutes ("Microsoft Graph service-specific throttling limits",
 * Outlook service limits).
 */
export function createQuota(most: number, now: () => Date): (address: string) => void {
  const spent = new Map<string, { from: number; count: number }>();
  return (address) => {
    const at = now().getTime();
    const known = spent.get(address);
    const window = known !== undefined && at - known.from < WINDOW_MS ? known : { from: at, count: 0 };
    spent.set(address, window);
    if (++window.count > most) throw throttled();
  };
}
