import type { FlowProblem } from '../flow-host.ts';
import type { XmlElement } from '../flow-xml.ts';
import { findComponent, findObject, type OrgMetadata } from '../schema/org-metadata.ts';
import { problem } from './component.ts';
import { resolveFieldPath } from './field-path.ts';
import { PAGE_COMPONENTS, PAGE_TEMPLATES } from './page-components.ts';
import { targetsOf } from './read-bundle.ts';
import { allNamed, childNamed, childrenNamed, textOf } from './xml-children.ts';

/** Which kind of page a component is exposed for, by the type of the page. */
const TARGETS = new Map([
  ['RecordPage', 'lightning__RecordPage'],
  ['AppPage', 'lightning__AppPage'],
  ['HomePage', 'lightning__HomePage'],
  ['UtilityBar', 'lightning__UtilityBar'],
]);

/** A page uses a template, regions, components and fields that exist, and components as they may be used. */
export function checkFlexiPage(metadata: OrgMetadata, _name: string, root: XmlElement): FlowProblem[] {
  const type = textOf(root, 'type');
  const objectName = textOf(root, 'sobjectType');
  if (!TARGETS.has(type)) {
    const known = [...TARGETS.keys()].join(', ');
    return [problem(`NOT_SIMULATED: the local org takes pages of type ${known}`, childNamed(root, 'type'))];
  }
  if ((type === 'RecordPage') !== (objectName !== '')) {
    return [problem('A record page, and no other, has an sobjectType', root)];
  }
  if (objectName !== '' && findObject(metadata, objectName) === undefined) {
    return [
      problem(`In field: sobjectType - no CustomObject named ${objectName} found`, childNamed(root, 'sobjectType')),
    ];
  }
  return [
    ...checkRegions(root),
    ...checkIdentifiers(root),
    ...allNamed(root, 'componentInstance').flatMap((each) => checkComponent(metadata, root, each)),
    ...allNamed(root, 'fieldItem').flatMap((each) => checkField(metadata, objectName, each, /^Record\.(.+)$/)),
    ...allNamed(root, 'leftValue').flatMap((each) => checkField(metadata, objectName, each, /^\{!Record\.(.+)\}$/)),
  ];
}

function checkRegions(root: XmlElement): FlowProblem[] {
  const template = childNamed(root, 'template');
  const allowed = PAGE_TEMPLATES.get(textOf(template, 'name'));
  if (allowed === undefined) {
    return [
      problem(`NOT_SIMULATED: the local org does not know the page template ${textOf(template, 'name')}`, template),
    ];
  }
  const regions = childrenNamed(root, 'flexiPageRegions');
  const names = regions.map((region) => textOf(region, 'name'));
  const facets = regions.filter((region) => textOf(region, 'type') === 'Facet').map((region) => textOf(region, 'name'));
  const used = allNamed(root, 'value').map(({ text }) => text.trim());
  return regions.flatMap((region, at) => {
    const name = names[at]!;
    const texts: string[] = [];
    if (names.indexOf(name) < at) texts.push(`Duplicate region ${name} on the page`);
    if (!facets.includes(name) && !allowed.includes(name)) {
      texts.push(`The template ${textOf(template, 'name')} has no region ${name}`);
    }
    if (facets.includes(name) && !used.includes(name)) texts.push(`No component of the page uses the facet ${name}`);
    return texts.map((text) => problem(text, region));
  });
}

function checkIdentifiers(root: XmlElement): FlowProblem[] {
  const items = [...allNamed(root, 'componentInstance'), ...allNamed(root, 'fieldInstance')];
  const names = items.map((item) => textOf(item, 'identifier'));
  return items.flatMap((item, at) => {
    if (names[at] === '') return [problem('Required field is missing: identifier', item)];
    return names.indexOf(names[at]!) < at ? [problem(`Duplicate identifier ${names[at] ?? ''} on the page`, item)] : [];
  });
}

function checkComponent(metadata: OrgMetadata, page: XmlElement, component: XmlElement): FlowProblem[] {
  const name = textOf(component, 'componentName');
  const facets = childrenNamed(component, 'componentInstanceProperties').flatMap((property) =>
    checkFacet(page, property),
  );
  if (PAGE_COMPONENTS.has(name)) return facets;
  const bundle = findComponent(metadata, 'LightningComponentBundle', name.replace(/^c:/, ''))?.content;
  if (bundle === undefined) {
    return [problem(`We couldn't retrieve the design time component information for component ${name}.`, component)];
  }
  return [...facets, ...checkUse(page, component, bundle)];
}

/** A facet that a property names has to be a region of the page. */
function checkFacet(page: XmlElement, property: XmlElement): FlowProblem[] {
  const value = textOf(property, 'value');
  const regions = childrenNamed(page, 'flexiPageRegions').map((region) => textOf(region, 'name'));
  const missing = value.startsWith('Facet-') && !regions.includes(value);
  return missing ? [problem(`The facet ${value} is not a region of the page`, property)] : [];
}

/** A component of ours is exposed for this kind of page and this object, and knows every property that the page sets. */
function checkUse(page: XmlElement, component: XmlElement, bundle: XmlElement): FlowProblem[] {
  const name = textOf(component, 'componentName');
  const target = TARGETS.get(textOf(page, 'type')) ?? '';
  const targets = allNamed(bundle, 'target').map(({ text }) => text.trim());
  if (!targets.includes(target)) {
    return [problem(`The component ${name} is not available for pages of type ${textOf(page, 'type')}`, component)];
  }
  const configs = allNamed(bundle, 'targetConfig').filter((config) => targetsOf(config).includes(target));
  const objects = configs.flatMap((config) => allNamed(config, 'object')).map(({ text }) => text.trim());
  const object = textOf(page, 'sobjectType');
  const declared = configs.flatMap((config) => allNamed(config, 'property'));
  const given = childrenNamed(component, 'componentInstanceProperties').map((each) => textOf(each, 'name'));
  const names = declared.map((property) => property.attributes.get('name') ?? '');
  const needed = declared.filter(
    (each) => each.attributes.get('required') === 'true' && !each.attributes.has('default'),
  );
  return [
    ...(objects.length > 0 && object !== '' && !objects.includes(object)
      ? [`The component ${name} is not available for ${object}`]
      : []),
    ...given.filter((each) => !names.includes(each)).map((each) => `The component ${name} has no property ${each}`),
    ...needed
      .map((each) => each.attributes.get('name') ?? '')
      .filter((each) => !given.includes(each))
      .map((each) => `The component ${name} needs the property ${each}`),
  ].map((text) => problem(text, component));
}

function checkField(metadata: OrgMetadata, objectName: string, element: XmlElement, form: RegExp): FlowProblem[] {
  const path = form.exec(element.text.trim())?.[1];
  if (path === undefined) return [];
  const object = findObject(metadata, objectName);
  if (object !== undefined && resolveFieldPath(metadata, object, path) !== undefined) return [];
  return [problem(`In field: ${element.name} - no CustomField named ${objectName}.${path} found`, element)];
}
