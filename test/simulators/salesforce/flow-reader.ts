import type { FlowProblem } from './flow-host.ts';
import type { XmlElement } from './flow-xml.ts';

/** Reads one XML element; what is wrong with it goes into `problems` and the result is then not used. */
export type Shape<T> = (element: XmlElement, problems: FlowProblem[]) => T;

/** Reads all children of one name below `parent`. */
export type Member<T> = (found: readonly XmlElement[], parent: XmlElement, name: string, problems: FlowProblem[]) => T;

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

/** Where in the file an object stands. */
export interface Placed {
  readonly line: number;
  readonly column: number;
}

type Members = Readonly<Record<string, Member<unknown>>>;
type ObjectOf<M extends Members> = Placed & { readonly [K in keyof M]: M[K] extends Member<infer T> ? T : never };

/** A problem at the place of an element of the file. */
export function problemAt(place: Placed, problem: string): FlowProblem {
  return { problem, lineNumber: place.line, columnNumber: place.column };
}

/** The text of a leaf element. */
export const text: Shape<string> = (element, problems) => {
  refuseAttributes(element, problems);
  const child = element.children[0];
  if (child !== undefined)
    problems.push(
      problemAt(child, `Error parsing file: Element ${child.name} invalid at this location in ${element.name}`),
    );
  return element.text;
};

/** `true` or `false`. */
export const flag: Shape<boolean> = (element, problems) => oneOf('true', 'false')(element, problems) === 'true';

/** A whole number. */
export const integer: Shape<number> = (element, problems) => {
  const value = text(element, problems).trim();
  if (!/^-?\d{1,9}$/.test(value))
    problems.push(problemAt(element, `Error parsing file: '${value}' is not a valid value for ${element.name}`));
  return Number(value);
};

/** One of the listed words. Another word may exist on the platform, but it is not interpreted here. */
export function oneOf<const W extends string>(...words: readonly W[]): Shape<W> {
  return (element, problems) => {
    const value = text(element, problems).trim();
    const word = words.find((each) => each === value);
    if (word === undefined) {
      problems.push(
        problemAt(
          element,
          `'${value}' is not a value of ${element.name} that the local org interprets: it interprets ${words.join(', ')}`,
        ),
      );
    }
    return word ?? words[0]!;
  };
}

/** An element with child elements. Children that are not named here are problems. */
export function object<const M extends Members>(members: M): Shape<ObjectOf<M>> {
  return (element, problems) => {
    refuseAttributes(element, problems);
    refuseUnknown(element, members, problems);
    const entries = Object.entries(members).map(([name, member]) => {
      const found = element.children.filter((child) => child.name === name);
      return [name, member(found, element, name, problems)] as const;
    });
    return { ...Object.fromEntries(entries), line: element.line, column: element.column } as ObjectOf<M>;
  };
}

function refuseAttributes(element: XmlElement, problems: FlowProblem[]): void {
  for (const name of element.attributes.keys()) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) {
      problems.push(
        problemAt(
          element,
          `Error parsing file: attribute ${name} of ${element.name}: the local org does not interpret it`,
        ),
      );
    }
  }
}

function refuseUnknown(element: XmlElement, members: Members, problems: FlowProblem[]): void {
  for (const child of element.children) {
    if (!Object.hasOwn(members, child.name)) {
      problems.push(
        problemAt(
          child,
          `Error parsing file: Element ${child.name} invalid at this location in type ${element.name}: the local org does not interpret it`,
        ),
      );
    }
  }
  if (element.text.trim() !== '')
    problems.push(problemAt(element, `Error parsing file: unexpected text in ${element.name}`));
}

/** A member that must be there once. */
export function required<T>(shape: Shape<T>): Member<T> {
  return (found, parent, name, problems) => {
    const value = optional(shape)(found, parent, name, problems);
    if (value === undefined) problems.push(problemAt(parent, `Required field is missing: ${name}`));
    return value as T;
  };
}

/** A member that may be there once. */
export function optional<T>(shape: Shape<T>): Member<T | undefined> {
  return (found, _parent, name, problems) => {
    if (found[1] !== undefined)
      problems.push(problemAt(found[1], `Error parsing file: Element ${name} is duplicated at this location`));
    return found[0] === undefined ? undefined : shape(found[0], problems);
  };
}

/** A member that may be there any number of times. */
export function many<T>(shape: Shape<T>): Member<readonly T[]> {
  return (found, _parent, _name, problems) => found.map((element) => shape(element, problems));
}

/** A member that has no meaning for the run; whatever it holds is accepted. */
export const inert: Member<undefined> = () => undefined;
