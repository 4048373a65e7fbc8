import { freePort } from './free-port.ts';

/** The loopback ports of the mail servers. Dovecot and Postfix hand mail to each other, so each knows the other's. */
export interface MailPorts {
  readonly imap: number;
  readonly lmtp: number;
  readonly smtp: number;
}

let ports: Promise<MailPorts> | undefined;

/** The ports of this test run, chosen at the first call. */
export function mailPorts(): Promise<MailPorts> {
  ports ??= choose();
  return ports;
}

async function choose(): Promise<MailPorts> {
  return { imap: await freePort(), lmtp: await freePort(), smtp: await freePort() };
}
