// Builds what is published of the connector and what the Salesforce CLI links: JavaScript, declarations and the
// manifest that spares the CLI loading every command at each start. `--no-check` leaves out checking types.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const CONNECTOR = join(fileURLToPath(import.meta.url), '../../connector');
const MANIFEST = join(CONNECTOR, 'oclif.manifest.json');
// What the connector uses may be another version than what the repository has at its root.
const require = createRequire(join(CONNECTOR, 'package.json'));

rmSync(join(CONNECTOR, 'lib'), { recursive: true, force: true });
rmSync(MANIFEST, { force: true });
const tsc = require.resolve('typescript/bin/tsc');
const args = [tsc, '--project', CONNECTOR, ...(process.argv.includes('--no-check') ? ['--noCheck'] : [])];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const { Plugin } = require('@oclif/core');
const plugin = new Plugin({ root: CONNECTOR, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(MANIFEST, `${JSON.stringify(plugin.manifest)}\n`);
