import { findComponent, findObject } from '../schema/org-metadata.ts';
import { hasTab, problem } from './component.ts';
import type { CrossCheck } from './component-types.ts';
import { childNamed, childrenNamed, textOf } from './xml-children.ts';

/** An app names tabs, a utility bar and record pages that exist. */
export const checkApplication: CrossCheck = (metadata, _name, root) => {
  const tabs = [...childrenNamed(root, 'tabs'), ...childrenNamed(root, 'defaultLandingTab')];
  const overrides = [...childrenNamed(root, 'actionOverrides'), ...childrenNamed(root, 'profileActionOverrides')];
  const bar = childNamed(root, 'utilityBar');
  return [
    ...(textOf(root, 'label') === '' ? [problem('Required field is missing: label', root)] : []),
    ...tabs
      .filter(({ text }) => !hasTab(metadata, text.trim()))
      .map((each) => problem(`In field: tab - no CustomTab named ${each.text.trim()} found`, each)),
    ...[bar, ...overrides.map((each) => childNamed(each, 'content'))]
      .filter((each) => each !== undefined)
      .filter(({ text }) => findComponent(metadata, 'FlexiPage', text.trim()) === undefined)
      .map((each) => problem(`In field: ${each.name} - no FlexiPage named ${each.text.trim()} found`, each)),
    ...overrides
      .map((each) => childNamed(each, 'pageOrSobjectType'))
      .filter((each) => each !== undefined && each.text !== 'standard-home' && !findObject(metadata, each.text.trim()))
      .map((each) => problem(`In field: pageOrSobjectType - no CustomObject named ${each?.text ?? ''} found`, each)),
  ];
};
