import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One element of a metadata file; `text` is empty when it has child elements. Lines count from 1. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly line: number;
  readonly children: readonly XmlElement[];
}

/** One file of the source format, for example a field or a flow. */
export interface MetadataFile {
  /** Path below the project, with forward slashes. */
  readonly path: string;
  /** Metadata type: the name of the root element, for example `CustomField`. */
  readonly type: string;
  /** API name; children of an object carry it in front, `CampaignStatus__c.Status__c`, and reports their folder. */
  readonly name: string;
  readonly root: XmlElement;
}

/** Something wrong, at a place that a person can open. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly problem: string;
}

/** A Salesforce project as the checks see it. */
export interface Project {
  /** Absolute path of the folder with sfdx-project.json. */
  readonly root: string;
  /** Package folders, relative to `root`. */
  readonly packages: readonly string[];
  /** For example `67.0`. */
  readonly apiVersion: string;
  readonly files: readonly MetadataFile[];
  /** Files that are not well-formed XML. */
  readonly broken: readonly Finding[];
}

/** All children of one name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Text of the first child of that name; undefined when there is none. */
export function textOf(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** The element and everything below it, in document order. */
export function allBelow(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(allBelow)];
}

/** Reads sfdx-project.json of `root` and every metadata file of its packages. Throws when there is no such project. */
export function readProject(root: string): Project {
  const settings = JSON.parse(readFileSync(join(root, 'sfdx-project.json'), 'utf8')) as {
    packageDirectories: { path: string }[];
    sourceApiVersion: string;
  };
  const packages = settings.packageDirectories.map(({ path }) => path);
  const paths = packages.flatMap((folder) => globSync(`${folder}/**/*-meta.xml`, { cwd: root })).sort();
  const read = paths.map((path) => readFile(root, path.replaceAll('\\', '/')));
  return {
    root,
    packages,
    apiVersion: settings.sourceApiVersion,
    files: read.filter((each) => 'root' in each),
    broken: read.filter((each) => 'problem' in each),
  };
}

function readFile(root: string, path: string): MetadataFile | Finding {
  const xml = readFileSync(join(root, path), 'utf8');
  const validity = XMLValidator.validate(xml);
  if (validity !== true)
    return { path, line: validity.err.line, problem: `is not well-formed XML: ${validity.err.msg}` };
  const element = parse(xml);
  return { path, type: element.name, name: nameOf(path), root: element };
}

/** Folders of an object whose files are named below it, and folders whose files lie in folders that have names too. */
const BELOW_OBJECT = ['compactLayouts', 'fields', 'listViews', 'validationRules'];
const FOLDERED = ['dashboards', 'reports'];

/** The name that a manifest gives the file. */
function nameOf(path: string): string {
  const own = basename(path).replace(/\.\w+-meta\.xml$/, '');
  const folder = basename(dirname(path));
  const above = basename(dirname(dirname(path)));
  if (BELOW_OBJECT.includes(folder)) return `${above}.${own}`;
  return FOLDERED.includes(above) ? `${folder}/${own}` : own;
}

/** Under this symbol the parser keeps where an element begins. */
const PLACE = XMLParser.getMetaDataSymbol() as symbol;

type RawElement = Readonly<Record<string | symbol, unknown>>;

function parse(xml: string): XmlElement {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    captureMetaData: true,
  });
  const [root] = parser.parse(xml) as RawElement[];
  if (root === undefined) throw new Error('a file with an empty document');
  return convert(root, lineStarts(xml));
}

function convert(raw: RawElement, starts: readonly number[]): XmlElement {
  const name = Object.keys(raw).find((key) => key !== ':@') ?? '';
  const content = raw[name] as RawElement[];
  const text = content.map((each) => each['#text']).find((each) => typeof each === 'string');
  return {
    name,
    text: typeof text === 'string' ? text : '',
    line: lineAt(starts, (raw[PLACE] as { readonly startIndex?: number } | undefined)?.startIndex ?? 0),
    children: content.filter((each) => !('#text' in each)).map((each) => convert(each, starts)),
  };
}

function lineStarts(text: string): number[] {
  return [...text.matchAll(/\n/g)].map(({ index }) => index);
}

function lineAt(starts: readonly number[], offset: number): number {
  const next = starts.findIndex((start) => start >= offset);
  return (next === -1 ? starts.length : next) + 1;
}
