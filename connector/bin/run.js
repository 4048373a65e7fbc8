#!/usr/bin/env node
// The commands without the Salesforce CLI: `sf-reply sync` is `sf reply sync`. Plain JavaScript without static imports
// of packages, because a Node that is too old for them has to be able to run it and to say so.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const MINIMUM_NODE = [22, 13];
const EXIT_CONFIG = 78;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1])) {
  process.stderr.write(`sf-reply needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}.\n`);
  process.exit(EXIT_CONFIG);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const { oclif, ...pjson } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [first, ...rest] = process.argv.slice(2);
const { execute, Plugin } = await import('@oclif/core');
// Here the topic is no part of a command's name, so the manifest, which is the CLI's, does not hold.
const plugin = new Plugin({
  ...{ root, name: pjson.name, isRoot: true, ignoreManifest: true },
  pjson: {
    ...pjson,
    oclif: {
      ...oclif,
      bin: 'sf-reply',
      commands: { ...oclif.commands, target: './lib/commands/reply', globPatterns: ['**/*.js'] },
      topics: oclif.topics.reply.subtopics,
    },
  },
});
await plugin.load();
await execute({
  // Whoever types the topic as in the CLI is understood too.
  args: first === 'reply' ? rest : process.argv.slice(2),
  loadOptions: { root, plugins: new Map([[plugin.name, plugin]]) },
});
