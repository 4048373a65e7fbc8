import { problem, type Component } from './component.ts';
import type { DeployZip } from './deploy-zip.ts';
import { CHILD_TYPES } from './store-object.ts';

const CHILDREN = [...CHILD_TYPES.values()];

/** package.xml names exactly what the zip holds; children go with their object. */
export function compareWithManifest({ members }: DeployZip, components: readonly Component[]): Component[] {
  const inZip = new Set(components.map(({ type, fullName }) => `${type}:${fullName}`));
  const unread = components.filter(({ type, problems }) => type === 'CustomObject' && problems.length > 0);
  // What stands in a file that cannot be read is not missing.
  const isUnread = (type: string, fullName: string): boolean =>
    CHILDREN.includes(type) && unread.some((object) => fullName.startsWith(`${object.fullName}.`));
  const missing = [...members].flatMap(([type, fullNames]) =>
    fullNames
      .filter((fullName) => fullName !== '*' && !inZip.has(`${type}:${fullName}`) && !isUnread(type, fullName))
      .map(
        (fullName) =>
          `An object '${fullName}' of type ${type} was named in package.xml, but was not found in zipped directory`,
      ),
  );
  const unnamed = components
    .filter(({ type }) => type !== '' && !CHILDREN.includes(type))
    .filter(({ type, fullName }) => !isNamed(members, type, fullName) && !hasNamedChild(members, fullName))
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

function isNamed(members: DeployZip['members'], type: string, fullName: string): boolean {
  const names = members.get(type) ?? [];
  return names.includes('*') || names.includes(fullName);
}

function hasNamedChild(members: DeployZip['members'], objectName: string): boolean {
  return CHILDREN.some((type) => members.get(type)?.some((name) => name.startsWith(`${objectName}.`)) === true);
}

/** Whether an object file only carries children that package.xml names: the object is then no component of the deploy. */
export function isMereFolder(members: DeployZip['members'], { type, fullName, problems }: Component): boolean {
  return (
    type === 'CustomObject' &&
    problems.length === 0 &&
    !isNamed(members, type, fullName) &&
    hasNamedChild(members, fullName)
  );
}
