import type { Catalog } from './check-catalog.ts';
import { componentProblems, hasComponent, missing } from './check-finding.ts';
import { allBelow, childrenOf, textOf, type Finding, type MetadataFile, type Project } from './check-source.ts';

/** A field of the page's record, as an item of a field section or a visibility rule names it. */
const RECORD_FIELD = /^(?:\{!)?Record\.([\w.]+)\}?$/;
/** A component of this project on a page. */
const OWN_COMPONENT = /^c:(\w+)$/;

/** A record page or app page shows components, fields, related lists and actions that exist. */
export function checkFlexiPage(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const object = textOf(file.root, 'sobjectType');
  if (object !== undefined && !catalog.hasObject(object)) return [missing(file, file.root, `object ${object}`)];
  return allBelow(file.root).flatMap((element) => {
    switch (element.name) {
      case 'componentName': {
        const own = OWN_COMPONENT.exec(element.text)?.[1];
        const exists = own === undefined || hasComponent(project, 'LightningComponentBundle', own);
        return exists ? [] : [missing(file, element, `component ${element.text}`)];
      }
      case 'fieldItem':
      case 'leftValue': {
        const path = RECORD_FIELD.exec(element.text)?.[1];
        const exists = path === undefined || catalog.hasPath(object ?? '', path);
        return exists ? [] : [missing(file, element, `field ${object ?? ''}.${path ?? ''}`)];
      }
      case 'componentInstanceProperties':
        return propertyValues(element)
          .filter(({ text }) => !propertyExists(textOf(element, 'name') ?? '', text, object, project, catalog))
          .map((value) => missing(file, value, `${textOf(element, 'name') ?? ''} ${value.text}`));
      default:
        return [];
    }
  });
}

const propertyValues = (property: ReturnType<typeof allBelow>[number]): ReturnType<typeof allBelow> =>
  allBelow(property).filter(({ name, children }) => name === 'value' && children.length === 0);

/** Whether what a component on a page is told to show exists; properties that name nothing of the project are passed. */
function propertyExists(
  property: string,
  value: string,
  object: string | undefined,
  project: Project,
  catalog: Catalog,
): boolean {
  switch (property) {
    case 'actionNames':
      return !value.includes('.') || value.startsWith('FeedItem.') || hasComponent(project, 'QuickAction', value);
    case 'relatedListApiName':
      return !value.endsWith('__r') || catalog.childObject(object ?? '', value) !== undefined;
    case 'flowName':
      return hasComponent(project, 'Flow', value);
    case 'dashboardName':
      return project.files.some(({ type, name }) => type === 'Dashboard' && name.endsWith(`/${value}`));
    default:
      return true;
  }
}

/** A quick action belongs to an object and starts a flow, or shows a component, of the project. */
export function checkQuickAction(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const [object = '', action] = file.name.split('.');
  return [
    ...(action === undefined || catalog.hasObject(object) ? [] : [missing(file, file.root, `object ${object}`)]),
    ...componentProblems(file, project, file.root, 'flowDefinition', 'Flow', 'flow'),
    ...componentProblems(file, project, file.root, 'lightningWebComponent', 'LightningComponentBundle', 'component'),
  ];
}

/** A tab shows an object, a page or a component of the project. */
export function checkTab(file: MetadataFile, project: Project, catalog: Catalog): Finding[] {
  const ofObject = textOf(file.root, 'customObject') === 'true';
  return [
    ...(ofObject && !catalog.objects.has(file.name) ? [missing(file, file.root, `object ${file.name}`)] : []),
    ...componentProblems(file, project, file.root, 'flexiPage', 'FlexiPage', 'page'),
    ...componentProblems(file, project, file.root, 'lwcComponent', 'LightningComponentBundle', 'component'),
  ];
}

/** An application has tabs, pages and a utility bar of the project. */
export function checkApplication(file: MetadataFile, project: Project): Finding[] {
  const overrides = [...childrenOf(file.root, 'actionOverrides'), ...childrenOf(file.root, 'profileActionOverrides')];
  return [
    ...childrenOf(file.root, 'tabs')
      .filter(({ text }) => !text.startsWith('standard-') && !hasComponent(project, 'CustomTab', text))
      .map((tab) => missing(file, tab, `tab ${tab.text}`)),
    ...overrides.flatMap((each) => componentProblems(file, project, each, 'content', 'FlexiPage', 'page')),
    ...componentProblems(file, project, file.root, 'utilityBar', 'FlexiPage', 'page'),
  ];
}
