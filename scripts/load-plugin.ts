import { Config, Plugin } from '@oclif/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the plugin. */
export const PLUGIN_ROOT = join(import.meta.dirname, '../connector');

/** The plugin with its commands as they stand in the source, so that no build is needed and none can be stale. */
export async function loadPlugin(): Promise<Config> {
  const pjson = JSON.parse(readFileSync(join(PLUGIN_ROOT, 'package.json'), 'utf8')) as Config['pjson'];
  const commands = { strategy: 'pattern' as const, target: './src/commands', globPatterns: ['reply/**/*.ts'] };
  const oclif = { ...pjson.oclif, commands };
  // A plugin that the configuration loads by itself would be what its manifest says, which names what was built.
  const plugin = new Plugin({
    ...{ root: PLUGIN_ROOT, name: pjson.name, isRoot: true, ignoreManifest: true },
    pjson: { ...pjson, oclif },
  });
  await plugin.load();
  const config = new Config({ root: PLUGIN_ROOT, plugins: new Map([[plugin.name, plugin]]) });
  await config.load();
  return config;
}
