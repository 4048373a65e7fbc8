import { XmlError } from '../flow-xml.ts';
import type { Org } from '../org.ts';
import { copyMetadata, findComponent } from '../schema/org-metadata.ts';
import { checkDeployedObject } from './check-object.ts';
import { compareWithManifest, isMereFolder } from './compare-with-manifest.ts';
import { problem, type Component, type Deployment } from './component.ts';
import { COMPONENT_TYPES, type ComponentType } from './component-types.ts';
import { connectActivities, deployObject } from './deploy-object.ts';
import { readDeployZip, type DeployZip } from './deploy-zip.ts';
import { publishCustomMetadata } from './publish-custom-metadata.ts';
import { publishPermissionSets } from './publish-permission-sets.ts';

/** What became of a deploy; nothing is changed unless every component is accepted. */
export interface DeployOutcome {
  readonly components: readonly Component[];
  readonly success: boolean;
}

/** Deploys a zip into the org, or only checks it. */
export function runDeploy(
  org: Org,
  base64: string,
  options: { readonly singlePackage: boolean; readonly checkOnly: boolean },
): DeployOutcome {
  const deployment: Deployment = { metadata: copyMetadata(org.metadata), components: [] };
  let members: DeployZip['members'] = new Map();
  guarded(deployment, '', '', '', () => {
    const zip = readDeployZip(base64, options.singlePackage);
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
  checkObjects();
  const checks = new Map(COMPONENT_TYPES.map(({ type, check }) => [type, check]));
  for (const component of [...deployment.components]) {
    const { type, fullName, problems } = component;
    const content = findComponent(deployment.metadata, type, fullName)?.content;
    const check = checks.get(type);
    if (problems.length > 0 || content === undefined || check === undefined) continue;
    deployment.components.push({ ...component, problems: check(deployment.metadata, fullName, content) });
  }
}

function readFiles(deployment: Deployment, { files }: DeployZip, { type, folder, suffix, read }: ComponentType): void {
  for (const [fileName, xml] of files) {
    const name = nameIn(fileName, folder, suffix);
    if (name === undefined) continue;
    guarded(deployment, type, fileName, name, () => read(deployment, { name, fileName, xml }));
  }
}

function nameIn(path: string, folder: string, suffix: string): string | undefined {
  return path.startsWith(`${folder}/`) && path.endsWith(suffix)
    ? path.slice(folder.length + 1, -suffix.length)
    : undefined;
}

/** Reads the objects; the returned function checks them. */
function readObjects(deployment: Deployment, { files }: DeployZip): () => void {
  const deployed: NonNullable<ReturnType<typeof deployObject>>[] = [];
  for (const [path, xml] of files) {
    const name = nameIn(path, 'objects', '.object');
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
  const types = [{ type: 'CustomObject', folder: 'objects', suffix: '.object' }, ...COMPONENT_TYPES];
  for (const path of files.keys()) {
    if (types.some(({ folder, suffix }) => nameIn(path, folder, suffix) !== undefined)) continue;
    const text = `NOT_SIMULATED: the local org does not take ${path}; it takes ${types.map(({ type }) => type).join(', ')}`;
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
