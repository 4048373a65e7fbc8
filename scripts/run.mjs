// Runs one of the project's TypeScript programs on the Node that the project brings, after installing what it needs.
// This file is plain JavaScript because the machine's own Node, which may be older, is what starts it.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = join(fileURLToPath(import.meta.url), '../..');
const MODULES = join(ROOT, 'node_modules');
const MINIMUM_NODE = [22, 13];

/** Each program: the file, whether it needs the development dependencies, and whether its first comment is its help. */
const PROGRAMS = {
  build: { file: 'scripts/build-connector.mjs', development: true },
  bench: { file: 'scripts/bench.ts', development: true },
  simulate: { file: 'scripts/simulate.ts', development: true },
  start: { file: 'scripts/start.ts', development: false },
  serve: { file: 'connector/src/main.ts', development: false },
  evaluate: { file: 'scripts/evaluate.ts', development: false },
  figures: { file: 'scripts/figures.ts', development: true, described: true },
  faults: { file: 'scripts/faults.ts', development: true, described: true },
  fuzz: { file: 'scripts/fuzz.ts', development: false, described: true },
  check: { file: 'scripts/check.ts', development: true, described: true },
  dictionary: { file: 'scripts/document-force-app.ts', development: true, described: true },
  images: { file: 'scripts/render-components.ts', development: true, described: true },
  'mutate:flows': { file: 'scripts/mutate-flows.ts', development: true, described: true },
  org: { file: 'scripts/org.ts', development: true },
  soak: { file: 'scripts/soak.ts', development: true, described: true },
  acknowledgements: { file: 'scripts/acknowledgements.ts', development: true, described: true },
  kills: { file: 'scripts/kills.ts', development: true, described: true },
  live: { file: 'scripts/live.ts', development: true, described: true },
  test: { file: 'scripts/test.ts', development: true },
};

function isInstalled(development) {
  const installed = join(MODULES, '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (statSync(installed).mtimeMs < statSync(join(ROOT, 'package-lock.json')).mtimeMs) return false;
  return !development || existsSync(join(MODULES, 'mocha'));
}

function countPackages() {
  if (!existsSync(MODULES)) return 0;
  return readdirSync(MODULES).reduce((count, name) => {
    if (name.startsWith('.')) return count;
    return count + (name.startsWith('@') ? readdirSync(join(MODULES, name)).length : 1);
  }, 0);
}

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Installs what the lock file names. Progress goes to standard error: standard output belongs to the program. */
async function install(development) {
  const what = development ? 'what the tests need' : 'what the connector needs';
  process.stderr.write(`Installing ${what} (once; about a minute) ...\n`);
  const started = Date.now();
  const report = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write(`  ${seconds} s, ${countPackages()} packages\n`);
  };
  const heartbeat = setInterval(report, 5000);
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [
    ...npm.slice(1),
    'ci',
    '--no-progress',
    '--loglevel=error',
    ...(development ? ['--include=dev'] : ['--omit=dev']),
  ];
  const shell = process.platform === 'win32' && npm[0] === 'npm';
  const code = await run(npm[0], args, { stdio: ['ignore', 2, 2], shell });
  clearInterval(heartbeat);
  if (code !== 0) {
    process.stderr.write('npm ci failed; its message is above. Fix that and run the same command again.\n');
    process.exit(code);
  }
  report();
}

/** The Node that the project brings where there is a package for this machine, else the one that runs this file. */
function node() {
  const name = process.platform === 'win32' ? 'node.exe' : 'bin/node';
  const brought = join(
    MODULES,
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    name,
  );
  return existsSync(brought) ? brought : process.execPath;
}

/**
 * Compiled code is kept from run to run, for the program and what it starts: a service is loaded in two thirds of the
 * time. Not for fuzzing, which goes by what V8 says was run: it says less of code that it did not compile itself.
 */
function compileCache() {
  return name === 'fuzz' ? {} : { NODE_COMPILE_CACHE: join(MODULES, '.cache/node-compile-cache') };
}

/** The first comment of a file, as text. */
function descriptionOf(file) {
  const [, comment] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(join(ROOT, file), 'utf8'));
  return comment.replace(/^[ \t]*\* ?/gm, '').trim();
}

const [name, ...args] = process.argv.slice(2);
const program = PROGRAMS[name];
if (!program) {
  process.stderr.write(`usage: node scripts/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]\n`);
  process.exit(64);
}
if (program.described && args.includes('--help')) {
  process.stdout.write(`${descriptionOf(program.file)}\n`);
  process.exit(0);
}
if (!isInstalled(program.development)) await install(program.development);
const [major, minor] = process.versions.node.split('.').map(Number);
if (
  node() === process.execPath &&
  (major < MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor < MINIMUM_NODE[1]))
) {
  process.stderr.write(
    `Node ${MINIMUM_NODE.join('.')} or newer is needed and npm brings none for ${process.platform}-${process.arch}; this is ${process.versions.node}.\n` +
      'Install Node 24 and run the same command again.\n',
  );
  process.exit(78);
}
process.exitCode = await run(node(), [join(ROOT, program.file), ...args], {
  stdio: 'inherit',
  env: { ...compileCache(), ...process.env },
  // npm runs scripts in the project's folder; the paths that a person names are from where the person stands.
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
