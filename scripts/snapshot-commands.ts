/**
 * `node scripts/snapshot-commands.ts [--check]`: writes what others rely on of the commands, `command-snapshot.json`
 * (flags) and `schemas/` (results with `--json`), or tells whether what is written is still true.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { loadPlugin, PLUGIN_ROOT } from './load-plugin.ts';
import { resultSchemas } from './result-schemas.ts';

const SCHEMAS = 'schemas';

/** One command as the snapshot holds it. */
interface CommandSnapshot {
  readonly alias: readonly string[];
  readonly command: string;
  readonly flagAliases: readonly string[];
  readonly flagChars: readonly string[];
  readonly flags: readonly string[];
  readonly plugin: string;
}

/** Every file of the snapshot by its path below the plugin, with what it has to hold. */
export async function snapshotFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map([['command-snapshot.json', await asJson(await commandSnapshots())]]);
  for (const [id, schema] of resultSchemas()) {
    files.set(join(SCHEMAS, `${id.replaceAll(':', '-')}.json`), await asJson(schema));
  }
  return files;
}

/** What differs between the commands and the files of the snapshot, in words; empty when nothing does. */
export function differences(files: ReadonlyMap<string, string>): readonly string[] {
  const stale = globSync(`${SCHEMAS}/*.json`, { cwd: PLUGIN_ROOT }).filter((path) => !files.has(path));
  const changed = [...files].filter(([path, text]) => {
    const file = join(PLUGIN_ROOT, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  return [
    ...stale.map((path) => `${path} belongs to no command`),
    ...changed.map(([path]) => `${path} is not what the commands are`),
  ];
}

async function commandSnapshots(): Promise<readonly CommandSnapshot[]> {
  const { commands } = await loadPlugin();
  return commands
    .map(({ id, aliases, flags, pluginName }) => ({
      alias: aliases,
      command: id,
      flagAliases: Object.values(flags).flatMap((flag) => flag.aliases ?? []),
      flagChars: Object.values(flags)
        .flatMap((flag) => flag.char ?? [])
        .sort(),
      flags: Object.keys(flags).sort(),
      plugin: pluginName ?? '',
    }))
    .sort((one, other) => (one.command < other.command ? -1 : 1));
}

/** JSON as the rest of the repository is formatted. */
async function asJson(value: unknown): Promise<string> {
  const options = await resolveConfig(import.meta.filename);
  return format(JSON.stringify(value, null, 2), { ...options, parser: 'json' });
}

function write(files: ReadonlyMap<string, string>): void {
  rmSync(join(PLUGIN_ROOT, SCHEMAS), { recursive: true, force: true });
  mkdirSync(join(PLUGIN_ROOT, SCHEMAS));
  for (const [path, text] of files) writeFileSync(join(PLUGIN_ROOT, path), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = await snapshotFiles();
  if (process.argv.includes('--check')) {
    const found = differences(files);
    for (const line of found) process.stderr.write(`${line}; "node scripts/snapshot-commands.ts" writes it anew.\n`);
    process.exitCode = found.length === 0 ? 0 : 1;
  } else {
    write(files);
  }
}
