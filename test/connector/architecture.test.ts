import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const SOURCE = join(import.meta.dirname, '../../connector/src');
const SIMULATORS = join(import.meta.dirname, '../simulators');

/** What each room may import of ours. A room that is absent here may not exist. */
const BORDERS: Record<string, readonly string[]> = {
  mail: [],
  match: ['mail'],
  http: ['errors.ts'],
  mailbox: ['mail', 'http', 'errors.ts'],
  store: ['mail', 'match', 'errors.ts'],
  jobs: ['errors.ts'],
  salesforce: ['mail', 'match', 'http', 'errors.ts'],
  track: ['mail', 'match', 'mailbox', 'store', 'salesforce', 'errors.ts'],
  sync: ['mail', 'match', 'mailbox', 'store', 'track', 'errors.ts'],
  deliver: ['mail', 'match', 'store', 'salesforce', 'errors.ts'],
  observe: ['store', 'salesforce', 'deliver'],
  vault: ['errors.ts'],
  consent: ['http', 'errors.ts'],
  connect: ['mail', 'mailbox', 'store', 'vault', 'salesforce', 'facade.ts', 'errors.ts', 'logger.ts'],
  watch: ['mailbox', 'store', 'jobs', 'connect', 'errors.ts', 'logger.ts'],
  explain: ['mail', 'match', 'mailbox', 'store', 'track', 'sync', 'connect', 'salesforce', 'facade.ts', 'errors.ts'],
  doctor: ['mailbox', 'store', 'jobs', 'connect', 'salesforce', 'facade.ts', 'errors.ts'],
  server: ['facade.ts', 'requests.ts', 'errors.ts', 'logger.ts'],
  commands: ['facade.ts', 'errors.ts', 'connector.ts', 'consent', 'mailbox', 'config.ts', 'logger.ts'],
};

/** Files at the top of the house: the composition root and what everybody may use. */
const TOP_FILES = [
  'connector.ts',
  'serve.ts',
  'main.ts',
  'config.ts',
  'errors.ts',
  'logger.ts',
  'facade.ts',
  'in-process-facade.ts',
  'requests.ts',
  'work.ts',
  'report-work.ts',
  'notification-routes.ts',
];

/** Each outside SDK is imported by the file or the room that is named here, and nowhere else. */
const SDK_OWNERS: Record<string, string> = {
  jsforce: 'salesforce/jsforce-salesforce.ts',
  express: 'server/',
  '@oclif/core': 'commands/',
  '@salesforce/core': 'commands/',
  '@salesforce/sf-plugins-core': 'commands/',
  'google-auth-library': 'mailbox/gmail/',
  imapflow: 'mailbox/imap/',
  '@googleapis/gmail': 'mailbox/gmail/gmail-client.ts',
  '@azure/msal-node': 'mailbox/graph/request-microsoft-token.ts',
  'ews-javascript-api': 'mailbox/ews/ews-client.ts',
  '@ewsjs/ntlm-client': 'mailbox/ews/ntlm.ts',
  'fast-xml-parser': 'mailbox/ews/',
  '@electric-sql/pglite': 'store/pglite-engine.ts',
  pg: 'store/postgres-database.ts',
  'pg-boss': 'jobs/jobs.ts',
  pino: 'logger.ts',
  'prom-client': 'observe/metrics.ts',
  libmime: 'mail/encoded-word.ts',
};

/** Rooms without clock, randomness, logger or I/O. */
const PURE_ROOMS = ['mail', 'match'];

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/gm;
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map((found) => ({
    file,
    specifier: found[2] ?? found[3] ?? '',
    typeOnly: found[1] !== undefined,
  }));
}

const path = (file: string): string => relative(SOURCE, file).split(sep).join('/');
const room = (file: string): string => path(file).split('/')[0] ?? '';
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const sourceFiles = filesBelow(SOURCE);
const imports = sourceFiles.flatMap(importsOf);

describe('architecture', () => {
  it('knows every room of the house', () => {
    const rooms = new Set(sourceFiles.map(room));
    expect([...rooms].filter((name) => !(name in BORDERS) && !TOP_FILES.includes(name))).to.deep.equal([]);
  });

  it('lets a room import only the rooms below it', () => {
    const crossings = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ file, specifier }) => ({ file, from: room(file), to: room(join(dirname(file), specifier)) }))
      .filter(({ from, to }) => from in BORDERS && from !== to && !BORDERS[from]!.includes(to))
      .map(({ file, to }) => `${path(file)} imports ${to}`);
    expect(crossings).to.deep.equal([]);
  });

  it('names concrete adapters in the composition root alone', () => {
    const adapters =
      /(imap|gmail|graph|ews)-mailbox\.ts$|jsforce-salesforce\.ts$|postgres-store\.ts$|(pglite|postgres)-database\.ts$/;
    const named = imports
      .filter(({ file, specifier, typeOnly }) => {
        const target = join(dirname(file), specifier);
        return !typeOnly && adapters.test(specifier) && dirname(target) !== dirname(file);
      })
      .map(({ file }) => path(file))
      .filter((file) => file !== 'connector.ts');
    expect(named).to.deep.equal([]);
  });

  it('imports each outside SDK in one place', () => {
    const elsewhere = imports
      .filter(({ specifier }) => packageOf(specifier) in SDK_OWNERS)
      .filter(({ file, specifier }) => !path(file).startsWith(SDK_OWNERS[packageOf(specifier)]!))
      .map(({ file, specifier }) => `${path(file)} imports ${specifier}`);
    expect(elsewhere).to.deep.equal([]);
  });

  it('keeps clock, randomness, logging and input or output out of the pure rooms', () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|\bconsole\.|\bprocess\.|setTimeout|setInterval|randomUUID|\bfetch\(/;
    const allowedModules = ['node:crypto', 'node:buffer', 'libmime'];
    const found = sourceFiles
      .filter((file) => PURE_ROOMS.includes(room(file)))
      .flatMap((file) => [
        ...(impure.test(readFileSync(file, 'utf8')) ? [`${path(file)} is not pure`] : []),
        ...importsOf(file)
          .filter(({ specifier }) => !specifier.startsWith('.') && !allowedModules.includes(specifier))
          .map(({ specifier }) => `${path(file)} imports ${specifier}`),
      ]);
    expect(found).to.deep.equal([]);
  });

  it('keeps the connector out of the simulators', () => {
    const found = filesBelow(SIMULATORS)
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier.includes('connector/'))
      .map(({ file }) => relative(SIMULATORS, file));
    expect(found).to.deep.equal([]);
  });
});
