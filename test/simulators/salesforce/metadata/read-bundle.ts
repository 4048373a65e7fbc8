import { parseXml, type XmlElement } from '../flow-xml.ts';
import { findComponent, storeComponent } from '../schema/org-metadata.ts';
import type { FlowProblem } from '../flow-host.ts';
import { problem, type Deployment } from './component.ts';
import { checkFile } from './structure.ts';
import { allNamed, childNamed, textOf } from './xml-children.ts';

const TYPE = 'LightningComponentBundle';
const NAME = /^[a-z](?:_?[A-Za-z0-9])*$/;
const SUFFIXES = ['.js', '.html', '.css', '.svg', '.js-meta.xml'];
const NEWEST = 67;

/** The folder of a file below `lwc`; undefined for every other path. */
export function bundleOf(path: string): string | undefined {
  const [folder, name, file] = path.split('/');
  return folder === 'lwc' && file !== undefined ? name : undefined;
}

/** Reads the bundle of a Lightning web component: its files, and what its configuration says. */
export function readBundle(deployment: Deployment, name: string, files: ReadonlyMap<string, string>): void {
  const { metadata, components } = deployment;
  const path = `lwc/${name}/${name}`;
  const configuration = files.get(`${path}.js-meta.xml`);
  const root = configuration === undefined ? undefined : parseXml(configuration);
  const fileName = `${path}.js-meta.xml`;
  const wrong = root === undefined ? [problem(`No configuration file found: ${fileName}`)] : checkConfiguration(root);
  const problems = [...checkNames(name, files), ...wrong.map((each) => ({ ...each, fileName }))];
  const created = findComponent(metadata, TYPE, name) === undefined;
  components.push({ type: TYPE, fullName: name, fileName: `lwc/${name}`, created, problems });
  if (problems.length === 0) storeComponent(metadata, { type: TYPE, fullName: name, files, content: root });
}

function checkNames(name: string, files: ReadonlyMap<string, string>): FlowProblem[] {
  const paths = [...files.keys()].map((path) => path.slice(`lwc/${name}/`.length));
  return [
    ...(NAME.test(name)
      ? []
      : [`Invalid bundle name ${name}: it begins with a small letter and holds letters and digits`]),
    ...(paths.includes(`${name}.js`) ? [] : [`Cannot find the file lwc/${name}/${name}.js of the bundle ${name}`]),
    ...paths
      .filter((path) => !SUFFIXES.some((suffix) => path.endsWith(suffix)) || path.includes('/'))
      .map((path) => `Unsupported file in the bundle ${name}: ${path}`),
  ].map((text) => problem(text));
}

/** `targetConfigs` is text in the list of elements; its parts are read where pages use them. */
function checkConfiguration(root: XmlElement): FlowProblem[] {
  const children = root.children.map((child) => (child.name === 'targetConfigs' ? { ...child, children: [] } : child));
  const version = Number(textOf(root, 'apiVersion'));
  const targets = allNamed(root, 'target').map(({ text }) => text.trim());
  const configured = allNamed(root, 'targetConfig');
  return [
    ...checkFile(TYPE, { ...root, children }),
    ...(version >= 31 && version <= NEWEST
      ? []
      : [problem(`Invalid API version: ${textOf(root, 'apiVersion')}`, root)]),
    ...(targets.length > 0 && textOf(root, 'isExposed') !== 'true'
      ? [problem('A component with targets must be exposed: isExposed', childNamed(root, 'targets'))]
      : []),
    ...configured
      .filter((each) => !targetsOf(each).every((target) => targets.includes(target)))
      .map((each) =>
        problem(`The targets of a targetConfig must be among the targets: ${targetsOf(each).join()}`, each),
      ),
  ];
}

/** The targets that one part of the configuration is for. */
export function targetsOf(targetConfig: XmlElement): string[] {
  return (targetConfig.attributes.get('targets') ?? '').split(',').map((target) => target.trim());
}
