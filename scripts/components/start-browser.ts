import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Browser } from 'puppeteer-core';

/** Where the libraries lie that the browser from npm needs, once it is unpacked. */
const LIBRARIES = join(tmpdir(), 'al2023', 'lib');
/** The browser from npm unpacks its libraries only where it believes to run in that environment. */
const UNPACKS_LIBRARIES = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };

interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts Chromium without a window: the one that REPLY_TRACKING_CHROMIUM names, else the one that npm has installed,
 * which needs nothing of the machine but glibc. Throws when there is none for this machine.
 */
export async function startBrowser(): Promise<Browser> {
  const named = process.env.REPLY_TRACKING_CHROMIUM;
  const program = named === undefined ? await unpack() : { path: named, args: ['--no-sandbox'], env: process.env };
  try {
    return await launch({ executablePath: program.path, args: [...program.args], headless: 'shell', env: program.env });
  } catch (cause) {
    throw named === undefined ? explain(cause as Error) : cause;
  }
}

/** What the loader says when a library is not there. */
const MISSING_LIBRARY = /error while loading shared libraries: ([^:\s]+)/;

function explain(cause: Error): Error {
  const [, library] = MISSING_LIBRARY.exec(cause.message) ?? [];
  if (library === undefined) return cause;
  return new Error(
    `Chromium needs the library ${library}, which this machine does not have. Install it (on Debian and Ubuntu, "apt-get install libnss3 libexpat1" brings those that differ between machines), or name another Chrome or Chromium in REPLY_TRACKING_CHROMIUM.`,
    { cause },
  );
}

async function unpack(): Promise<Program> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `npm has no Chromium for ${process.platform}-${process.arch}. Install Chrome or Chromium and name its program in REPLY_TRACKING_CHROMIUM.`,
    );
  }
  const before = { ...process.env };
  Object.assign(process.env, UNPACKS_LIBRARIES);
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const path = await chromium.executablePath();
    const libraries = [LIBRARIES, before.LD_LIBRARY_PATH].filter(Boolean).join(':');
    const env = { ...before, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: process.env.FONTCONFIG_PATH };
    return { path, args: ['--no-sandbox', '--no-zygote', '--font-render-hinting=none', '--disable-gpu'], env };
  } finally {
    process.env = before;
  }
}
