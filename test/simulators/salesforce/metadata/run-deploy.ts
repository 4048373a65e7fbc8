import { parseFlow, validateFlow } from '../flow.ts';
import { XmlError } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { copyMetadata, findObject } from '../schema/org-metadata.ts';
import { checkDeployedObject } from './check-object.ts';
import { problem, type Component, type Deployment } from './component.ts';
import { deployApplication, deployTab } from './deploy-inert.ts';
import { connectActivities, deployObject } from './deploy-object.ts';
import { deployPermissionSet } from './deploy-permission-set.ts';
import { readDeployZip, type DeployZip } from './deploy-zip.ts';
import { publishPermissionSets } from './publish-permission-sets.ts';

/** What became of a deploy; nothing is changed unless every component is accepted. */
export interface DeployOutcome {
  readonly components: readonly Component[];
  readonly success: boolean;
}

type Deployer = (deployment: Deployment, name: string, fileName: string, xml: string) => void;

/** Metadata types by folder and suffix, in the order in which one can name another. */
const TYPES: readonly {
  readonly type: string;
  readonly folder: string;
  readonly suffix: string;
  readonly deploy: Deployer;
}[] = [
  { type: 'CustomTab', folder: 'tabs', suffix: '.tab', deploy: deployTab },
  { type: 'CustomApplication', folder: 'applications', suffix: '.app', deploy: deployApplication },
  { type: 'Flow', folder: 'flows', suffix: '.flow', deploy: deployFlow },
  { type: 'PermissionSet', folder: 'permissionsets', suffix: '.permissionset', deploy: deployPermissionSet },
];

/** Children of an object file, whose members of package.xml are named `Object.Child`. */
const CHILD_TYPES = ['CustomField', 'ValidationRule', 'ListView'];

/** Deploys a zip into the org, or only checks it. */
export function runDeploy(
  org: Org,
  base64: string,
  options: { readonly singlePackage: boolean; readonly checkOnly: boolean },
): DeployOutcome {
  const deployment: Deployment = { metadata: copyMetadata(org.metadata), components: [] };
  let members: DeployZip['members'] = new Map();
  guarded(deployment, 'package.xml', '', () => {
    const zip = readDeployZip(base64, options.singlePackage);
    deployObjects(deployment, zip);
    for (const path of zip.files.keys()) if (!path.startsWith('objects/')) refuseUnknownFile(deployment, path);
    for (const { folder, suffix, deploy } of TYPES) {
      for (const [path, xml] of zip.files) {
        const name = nameIn(path, folder, suffix);
        if (name !== undefined) guarded(deployment, path, name, () => deploy(deployment, name, path, xml));
      }
    }
    deployment.components.push(...compareWithManifest(zip, deployment.components));
    members = zip.members;
  });
  const components = mergeComponents(deployment.components).filter((each) => !isMereFolder(members, each));
  const success = components.every(({ problems }) => problems.length === 0);
  if (success && !options.checkOnly) {
    org.metadata = deployment.metadata;
    org.database.transaction(() => publishPermissionSets(org));
  }
  return { components, success };
}

/** A file that is no XML is a problem of its component, not of the deploy. */
function guarded(deployment: Deployment, fileName: string, fullName: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const type =
      TYPES.find(({ folder }) => fileName.startsWith(`${folder}/`))?.type ??
      (fileName.startsWith('objects/') ? 'CustomObject' : '');
    deployment.components.push({
      type,
      fullName: fullName || fileName,
      fileName,
      created: false,
      problems: [problem(error.message, error)],
    });
  }
}

function nameIn(path: string, folder: string, suffix: string): string | undefined {
  return path.startsWith(`${folder}/`) && path.endsWith(suffix)
    ? path.slice(folder.length + 1, -suffix.length)
    : undefined;
}

function deployObjects(deployment: Deployment, { files }: DeployZip): void {
  const deployed = [...files].flatMap(([path, xml]) => {
    const name = nameIn(path, 'objects', '.object');
    const result: ReturnType<typeof deployObject>[] = [];
    if (name === undefined) refuseUnknownFile(deployment, path);
    else guarded(deployment, path, name, () => result.push(deployObject(deployment, name, path, xml)));
    return result.filter((each) => each !== undefined);
  });
  connectActivities(deployment);
  for (const object of deployed) deployment.components.push(...checkDeployedObject(deployment, object));
}

function refuseUnknownFile(deployment: Deployment, path: string): void {
  const known = path.startsWith('objects/')
    ? []
    : TYPES.filter(({ folder, suffix }) => nameIn(path, folder, suffix) !== undefined);
  if (known.length > 0 || nameIn(path, 'objects', '.object') !== undefined) return;
  const text = `NOT_SIMULATED: the local org does not take ${path}; it takes CustomObject, ${TYPES.map(({ type }) => type).join(', ')}`;
  deployment.components.push({ type: '', fullName: path, fileName: path, created: false, problems: [problem(text)] });
}

function deployFlow(deployment: Deployment, name: string, fileName: string, xml: string): void {
  const { metadata, components } = deployment;
  const created = !metadata.flows.has(name.toLowerCase());
  const parsed = parseFlow(xml, name);
  const problems =
    'flow' in parsed ? validateFlow(parsed.flow, (object) => findObject(metadata, object)) : parsed.problems;
  components.push({ type: 'Flow', fullName: name, fileName, created, problems });
  if ('flow' in parsed && problems.length === 0) metadata.flows.set(name.toLowerCase(), parsed.flow);
}

/** package.xml names exactly what the zip holds; children go with their object. */
function compareWithManifest({ members }: DeployZip, components: readonly Component[]): Component[] {
  const names = (type: string): readonly string[] => members.get(type) ?? [];
  const inZip = new Set(components.map(({ type, fullName }) => `${type}:${fullName}`));
  const missing = [...members].flatMap(([type, fullNames]) =>
    fullNames
      .filter((fullName) => fullName !== '*' && !inZip.has(`${type}:${fullName}`))
      .map(
        (fullName) =>
          `An object '${fullName}' of type ${type} was named in package.xml, but was not found in zipped directory`,
      ),
  );
  const unnamed = components
    .filter(({ type }) => type !== '' && !CHILD_TYPES.includes(type))
    .filter(
      ({ type, fullName }) =>
        !names(type).includes('*') && !names(type).includes(fullName) && !hasNamedChild(members, fullName),
    )
    .map(
      ({ type, fullName }) =>
        `An object '${fullName}' of type ${type} was found in the zipped directory, but is not named in package.xml`,
    );
  return [...missing, ...unnamed].map((text) => ({
    type: '',
    fullName: 'package.xml',
    fileName: 'package.xml',
    created: false,
    problems: [problem(text)],
  }));
}

function hasNamedChild(members: DeployZip['members'], objectName: string): boolean {
  return CHILD_TYPES.some((type) => members.get(type)?.some((name) => name.startsWith(`${objectName}.`)) === true);
}

/** Whether an object file only carries children that package.xml names: the object is then no component of the deploy. */
function isMereFolder(members: DeployZip['members'], { type, fullName, problems }: Component): boolean {
  const names = members.get('CustomObject') ?? [];
  const isNamed = names.includes('*') || names.includes(fullName);
  return type === 'CustomObject' && problems.length === 0 && !isNamed && hasNamedChild(members, fullName);
}

/** One entry for each component, with the problems of all its checks. */
function mergeComponents(components: readonly Component[]): Component[] {
  const merged = new Map<string, Component>();
  for (const component of components) {
    const key = JSON.stringify([component.type, component.fullName]);
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? component : { ...before, problems: [...before.problems, ...component.problems] },
    );
  }
  return [...merged.values()];
}
