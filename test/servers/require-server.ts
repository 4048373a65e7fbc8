import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ServerName = 'dovecot' | 'postfix' | 'postgresql' | 'small disk';

/** Set to 1 where the servers have to be there: a missing one then fails a test instead of skipping it. */
const REQUIRE_VARIABLE = 'REPLY_TRACKING_REQUIRE_SERVERS';

const POSTGRESQL_HOME = '/usr/lib/postgresql';
const announced = new Set<ServerName>();

/**
 * Makes the running test or suite depend on a real server: when it cannot be started here the test is skipped, with
 * the reason and the Debian package that is missing on standard error, or fails when REPLY_TRACKING_REQUIRE_SERVERS=1.
 */
export function requireServer(context: Mocha.Context, name: ServerName): void {
  const reason = reasonAgainst(name);
  if (reason === undefined) return;
  if (process.env[REQUIRE_VARIABLE] === '1') throw new Error(`${reason} (${REQUIRE_VARIABLE}=1 forbids to skip)`);
  if (!announced.has(name)) console.warn(`Tests with a real ${name} are skipped: ${reason}`);
  announced.add(name);
  context.skip();
}

/** The folder with the programs of the newest installed PostgreSQL, or undefined. */
export function postgresqlPrograms(): string | undefined {
  if (!existsSync(POSTGRESQL_HOME)) return undefined;
  return readdirSync(POSTGRESQL_HOME)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(POSTGRESQL_HOME, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Why a server cannot be started here and which Debian package is missing, or undefined when it can. */
export function reasonAgainst(name: ServerName): string | undefined {
  if (name === 'small disk')
    return canMount() ? undefined : 'Only who may mount a tmpfs (root on Linux) can fill a disk.';
  if (!existsSync('/usr/bin/setpriv')) return 'setpriv is missing; install the Debian package util-linux.';
  if (name === 'postgresql') {
    return postgresqlPrograms() ? undefined : 'PostgreSQL is missing; install the Debian package postgresql.';
  }
  if (name === 'postfix' && !existsSync('/usr/sbin/postfix')) {
    return 'Postfix is missing; install the Debian package postfix.';
  }
  if (name === 'dovecot' && !existsSync('/usr/lib/dovecot/modules/lib90_sieve_plugin.so')) {
    return 'Dovecot is missing; install the Debian packages dovecot-imapd, dovecot-lmtpd and dovecot-sieve.';
  }
  return process.getuid?.() === 0 ? undefined : `${name} can only be started by root.`;
}

/** A container may refuse even root. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (isMounted) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return isMounted;
}
