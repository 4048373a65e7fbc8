import type { Catalog } from './check-catalog.ts';
import { missing } from './check-finding.ts';
import { childrenOf, textOf, type Finding, type MetadataFile, type Project } from './check-source.ts';

/** A record of custom metadata gives every field of its type a value, and no other field; picklists one of their values. */
export function checkSettings(file: MetadataFile, catalog: Catalog): Finding[] {
  const object = `${file.name.split('.')[0] ?? ''}__mdt`;
  if (!catalog.objects.has(object)) return [missing(file, file.root, `type ${object}`)];
  const given = childrenOf(file.root, 'values').map((each) => ({
    name: `${object}.${textOf(each, 'field') ?? ''}`,
    value: textOf(each, 'value') ?? '',
    line: each.line,
  }));
  const left = [...catalog.fields.keys()]
    .filter((name) => name.startsWith(`${object}.`))
    .filter((name) => !given.some((each) => each.name === name));
  return [
    ...given.filter(({ name }) => !catalog.fields.has(name)).map((each) => missing(file, each, `field ${each.name}`)),
    ...given
      .filter(({ name, value }) => !(catalog.fields.get(name)?.values ?? []).includes(value))
      .filter(({ name }) => (catalog.fields.get(name)?.values.length ?? 0) > 0)
      .map((each) => missing(file, each, `value "${each.value}" of ${each.name}`)),
    ...left.map((name) => ({ path: file.path, line: 1, problem: `leaves ${name} without a value` })),
  ];
}

/** A notification type is called inside as outside; the platform refuses two names. */
export function checkNotificationType(file: MetadataFile): Finding[] {
  const name = textOf(file.root, 'customNotifTypeName');
  if (name === file.name) return [];
  return [{ path: file.path, line: 1, problem: `is called ${name ?? 'nothing'} inside and ${file.name} outside` }];
}

/** Flows find a notification type by its name, because its Id differs from org to org. */
export function checkNotifications(file: MetadataFile, project: Project): Finding[] {
  const lookups = childrenOf(file.root, 'recordLookups').filter(
    (lookup) => textOf(lookup, 'object') === 'CustomNotificationType',
  );
  return lookups
    .flatMap((lookup) => childrenOf(lookup, 'filters'))
    .flatMap((filter) => childrenOf(filter, 'value'))
    .flatMap((value) => childrenOf(value, 'stringValue'))
    .filter(({ text }) => !project.files.some(({ type, name }) => type === 'CustomNotificationType' && name === text))
    .map((literal) => missing(file, literal, `notification type ${literal.text}`));
}
