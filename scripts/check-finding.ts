import { childrenOf, textOf, type Finding, type MetadataFile, type Project, type XmlElement } from './check-source.ts';

/** A finding about something that a file names and that is not there. */
export function missing({ path }: MetadataFile, { line }: { readonly line: number }, what: string): Finding {
  return { path, line, problem: `names the ${what}, which does not exist` };
}

/** Whether the project has a component of that type and name. */
export function hasComponent(project: Project, type: string, name: string): boolean {
  return project.files.some((file) => file.type === type && file.name === name);
}

/** What a list of elements names by one of their children, with the line of the child. */
export function namedIn(elements: readonly XmlElement[], child: string): { name: string; line: number }[] {
  return elements.flatMap((element) =>
    childrenOf(element, child).map(({ text, line }) => ({ name: text.trim(), line })),
  );
}

/** Findings for what an element names as a component, if it names one. */
export function componentProblems(
  file: MetadataFile,
  project: Project,
  element: XmlElement,
  child: string,
  type: string,
  what: string,
): Finding[] {
  const name = textOf(element, child);
  return name === undefined || hasComponent(project, type, name) ? [] : [missing(file, element, `${what} ${name}`)];
}
