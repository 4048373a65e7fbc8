import { execFileSync } from 'node:child_process';
import { chown, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port.ts';
import { mailPorts, type MailPorts } from './mail-ports.ts';
import { startServer, stopAfterTests } from './server-process.ts';

/** Domains whose mail Postfix hands to Dovecot, where every user exists. */
export const LOCAL_DOMAINS: readonly string[] = ['example.test', 'example.org', 'example.net'];

/** Postfix accepts mail to this domain and its next hop refuses every recipient: a failure report comes at once. */
export const BOUNCING_DOMAIN = 'gone.test';

/** Nothing answers for this domain: a delay report after about 5 seconds, a failure report after about 30. */
export const SLOW_DOMAIN = 'slow.test';

/** A real Postfix on loopback that delivers to the Dovecot of the same test run. */
export interface Postfix {
  readonly host: string;
  readonly port: number;
  /** `smtp://host:port`, without TLS or authentication. */
  readonly submissionUrl: string;
}

let started: Promise<Postfix> | undefined;

/** Starts Postfix at the first call of the run; later calls give the same server. Start Dovecot too, or mail stays queued. */
export function startPostfix(): Promise<Postfix> {
  started ??= start();
  return started;
}

async function start(): Promise<Postfix> {
  const root = await mkdtemp(join(tmpdir(), 'postfix-'));
  stopAfterTests(() => rm(root, { recursive: true, force: true }));
  await chmod(root, 0o755);
  for (const folder of ['etc', 'spool', 'data']) await mkdir(join(root, folder));
  await chown(join(root, 'data'), Number(execFileSync('id', ['-u', 'postfix'])), 0);
  const ports = await mailPorts();
  const refusing = await freePort();
  await writeFile(join(root, 'etc/main.cf'), mainConfiguration(root));
  await writeFile(join(root, 'etc/transport'), transports(ports, refusing));
  await writeFile(join(root, 'etc/master.cf'), serviceTable(ports, refusing));
  execFileSync('/usr/sbin/postfix', ['-c', join(root, 'etc'), 'check'], { stdio: 'ignore' });
  await startServer({
    command: '/usr/lib/postfix/sbin/master',
    args: ['-c', join(root, 'etc'), '-d'],
    port: ports.smtp,
    readLog: () => readFile(join(root, 'maillog'), 'utf8'),
  });
  return { host: '127.0.0.1', port: ports.smtp, submissionUrl: `smtp://127.0.0.1:${ports.smtp}` };
}

function mainConfiguration(root: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${root}/spool
data_directory = ${root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.loop.test
mydestination =
mynetworks = 127.0.0.0/8
local_transport = error:off
default_transport = error:5.4.4 no outside mail
relay_domains = ${[...LOCAL_DOMAINS, BOUNCING_DOMAIN, SLOW_DOMAIN].join(', ')}
relay_recipient_maps =
transport_maps = texthash:${root}/etc/transport
lmtp_destination_recipient_limit = 1
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
smtp_host_lookup = native
disable_dns_lookups = yes
alias_maps =
alias_database =
maillog_file = ${root}/maillog
maillog_file_prefixes = ${root}
delay_warning_time = 5s
queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 5s
maximal_queue_lifetime = 30s
bounce_queue_lifetime = 30s
`;
}

function transports(ports: MailPorts, refusing: number): string {
  const local = LOCAL_DOMAINS.map((domain) => `${domain} lmtp:inet:127.0.0.1:${ports.lmtp}`);
  return [...local, `${BOUNCING_DOMAIN} smtp:[127.0.0.1]:${refusing}`, `${SLOW_DOMAIN} smtp:[127.0.0.1]:9`, ''].join(
    '\n',
  );
}

/** master(5): service, type, private, unprivileged, chroot, wake-up, process limit, command. */
function serviceTable(ports: MailPorts, refusing: number): string {
  return `
127.0.0.1:${ports.smtp} inet n - n - - smtpd
127.0.0.1:${refusing} inet n - n - - smtpd
  -o myhostname=full.loop.test
  -o { smtpd_recipient_restrictions = check_recipient_access static:{550 5.1.1 No such mailbox here}, reject }
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}
