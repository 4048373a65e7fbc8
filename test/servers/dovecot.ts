import { chownSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.ts';
import { mailPorts, type MailPorts } from './mail-ports.ts';
import { startServer, stopAfterTests } from './server-process.ts';

/** The system user that owns the mail folders: Debian's own, uid and gid 8. */
const MAIL_UID = 8;

/** One password for everybody; every user name exists. */
const PASSWORD = 'secret-of-the-tests';

/** A real Dovecot with Pigeonhole on loopback: IMAP without TLS, LMTP, Sieve. */
export interface Dovecot {
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly lmtpPort: number;
  /** Where Dovecot keeps the mail of a user (Maildir). */
  mailFolder(user: string): string;
  /** Files messages into a user's inbox at once, by writing the files that Dovecot reads; their order is kept. */
  fillInbox(user: string, messages: Iterable<string>): Promise<void>;
  /** Makes a Sieve script the active one of a user; vacation and reject answers leave through Postfix. */
  setSieve(user: string, script: string): Promise<void>;
}

/** What is different about a Dovecot that stands for another server. */
export interface DovecotVariant {
  /** Settings that come after the ordinary ones and win, in the syntax of Dovecot 2.3. */
  readonly settings?: string;
  /** The folders that are there from the beginning, with their special use (RFC 6154) where the server names one. */
  readonly folders?: Readonly<Record<string, string | undefined>>;
  /** Who is let in, in the place of everybody with the password: `passdb` blocks, given a folder for files of their own. */
  readonly passdb?: (root: string) => Promise<string>;
}

const FOLDERS = { Sent: '\\Sent', Drafts: '\\Drafts', Junk: '\\Junk', Trash: '\\Trash' };

let started: Promise<Dovecot> | undefined;

/** Starts Dovecot at the first call of the run; later calls give the same server. */
export function startDovecot(): Promise<Dovecot> {
  started ??= mailPorts().then((ports) => start(ports, {}));
  return started;
}

/** Starts a further Dovecot, beside the one of the run, which takes no mail by LMTP. */
export async function startDovecotLike(variant: DovecotVariant): Promise<Dovecot> {
  return start({ ...(await mailPorts()), imap: await freePort(), lmtp: await freePort() }, variant);
}

async function start(ports: MailPorts, variant: DovecotVariant): Promise<Dovecot> {
  const root = await mkdtemp(join(tmpdir(), 'dovecot-'));
  stopAfterTests(() => rm(root, { recursive: true, force: true }));
  await chmod(root, 0o755);
  for (const folder of ['mail', 'sieve']) {
    await mkdir(join(root, folder));
    await chown(join(root, folder), MAIL_UID, MAIL_UID);
  }
  const configuration = join(root, 'dovecot.conf');
  await writeFile(configuration, dovecotConfiguration(root, ports, variant, await (variant.passdb ?? everybody)(root)));
  await startServer({
    command: '/usr/sbin/dovecot',
    args: ['-F', '-c', configuration],
    port: ports.imap,
    readLog: () => readFile(join(root, 'dovecot.log'), 'utf8'),
  });
  const mailFolder = (user: string): string => join(root, 'mail', user.toLowerCase());
  return {
    host: '127.0.0.1',
    port: ports.imap,
    password: PASSWORD,
    lmtpPort: ports.lmtp,
    mailFolder,
    async fillInbox(user, messages) {
      const inbox = mailFolder(user);
      for (const folder of ['', 'cur', 'new', 'tmp']) {
        await mkdir(join(inbox, folder), { recursive: true });
        await chown(join(inbox, folder), MAIL_UID, MAIL_UID);
      }
      let number = 0;
      // In one go: thousands of files take a fraction of the time that as many waits would.
      for (const message of messages) {
        // Dovecot gives UIDs in the order of the instants with which the names of files begin.
        const file = join(inbox, 'cur', `${1_700_000_000 + number}.filled${number}.test:2,`);
        writeFileSync(file, message);
        chownSync(file, MAIL_UID, MAIL_UID);
        number += 1;
      }
    },
    async setSieve(user, script) {
      const file = join(root, 'sieve', `${user.toLowerCase()}.sieve`);
      await writeFile(file, script);
      await chown(file, MAIL_UID, MAIL_UID);
    },
  };
}

const everybody = (): Promise<string> =>
  Promise.resolve(`passdb {
  driver = static
  args = password=${PASSWORD}
}`);

const folderBlock = ([name, use]: readonly [string, string | undefined]): string => `  mailbox "${name}" {
    auto = subscribe
${use === undefined ? '' : `    special_use = ${use}`}
  }`;

/** The configuration, in the syntax of Dovecot 2.3: every setting on a line of its own. */
function dovecotConfiguration(
  root: string,
  ports: MailPorts,
  { settings = '', folders = FOLDERS }: DovecotVariant,
  passdb: string,
): string {
  return `
base_dir = ${root}/run
state_dir = ${root}/state
log_path = ${root}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_format = %Lu
mail_location = maildir:${root}/mail/%u
mail_uid = ${MAIL_UID}
mail_gid = ${MAIL_UID}
first_valid_uid = ${MAIL_UID}
first_valid_gid = ${MAIL_UID}
mail_max_userip_connections = 100
auth_failure_delay = 0
submission_host = 127.0.0.1:${ports.smtp}

${passdb}
userdb {
  driver = static
  args = uid=${MAIL_UID} gid=${MAIL_UID} home=${root}/mail/%u allow_all_users=yes
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  service_count = 0
  inet_listener imap {
    address = 127.0.0.1
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
protocol lmtp {
  mail_plugins = $mail_plugins sieve
  postmaster_address = postmaster@example.test
}
namespace inbox {
  inbox = yes
  separator = /
${Object.entries(folders).map(folderBlock).join('\n')}
}
plugin {
  sieve = file:${root}/sieve/%u;active=${root}/sieve/%u.sieve
  sieve_extensions = +vacation-seconds
  sieve_vacation_min_period = 0
  sieve_vacation_use_original_recipient = yes
}
${settings}
`;
}
