import { createTransport, type SendMailOptions } from 'nodemailer';

import type { Postfix } from './postfix.ts';

/** Hands a mail to Postfix by SMTP, as the mail program of its sender does; rejects when a recipient is refused. */
export async function sendMail(postfix: Postfix, message: SendMailOptions): Promise<void> {
  const transport = createTransport(postfix.submissionUrl);
  try {
    await transport.sendMail({ disableFileAccess: true, disableUrlAccess: true, ...message });
  } finally {
    transport.close();
  }
}
