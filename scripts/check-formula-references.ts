import type { Catalog } from './check-catalog.ts';
import { hasComponent, missing } from './check-finding.ts';
import type { Finding, MetadataFile, Project } from './check-source.ts';

/** Texts and comments of a formula, which name nothing. */
const SILENT = /"(?:[^"\\]|\\.)*"|\/\*[^*]*\*\//g;
/** A name or a path of names that no bracket follows: what is neither a function nor a literal. */
const NAME = /(?:\$|\b)[A-Za-z]\w*(?:\.\w+)*\b(?!\s*\()/g;
const LITERALS = ['NULL', 'TRUE', 'FALSE'];

/** Fields and permissions exist that a formula field, a default value or a validation rule names in these elements. */
export function checkFormulaReferences(
  file: MetadataFile,
  project: Project,
  catalog: Catalog,
  elements: readonly string[],
): Finding[] {
  const [owner = ''] = file.name.split('.');
  const object = owner === 'Activity' ? 'Task' : owner;
  const exists = (name: string): boolean =>
    LITERALS.includes(name.toUpperCase()) || nameExists(name, object, project, catalog);
  return file.root.children
    .filter(({ name }) => elements.includes(name))
    .flatMap(({ text, line }) => {
      const formula = text.replaceAll(SILENT, (silent) => silent.replaceAll(/[^\n]/g, ' '));
      return [...formula.matchAll(NAME)]
        .filter(([name]) => !exists(name))
        .map(({ 0: name, index }) => {
          const at = { line: line + formula.slice(0, index).split('\n').length - 1 };
          return missing(file, at, name.startsWith('$') ? `value ${name}` : `field ${object}.${name}`);
        });
    });
}

function nameExists(name: string, object: string, project: Project, catalog: Catalog): boolean {
  const permission = /^\$Permission\.(\w+)$/.exec(name)?.[1];
  if (permission !== undefined) return hasComponent(project, 'CustomPermission', permission);
  return !name.startsWith('$') && catalog.hasPath(object, name);
}
