import { findComponent, findObject } from '../schema/org-metadata.ts';
import { problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, textOf } from './xml-children.ts';

const CONTENTS = ['customObject', 'flexiPage', 'lwcComponent'] as const;

/** A tab shows one thing that exists: an object of its own name, a page, or a component. */
export const checkTab: CrossCheck = (metadata, name, root) => {
  const given = CONTENTS.filter((content) => !['', 'false'].includes(textOf(root, content)));
  if (given.length !== 1) return [problem(`A tab shows exactly one of ${CONTENTS.join(', ')}`, root)];
  if (given[0] === 'customObject') {
    const wrong = textOf(root, 'label') !== '' ? ['Cannot specify a label for a custom object tab'] : [];
    const object = findObject(metadata, name);
    const missing = object?.custom === true ? [] : [`In field: customObject - no CustomObject named ${name} found`];
    return [...wrong, ...missing].map((text) => problem(text, childNamed(root, 'customObject')));
  }
  const [element, type] =
    given[0] === 'flexiPage' ? ['flexiPage', 'FlexiPage'] : ['lwcComponent', 'LightningComponentBundle'];
  const target = textOf(root, element);
  return [
    ...(textOf(root, 'label') === '' ? [problem('Required field is missing: label', root)] : []),
    ...(findComponent(metadata, type, target) === undefined
      ? [problem(`In field: ${element} - no ${type} named ${target} found`, childNamed(root, element))]
      : []),
  ];
};
