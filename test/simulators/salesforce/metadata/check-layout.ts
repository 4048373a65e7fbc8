import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findComponent, findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import type { OrgField, OrgObject } from '../schema/org-object.ts';
import { problem } from './component.ts';
import { resolveFieldPath } from './field-path.ts';
import { allNamed, childNamed, childrenNamed, textOf } from './xml-children.ts';

/** Related lists that are no lookups of other objects (Metadata API Developer Guide, "RelatedListItem"). */
const STANDARD_LISTS = [
  'RelatedActivityList',
  'RelatedCombinedAttachmentList',
  'RelatedContentList',
  'RelatedEntityHistoryList',
  'RelatedFileList',
  'RelatedHistoryList',
  'RelatedNoteList',
];

/** Columns of related lists that are no custom fields. */
const LIST_COLUMNS = [
  'NAME',
  'CREATED_DATE',
  'CREATEDBY_USER',
  'CREATEDBY_USER.ALIAS',
  'LAST_UPDATE',
  'OWNER.ALIAS',
  'OWNER.FIRST_NAME',
  'OWNER.LAST_NAME',
  'UPDATEDBY_USER',
  'UPDATEDBY_USER.ALIAS',
];

/** What a record of custom metadata has in Setup beside its own fields, as retrieved layouts of such types name it. */
const SETUP_ITEMS = [
  'MasterLabel',
  'DeveloperName',
  'IsProtected',
  'NamespacePrefix',
  'CreatedById',
  'LastModifiedById',
];

/** Actions that the platform brings for every object. */
const STANDARD_ACTIONS =
  /^(?:Edit|Delete|Clone|Share|ChangeOwner\w*|ChangeRecordType|PrintableView|Submit|XClean|FeedItem\.\w+|New(?:Task|Event|Note|Case|Contact|Lead|Opportunity)|LogACall|SendEmail|Follow|Call|Email)$/;

/** A layout names fields, related lists and actions that exist, and shows what the platform wants shown. */
export function checkLayout(metadata: OrgMetadata, name: string, root: XmlElement): FlowProblem[] {
  const objectName = name.slice(0, name.indexOf('-'));
  const object = findObject(metadata, objectName);
  if (object === undefined) return [problem(`Parent entity failed to deploy: ${objectName}`, root)];
  const items = allNamed(root, 'layoutItems');
  return [
    ...items.flatMap((item) => checkItem(object, item)),
    ...checkTwice(items),
    ...checkRequired(object, root, items),
    ...childrenNamed(root, 'relatedLists').flatMap((list) => checkRelatedList(metadata, object, list)),
    ...[...allNamed(root, 'quickActionName'), ...allNamed(root, 'actionName')].flatMap((action) =>
      checkAction(metadata, action),
    ),
  ];
}

function checkItem(object: OrgObject, item: XmlElement): FlowProblem[] {
  const name = textOf(item, 'field');
  if (name === '' || (object.name.endsWith('__mdt') && SETUP_ITEMS.includes(name))) return [];
  const field = object.field(name);
  if (field === undefined)
    return [problem(`In field: field - no CustomField named ${object.name}.${name} found`, item)];
  const behavior = textOf(item, 'behavior');
  const fixed = !field.createable && !field.updateable;
  if (fixed && behavior !== 'Readonly') return [problem(`Field:${name} must be Readonly`, item)];
  if (mustBeGiven(field) && behavior !== 'Required') return [problem(`Field:${name} must be Required`, item)];
  return [];
}

const mustBeGiven = (field: OrgField): boolean => field.required && (field.createable || field.updateable);

function checkTwice(items: readonly XmlElement[]): FlowProblem[] {
  const names = items.map((item) => textOf(item, 'field'));
  return items
    .filter((_item, at) => names[at] !== '' && names.indexOf(names[at] ?? '') < at)
    .map((item) => problem(`Duplicate field on layout: ${textOf(item, 'field')}`, item));
}

function checkRequired(object: OrgObject, root: XmlElement, items: readonly XmlElement[]): FlowProblem[] {
  const shown = items.map((item) => textOf(item, 'field').toLowerCase());
  return object.fields
    .filter((field) => (mustBeGiven(field) || field.masterDetail) && !shown.includes(field.name.toLowerCase()))
    .map(({ name }) => problem(`Layout must contain an item for required layout field: ${name}`, root));
}

function checkRelatedList(metadata: OrgMetadata, object: OrgObject, list: XmlElement): FlowProblem[] {
  const name = textOf(list, 'relatedList');
  if (STANDARD_LISTS.includes(name)) return [];
  const [childName = '', fieldName = ''] = name.split('.');
  const child = findObject(metadata, childName);
  if (child?.field(fieldName)?.referenceTo.includes(object.name) !== true) {
    return [problem(`Cannot find related list:${name}`, childNamed(list, 'relatedList'))];
  }
  const columns = [...childrenNamed(list, 'fields'), ...childrenNamed(list, 'sortField')];
  return columns
    .filter(({ text }) => !LIST_COLUMNS.includes(text) && resolveFieldPath(metadata, child, text) === undefined)
    .map((column) => problem(`In field: fields - no CustomField named ${childName}.${column.text} found`, column));
}

function checkAction(metadata: OrgMetadata, action: XmlElement): FlowProblem[] {
  const name = action.text.trim();
  if (STANDARD_ACTIONS.test(name) || findComponent(metadata, 'QuickAction', name) !== undefined) return [];
  return [problem(`In field: ${action.name} - no QuickAction named ${name} found`, action)];
}
