import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Catalog } from './check-catalog.ts';
import { hasComponent, missing } from './check-finding.ts';
import { readSelections, type Selection } from './check-graphql.ts';
import type { Finding, MetadataFile, Project } from './check-source.ts';

/** What a script imports from another module. */
const IMPORT = /\bfrom\s*['"]([^'"\n]{1,200})['"]/g;
/** A query of the GraphQL wire adapter. */
const QUERY = /\bgql`([^`]*)`/g;
/** A component of this project in a template. */
const TAG = /<c-([a-z0-9-]{1,80})[\s/>]/g;
/** A name that only this project, or a customer, can have given: an own object, field or relationship. */
const OWN_NAME = /\b[A-Za-z]\w*?__(?:c|r|mdt)\b/g;
/** Words of the UI API's GraphQL schema between an object and its fields. */
const ENVELOPE = ['edges', 'node'];

/** Modules, objects, fields and components that a Lightning web component names in its scripts and templates exist. */
export function checkComponent(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const folder = dirname(file.path);
  const sources = globSync('*.{js,html}', { cwd: join(project.root, folder) }).sort();
  return sources.flatMap((source) => {
    const text = readFileSync(join(project.root, folder, source), 'utf8');
    const place: MetadataFile = { ...file, path: `${folder}/${source}` };
    const found = (offset: number, what: string): Finding =>
      missing(place, { line: text.slice(0, offset).split('\n').length }, what);
    return source.endsWith('.html')
      ? templateProblems(text, project, found)
      : [
          ...importProblems(text, project, catalog, found),
          ...queryProblems(text, catalog, found),
          ...nameProblems(text, catalog, found),
        ];
  });
}

type Found = (offset: number, what: string) => Finding;

function templateProblems(text: string, project: Project, found: Found): Finding[] {
  return [...text.matchAll(TAG)].flatMap(({ 1: tag = '', index }) => {
    const name = tag.replaceAll(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
    return hasComponent(project, 'LightningComponentBundle', name) ? [] : [found(index, `component ${name}`)];
  });
}

function importProblems(text: string, project: Project, catalog: Catalog, found: Found): Finding[] {
  return [...text.matchAll(IMPORT)]
    .filter(({ 1: module = '' }) => !moduleExists(module, project, catalog))
    .map(({ 1: module = '', index }) => found(index, `module ${module}`));
}

/** Modules of the project exist; those of the platform are taken for granted. */
function moduleExists(module: string, project: Project, catalog: Catalog): boolean {
  const [scope = '', kind = '', name = ''] = module.split('/');
  if (scope === 'c') return hasComponent(project, 'LightningComponentBundle', kind);
  if (scope !== '@salesforce') return true;
  if (kind === 'customPermission') return hasComponent(project, 'CustomPermission', name);
  if (kind !== 'schema') return true;
  const [object = '', ...path] = name.split('.');
  return path.length === 0 ? catalog.hasObject(object) : catalog.hasPath(object, path.join('.'));
}

/** Below `uiapi.query` stand objects, below each of them `edges.node`, and there fields, parents and children. */
function queryProblems(text: string, catalog: Catalog, found: Found): Finding[] {
  return [...text.matchAll(QUERY)].flatMap(({ 0: whole, 1: query = '', index }) => {
    const start = index + whole.length - query.length - 1;
    const at: Found = (offset, what) => found(start + offset, what);
    const objects = readSelections(query)
      .filter(({ name }) => name === 'uiapi')
      .flatMap(({ below }) => below)
      .filter(({ name }) => name === 'query')
      .flatMap(({ below }) => below);
    return objects.flatMap((object) =>
      catalog.hasObject(object.name)
        ? recordProblems(object, object.name, catalog, at)
        : [at(object.offset, `object ${object.name}`)],
    );
  });
}

/** The fields of a record, wherever they stand below the words that wrap it. */
function recordProblems(selection: Selection, object: string, catalog: Catalog, at: Found): Finding[] {
  const compared = selection.argumentNames
    .filter((name) => /__c$/.test(name) && !catalog.hasField(object, name))
    .map((name) => at(selection.offset, `field ${object}.${name}`));
  return [
    ...compared,
    ...selection.below.flatMap((each) => {
      if (ENVELOPE.includes(each.name)) return recordProblems(each, object, catalog, at);
      return each.below.length === 0 || !/__[cr]$/.test(each.name) ? [] : fieldProblems(each, object, catalog, at);
    }),
  ];
}

function fieldProblems(selection: Selection, object: string, catalog: Catalog, at: Found): Finding[] {
  const { name, offset } = selection;
  if (name.endsWith('__c')) return catalog.hasField(object, name) ? [] : [at(offset, `field ${object}.${name}`)];
  const parent = catalog.fields.get(`${object}.${name.replace(/__r$/, '__c')}`)?.parent;
  const other = parent ?? catalog.childObject(object, name);
  return other === undefined
    ? [at(offset, `relationship ${name} of ${object}`)]
    : recordProblems(selection, other, catalog, at);
}

/** Any other name of ours in a script, for example in a text, is at least the name of some object or field. */
function nameProblems(text: string, catalog: Catalog, found: Found): Finding[] {
  const known = new Set([
    ...catalog.objects,
    ...[...catalog.fields].flatMap(([name, { childRelationship }]) => {
      const field = name.split('.')[1] ?? '';
      return [field, field.replace(/__c$/, '__r'), childRelationship ?? ''];
    }),
  ]);
  return [...text.matchAll(OWN_NAME)]
    .filter(([name]) => !known.has(name))
    .map(({ 0: name, index }) => found(index, `object or field ${name}`));
}

/** A bundle's configuration is named after its folder. */
export function checkBundleName(file: MetadataFile): Finding[] {
  const folder = basename(dirname(file.path));
  return folder === file.name
    ? []
    : [{ path: file.path, line: 1, problem: `lies in the folder ${folder} of another component` }];
}
