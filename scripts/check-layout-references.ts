import type { Catalog } from './check-catalog.ts';
import { componentProblems, hasComponent, missing, namedIn } from './check-finding.ts';
import { allBelow, childrenOf, textOf, type Finding, type MetadataFile, type Project } from './check-source.ts';

/** Columns of lists, searches and related lists that are no fields but words of the platform. */
export const STANDARD_COLUMNS = ['NAME', 'OWNER.ALIAS', 'CREATED_DATE', 'LAST_UPDATE', 'RECORDTYPE'];
/** Related lists that belong to the platform and rest on no lookup. */
const STANDARD_LISTS = ['RelatedActivityList', 'RelatedEntityHistoryList', 'RelatedFileList'];
/** What a record of custom metadata shows in Setup beside its own fields. */
const SETUP_FIELDS = ['MasterLabel', 'DeveloperName', 'IsProtected', 'NamespacePrefix'];

/** A page layout shows fields, related lists and actions that exist. Its name begins with its object. */
export function checkLayout(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const object = file.name.split('-')[0] ?? '';
  if (!catalog.hasObject(object)) return [missing(file, { line: 1 }, `object ${object}`)];
  const all = allBelow(file.root);
  const items = all.filter(({ name }) => name === 'layoutItems');
  const setup = object.endsWith('__mdt') ? SETUP_FIELDS : [];
  return [
    ...namedIn(items, 'field')
      .filter(({ name }) => !setup.includes(name) && !catalog.hasField(object, name))
      .map((item) => missing(file, item, `field ${object}.${item.name}`)),
    ...all
      .filter(({ name }) => name === 'relatedLists')
      .flatMap((list) => relatedListProblems(file, object, list, catalog)),
    ...all
      .filter(({ name, text }) => name === 'quickActionName' && text.includes('.') && !text.startsWith('FeedItem.'))
      .filter(({ text }) => !hasComponent(project, 'QuickAction', text))
      .map((action) => missing(file, action, `quick action ${action.text}`)),
  ];
}

function relatedListProblems(
  file: MetadataFile,
  object: string,
  list: ReturnType<typeof allBelow>[number],
  catalog: Catalog,
): Finding[] {
  const name = textOf(list, 'relatedList') ?? '';
  if (STANDARD_LISTS.includes(name)) return [];
  const [child = ''] = name.split('.');
  if (catalog.fields.get(name)?.parent !== object) return [missing(file, list, `related list ${name} of ${object}`)];
  return [...namedIn([list], 'fields'), ...namedIn([list], 'sortField')]
    .filter((column) => !STANDARD_COLUMNS.includes(column.name) && !catalog.hasPath(child, column.name))
    .map((column) => missing(file, column, `field ${child}.${column.name}`));
}

/** A compact layout shows fields that exist. */
export function checkCompactLayout(file: MetadataFile, catalog: Catalog): Finding[] {
  const [object = ''] = file.name.split('.');
  return childrenOf(file.root, 'fields')
    .filter(({ text }) => !catalog.hasField(object, text))
    .map((field) => missing(file, field, `field ${object}.${field.text}`));
}

/** An object names a compact layout of its own, columns of searches that exist, and pages of its own. */
export function checkObject(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const compact = childrenOf(file.root, 'compactLayoutAssignment').filter(
    ({ text }) => text !== 'SYSTEM' && !hasComponent(project, 'CompactLayout', `${file.name}.${text}`),
  );
  const columns = childrenOf(file.root, 'searchLayouts')
    .flatMap(({ children }) => children)
    .filter(({ text }) => !STANDARD_COLUMNS.includes(text) && !catalog.hasField(file.name, text));
  return [
    ...compact.map((each) => missing(file, each, `compact layout ${each.text}`)),
    ...columns.map((each) => missing(file, each, `field ${file.name}.${each.text}`)),
    ...childrenOf(file.root, 'actionOverrides').flatMap((override) =>
      componentProblems(file, project, override, 'content', 'FlexiPage', 'page'),
    ),
  ];
}
