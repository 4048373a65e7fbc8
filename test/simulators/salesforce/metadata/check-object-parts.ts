import type { FlowProblem } from '../flow-host.ts';
import { findComponent, type OrgMetadata } from '../schema/org-metadata.ts';
import type { OrgObject } from '../schema/org-object.ts';
import { problem } from './component.ts';
import type { ActionOverrideFile, CompactLayoutFile, ObjectFile, SearchLayoutsFile } from './object-file.ts';
import { textOf } from './xml-children.ts';

/** Columns of list views and search layouts that are no custom fields (Metadata API Developer Guide, "ListView"). */
export const COLUMNS = [
  'NAME',
  'OWNER.ALIAS',
  'OWNER.FIRST_NAME',
  'OWNER.LAST_NAME',
  'CREATED_DATE',
  'CREATEDBY_USER',
  'CREATEDBY_USER.ALIAS',
  'LAST_UPDATE',
  'UPDATEDBY_USER',
  'UPDATEDBY_USER.ALIAS',
  'LAST_ACTIVITY',
];

const MOST_FIELDS = { compactLayout: 10, history: 20 };

/** A compact layout names at most ten fields, each once, and none that is long. */
export function checkCompactLayout(object: OrgObject, { fields, ...layout }: CompactLayoutFile): FlowProblem[] {
  const texts = fields.flatMap((name, at) => {
    const field = object.field(name);
    if (field === undefined) return [`In field: fields - no CustomField named ${object.name}.${name} found`];
    if (!field.filterable) return [`The field ${name} cannot be on a compact layout: it is long text`];
    return fields.indexOf(name) < at ? [`Duplicate field ${name} on the compact layout ${layout.fullName}`] : [];
  });
  if (fields.length === 0 || fields.length > MOST_FIELDS.compactLayout) {
    texts.push(`A compact layout has from 1 to ${MOST_FIELDS.compactLayout} fields`);
  }
  return texts.map((text) => problem(text, layout));
}

/** Which compact layout an object uses: SYSTEM, or one of its own. */
export function checkLayoutAssignment(metadata: OrgMetadata, name: string, file: ObjectFile): FlowProblem[] {
  const assigned = file.compactLayoutAssignment ?? 'SYSTEM';
  const known = assigned === 'SYSTEM' || findComponent(metadata, 'CompactLayout', `${name}.${assigned}`) !== undefined;
  return known
    ? []
    : [problem(`In field: compactLayoutAssignment - no CompactLayout named ${name}.${assigned} found`, file)];
}

/** An override by a page names a record page of this very object. */
export function checkActionOverride(
  metadata: OrgMetadata,
  object: OrgObject,
  { type, content, ...override }: ActionOverrideFile,
): FlowProblem[] {
  if (type === 'Default') {
    return content === undefined ? [] : [problem('An action override of type Default has no content', override)];
  }
  const page = findComponent(metadata, 'FlexiPage', content ?? '')?.content;
  if (page === undefined) {
    return [problem(`In field: content - no FlexiPage named ${content ?? ''} found`, override)];
  }
  const fits = textOf(page, 'type') === 'RecordPage' && textOf(page, 'sobjectType') === object.name;
  return [
    ...(fits ? [] : [problem(`The page ${content ?? ''} is not a record page of ${object.name}`, override)]),
    ...(override.actionName === 'View'
      ? []
      : [problem(`A record page overrides the action View, not ${override.actionName}`, override)]),
  ];
}

/** Search layouts name columns that exist. */
export function checkSearchLayouts(object: OrgObject, file: SearchLayoutsFile): FlowProblem[] {
  const columns = [
    ...file.customTabListAdditionalFields,
    ...file.lookupDialogsAdditionalFields,
    ...file.lookupFilterFields,
    ...file.lookupPhoneDialogsAdditionalFields,
    ...file.searchFilterFields,
    ...file.searchResultsAdditionalFields,
  ];
  return columns
    .filter((name) => !COLUMNS.includes(name) && object.field(name)?.custom !== true)
    .map((name) => problem(`Could not resolve search layout column: ${name}`, file));
}

/** Histories are kept for fields of an object that keeps one: at most twenty, none of them calculated. */
export function checkHistory(file: ObjectFile, kept: boolean): FlowProblem[] {
  const tracked = file.fields.filter(({ trackHistory }) => trackHistory === true);
  return [
    ...tracked
      .filter(({ formula, type }) => formula !== undefined || type === 'AutoNumber')
      .map((field) =>
        problem(`Field history tracking is not available for ${field.fullName}: it is calculated`, field),
      ),
    ...(kept ? [] : tracked).map((field) =>
      problem(`trackHistory of ${field.fullName} needs enableHistory on the object`, field),
    ),
    ...(tracked.length > MOST_FIELDS.history
      ? [problem(`At most ${MOST_FIELDS.history} fields of an object keep a history`, file)]
      : []),
  ];
}

/** Two children of one kind cannot have one name, which is compared without case. */
export function checkNamesOnce(name: string, file: ObjectFile): FlowProblem[] {
  const bare = (fullName: string): string => fullName.replace(/__\w+$/, '');
  return [
    ...repeated(file.fields).map((field) =>
      problem(`There is already a field named ${bare(field.fullName)} on ${bare(name)}.`, field),
    ),
    ...[...repeated(file.listViews), ...repeated(file.validationRules), ...repeated(file.compactLayouts)].map((each) =>
      problem(`Duplicate developer name: ${name}.${each.fullName}`, each),
    ),
  ];
}

function repeated<T extends { readonly fullName: string }>(children: readonly T[]): T[] {
  const names = children.map(({ fullName }) => fullName.toLowerCase());
  return children.filter((_child, at) => names.indexOf(names[at]!) < at);
}
