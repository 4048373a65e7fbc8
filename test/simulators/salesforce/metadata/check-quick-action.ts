import { findComponent, findObject } from '../schema/org-metadata.ts';
import { problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, textOf } from './xml-children.ts';

/** What each type of action names, by element and metadata type. Other types of action are not simulated. */
const TARGETS = new Map([
  ['Flow', ['flowDefinition', 'Flow']],
  ['LightningWebComponent', ['lightningWebComponent', 'LightningComponentBundle']],
]);

/** An action belongs to an object that exists and starts a flow or a component that exists. */
export const checkQuickAction: CrossCheck = (metadata, name, root) => {
  const objectName = name.slice(0, name.indexOf('.'));
  const missing =
    name.includes('.') && findObject(metadata, objectName) === undefined
      ? [problem(`In field: targetObject - no CustomObject named ${objectName} found`, root)]
      : [];
  const labels = ['label', 'standardLabel'].filter((label) => textOf(root, label) !== '');
  const unlabelled = labels.length === 1 ? [] : [problem('Required field is missing: label', root)];
  const target = TARGETS.get(textOf(root, 'type'));
  if (target === undefined) {
    const type = childNamed(root, 'type');
    return [problem(`NOT_SIMULATED: the local org takes actions of type ${[...TARGETS.keys()].join(', ')}`, type)];
  }
  const [element = '', type = ''] = target;
  const given = textOf(root, element);
  if (given === '') return [...missing, ...unlabelled, problem(`Required field is missing: ${element}`, root)];
  const found = findComponent(metadata, type, given);
  return [
    ...missing,
    ...unlabelled,
    ...(found === undefined
      ? [problem(`In field: ${element} - no ${type} named ${given} found`, childNamed(root, element))]
      : []),
    ...(type === 'Flow' && found !== undefined && textOf(found.content, 'processType') !== 'Flow'
      ? [problem(`In field: flowDefinition - ${given} is not a screen flow`, childNamed(root, element))]
      : []),
  ];
};
