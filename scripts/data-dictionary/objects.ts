import { childrenOf, textOf, type MetadataFile, type Project, type XmlElement } from '../check-source.ts';
import { labelled, listed, prose, table } from './markdown.ts';

const SHARING: Readonly<Record<string, string>> = {
  ControlledByParent: 'as its parent',
  Private: 'private: the owner, the managers above, and whoever it is shared with',
  Read: 'readable by everyone who may read the object',
  ReadWrite: 'readable and editable by everyone who may the object',
};

/** The section of an object, or of the fields that Activity gives to tasks and events. */
export function objectSection(project: Project, object: string): string[] {
  const file = project.files.find(({ type, name }) => type === 'CustomObject' && name === object);
  const fields = ofObject(project, 'CustomField', object);
  return [
    `### ${file === undefined ? 'Task' : textOf(file.root, 'label')} \`${file === undefined ? 'Task' : object}\``,
    ...(file === undefined ? [ACTIVITY] : objectFacts(file.root, fields)),
    ...table(
      ['field', 'type', 'what it holds', 'edited by'],
      fields.map((field) => fieldRow(project, object, field)),
    ),
    ...fields.flatMap(valueTable),
    ...table(
      ['validation rule', 'what it holds', 'what it says'],
      ofObject(project, 'ValidationRule', file === undefined ? 'Task' : object).map(({ name, root }) => [
        `\`${name.split('.')[1]}\``,
        prose(textOf(root, 'description') ?? ''),
        prose(textOf(root, 'errorMessage') ?? ''),
      ]),
    ),
    ...viewLine(ofObject(project, 'ListView', object)),
  ];
}

const ACTIVITY =
  'A reply is a closed Task. The fields lie on Activity, where the platform wants them, and so appear on Event too, where they stay empty.';

function ofObject({ files }: Project, type: string, object: string): MetadataFile[] {
  return files.filter((file) => file.type === type && file.name.startsWith(`${object}.`));
}

function objectFacts(root: XmlElement, fields: readonly MetadataFile[]): string[] {
  const name = childrenOf(root, 'nameField')[0];
  const format = name && textOf(name, 'displayFormat');
  const sharing = SHARING[textOf(root, 'sharingModel') ?? ''];
  const kept = fields
    .filter((field) => textOf(field.root, 'trackHistory') === 'true')
    .map((field) => textOf(field.root, 'label') ?? '');
  const facts = [
    ...(name === undefined ? [] : [`Name: ${textOf(name, 'label')}${format === undefined ? '' : `, \`${format}\``}.`]),
    ...(sharing === undefined ? [] : [`Sharing: ${sharing}.`]),
    ...(kept.length === 0 ? [] : [`History is kept of ${kept.join(', ')}.`]),
  ];
  return [prose(textOf(root, 'description') ?? ''), ...(facts.length === 0 ? [] : [facts.join(' ')])];
}

function fieldRow(project: Project, object: string, { name, root }: MetadataFile): string[] {
  const own = name.split('.')[1] ?? '';
  return [
    labelled(textOf(root, 'label') ?? '', own),
    typeOf(root),
    prose(textOf(root, 'description') ?? ''),
    editorsOf(project, object === 'Activity' ? `Task.${own}` : name, root),
  ];
}

/** The type in the words of the object manager, with what sets the field apart. */
function typeOf(root: XmlElement): string {
  const type = textOf(root, 'type') ?? '';
  const [length, parent] = [textOf(root, 'length'), textOf(root, 'referenceTo')];
  const precision = Number(textOf(root, 'precision') ?? 0);
  const scale = Number(textOf(root, 'scale') ?? 0);
  const spaced = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  const size = parent ?? length ?? (precision > 0 ? `${precision - scale}, ${scale}` : undefined);
  const marks = [
    ...(textOf(root, 'formula') === undefined ? [] : ['formula']),
    ...(textOf(root, 'required') === 'true' ? ['required'] : []),
    ...(textOf(root, 'unique') === 'true' ? ['unique'] : []),
    ...(textOf(root, 'externalId') === 'true' ? ['external id'] : []),
    ...(textOf(root, 'complianceGroup') === undefined ? [] : ['personal data']),
  ];
  return [`${spaced}${size === undefined ? '' : `(${size})`}`, ...marks].join(', ');
}

/** Persons whose permission set lets them edit a field; what nobody may edit is written by flows alone. */
function editorsOf({ files }: Project, name: string, root: XmlElement): string {
  if (textOf(root, 'formula') !== undefined) return 'nobody: calculated';
  if (name.includes('__mdt')) return 'whoever may customise the org';
  if (textOf(root, 'required') === 'true' || textOf(root, 'type') === 'MasterDetail') return 'whoever may the record';
  const editors = files
    .filter(({ type }) => type === 'PermissionSet')
    .filter((file) =>
      childrenOf(file.root, 'fieldPermissions').some(
        (grant) => textOf(grant, 'field') === name && textOf(grant, 'editable') === 'true',
      ),
    )
    .map((file) => (textOf(file.root, 'label') ?? '').replace('Reply Tracking: ', ''));
  return editors.length === 0 ? 'nobody: flows' : listed(editors);
}

function valueTable({ root }: MetadataFile): string[] {
  const values = childrenOf(root, 'valueSet')
    .flatMap((set) => childrenOf(set, 'valueSetDefinition'))
    .flatMap((definition) => childrenOf(definition, 'value'));
  const rows = values.map((value) => [
    `${prose(textOf(value, 'label') ?? '')}${textOf(value, 'default') === 'true' ? ' (default)' : ''}`,
    prose(textOf(value, 'description') ?? ''),
  ]);
  return table([`value of ${textOf(root, 'label')}`, 'means'], rows);
}

function viewLine(views: readonly MetadataFile[]): string[] {
  const labels = views.map(({ root }) => textOf(root, 'label') ?? '');
  return labels.length === 0 ? [] : [`List views: ${listed(labels)}.`];
}
