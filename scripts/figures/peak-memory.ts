/**
 * `node scripts/figures/peak-memory.ts FILE`: reads every header block of a file of malformed ones, one after another,
 * and prints by how many MB the resident memory of this process has ever grown. A process of its own, because that
 * peak (getrusage(2), ru_maxrss) cannot be taken back.
 */
import { basename, dirname } from 'node:path';
import { checkHeaders } from '../fuzz/check-headers.ts';
import { readRows } from './corpus.ts';
import type { MalformedRow } from './malformed.ts';

const KB_OF_MB = 1024;

const [file = ''] = process.argv.slice(2);
const blocks = readRows<MalformedRow>(dirname(file), basename(file)).map(({ raw_b64: raw }) =>
  Buffer.from(raw, 'base64'),
);
const before = process.resourceUsage().maxRSS;
for (const bytes of blocks) checkHeaders(bytes);
console.log(Math.ceil((process.resourceUsage().maxRSS - before) / KB_OF_MB));
