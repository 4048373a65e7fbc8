import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openImapMailbox } from '../../../../connector/src/mailbox/imap/imap-mailbox.ts';
import type { ImapOptions } from '../../../../connector/src/mailbox/imap/imap-options.ts';
import { MailboxError } from '../../../../connector/src/mailbox/mailbox-error.ts';
import { startScriptedImapServer, type ScriptedImapServer } from './scripted-imap-server.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/tls');
const pem = (name: string): string => readFileSync(join(FIXTURES, `${name}.pem`), 'utf8');
const SECRET = 'correct-horse-battery';

describe('the IMAP adapter and a server with TLS', () => {
  let server: ScriptedImapServer | undefined;

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const start = async (certificate?: string): Promise<ScriptedImapServer> => {
    const tls = certificate === undefined ? undefined : { key: pem('server-key'), cert: pem(certificate) };
    server = await startScriptedImapServer({}, tls);
    return server;
  };

  /** What a look at the mailbox ends with: nothing, or the error. */
  async function attempt(
    { port }: { port: number },
    options: Partial<ImapOptions> = {},
  ): Promise<MailboxError | undefined> {
    const mailbox = openImapMailbox({
      host: '127.0.0.1',
      port,
      secure: true,
      user: 'rep',
      address: 'rep@example.test',
      credential: () => Promise.resolve({ password: SECRET }),
      timeouts: { connectMs: 1_000, silenceMs: 5_000 },
      ...options,
    });
    const error: unknown = await mailbox.survey(new Date(0)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    await mailbox.close();
    if (error === undefined) return undefined;
    expect(error).to.be.instanceOf(MailboxError);
    const { message } = error as MailboxError;
    expect(message).to.contain(`127.0.0.1:${port}`).and.to.contain('rep@example.test').and.not.to.contain(SECRET);
    expect(server!.commands.filter((command) => /LOGIN|AUTHENTICATE/.test(command))).to.deep.equal([]);
    return error as MailboxError;
  }

  const bad = [
    ['self-signed', 'no authority that is trusted', '--ca-file'],
    ['server', 'no authority that is trusted', '--ca-file'],
    ['other-name', 'no authority that is trusted', '--ca-file'],
  ] as const;
  for (const [certificate, reason, fix] of bad) {
    it(`does not trust ${certificate}.pem and says how it could be trusted`, async () => {
      const error = await attempt(await start(certificate));
      expect(error?.code).to.equal('reconnect');
      expect(error?.message).to.contain(reason).and.to.contain(fix);
    });
  }

  it('trusts a private authority that is named', async () => {
    expect(await attempt(await start('server'), { certificateAuthorities: pem('private-authority') })).to.equal(
      undefined,
    );
    expect(server!.commands.filter((command) => command.startsWith('LOGIN'))).to.have.length(1);
  });

  it('trusts a certificate that signed itself when it is named', async () => {
    expect(await attempt(await start('self-signed'), { certificateAuthorities: pem('self-signed') })).to.equal(
      undefined,
    );
  });

  it('refuses a certificate that is made out for another name', async () => {
    const error = await attempt(await start('other-name'), { certificateAuthorities: pem('private-authority') });
    expect(error?.code).to.equal('reconnect');
    expect(error?.message).to.contain('another name').and.to.contain('host name that stands in the certificate');
  });

  it('refuses a certificate that has expired', async () => {
    const error = await attempt(await start('expired'), { certificateAuthorities: pem('private-authority') });
    expect(error?.code).to.equal('reconnect');
    expect(error?.message).to.contain('expired').and.to.contain('clock');
  });

  it('says that the authorities which were named cannot be read', async () => {
    const broken = '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n';
    const error = await attempt(await start('server'), { certificateAuthorities: broken });
    expect(error?.code).to.equal('reconnect');
    expect(error?.message).to.contain('authorit').and.to.contain('--ca-file');
  });

  it('names the other port for a server that speaks clear text where TLS is expected', async () => {
    const error = await attempt(await start());
    expect(error?.code).to.equal('reconnect');
    expect(error?.message).to.contain('does not speak TLS').and.to.contain('993').and.to.contain('--starttls');
  });

  it('names the other way for a server that speaks TLS where clear text is expected', async () => {
    const error = await attempt(await start('server'), { secure: false });
    expect(error?.code).to.equal('retry');
    expect(error?.message).to.contain('TLS from the first byte').and.to.contain('--starttls');
  });
});
