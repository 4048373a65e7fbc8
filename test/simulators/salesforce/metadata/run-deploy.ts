import { XmlError } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { copyMetadata, findComponent } from '../schema/org-metadata.ts';
import { checkBundle } from './check-bundle.ts';
import { checkDeployedObject } from './check-object.ts';
import { compareWithManifest, isMereFolder } from './compare-with-manifest.ts';
import { problem, type Component, type Deployment } from './component.ts';
import { COMPONENT_TYPES, type ComponentType } from './component-types.ts';
import { connectActivities, deployObject } from './deploy-object.ts';
import { bundleOf, readBundle } from './read-bundle.ts';
import { FOLDER_SUFFIX } from './read-folder.ts';
import { readDeployZip, type DeployZip } from './deploy-zip.ts';
import { publishCustomMetadata } from './publish-custom-metadata.ts';
import { publishFlowDefinitions } from './publish-flow-definitions.ts';
import { publishNotificationTypes } from './publish-notification-types.ts';
import { publishPermissionSets } from './publish-permission-sets.ts';

/** What became of a deploy; nothing is changed unless every component is accepted. */
export interface DeployOutcome {
  readonly components: readonly Component[];
  readonly success: boolean;
}

/** Deploys a zip into the org, or only checks it. */
export function runDeploy(
  org: Org,
  bytes: Uint8Array,
  options: { readonly singlePackage: boolean; readonly checkOnly: boolean },
): DeployOutcome {
  const deployment: Deployment = { metadata: copyMetadata(org.metadata), components: [] };
  let members: DeployZip['members'] = new Map();
  guarded(deployment, '', '', '', () => {
    const zip = readDeployZip(bytes, options.singlePackage);
    refuseUnknownFiles(deployment, zip);
    readAndCheck(deployment, zip);
    deployment.components.push(...compareWithManifest(zip, deployment.components));
    members = zip.members;
  });
  const components = mergeComponents(deployment.components).filter((each) => !isMereFolder(members, each));
  const success = components.every(({ problems }) => problems.length === 0);
  if (success && !options.checkOnly) {
    org.metadata = deployment.metadata;
    org.database.transaction(() => {
      publishPermissionSets(org);
      publishCustomMetadata(org);
      publishNotificationTypes(org);
      publishFlowDefinitions(org);
    });
  }
  return { components, success };
}

/** A file that is no XML is a problem of its component, not of the deploy. */
function guarded(deployment: Deployment, type: string, fileName: string, name: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const fullName = name === '' ? 'package.xml' : name;
    const problems = [problem(error.message, error)];
    deployment.components.push({ type, fullName, fileName: fileName || fullName, created: false, problems });
  }
}

/** Every file is read before any is checked, so that components may name each other in any order. */
function readAndCheck(deployment: Deployment, zip: DeployZip): void {
  const checkObjects = readObjects(deployment, zip);
  for (const componentType of COMPONENT_TYPES) readFiles(deployment, zip, componentType);
  readBundles(deployment, zip);
  checkObjects();
  const checks = new Map(COMPONENT_TYPES.map(({ type, check }) => [type, check]));
  for (const component of [...deployment.components]) {
    const { type, fullName, problems } = component;
    const stored = findComponent(deployment.metadata, type, fullName);
    if (problems.length > 0 || stored?.content === undefined) continue;
    const found =
      type === 'LightningComponentBundle'
        ? checkBundle(deployment.metadata, stored)
        : (checks.get(type)?.(deployment.metadata, fullName, stored.content) ?? []);
    if (found.length > 0) deployment.components.push({ ...component, problems: found });
  }
}

function readFiles(deployment: Deployment, { files }: DeployZip, componentType: ComponentType): void {
  for (const [fileName, xml] of files) {
    const name = nameIn(fileName, componentType);
    if (name === undefined) continue;
    const { type, read } = componentType;
    guarded(deployment, type, fileName, name, () => read(deployment, { name, fileName, xml }));
  }
}

/** Bundles have several files each; LightningComponentBundle is the one type of them. */
function readBundles(deployment: Deployment, { files }: DeployZip): void {
  const bundles = Map.groupBy(files, ([path]) => bundleOf(path));
  for (const [name, entries] of bundles) {
    if (name === undefined) continue;
    const path = `lwc/${name}`;
    guarded(deployment, 'LightningComponentBundle', path, name, () => readBundle(deployment, name, new Map(entries)));
  }
}

type Place = Pick<ComponentType, 'folder' | 'suffix' | 'isFoldered'>;

const OBJECTS: Place = { folder: 'objects', suffix: '.object' };

/** The full name that a path gives to a component of this type; undefined for a path elsewhere. */
function nameIn(path: string, { folder, suffix, isFoldered }: Place): string | undefined {
  if (!path.startsWith(`${folder}/`)) return undefined;
  const name = path.slice(folder.length + 1);
  const end = [suffix, ...(isFoldered === true ? [FOLDER_SUFFIX] : [])].find((each) => name.endsWith(each));
  return end === undefined ? undefined : name.slice(0, -end.length);
}

/** Reads the objects; the returned function checks them. */
function readObjects(deployment: Deployment, { files }: DeployZip): () => void {
  const deployed: NonNullable<ReturnType<typeof deployObject>>[] = [];
  for (const [path, xml] of files) {
    const name = nameIn(path, OBJECTS);
    if (name === undefined) continue;
    guarded(deployment, 'CustomObject', path, name, () => {
      const object = deployObject(deployment, name, path, xml);
      if (object !== undefined) deployed.push(object);
    });
  }
  connectActivities(deployment);
  return () => {
    for (const object of deployed) deployment.components.push(...checkDeployedObject(deployment, object));
  };
}

function refuseUnknownFiles(deployment: Deployment, { files }: DeployZip): void {
  const names = ['CustomObject', 'LightningComponentBundle', ...COMPONENT_TYPES.map(({ type }) => type)].join(', ');
  for (const path of files.keys()) {
    const known = [OBJECTS, ...COMPONENT_TYPES].some((place) => nameIn(path, place) !== undefined);
    if (known || bundleOf(path) !== undefined) continue;
    const text = `NOT_SIMULATED: the local org does not take ${path}; it takes ${names}`;
    deployment.components.push({ type: '', fullName: path, fileName: path, created: false, problems: [problem(text)] });
  }
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
