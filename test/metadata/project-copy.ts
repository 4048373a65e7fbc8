import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readProject, type Finding, type Project } from '../../scripts/check-source.ts';
import { ROOT } from './force-app.ts';

/** A copy of the Salesforce project in a temporary folder, to be broken. */
export interface ProjectCopy {
  readonly root: string;
  /** The copy as the checks see it now. */
  read(): Project;
  /** Replaces a text that has to be there, at its first place in the file. */
  replace(file: string, from: string, to: string): void;
  /** Adds a file. */
  add(file: string, text: string): void;
  remove(): void;
}

/** One way to break a copy of the project and what the check then says. */
export interface Breakage {
  readonly title: string;
  readonly check: (project: Project) => Finding[] | Promise<Finding[]>;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly says: RegExp;
}

/** Copies force-app and sfdx-project.json. */
export function copyProject(): ProjectCopy {
  const root = mkdtempSync(join(tmpdir(), 'reply-tracking-check-'));
  cpSync(join(ROOT, 'force-app'), join(root, 'force-app'), { recursive: true });
  cpSync(join(ROOT, 'sfdx-project.json'), join(root, 'sfdx-project.json'));
  return {
    root,
    read: () => readProject(root),
    replace(file, from, to) {
      const before = readFileSync(join(root, file), 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`);
      writeFileSync(join(root, file), before.replace(from, to));
    },
    add(file, text) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
