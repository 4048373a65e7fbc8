import { styleText } from 'node:util';

const WIDTH = 98;
const INDENT = '     ';

/** Prints the story as it happens, a line each; coloured only where a person reads it in a terminal that can. */
export interface Narrator {
  heading(text: string): void;
  /** Begins the next numbered step. */
  step(title: string): void;
  /** Something that happens or is the case. */
  tell(text: string): void;
  /** What the step led to, with the seconds since it began. */
  effect(text: string): void;
  /** Lines as they are. */
  lines(lines: readonly string[]): void;
  readonly style: Style;
}

export type Style = (format: 'bold' | 'dim' | 'green', text: string) => string;

export function createNarrator(stream: NodeJS.WriteStream): Narrator {
  // styleText reads NO_COLOR and whether the stream is a terminal.
  const style: Style = (format, text) => styleText(format, text, { stream });
  const print = (line: string): void => void stream.write(`${line}\n`);
  let number = 0;
  let begun = 0;
  return {
    style,
    heading: (text) => print(style('bold', text)),
    step: (title) => {
      number += 1;
      begun = performance.now();
      print('');
      print(`${String(number).padStart(2)}   ${style('bold', title)}`);
    },
    tell: (text) => print(`${INDENT}${text}`),
    effect: (text) => {
      const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
      const gap = ' '.repeat(Math.max(WIDTH - INDENT.length - 3 - text.length - seconds.length, 1));
      print(`${INDENT}${style('green', `=> ${text}`)}${gap}${style('dim', seconds)}`);
    },
    lines: (lines) => lines.forEach(print),
  };
}
