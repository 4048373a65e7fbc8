import { findComponent, findObject, type OrgMetadata, type StoredComponent } from '../schema/org-metadata.ts';
import { problem, type ComponentProblem } from './component.ts';
import { resolveFieldPath } from './field-path.ts';
import { allNamed } from './xml-children.ts';

const IMPORT = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]{1,200})['"]/g;
const TAG = /<c-([a-z0-9-]{1,80})[\s/>]/g;
/** Modules that the platform brings. */
const PLATFORM = /^(?:lwc|lightning\/\w+|@salesforce\/(?:client|community|i18n|user|userPermission)\/[\w.]+)$/;

/** A bundle imports, shows and configures only what exists. */
export function checkBundle(metadata: OrgMetadata, { fullName, files, content }: StoredComponent): ComponentProblem[] {
  const texts = [...files].flatMap(([path, text]) => {
    if (path.endsWith('.js')) return inFile(path, checkScript(metadata, fullName, files, path, text));
    return path.endsWith('.html') ? inFile(path, checkTemplate(metadata, fullName, text)) : [];
  });
  const configured = content === undefined ? [] : allNamed(content, 'property');
  const configuration = `lwc/${fullName}/${fullName}.js-meta.xml`;
  return [...texts, ...inFile(configuration, checkProperties(fullName, files, configured))];
}

const inFile = (fileName: string, problems: readonly ComponentProblem[]): ComponentProblem[] =>
  problems.map((each) => ({ ...each, fileName }));

function lineAt(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

function checkScript(
  metadata: OrgMetadata,
  bundle: string,
  files: StoredComponent['files'],
  path: string,
  script: string,
): ComponentProblem[] {
  return [...script.matchAll(IMPORT)].flatMap(({ 1: module = '', index }) => {
    const wrong = module.startsWith('.')
      ? isOwnFile(bundle, files, module) || `Unable to find file ${module} in the bundle ${bundle}`
      : checkModule(metadata, module, path);
    return wrong === true ? [] : [problem(wrong, lineAt(script, index))];
  });
}

function isOwnFile(bundle: string, files: StoredComponent['files'], module: string): boolean {
  const path = `lwc/${bundle}/${module.replace(/^\.\//, '')}`;
  return ['', '.js', '.html', '.css'].some((suffix) => files.has(path + suffix));
}

/** Whether a module exists, or what the platform says of it. */
function checkModule(metadata: OrgMetadata, module: string, path: string): true | string {
  const [scope = '', kind = '', ...rest] = module.split('/');
  const name = rest.join('/');
  if (PLATFORM.test(module)) return true;
  if (scope === 'c') {
    return findComponent(metadata, 'LightningComponentBundle', kind) !== undefined || `Cannot find module ${module}`;
  }
  if (scope !== '@salesforce') return `Cannot find module ${module}`;
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (kind === 'schema') {
    const type = name.includes('.') ? 'sobjectField' : 'sobjectClass';
    return hasSchema(metadata, name) || `Invalid reference ${name} of type ${type} in file ${file}`;
  }
  if (kind === 'label') {
    return (
      findComponent(metadata, 'CustomLabel', name.replace(/^c\./, '')) !== undefined ||
      `Invalid reference ${name} of type label in file ${file}`
    );
  }
  if (kind === 'customPermission') {
    return (
      findComponent(metadata, 'CustomPermission', name) !== undefined ||
      `Invalid reference ${name} of type customPermission in file ${file}`
    );
  }
  return `NOT_SIMULATED: the local org has no module ${module}`;
}

function hasSchema(metadata: OrgMetadata, name: string): boolean {
  const dot = name.indexOf('.');
  const object = findObject(metadata, dot < 0 ? name : name.slice(0, dot));
  return object !== undefined && (dot < 0 || resolveFieldPath(metadata, object, name.slice(dot + 1)) !== undefined);
}

function checkTemplate(metadata: OrgMetadata, bundle: string, template: string): ComponentProblem[] {
  return [...template.matchAll(TAG)].flatMap(({ 1: tag = '', index }) => {
    const name = tag.replaceAll(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
    if (findComponent(metadata, 'LightningComponentBundle', name) !== undefined) return [];
    return [problem(`No MODULE named markup://c:${name} found : [markup://c:${bundle}]`, lineAt(template, index))];
  });
}

/** What a page may set is public in the script: `@api name`. */
function checkProperties(
  bundle: string,
  files: StoredComponent['files'],
  properties: ReturnType<typeof allNamed>,
): ComponentProblem[] {
  const script = files.get(`lwc/${bundle}/${bundle}.js`) ?? '';
  const open = new Set([...script.matchAll(/@api\s+(?:get\s+|set\s+)?(\w+)/g)].map(([, name]) => name));
  return properties
    .filter((property) => !open.has(property.attributes.get('name')))
    .map((property) =>
      problem(
        `The property ${property.attributes.get('name') ?? ''} is no public property of the component ${bundle}`,
        property,
      ),
    );
}
